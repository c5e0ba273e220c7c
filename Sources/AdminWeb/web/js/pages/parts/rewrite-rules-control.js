// The control for `model_rewrite.rules`: rows of a pattern and the name to send. Registered as the field type `rewrites`.

import { button } from '../../components/button.js';
import { controls } from '../../components/controls.js';
import { icon } from '../../components/icons.js';
import { h } from '../../dom.js';
import { t } from '../../i18n.js';

controls.rewrites = ({ label }, changed) => {
  const rows = h('ol', { class: 'rewrite-rows' });
  let entries = [];
  const element = h('div', { class: 'rewrites' }, rows,
    button({ label: t('rewrite.add'), icon: 'plus', small: true, kind: 'quiet', onclick: () => addRow({}).source.focus() }));

  function addRow({ source_pattern: source = '', target_model: target = '', ...rest }) {
    const box = (name, value, placeholder) => h('input', {
      type: 'text', class: 'form-control mono', value, placeholder, spellcheck: 'false', autocomplete: 'off',
      'aria-label': `${label}: ${t(name)}`, oninput: changed,
    });
    const entry = { rest, source: box('rewrite.source', source, 'claude-*'), target: box('rewrite.target', target, t('rewrite.target')) };
    entry.row = h('li', { class: 'rewrite-row' }, entry.source, icon('next'), entry.target,
      button({ label: t('reorder.up', { name: t('rewrite.rule') }), icon: 'up', iconOnly: true, small: true, kind: 'quiet', onclick: () => move(entry, -1) }),
      button({ label: t('action.remove'), icon: 'cross', iconOnly: true, small: true, kind: 'quiet', onclick: () => remove(entry) }));
    entries.push(entry);
    rows.append(entry.row);
    return entry;
  }

  function move(entry, step) {
    const index = entries.indexOf(entry);
    if (index + step < 0) return;
    entries.splice(index, 1);
    entries.splice(index + step, 0, entry);
    rows.replaceChildren(...entries.map((one) => one.row));
    entry.source.focus();
    changed();
  }

  function remove(entry) {
    entries = entries.filter((one) => one !== entry);
    entry.row.remove();
    changed();
    element.querySelector(':scope > button').focus();
  }

  return {
    element, group: 'group',
    value: () => entries.map(({ rest, source, target }) => ({ ...rest, source_pattern: source.value.trim(), target_model: target.value.trim() }))
      .filter((rule) => rule.source_pattern || rule.target_model),
    set(rules) {
      entries = [];
      rows.replaceChildren();
      for (const rule of rules ?? []) addRow(rule);
    },
    check: () => (entries.some(({ source, target }) => Boolean(source.value.trim()) !== Boolean(target.value.trim())) ? t('rewrite.incomplete') : null),
  };
};

/** The name that the first rule in `rules` makes of `model`; null when none fits. Patterns cover the whole name. */
export function rewritten(model, rules) {
  const rule = rules.find(({ source_pattern: pattern }) => pattern && wildcard(pattern).test(model));
  return rule ? { target: rule.target_model, rule: rule.source_pattern } : null;
}

function wildcard(pattern) {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[\\s\\S]*').replaceAll('?', '[\\s\\S]');
  return new RegExp(`^${escaped}$`);
}
