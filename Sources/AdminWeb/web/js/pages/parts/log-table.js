// The list of requests as a table; on a phone each is a card.

import { badge, outcomeBadge } from '../../components/badge.js';
import { table } from '../../components/table.js';
import { h } from '../../dom.js';
import { compact, dateTime, duration, number, timeOrDate, unknown } from '../../format.js';
import { t } from '../../i18n.js';

export function logTable(ctx) {
  const open = (row) => ctx.navigate(`logs/${encodeURIComponent(row.id)}`);
  return table({
    caption: t('logs.caption'), rowKey: (row) => row.id, onrow: open,
    rowClass: (row) => `log-row is-${row.outcome}`,
    columns: [
      { key: 'arrived', title: t('logs.time'), class: 'log-time', cell: cached((row) => h('a', {
        href: `#/logs/${encodeURIComponent(row.id)}`, title: `${dateTime(row.arrived)} · ${row.id}`, 'aria-label': t('logs.open', { time: dateTime(row.arrived), model: row.model ?? row.path }),
      }, timeOrDate(row.arrived))) },
      { key: 'outcome', title: t('logs.outcome'), class: 'log-outcome', cell: cached(outcomeCell) },
      { key: 'model', title: t('logs.model'), class: 'log-model', cell: cached(modelCell) },
      { key: 'endpoint', title: t('logs.endpoint'), class: 'log-endpoint', cell: (row) => row.endpoint ?? unknown },
      { key: 'attempts', title: t('logs.tries'), numeric: true, class: 'log-tries', cell: cached(triesCell) },
      { key: 'first', title: t('logs.first_content'), numeric: true, class: 'log-first', cell: (row) => duration(row.first_content_ms) },
      { key: 'total', title: t('logs.total'), numeric: true, cell: (row) => (row.outcome === 'open' ? '…' : duration(row.total_ms)) },
      { key: 'tokens', title: t('logs.tokens'), numeric: true, class: 'log-tokens', cell: (row) => `${compact(inputOf(row.usage))} / ${compact(row.usage?.output)}` },
    ],
  });
}

/** Nodes are made once for a row's content, so that live updates leave links and selections alone. */
function cached(make) {
  const made = new WeakMap();
  return (row) => {
    if (!made.has(row)) made.set(row, make(row));
    return made.get(row);
  };
}

/** Everything that was read, from the cache or not. */
function inputOf(usage) {
  if (!usage || usage.input === null) return null;
  return usage.input + (usage.cache_creation ?? 0) + (usage.cache_read ?? 0);
}

function modelCell(row) {
  return h('span', null, h('span', { class: 'break' }, row.model ?? `${row.method} ${row.path}`), row.tags.map((tag) => [' ', badge(tag)]));
}

function triesCell(row) {
  if (row.attempts <= 1) return h('span', { class: 'muted' }, number(row.attempts));
  return badge(number(row.attempts), 'warn', { symbol: 'refresh', title: t('logs.attempts.title') });
}

function outcomeCell(row) {
  return h('span', { class: 'log-result' }, outcomeBadge(row.outcome), ' ', row.failure_code
    ? h('span', { class: 'log-failure', title: row.failure_detail ?? '' }, h('code', null, row.failure_code))
    : h('span', { class: 'muted' }, row.stop_reason ?? ''),
  row.repairs > 0 ? [' ', badge(t('logs.repairs', { count: row.repairs, n: number(row.repairs) }), 'warn')] : null);
}
