// Long texts, shown as far as one wants to read them.

import { h, fill } from '../../dom.js';
import { notice } from '../../components/card.js';
import { bytes, number } from '../../format.js';
import { t } from '../../i18n.js';

const FIRST = 3000;
const STEP = 50_000;
/** Texts with more lines than this are folded too, however short the lines are. */
const FIRST_LINES = 40;

/** A text that begins folded when it is long, with a button for more. */
export function foldedText(text, { limit = FIRST, lines = FIRST_LINES, label } = {}) {
  const start = beginning(text, limit, lines);
  const pre = h('pre', { class: 'text', tabindex: start < text.length ? 0 : null, 'aria-label': label }, text.slice(0, start));
  if (start === text.length) return pre;
  let shown = start;
  const more = h('button', { type: 'button', class: 'link-button', onclick: showMore });
  const bar = h('div', { class: 'fold-bar' }, more);
  relabel();
  return h('div', { class: 'folded' }, pre, bar);

  function showMore() {
    const next = Math.min(text.length, shown + STEP);
    pre.append(text.slice(shown, next));
    shown = next;
    if (shown < text.length) return relabel();
    bar.remove();
    pre.focus({ preventScroll: true });
  }

  function relabel() {
    const left = text.length - shown;
    fill(more, left > STEP ? t('text.more', { count: number(left) }) : t('text.rest', { count: number(left) }));
  }
}

function beginning(text, limit, lines) {
  let end = -1;
  for (let line = 0; line < lines; line += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0 || end > limit) break;
  }
  const cut = end < 0 ? limit : Math.min(end, limit);
  // A fold that hides a few words only is a nuisance.
  return text.length - cut < 400 && text.length < limit * 1.2 ? text.length : Math.min(cut, text.length);
}

/** Something with a headline that opens: `summary` is a list of children; `content()` is made when it opens first. */
export function disclosure(summary, content, { open = false, ...props } = {}) {
  const element = h('details', { ...props, ontoggle: makeOnce }, h('summary', {}, summary));
  let isMade = false;
  if (open) {
    element.open = true;
    makeOnce();
  }
  return element;

  function makeOnce() {
    if (!element.open || isMade) return;
    isMade = true;
    element.append(h('div', { class: 'disclosed' }, content()));
  }
}

/** A sentence about a body of which only the beginning was kept; null when it is whole. */
export function truncationNote(body) {
  if (!body?.missing) return null;
  return notice('warn', h('p', null, t('body.truncated', { kept: bytes(body.bytes), missing: bytes(body.missing) }), ' ',
    h('a', { href: '#/settings' }, t('body.truncated.why'))));
}
