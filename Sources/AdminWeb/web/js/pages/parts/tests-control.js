// The control for the tests of a value: rows of a comparison and what to compare with. Registered as the type `tests`.

import { button } from '../../components/button.js';
import { controls } from '../../components/controls.js';
import { h } from '../../dom.js';
import { t } from '../../i18n.js';
import { comparisonLabel, comparisons } from './tag-condition.js';

controls.tests = ({ label, patternKey }, changed) => {
  const kinds = [patternKey, ...comparisons, 'exists'];
  const rows = h('div', { class: 'map-rows' });
  let entries = [];
  const element = h('div', { class: 'map' }, rows, button({ label: t('tag.tests.add'), icon: 'plus', small: true, kind: 'quiet', onclick: add }));

  function add() {
    const free = kinds.find((kind) => !entries.some((entry) => entry.kind.value === kind)) ?? patternKey;
    addRow(free, '').value.focus();
    changed();
  }

  function addRow(kind, value) {
    const entry = {};
    entry.kind = h('select', { class: 'form-select', 'aria-label': `${label}: ${t('tag.tests.kind')}`, onchange: () => { show(entry); changed(); } },
      kinds.map((one) => h('option', { value: one }, comparisonLabel(one))));
    entry.kind.value = kind;
    entry.value = h('input', { type: 'text', class: 'form-control mono', value: String(value), spellcheck: 'false', autocomplete: 'off', 'aria-label': `${label}: ${t('tag.tests.value')}`, oninput: changed });
    entry.row = h('div', { class: 'map-row' }, entry.kind, entry.value,
      button({ label: t('action.remove'), icon: 'cross', iconOnly: true, small: true, kind: 'quiet', onclick: () => remove(entry) }));
    entries.push(entry);
    rows.append(entry.row);
    show(entry);
    return entry;
  }

  function show(entry) {
    entry.value.placeholder = { [patternKey]: '*', exists: 'true' }[entry.kind.value] ?? '0';
  }

  function remove(entry) {
    entries = entries.filter((one) => one !== entry);
    entry.row.remove();
    changed();
  }

  return {
    element, group: 'group',
    value: () => Object.fromEntries(entries.map(({ kind, value }) => [kind.value, valueOf(kind.value, value.value.trim(), patternKey)])),
    set(tests) {
      entries = [];
      rows.replaceChildren();
      const given = Object.entries(tests ?? {}).filter(([kind]) => kinds.includes(kind));
      for (const [kind, value] of given.length > 0 ? given : [[patternKey, '']]) addRow(kind, value);
    },
    check() {
      const wrong = entries.some(({ kind, value }) => comparisons.includes(kind.value) && !/^-?\d+(\.\d+)?$/.test(value.value.trim()));
      if (wrong) return t('tag.tests.number');
      return entries.some(({ value }) => value.value.trim() === '') ? t('form.missing') : null;
    },
  };
};

function valueOf(kind, text, patternKey) {
  if (kind === patternKey) return text;
  if (kind === 'exists') return text !== 'false';
  return Number(text);
}
