// The boxes pages are made of.

import { h, setText, setAttribute, uniqueId } from '../dom.js';
import { icon } from './icons.js';

/** A section with a heading and, at its right, actions. `wide` lets tables reach the edges. */
export function card({ title, subtitle, actions, wide, level = 2, ...props }, ...children) {
  const id = uniqueId('card');
  return h('section', { ...props, class: ['panel', wide && 'panel-wide', props.class], 'aria-labelledby': title ? id : null },
    (title || actions) && h('header', { class: 'panel-head' },
      h('div', null, title && h(`h${level}`, { id }, title), subtitle && h('p', { class: 'muted' }, subtitle)),
      actions && h('div', { class: 'panel-actions' }, actions)),
    h('div', { class: 'panel-body' }, children));
}

/** The title of a page with its actions. */
export function pageHead(title, { lead, actions } = {}) {
  return h('div', { class: 'page-head' },
    h('div', null, h('h1', { tabindex: '-1' }, title), lead && h('p', { class: 'lead-text' }, lead)),
    actions && h('div', { class: 'page-actions' }, actions));
}

/** A number with its name: `{element, update(text, note, tone)}`. Its width does not follow the number. */
export function stat(label) {
  const value = h('dd', { class: 'stat-value' }, '–');
  const note = h('dd', { class: 'stat-note' }, '\u00a0');
  const element = h('div', { class: 'stat' }, h('dt', { class: 'stat-label' }, label), value, note);
  return {
    element,
    update(text, noteText = '\u00a0', tone = null) {
      setText(value, text);
      setText(note, noteText);
      setAttribute(note, 'title', noteText.trim() || null);
      setAttribute(element, 'data-tone', tone);
    },
  };
}

/** What to say where there is nothing yet, and what to do about it. */
export function emptyState(title, text, action) {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), text && h('p', null, text), action);
}

/** Grey lines in the place of what is being loaded. */
export function loading(lines = 3) {
  return h('div', { class: 'skeleton', 'aria-busy': 'true' },
    Array.from({ length: lines }, () => h('div', { class: 'skeleton-line' })));
}

const noticeIcons = { ok: 'check', warn: 'warning', bad: 'warning', info: 'help', idle: 'help' };

/** Something about the whole page or form: `tone` as of a badge, which brings its icon. */
export function notice(tone, ...children) {
  return h('div', { class: ['notice', `tone-${tone}`], role: tone === 'bad' ? 'alert' : 'note' },
    icon(noticeIcons[tone]), h('div', { class: 'notice-body' }, children));
}

/** A notice that comes and goes: `{element, update(text or null)}`. */
export function liveNotice(tone) {
  const text = h('span');
  const element = notice(tone, text);
  element.hidden = true;
  return {
    element,
    update(next) {
      element.hidden = !next;
      setText(text, next);
    },
  };
}

/** A monospaced block: `codeBlock(text, copyButton(text))`. */
export function codeBlock(text, ...actions) {
  return h('div', { class: 'code-block' }, h('pre', { tabindex: '0' }, h('code', null, text)),
    actions.length > 0 && h('div', { class: 'code-actions' }, actions));
}

/** Pairs of name and value. */
export function facts(pairs) {
  return h('dl', { class: 'facts' },
    pairs.filter(Boolean).map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));
}

/** Tabs after the ARIA pattern: `tabs([{id, title, render() → node}])`; rendered when first shown. */
export function tabs(items, { selected = items[0].id, onselect } = {}) {
  const prefix = uniqueId('tab');
  const panel = h('div', { role: 'tabpanel', class: 'tab-panel', tabindex: '0', id: `${prefix}-panel` });
  const made = new Map();
  const buttons = items.map((item) => h('button', {
    type: 'button', role: 'tab', id: `${prefix}-${item.id}`, 'aria-controls': panel.id, class: 'tab',
    onclick: () => show(item.id), onkeydown: move,
  }, item.title));
  function show(id) {
    items.forEach((item, index) => {
      setAttribute(buttons[index], 'aria-selected', String(item.id === id));
      setAttribute(buttons[index], 'tabindex', item.id === id ? '0' : '-1');
    });
    if (!made.has(id)) made.set(id, items.find((item) => item.id === id).render());
    panel.setAttribute('aria-labelledby', `${prefix}-${id}`);
    panel.replaceChildren(made.get(id));
    onselect?.(id);
  }
  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (buttons.indexOf(event.currentTarget) + step + items.length) % items.length;
    show(items[next].id);
    buttons[next].focus();
  }
  const element = h('div', { class: 'tabs' }, h('div', { role: 'tablist', class: 'tab-list' }, buttons), panel);
  show(items.some((item) => item.id === selected) ? selected : items[0].id);
  return { element, show };
}
