// Tokens and cost by day, model, endpoint and session, with what failovers cost in lost prompt cache.

import { api } from '../api.js';
import { chart, color, series } from '../components/chart.js';
import { card, emptyState, loading, notice, pageHead, stat } from '../components/card.js';
import { field } from '../components/field.js';
import { table } from '../components/table.js';
import { fill, h } from '../dom.js';
import { compact, duration, number, percent, usd } from '../format.js';
import { language, t } from '../i18n.js';
import { failureNote } from './parts/failure-note.js';

const groups = ['day', 'model', 'endpoint', 'session'];
const ranges = [1, 7, 30, 90];
/** Bars beyond these make a chart unreadable; the table has all. */
const MOST_BARS = 12;

export default {
  route: 'usage',
  titleKey: 'nav.usage',
  async render(root, params, ctx) {
    const state = { by: known(groups, ctx.query.get('by'), 'day'), days: known(ranges, Number(ctx.query.get('days')), 7), metric: known(['cost', 'tokens'], ctx.query.get('metric'), 'cost') };
    const view = h('div', { class: 'stack' });
    let drawn = null;
    const choose = (key, options) => {
      const one = field({ key, type: 'segmented', label: t(`usage.choose.${key}`), options }, { value: state[key], onchange() {
        state[key] = one.value();
        ctx.setQuery(state);
        load();
      } });
      return one.element;
    };
    fill(root, pageHead(t('nav.usage'), { lead: t('usage.lead') }),
      h('div', { class: 'usage-choices' },
        choose('days', ranges.map((value) => ({ value, label: t('usage.days', { count: value, n: number(value) }) }))),
        choose('by', groups.map((value) => ({ value, label: t(`usage.by.${value}`) }))),
        choose('metric', ['cost', 'tokens'].map((value) => ({ value, label: t(`usage.metric.${value}`) })))), view);
    ctx.onLeave(() => drawn?.destroy());
    fill(view, loading(8));
    await load();

    async function load() {
      const ticket = {};
      state.ticket = ticket;
      try {
        const { days, by } = state;
        const found = await api.get('statistics', { query: { days, by }, signal: ctx.signal });
        if (state.ticket !== ticket) return;
        drawn?.destroy();
        drawn = null;
        if (found.rows.length === 0) return fill(view, emptyState(t('usage.none'), t('usage.none.text')));
        drawn = picture(found.rows, state);
        return fill(view, totals(found.totals), card({ title: t(`usage.metric.${state.metric}`) }, drawn.element, rest(found.rows, by)),
          card({ title: t('usage.table'), wide: true }, usageTable(found, by, ctx)), found.totals.cost_usd === null ? notice('idle', t('usage.no_prices')) : null);
      } catch (error) {
        if (state.ticket === ticket) fill(view, failureNote(error, load));
      }
      return undefined;
    }
  },
};

function known(values, value, fallback) {
  return values.includes(value) ? value : fallback;
}

function totals(total) {
  const figure = (key, text, note, tone) => {
    const one = stat(t(`usage.${key}`));
    one.update(text, note ?? '\u00a0', tone ?? null);
    return one.element;
  };
  const failover = total.failover_cache_cost_usd;
  return h('dl', { class: 'stats' },
    figure('cost', usd(total.cost_usd), total.requests > 0 && total.cost_usd !== null ? t('usage.cost.note', { cost: usd(total.cost_usd / total.requests) }) : null),
    figure('requests', number(total.requests), t('usage.failed', { count: total.failed, n: number(total.failed), share: percent(share(total.failed, total.requests), 1) })),
    figure('output', compact(total.output_tokens), t('usage.output.note')),
    figure('input', compact(inputOf(total)), t('usage.cached', { share: percent(share(total.cache_read_tokens, inputOf(total))) })),
    figure('failover_cost', usd(failover), failover !== null && total.cost_usd ? t('usage.of_cost', { share: percent(failover / total.cost_usd, 1) }) : null),
    figure('first_content', duration(total.first_content_p50_ms), t('usage.p95', { time: duration(total.first_content_p95_ms) })));
}

function share(part, whole) {
  return whole > 0 ? part / whole : null;
}

function inputOf(row) {
  return row.input_tokens + row.cache_creation_tokens + row.cache_read_tokens;
}

// MARK: Chart

const tokenKinds = ['cache_read_tokens', 'cache_creation_tokens', 'input_tokens', 'output_tokens'];

