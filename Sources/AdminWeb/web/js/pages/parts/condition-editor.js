// The editor of what a tag rule looks at; combinations hold editors of their parts.

import { button } from '../../components/button.js';
import { field } from '../../components/field.js';
import { fill, h } from '../../dom.js';
import { t } from '../../i18n.js';
import { builtinTypes, detailFields, detailsOf, ruleTypes } from './tag-condition.js';
import './tests-control.js';

/** The proxy takes 16 levels; a page of more than a few is not readable. */
const DEEPEST = 5;

/** `{element, value(), fields()}`: `value()` is the condition as config.yaml has it, `fields()` all fields in it.
 *
 *  `path` is where the server's problems point to it, ending in a dot, or empty. */
export function conditionEditor(condition, { changed, path = '', depth = 0, onremove = null }) {
  const state = { details: { ...detailsOf(condition) }, parts: [] };
  const isInline = condition.type !== undefined && condition.config === undefined && !['all', 'any', 'not'].includes(condition.type);
  const body = h('div', { class: 'condition-body' });
  const types = depth < DEEPEST ? ruleTypes : ['builtin', 'lua'];
  const type = field({ key: 'type', path: `${path}type`, type: 'choice', label: t('tag.type'), options: types.map((value) => ({ value, label: t(`tag.type.${value}`) })) },
    { value: condition.type ?? 'builtin', onchange: rebuild });
  const builtin = field({ key: 'builtin_type', path: `${path}builtin_type`, type: 'choice', label: t('tag.builtin'), options: builtinTypes.map((value) => ({ value, label: t(`tag.builtin.${value}`) })) },
    { value: condition.builtin_type ?? 'model', onchange: rebuild });
  let details = [];
  const parts = condition.rules ?? state.details.rules;
  if (Array.isArray(parts)) state.parts = parts.map((part, index) => partEditor(part, index));
  draw();

  function detailPath() {
    return isInline ? path : `${path}config.`;
  }

  function rebuild() {
    Object.assign(state.details, detailValues());
    draw();
    changed();
  }

  function draw() {
    const kind = type.value();
    builtin.element.hidden = kind !== 'builtin';
    const isComposite = ['all', 'any', 'not'].includes(kind);
    details = isComposite ? [] : descriptors(kind).map((descriptor) => field(descriptor, {
      value: descriptor.type === 'tests' ? state.details : state.details[descriptor.key], onchange: changed,
    }));
    if (isComposite && state.parts.length === 0) state.parts.push(partEditor({}, 0));
    fill(body, details.map((one) => one.element), isComposite ? partsView(kind) : null);
  }

  function descriptors(kind) {
    if (kind === 'builtin') return detailFields(builtin.value(), detailPath());
    return [
      { key: 'script', path: `${detailPath()}script`, type: 'textarea', rows: 10, label: t('tag.script'), help: t('tag.script.help'), placeholder: 'return request.estimated_input_tokens > 100000' },
      { key: 'script_file', path: `${detailPath()}script_file`, type: 'code', label: t('tag.script_file'), help: t('tag.script_file.help'), placeholder: 'rules/large.lua' },
    ];
  }

  function partsView(kind) {
    const shown = kind === 'not' ? state.parts.slice(0, 1) : state.parts;
    return h('fieldset', { class: 'condition-parts' }, h('legend', null, t(`tag.parts.${kind}`)), shown.map((part) => part.element),
      kind === 'not' ? null : button({ label: t('tag.parts.add'), icon: 'plus', small: true, kind: 'quiet', onclick: addPart }));
  }

  function addPart() {
    state.parts.push(partEditor({}, state.parts.length));
    draw();
    changed();
    state.parts.at(-1).focus();
  }

  function partEditor(part, index) {
    const editor = conditionEditor(part, {
      changed, depth: depth + 1, path: `${path}rules[${index}].`,
      onremove: () => {
        state.parts = state.parts.filter((one) => one !== editor);
        draw();
        changed();
      },
    });
    return editor;
  }

  function detailValues() {
    const values = {};
    for (const one of details) {
      const value = one.value();
      if (one.key === 'tests') Object.assign(values, value);
      else if (value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)) values[one.key] = value;
    }
    return values;
  }

  function value() {
    const kind = type.value();
    if (kind === 'not') return { type: kind, rules: state.parts.slice(0, 1).map((part) => part.value()) };
    if (kind === 'all' || kind === 'any') return { type: kind, rules: state.parts.map((part) => part.value()) };
    const head = kind === 'builtin' ? { type: kind, builtin_type: builtin.value() } : { type: kind };
    return isInline ? { ...head, ...detailValues() } : { ...head, config: detailValues() };
  }

  return {
    element: h('div', { class: ['condition', depth > 0 && 'condition-part'] },
      h('div', { class: 'condition-head' }, type.element, builtin.element,
        onremove && button({ label: t('action.remove'), icon: 'cross', iconOnly: true, small: true, kind: 'quiet', onclick: onremove })), body),
    value, focus: type.focus,
    fields() {
      const isComposite = ['all', 'any', 'not'].includes(type.value());
      const shown = type.value() === 'not' ? state.parts.slice(0, 1) : state.parts;
      return [type, builtin, ...details, ...(isComposite ? shown.flatMap((part) => part.fields()) : [])];
    },
  };
}
