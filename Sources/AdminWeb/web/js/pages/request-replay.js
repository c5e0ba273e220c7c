// Tab "Replay": the same request at an endpoint of choice, its answer beside the one of then.

import { api, segment } from '../api.js';
import { outcomeBadge } from '../components/badge.js';
import { button } from '../components/button.js';
import { card, loading, notice } from '../components/card.js';
import { errorText } from '../components/toast.js';
import { fill, h, uniqueId } from '../dom.js';
import { duration, number, unknown, usd } from '../format.js';
import { t } from '../i18n.js';
import { usageText } from './parts/attempt-text.js';
import { failureNote } from './parts/failure-note.js';
import { answerView } from './request-answer.js';

export async function showReplay(root, context) {
  fill(root, loading());
  try {
    const { endpoints } = await api.get('endpoints', { signal: context.signal });
    const stored = context.bodies.find((body) => body.part === 'request');
    if (!stored || stored.missing) return fill(root, notice('warn', t('replay.incomplete'), ' ', h('a', { href: '#/settings' }, t('body.truncated.why'))));
    if (endpoints.length === 0) return fill(root, notice('idle', t('replay.no_endpoints')));
    return fill(root, replayCard(endpoints, context));
  } catch (error) {
    return fill(root, failureNote(error, () => showReplay(root, context)));
  }
}

function replayCard(endpoints, context) {
  const id = uniqueId('replay');
  const other = endpoints.find((endpoint) => endpoint.enabled && endpoint.name !== context.exchange.endpoint) ?? endpoints[0];
  const select = h('select', { id, class: 'form-select' }, endpoints.map((endpoint) => h('option', {
    value: endpoint.name, selected: endpoint === other,
  }, endpoint.enabled ? endpoint.name : t('replay.disabled', { name: endpoint.name }))));
  const result = h('div', { class: 'stack', 'aria-live': 'polite' });
  const start = button({ label: t('replay.start'), icon: 'play', kind: 'primary', onclick: run });
  return [
    card({ title: t('replay.title'), subtitle: t('replay.lead') },
      h('div', { class: 'row-form' }, h('div', { class: 'picker' }, h('label', { for: id }, t('replay.endpoint')), select), start)),
    result,
  ];

  async function run() {
    fill(result, notice('info', t('replay.running', { name: select.value })));
    try {
      const { exchange } = await api.post(`logs/${segment(context.id)}/replay`, { endpoint: select.value }, { signal: context.signal });
      const detail = await api.get(`logs/${segment(exchange)}`, { signal: context.signal });
      fill(result, comparison(context, detail));
      showBodies(result.querySelector('.compare-answers'), context, exchange);
    } catch (error) {
      if (error.name !== 'AbortError') fill(result, notice('bad', errorText(error)));
    }
  }
}

function comparison({ exchange: before }, { exchange: after }) {
  const rows = [
    [t('replay.outcome'), (one) => outcomeBadge(one.outcome)],
    [t('request.endpoint'), (one) => one.endpoint ?? unknown],
    [t('attempt.status'), (one) => one.status ?? unknown],
    [t('attempt.failure'), (one) => one.failure_code ?? unknown],
    [t('request.first_content'), (one) => duration(one.first_content_ms)],
    [t('request.total'), (one) => duration(one.total_ms)],
    [t('request.tokens'), (one) => usageText(one.usage)],
    [t('request.cost'), (one) => usd(one.cost_usd)],
    [t('request.stop'), (one) => one.stop_reason ?? unknown],
    [t('request.events'), (one) => number(one.events)],
    [t('replay.repairs'), (one) => number(Object.values(one.repairs ?? {}).reduce((sum, count) => sum + count, 0))],
  ];
  return [
    card({ title: t('replay.result'), actions: h('a', { class: 'btn btn-plain btn-sm', href: `#/logs/${after.id}` }, t('replay.open')), wide: true },
      h('div', { class: 'scroll-x' }, h('table', { class: 'data-table compare-table' },
        h('caption', { class: 'visually-hidden' }, t('replay.result')),
        h('thead', null, h('tr', null, h('td', null), h('th', { scope: 'col' }, t('replay.before')), h('th', { scope: 'col' }, t('replay.after')))),
        h('tbody', null, rows.map(([name, value]) => h('tr', null,
          h('th', { scope: 'row' }, name), h('td', { dataset: { label: t('replay.before') } }, value(before)),
          h('td', { dataset: { label: t('replay.after') } }, value(after)))))))),
    h('div', { class: 'compare-answers' }),
  ];
}

async function showBodies(place, context, replayed) {
  const column = (title, content) => h('section', null, h('h3', null, title), content);
  try {
    const [before, after] = await Promise.all([
      context.bytes('response'), api.get(`logs/${segment(replayed)}/bodies/response`, { as: 'bytes', signal: context.signal }).catch(absent),
    ]);
    const view = (found) => (found ? answerView(new TextDecoder().decode(found)) : notice('idle', t('body.none')));
    fill(place, column(t('replay.before'), view(before)), column(t('replay.after'), view(after)));
  } catch (error) {
    fill(place, failureNote(error, () => showBodies(place, context, replayed)));
  }
}

function absent(error) {
  if (error.status === 404) return null;
  throw error;
}