function picture(rows, { by, metric }) {
  const shown = by === 'day' ? rows : ranked(rows, metric).slice(0, MOST_BARS);
  const isDay = by === 'day';
  const format = metric === 'cost' ? usd : compact;
  const bar = (label, values, index) => ({ label, data: values, backgroundColor: series(index), borderColor: color('--surface'), borderWidth: 1, stack: 'all', maxBarThickness: 44 });
  return chart({
    label: t('usage.chart.label', { by: t(`usage.by.${by}`), metric: t(`usage.metric.${metric}`) }),
    height: isDay ? 260 : Math.max(140, 60 + 28 * shown.length),
    configure: () => ({
      type: 'bar',
      data: {
        labels: shown.map((row) => label(row.key, by)),
        datasets: metric === 'tokens'
          ? tokenKinds.map((key, index) => bar(t(`usage.${key}`), shown.map((row) => row[key]), index))
          : [
            bar(t('usage.cost.rest'), shown.map((row) => (row.cost_usd ?? 0) - (row.failover_cache_cost_usd ?? 0)), 0),
            bar(t('usage.failover_cost'), shown.map((row) => row.failover_cache_cost_usd ?? 0), 2),
          ],
      },
      options: {
        indexAxis: isDay ? 'x' : 'y',
        scales: { [isDay ? 'y' : 'x']: { stacked: true, beginAtZero: true, ticks: { callback: (value) => format(value), maxTicksLimit: 6 } }, [isDay ? 'x' : 'y']: { stacked: true, grid: { display: false }, ticks: { autoSkip: isDay } } },
        plugins: { legend: { position: 'bottom', align: 'start' }, tooltip: { callbacks: { label: (item) => ` ${item.dataset.label}: ${format(item.raw)}` } } },
      },
    }),
  });
}

function ranked(rows, metric) {
  const value = (row) => (metric === 'cost' ? row.cost_usd ?? 0 : inputOf(row) + row.output_tokens);
  return [...rows].sort((a, b) => value(b) - value(a));
}

function rest(rows, by) {
  const left = rows.length - MOST_BARS;
  return by === 'day' || left <= 0 ? null : h('p', { class: 'muted' }, t('usage.rest', { count: left, n: number(left) }));
}

/** A day is a date without a time: it must not shift with the time zone. */
function label(key, by) {
  const day = /^(\d+)-(\d+)-(\d+)$/.exec(key ?? '');
  if (by !== 'day' || !day) return key ?? t('usage.unknown');
  const tag = language() === 'zh-cn' ? 'zh-CN' : language();
  return new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])).toLocaleDateString(tag, { weekday: 'short', day: 'numeric', month: 'short' });
}

// MARK: Table

function usageTable({ rows, totals: total }, by, ctx) {
  const numeric = (key, cell, more = {}) => ({ key, title: t(`usage.column.${key}`), numeric: true, cell, ...more });
  const grid = table({
    caption: t('usage.table'), rowKey: (row) => row.key ?? '', rowClass: (row) => (row.isTotal ? 'total-row' : ''),
    columns: [
      { key: 'key', title: t(`usage.by.${by}`), class: 'usage-key', cell: (row) => keyCell(row, by, ctx) },
      numeric('requests', (row) => number(row.requests)),
      numeric('failed', (row) => number(row.failed), { hideNarrow: true }),
      numeric('cost', (row) => usd(row.cost_usd)),
      numeric('failover_cost', (row) => usd(row.failover_cache_cost_usd)),
      numeric('input', (row) => compact(row.input_tokens)),
      numeric('written', (row) => compact(row.cache_creation_tokens), { hideNarrow: true }),
      numeric('read', (row) => compact(row.cache_read_tokens)),
      numeric('output', (row) => compact(row.output_tokens)),
      numeric('cut', (row) => `${number(row.truncated)} / ${number(row.stalled)}`, { hideNarrow: true }),
      numeric('first_content', (row) => `${duration(row.first_content_p50_ms)} / ${duration(row.first_content_p95_ms)}`),
    ],
  });
  const ordered = by === 'day' ? [...rows].reverse() : ranked(rows, 'cost');
  grid.update([...ordered, { ...total, key: t('usage.total'), isTotal: true }]);
  return [grid.element, h('p', { class: 'muted table-note' }, t('usage.table.note'))];
}

function keyCell(row, by, ctx) {
  if (row.isTotal) return row.key;
  const text = label(row.key, by);
  if (by === 'day' || !row.key) return text;
  return h('a', { class: 'break', href: ctx.address('logs', { [by]: row.key }) }, text);
}
