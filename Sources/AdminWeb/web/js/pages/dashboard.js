// What happens now.

import { h } from '../dom.js';
import { api } from '../api.js';
import { live } from '../live.js';
import { t } from '../i18n.js';
import { compact, duration, microseconds, number, rate, usd } from '../format.js';
import { card, liveNotice, pageHead, stat } from '../components/card.js';
import { sparkline } from '../components/sparkline.js';
import { stageGraph } from './parts/stage-graph.js';
import { stageTable } from './parts/stage-table.js';
import { inFlightTable } from './parts/in-flight.js';
import { endpointStates } from './parts/endpoint-states.js';

async function render(root, params, ctx) {
  const graph = stageGraph(await api.get('graph', { signal: ctx.signal }));
  const numbers = stageTable();
  const tiles = makeTiles();
  const running = inFlightTable();
  const endpoints = endpointStates();
  const journal = liveNotice('warn');
  root.append(
    pageHead(t('nav.dashboard'), { lead: t('dashboard.lead', { url: ctx.session.listening.url }) }),
    journal.element, h('dl', { class: 'stats' }, tiles.elements),
    card({ title: t('graph.heading'), subtitle: t('graph.subtitle') }, graph.element, numbers.element),
    card({ title: t('inFlight.title'), subtitle: t('inFlight.subtitle'), wide: true }, running.element),
    card({ title: t('reliability.title'), subtitle: t('reliability.subtitle'), wide: true }, endpoints.element));
  ctx.onLeave(graph.stop);
  ctx.onSnapshot((snapshot) => {
    tiles.update(snapshot);
    graph.update(snapshot);
    numbers.update(snapshot.nodes);
    running.update(snapshot.in_flight);
    endpoints.update(snapshot.endpoints);
    journal.update(journalText(snapshot.journal));
  });
}

function journalText(journal) {
  if (!journal.ok) return t('dashboard.journalBroken', { detail: journal.message ?? '' });
  return journal.dropped_bytes > 0 ? t('dashboard.journalDropped', { count: journal.dropped_bytes }) : null;
}

function makeTiles() {
  const tile = (key, spark) => {
    const made = stat(t(key));
    const line = spark ? sparkline({ width: 160, height: 26 }) : null;
    if (line) made.element.append(h('dd', { class: 'stat-spark' }, line.element));
    return { ...made, draw: (values) => line?.update(values, t('dashboard.lastMinutes', { name: t(key) })) };
  };
  const requests = tile('dashboard.requests', true);
  const running = tile('dashboard.inFlight', true);
  const firstToken = tile('dashboard.firstToken', true);
  const latency = tile('dashboard.latency', true);
  const tokens = tile('dashboard.tokens');
  const cost = tile('dashboard.cost');
  return {
    elements: [requests, running, firstToken, latency, tokens, cost].map((one) => one.element),
    update(snapshot) {
      const first = snapshot.first_content_ms;
      const event = snapshot.event_latency_us;
      requests.update(`${rate(snapshot.requests_per_second)}/s`, t('dashboard.events', { rate: rate(snapshot.events_per_second) }));
      running.update(number(snapshot.in_flight.length), t('dashboard.uptime', { time: duration(snapshot.uptime_ms) }));
      firstToken.update(duration(first?.p50), percentiles(first, duration));
      latency.update(microseconds(event?.p50), percentiles(event, microseconds));
      const { input, output, cache_creation: written, cache_read: read } = snapshot.tokens;
      tokens.update(compact(output), t('dashboard.tokensIn', { fresh: compact(input + written, 2), cached: compact(read, 2) }));
      cost.update(usd(snapshot.cost_usd_today), t(snapshot.cost_usd_today === null ? 'dashboard.noPrices' : 'dashboard.today'));
      const past = (pick) => live.history.map(pick);
      requests.draw(past((one) => one.requests));
      running.draw(past((one) => one.running));
      firstToken.draw(past((one) => one.firstContent));
      latency.draw(past((one) => one.eventLatency));
    },
  };
}

function percentiles(values, format) {
  return values ? t('dashboard.percentiles', { p90: format(values.p90), p99: format(values.p99) }) : t('dashboard.nothingYet');
}

export default { route: 'dashboard', titleKey: 'nav.dashboard', render };
