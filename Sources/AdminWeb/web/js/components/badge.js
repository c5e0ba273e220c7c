// States in a word, with a symbol: the colour only repeats what they say.

import { h, setText, setAttribute, fill } from '../dom.js';
import { t } from '../i18n.js';
import { icon } from './icons.js';

const symbols = { ok: 'check', warn: 'warning', bad: 'cross', info: 'play', idle: 'circle' };

/** `tone`: `ok`, `warn`, `bad`, `info` or `idle`; without one a plain label. */
export function badge(text, tone, { title, symbol } = {}) {
  return h('span', { class: ['tag', tone && `tone-${tone}`], title }, tone && icon(symbol ?? symbols[tone]), text);
}

const states = {
  available: ['ok', 'check'], returning: ['warn', 'refresh'], benched: ['bad', 'pause'], disabled: ['idle', 'minus'],
};
/** Of an endpoint's health. */
export function stateBadge(state) {
  const [tone, symbol] = states[state] ?? ['idle', 'circle'];
  return badge(t(`state.${state}`), tone, { symbol });
}

const outcomes = {
  open: ['info', 'play'], completed: ['ok', 'check'], failed: ['bad', 'cross'], cancelled: ['idle', 'minus'],
};
/** Of a request. */
export function outcomeBadge(outcome) {
  const [tone, symbol] = outcomes[outcome] ?? ['idle', 'circle'];
  return badge(t(`outcome.${outcome}`), tone, { symbol });
}

/** A badge whose content may change: `{element, update(newBadge)}` replaces only what differs. */
export function liveBadge() {
  const element = h('span', { class: 'tag' });
  return {
    element,
    update(next) {
      if (element.className === next.className && element.textContent === next.textContent) return;
      setAttribute(element, 'class', next.className);
      setAttribute(element, 'title', next.title || null);
      fill(element, ...next.childNodes);
    },
  };
}

/** A score 0…100 as number and bar; null is unknown. `{element, update(score)}`. */
export function meter(label) {
  const value = h('span', { class: 'meter-value' });
  const bar = h('span', { class: 'meter-bar' });
  const element = h('span', { class: 'meter', role: 'img' }, value, h('span', { class: 'meter-track' }, bar));
  return {
    element,
    update(score) {
      const text = score === null || score === undefined ? '–' : String(Math.round(score));
      setText(value, text);
      setAttribute(element, 'aria-label', `${label}: ${text}`);
      bar.style.width = `${score ?? 0}%`;
      bar.className = `meter-bar ${score >= 95 ? 'tone-ok' : score >= 80 ? 'tone-warn' : 'tone-bad'}`;
    },
  };
}
