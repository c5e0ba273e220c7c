// The controls of form fields. Each is `(descriptor, changed, id) → {element, input?, group?, value(), set(value),
// check?() → text or null}`; `group` is the role of controls that are more than one input.

import { h, fill } from '../dom.js';
import { t } from '../i18n.js';
import { listControl, mapControl } from './list-controls.js';
import { secret } from './secret-control.js';

const durationPattern = /^(0|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$/;

export const controls = {
  text: (descriptor, changed) => input(descriptor, changed, { type: 'text' }),
  url: (descriptor, changed) => input(descriptor, changed, { type: 'url', inputmode: 'url', spellcheck: 'false' }),
  code: (descriptor, changed) => input(descriptor, changed, { type: 'text', class: 'mono', spellcheck: 'false' }),
  password: (descriptor, changed) => input(descriptor, changed, { type: 'password' }),
  integer: (descriptor, changed) => numeric(descriptor, changed, 1),
  number: (descriptor, changed) => numeric(descriptor, changed, 'any'),
  duration: (descriptor, changed) => ({
    ...withCheck(input(descriptor, changed, { type: 'text', class: 'mono short', spellcheck: 'false', placeholder: descriptor.placeholder ?? '30s' }),
      (text) => (durationPattern.test(text) ? null : t('form.duration'))),
  }),
  textarea, switch: toggle, choice, segmented, bytes, secret,
  texts: listControl,
  map: mapControl,
};

function input({ placeholder, suggestions, max, autocomplete = 'off' }, changed, props) {
  const element = h('input', { ...props, class: ['form-control', props.class], placeholder: placeholder ?? props.placeholder, autocomplete, maxlength: max, oninput: changed });
  let shown = element;
  if (suggestions) {
    const listId = `list-${Math.random().toString(36).slice(2)}`;
    element.setAttribute('list', listId);
    shown = h('div', null, element, h('datalist', { id: listId }, suggestions.map((value) => h('option', { value }))));
  }
  return {
    element: shown, input: element,
    value: () => element.value.trim() || null,
    set: (value) => (element.value = value ?? ''),
  };
}

function withCheck(control, check) {
  return { ...control, check: () => (control.value() === null ? null : check(control.value())) };
}

function numeric({ min, max, placeholder, unit }, changed, step) {
  const element = h('input', { type: 'number', class: 'form-control short', min, max, step, placeholder, inputmode: step === 1 ? 'numeric' : 'decimal', oninput: changed });
  return {
    element: unit ? h('div', { class: 'with-unit' }, element, h('span', { class: 'unit' }, unit)) : element,
    input: element,
    value: () => (element.value === '' ? null : Number(element.value)),
    set: (value) => (element.value = value ?? ''),
    check: () => (element.validity.valid ? null : element.validationMessage),
  };
}

function textarea({ rows = 4, placeholder, mono = true }, changed) {
  const element = h('textarea', { class: ['form-control', mono && 'mono'], rows, placeholder, spellcheck: mono ? 'false' : null, oninput: changed });
  return { element, value: () => element.value || null, set: (value) => (element.value = value ?? '') };
}

function toggle({ onLabel }, changed) {
  const element = h('input', { type: 'checkbox', role: 'switch', class: 'switch', onchange: refresh });
  const word = h('span', { class: 'switch-word', 'aria-hidden': 'true' });
  function show() {
    word.textContent = element.checked ? (onLabel ?? t('form.on')) : t('form.off');
  }
  function refresh() {
    show();
    changed();
  }
  return {
    element: h('div', { class: 'switch-row' }, element, word), input: element,
    value: () => element.checked,
    set(value) {
      element.checked = Boolean(value);
      show();
    },
  };
}

/** Options: `[{value, label, help?}]`; null as value is "not set". */
function choice({ options }, changed) {
  const element = h('select', { class: 'form-select', onchange: changed });
  const fillOptions = (extra) => fill(element, [...options, ...extra].map(({ value, label }) => h('option', { value: JSON.stringify(value) }, label ?? String(value))));
  fillOptions([]);
  return {
    element,
    value: () => JSON.parse(element.value),
    set(value) {
      // A value this page does not know stays what it is.
      const known = options.some((option) => JSON.stringify(option.value) === JSON.stringify(value));
      fillOptions(known || value === undefined ? [] : [{ value, label: value === null ? t('form.unset') : String(value) }]);
      element.value = JSON.stringify(value);
    },
  };
}

/** As `choice`, all options in sight, for two to four of them. */
function segmented({ options }, changed, id) {
  const radios = options.map(({ value }) => h('input', { type: 'radio', name: id, class: 'visually-hidden', onchange: changed, value: JSON.stringify(value) }));
  const element = h('div', { class: 'segmented' }, options.map(({ label, value }, index) => h('label', { class: 'segment' }, radios[index], h('span', null, label ?? String(value)))));
  return {
    element, group: 'radiogroup',
    value() {
      const chosen = radios.find((radio) => radio.checked);
      return chosen ? JSON.parse(chosen.value) : null;
    },
    set: (value) => radios.forEach((radio) => (radio.checked = radio.value === JSON.stringify(value))),
  };
}

const units = [['B', 1], ['KiB', 1024], ['MiB', 1024 ** 2], ['GiB', 1024 ** 3]];

function bytes({ min, label }, changed) {
  const amount = h('input', { type: 'number', class: 'form-control short', min: 0, step: 'any', inputmode: 'decimal', oninput: changed });
  const unit = h('select', { class: 'form-select unit-select', 'aria-label': t('form.unit', { name: label }), onchange: changed }, units.map(([name]) => h('option', { value: name }, name)));
  const value = () => (amount.value === '' ? null : Math.round(Number(amount.value) * Object.fromEntries(units)[unit.value]));
  return {
    element: h('div', { class: 'with-unit' }, amount, unit), input: amount, value,
    set(next) {
      const [name, size] = [...units].reverse().find(([, factor]) => next >= factor && next % (factor / 4) === 0) ?? units[0];
      amount.value = next === null || next === undefined ? '' : next / size;
      unit.value = name;
    },
    check: () => (min && value() !== null && value() < min ? t('form.atLeast', { value: min }) : null),
  };
}
