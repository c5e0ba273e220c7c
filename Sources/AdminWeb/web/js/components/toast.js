// Short messages about what was just done, and what went wrong where no field can say it.

import { h } from '../dom.js';
import { has, t } from '../i18n.js';
import { ApiError } from '../api.js';
import { icon } from './icons.js';

/** `tone`: `ok`, `warn` or `bad`. Bad ones stay until dismissed. */
export function toast(text, tone = 'ok') {
  const region = document.getElementById('toasts');
  const symbol = { ok: 'check', warn: 'warning', bad: 'warning' }[tone];
  const element = h('div', { class: ['toast-note', `tone-${tone}`], role: tone === 'bad' ? 'alert' : 'status' },
    icon(symbol), h('p', null, text),
    h('button', { type: 'button', class: 'btn btn-quiet btn-icon btn-sm', 'aria-label': t('action.dismiss'), onclick: close },
      icon('cross')));
  function close() {
    element.remove();
  }
  region.append(element);
  while (region.children.length > 4) region.firstChild.remove();
  if (tone !== 'bad') setTimeout(close, 5000);
  return close;
}

export function toastError(error) {
  if (error?.name === 'AbortError' || error?.status === 401) return;
  if (!(error instanceof ApiError)) console.error(error);
  toast(errorText(error), 'bad');
}

/** A sentence for an error: the server's words where it has some. */
export function errorText(error) {
  if (!(error instanceof ApiError)) return t('error.unexpected', { detail: String(error?.message ?? error) });
  if (error.retryAfter) return t(`error.${error.code}`, { seconds: error.retryAfter });
  const known = has(`error.${error.code}`) ? t(`error.${error.code}`) : t('error.unexpected', { detail: error.code });
  const problems = error.problems.map((problem) => problem.message).join(' · ');
  const detail = problems || error.message;
  return detail ? `${known} ${detail}` : known;
}
