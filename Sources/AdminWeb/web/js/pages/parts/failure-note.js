// What to show in the place of something that could not be loaded.

import { button } from '../../components/button.js';
import { notice } from '../../components/card.js';
import { errorText } from '../../components/toast.js';
import { h } from '../../dom.js';
import { t } from '../../i18n.js';

/** The error in its place, with a button that tries again. Nothing for what was called off. */
export function failureNote(error, retry) {
  if (error?.name === 'AbortError') return null;
  return notice('bad', h('p', null, errorText(error)), retry && button({ label: t('action.retry'), icon: 'refresh', small: true, onclick: retry }));
}
