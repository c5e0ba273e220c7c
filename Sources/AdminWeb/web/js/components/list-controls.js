// Controls for lists of texts and for maps of texts.

import { h, fill, announce } from '../dom.js';
import { t } from '../i18n.js';
import { button } from './button.js';
import { icon } from './icons.js';

/** A list of texts as chips: Enter or a comma adds, Backspace in the empty input removes the last. */
export function listControl({ placeholder, suggestions, label }, changed) {
  let items = [];
  const listId = `list-${Math.random().toString(36).slice(2)}`;
  const entry = h('input', {
    type: 'text', class: 'chips-input', placeholder: placeholder ?? t('form.list.placeholder'), autocomplete: 'off',
    spellcheck: 'false', list: suggestions ? listId : null, 'aria-label': t('form.list.add', { name: label }),
    onkeydown: key, onblur: commit, oninput: (event) => { if (entry.value.includes(',')) commit(event); },
  });
  const chips = h('span', { class: 'chips-items' });
  const element = h('div', { class: 'chips form-control', onclick: (event) => { if (event.target === element) entry.focus(); } },
    chips, entry, suggestions && h('datalist', { id: listId }, suggestions.map((value) => h('option', { value }))));
  function key(event) {
    if (event.key === 'Enter' && entry.value.trim()) {
      event.preventDefault();
      commit();
    } else if (event.key === 'Backspace' && !entry.value && items.length) {
      remove(items.length - 1);
    }
  }
  function commit() {
    const more = entry.value.split(',').map((text) => text.trim()).filter((text) => text && !items.includes(text));
    entry.value = '';
    if (!more.length) return;
    items = [...items, ...more];
    show();
    changed();
  }
  function remove(index) {
    announce(t('form.list.removed', { item: items[index] }));
    items = items.filter((_, at) => at !== index);
    show();
    changed();
    entry.focus();
  }
  function show() {
    fill(chips, items.map((item, index) => h('span', { class: 'chip' }, item,
      h('button', { type: 'button', class: 'chip-remove', 'aria-label': t('form.list.remove', { item }), onclick: () => remove(index) }, icon('cross')))));
  }
  return {
    element, input: entry, group: 'group',
    // What still stands in the input counts too: nobody expects to lose it by pressing Save.
    value: () => [...items, ...[entry.value.trim()].filter((text) => text && !items.includes(text))],
    set(value) {
      items = [...(value ?? [])];
      entry.value = '';
      show();
    },
  };
}

/** A map of texts as rows of two inputs. `secretKeys(key)` tells which values are masked and replaced as a whole. */
export function mapControl({ keyLabel, valueLabel, label }, changed) {
  const rows = h('div', { class: 'map-rows' });
  const element = h('div', { class: 'map' }, rows,
    button({ label: t('form.map.add'), icon: 'plus', small: true, kind: 'quiet', onclick: () => addRow('', '').key.focus() }));
  let entries = [];
  function addRow(name, value) {
    const masked = value !== null && typeof value === 'object' ? value : null;
    const entry = { masked };
    entry.key = h('input', { type: 'text', class: 'form-control mono', value: name, spellcheck: 'false', 'aria-label': `${label}: ${keyLabel ?? t('form.map.key')}`, placeholder: keyLabel ?? t('form.map.key'), oninput: changed });
    entry.value = h('input', {
      type: 'text', class: 'form-control mono', value: masked ? '' : (value ?? ''), spellcheck: 'false',
      placeholder: masked ? masked.secret : (valueLabel ?? t('form.map.value')), 'aria-label': `${label}: ${valueLabel ?? t('form.map.value')}`, oninput: changed,
    });
    entry.row = h('div', { class: 'map-row' }, entry.key, entry.value,
      button({ label: t('action.remove'), icon: 'cross', iconOnly: true, kind: 'quiet', small: true, onclick: () => removeRow(entry) }));
    entries.push(entry);
    rows.append(entry.row);
    return entry;
  }
  function removeRow(entry) {
    entries = entries.filter((other) => other !== entry);
    entry.row.remove();
    changed();
    element.querySelector('button:last-of-type')?.focus();
  }
  return {
    element, group: 'group',
    value: () => Object.fromEntries(entries.filter(({ key }) => key.value.trim()).map(({ key, value, masked }) =>
      [key.value.trim(), masked && value.value === '' ? masked : value.value])),
    set(value) {
      entries = [];
      rows.replaceChildren();
      for (const [name, text] of Object.entries(value ?? {})) {
        addRow(name, text !== null && typeof text === 'object' && !('secret' in text) ? JSON.stringify(text) : text);
      }
    },
  };
}
