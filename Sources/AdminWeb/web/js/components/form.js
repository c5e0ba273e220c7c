// A form of fields: what changed, what is wrong, and Save.

import { h } from '../dom.js';
import { t } from '../i18n.js';
import { field } from './field.js';
import { icon } from './icons.js';

/**
 * `groups`: `[{title?, help?, fields: [descriptor], folded?}]`. `values` by key. Gives `{element, fields,
 * values(), changes(), isDirty(), markClean(), check(), showProblems(problems), set(values)}`.
 */
export function form({ groups, values = {}, onchange = () => {}, onsubmit }) {
  const fields = new Map();
  const summary = h('div', { class: 'form-summary', role: 'alert', hidden: true });
  const sections = groups.map((group) => {
    const made = group.fields.map((descriptor) => {
      const one = field(descriptor, { value: values[descriptor.key], onchange });
      fields.set(descriptor.key, one);
      return one.element;
    });
    if (group.folded) {
      return h('details', { class: 'form-group' }, h('summary', null, icon('chevron'), group.title), group.help && h('p', { class: 'muted' }, group.help), made);
    }
    return h('fieldset', { class: 'form-group' }, group.title && h('legend', null, group.title), group.help && h('p', { class: 'muted' }, group.help), made);
  });
  const element = h('form', { class: 'form', novalidate: true, onsubmit: submit }, summary, sections);
  function submit(event) {
    event.preventDefault();
    onsubmit?.();
  }
  const all = () => [...fields.values()];

  function reveal(one) {
    const folded = one.element.closest('details');
    if (folded) folded.open = true;
    one.focus();
  }
  return {
    element, fields,
    field: (key) => fields.get(key),
    values: () => Object.fromEntries(all().map((one) => [one.key, one.value()])),
    changes: () => Object.fromEntries(all().filter((one) => one.isDirty()).map((one) => [one.key, one.value()])),
    isDirty: () => all().some((one) => one.isDirty()),
    markClean: () => all().forEach((one) => one.markClean()),
    set: (next) => all().forEach((one) => one.set(next[one.key] ?? null)),
    /** Whether the server may be asked; else the first field with a problem has the focus. */
    check() {
      const wrong = all().filter((one) => one.check());
      if (wrong.length) reveal(wrong[0]);
      return wrong.length === 0;
    },
    /** Puts the server's problems to their fields by the end of their path; those without a field go on top. */
    showProblems(problems) {
      all().forEach((one) => one.problem(null));
      const homeless = [];
      let first = null;
      for (const problem of problems) {
        const home = all().find((one) => matches(problem.path, one.path));
        const text = problemText(problem);
        if (home) home.problem(text);
        else homeless.push(problem.path ? `${problem.path}: ${text}` : text);
        first ??= home;
      }
      summary.hidden = homeless.length === 0;
      summary.replaceChildren(...homeless.map((text) => h('p', null, icon('warning'), text)));
      if (first) reveal(first);
    },
  };
}

/** `endpoints[1].url` is the business of a field with the path `url`, `…timeouts.idle[0]` of `timeouts.idle`. */
function matches(path, own) {
  if (!path || !own) return false;
  const plain = path.replace(/^[a-z_.]*\[\d+\]\./, '').replace(/\[\d+\]$/, '');
  return plain === own || path === own || plain.startsWith(`${own}.`) || plain.startsWith(`${own}[`);
}

/** The sentence of one problem of a 422, with what was probably meant. */
export function problemText(problem) {
  return problem.suggestion ? `${problem.message} ${t('form.suggestion', { suggestion: problem.suggestion })}` : problem.message;
}
