// Two texts with their differences marked.

import { h } from '../../dom.js';
import { notice } from '../../components/card.js';
import { number } from '../../format.js';
import { t } from '../../i18n.js';
import { diffLines, differingPart, foldSame } from './line-diff.js';

/** Rows beyond this are not drawn at first. */
const MAXIMUM_ROWS = 2000;
/** Of longer lines only the surroundings of the difference are drawn. */
const LONGEST_LINE = 400;
const SURROUNDINGS = 80;

/** `before` and `after` line by line, equal stretches folded; says so when nothing differs. */
export function diffView(before, after, { beforeName, afterName }) {
  const lines = diffLines(before, after);
  const removed = lines.filter((line) => line.kind === 'removed').length;
  const added = lines.filter((line) => line.kind === 'added').length;
  if (removed + added === 0) return notice('ok', t('diff.same'));
  const rows = pairUp(foldSame(lines));
  const body = h('tbody', {}, rows.slice(0, MAXIMUM_ROWS).map(rowView));
  return h('div', { class: 'diff' },
    h('p', { class: 'diff-summary' },
      h('span', { class: 'mark mark-bad' }, `− ${number(removed)}`), ' ', beforeName, ' ',
      h('span', { class: 'mark mark-good' }, `+ ${number(added)}`), ' ', afterName),
    h('div', { class: 'scroll-x', tabindex: 0, role: 'region', 'aria-label': t('diff.title') },
      h('table', { class: 'diff-table' },
        h('thead', { class: 'visually-hidden' }, h('tr', {},
          h('th', { scope: 'col' }, beforeName), h('th', { scope: 'col' }, afterName),
          h('th', { scope: 'col' }, t('diff.kind')), h('th', { scope: 'col' }, t('diff.line')))),
        body)),
    rows.length > MAXIMUM_ROWS ? moreButton(rows, body) : null);
}

function moreButton(rows, body) {
  const left = rows.length - MAXIMUM_ROWS;
  const button = h('button', {
    type: 'button', class: 'link-button', onclick: () => {
      body.append(...rows.slice(MAXIMUM_ROWS).map(rowView));
      button.remove();
    },
  }, t('diff.more', { count: left, n: number(left) }));
  return button;
}

/** Lets each removed line know the line that took its place, so that both can mark what differs. */
function pairUp(lines) {
  let start = 0;
  while (start < lines.length) {
    let middle = start;
    while (middle < lines.length && lines[middle].kind === 'removed') middle += 1;
    let end = middle;
    while (end < lines.length && lines[end].kind === 'added') end += 1;
    for (let index = 0; index < Math.min(middle - start, end - middle); index += 1) {
      const part = differingPart(lines[start + index].text, lines[middle + index].text);
      if (!isAlike(part, lines[start + index].text, lines[middle + index].text)) continue;
      lines[start + index].part = { start: part.start, end: part.endA };
      lines[middle + index].part = { start: part.start, end: part.endB };
    }
    start = Math.max(end, start + 1);
  }
  return lines;
}

/** Lines with little in common only happen to stand at the same place. */
function isAlike(part, before, after) {
  const common = before.length - (part.endA - part.start);
  return common >= 0.3 * Math.min(before.length, after.length);
}

function rowView(line) {
  if (line.kind === 'gap') return gapView(line);
  const sign = { same: ' ', removed: '−', added: '+' }[line.kind];
  return h('tr', { class: `diff-${line.kind}` },
    h('td', { class: 'diff-number' }, line.before ?? ''), h('td', { class: 'diff-number' }, line.after ?? ''),
    h('td', { class: 'diff-sign' }, sign), h('td', { class: 'diff-text' }, textOf(line)));
}

function textOf({ text, part }) {
  if (!part) return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} …` : text;
  const isLong = text.length > LONGEST_LINE;
  const from = isLong ? Math.max(0, part.start - SURROUNDINGS) : 0;
  const to = isLong ? Math.min(text.length, part.end + SURROUNDINGS) : text.length;
  const marked = text.slice(part.start, part.end);
  return [
    from > 0 ? '… ' : '', text.slice(from, part.start),
    marked ? h('mark', {}, marked.length > 4000 ? `${marked.slice(0, 4000)} …` : marked) : '',
    text.slice(part.end, to), to < text.length ? ' …' : '',
  ];
}

function gapView(gap) {
  const row = h('tr', { class: 'diff-gap' }, h('td', { colspan: 4 },
    h('button', { type: 'button', class: 'link-button', onclick: () => row.replaceWith(...gap.lines.map(rowView)) },
      t('diff.equal', { count: gap.count, n: number(gap.count) }))));
  return row;
}
