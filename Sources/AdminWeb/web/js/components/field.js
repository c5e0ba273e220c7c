// Form fields made from descriptors: label, control, help, default and the server's complaint, tied together.

import { h, uniqueId, setAttribute, setText } from '../dom.js';
import { t } from '../i18n.js';
import { icon } from './icons.js';
import { controls } from './controls.js';

/**
 * A field of a form. Descriptor: `key` (name of the value), `path` (where the server's problems point; `key` if
 * absent), `type` (see controls.js), `label`, `help` (text or nodes), `fallback` (what holds when empty, shown),
 * `required`, `mark` (a node beside the label), and what its control needs (`options`, `min`, `max`, `placeholder`,
 * `rows`, `suggestions`…).
 *
 * Gives `{element, key, path, value(), set(value), isDirty(), markClean(), problem(text)}`. `onchange` is called
 * after each change by the user.
 */
export function field(descriptor, { value = null, onchange = () => {} } = {}) {
  const id = uniqueId('field');
  const control = controls[descriptor.type ?? 'text'](descriptor, changed, id);
  const complaint = h('p', { class: 'field-problem', id: `${id}-problem`, hidden: true });
  const fallback = h('p', { class: 'field-default', id: `${id}-default`, hidden: true });
  const help = descriptor.help && h('p', { class: 'field-help', id: `${id}-help` }, descriptor.help);
  const isGroup = Boolean(control.group);
  const name = [descriptor.label, descriptor.required && [' ', h('span', { class: 'field-required' }, t('form.required'))]];
  const label = isGroup
    ? h('span', { class: 'field-label', id: `${id}-label` }, name)
    : h('label', { class: 'field-label', for: id }, name);
  const element = h('div', { class: ['field', `field-${descriptor.type ?? 'text'}`], dataset: { path: descriptor.path ?? descriptor.key } },
    h('div', { class: 'field-name' }, label, descriptor.mark), h('div', { class: 'field-control' }, control.element), complaint, help, fallback);
  const input = control.input ?? control.element;
  if (isGroup) {
    setAttribute(control.element, 'role', control.group);
    setAttribute(control.element, 'aria-labelledby', `${id}-label`);
  } else {
    input.id = id;
  }
  setAttribute(input, 'aria-describedby', [help && `${id}-help`, `${id}-default`, `${id}-problem`].filter(Boolean).join(' '));
  let clean = '';

  function problem(text) {
    complaint.hidden = !text;
    complaint.replaceChildren(...(text ? [icon('warning'), text] : []));
    element.classList.toggle('has-problem', Boolean(text));
    setAttribute(input, 'aria-invalid', text ? 'true' : null);
  }
  function changed() {
    problem(control.check?.() ?? null);
    onchange();
  }
  const self = {
    element, input, key: descriptor.key, path: descriptor.path ?? descriptor.key,
    value: () => control.value(),
    set(next) {
      control.set(next);
      clean = JSON.stringify(control.value());
      problem(null);
    },
    /** Marks the present value as saved. */
    markClean: () => (clean = JSON.stringify(control.value())),
    isDirty: () => JSON.stringify(control.value()) !== clean,
    /** What is wrong with it before the server is asked, or null. */
    check() {
      const empty = [null, '', undefined].includes(control.value());
      const text = control.check?.() ?? (descriptor.required && empty ? t('form.missing') : null);
      problem(text);
      return text;
    },
    problem,
    /** Says what holds when the field is empty. */
    setFallback(text) {
      fallback.hidden = !text;
      setText(fallback, text ? t('form.default', { value: text }) : '');
    },
    focus: () => (input.matches('input, select, textarea, button') ? input : input.querySelector('input, select, textarea, button'))?.focus(),
  };
  self.set(value);
  if (descriptor.fallback) self.setFallback(descriptor.fallback);
  return self;
}
