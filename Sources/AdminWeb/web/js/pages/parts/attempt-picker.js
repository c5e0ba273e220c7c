// Which attempt of a request is looked at.

import { h, uniqueId } from '../../dom.js';
import { t } from '../../i18n.js';

/** A labelled choice among attempts, and `others` (`[value, text]`) before them. `{element, value}`; `change(value)`. */
export function attemptPicker(attempts, value, change, others = []) {
  const id = uniqueId('attempt');
  const options = [
    ...others, ...attempts.map((attempt) => [attempt.number, `${attempt.number} · ${attempt.endpoint}${failure(attempt)}`]),
  ];
  const select = h('select', {
    id, class: 'form-select', onchange: () => {
      picker.value = options[select.selectedIndex][0];
      change(picker.value);
    },
  }, options.map(([option, text]) => h('option', { value: String(option), selected: option === value }, text)));
  const picker = { value, element: null };
  picker.element = h('div', { class: 'picker' }, h('label', { for: id }, t('attempt.choose')), select);
  return picker;
}

function failure(attempt) {
  return attempt.failure ? ` · ${attempt.failure.code}` : '';
}
