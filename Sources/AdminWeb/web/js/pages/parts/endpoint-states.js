// How the endpoints are doing: their states, and how far each could be relied on in the last 24 hours.

import { h, setText } from '../../dom.js';
import { t } from '../../i18n.js';
import { compact, duration, number, relative } from '../../format.js';
import { liveBadge, meter, stateBadge } from '../../components/badge.js';
import { table } from '../../components/table.js';

/** `{element, update(endpoints of a snapshot)}`. */
export function endpointStates() {
  const parts = new Map();
  const partsOf = (row) => {
    if (!parts.has(row.name)) parts.set(row.name, makeParts(row.name));
    return parts.get(row.name);
  };
  const grid = table({
    caption: t('reliability.title'), empty: t('reliability.empty'), rowKey: (row) => row.name,
    columns: [
      { title: t('reliability.endpoint'), class: 'cell-main', cell: (row) => partsOf(row).link },
      { title: t('reliability.state'), class: 'cell-wide', cell: (row) => partsOf(row).state(row) },
      { title: t('reliability.score'), cell: (row) => partsOf(row).score(row.reliability?.score) },
      { title: t('reliability.inFlight'), numeric: true, cell: (row) => number(row.in_flight) },
      { title: t('reliability.requests'), numeric: true, cell: (row) => compact(row.reliability?.requests) },
      { title: t('reliability.truncated'), numeric: true, cell: (row) => compact(row.reliability?.truncated) },
      { title: t('reliability.stalled'), numeric: true, cell: (row) => compact(row.reliability?.stalled) },
      { title: t('reliability.failed'), numeric: true, cell: (row) => compact(row.reliability?.failed) },
      { title: t('reliability.firstToken'), numeric: true, cell: (row) => partsOf(row).firstToken(row.reliability) },
    ],
  });
  return { element: grid.element, update: (rows) => grid.update(rows) };
}

function makeParts(name) {
  const label = liveBadge();
  const why = h('span', { class: 'cell-sub cell-why' });
  const state = h('div', null, label.element, why);
  const half = h('span');
  const slow = h('span', { class: 'cell-sub' });
  const first = h('div', null, half, slow);
  const bar = meter(t('reliability.score'));
  return {
    link: h('a', { href: '#/endpoints', class: 'cell-name' }, name),
    state(row) {
      label.update(stateBadge(row.state));
      const until = row.until && row.until > Date.now() ? t('reliability.until', { when: relative(row.until) }) : '';
      const text = [until, row.cause].filter(Boolean).join(' · ');
      setText(why, text);
      why.title = text;
      return state;
    },
    firstToken(reliability) {
      setText(half, duration(reliability?.first_content_p50_ms));
      setText(slow, t('reliability.p95', { time: duration(reliability?.first_content_p95_ms) }));
      return first;
    },
    score(value) {
      bar.update(value);
      return bar.element;
    },
  };
}
