// One endpoint in the list: its place, its health and why, its day, and what can be done with it.

import { api, segment } from '../api.js';
import { badge, liveBadge, meter, stateBadge } from '../components/badge.js';
import { button } from '../components/button.js';
import { bars } from '../components/sparkline.js';
import { toastError } from '../components/toast.js';
import { fill, h, setText, uniqueId } from '../dom.js';
import { compact, duration, number, percent, relative, time, unknown } from '../format.js';
import { t } from '../i18n.js';

/** `{element, update(endpoint), live(numbers), changed(endpoint)}`; `order` is that of the list. */
export function endpointCard(first, order, actions, ctx) {
  const { name } = first;
  let endpoint = first;
  const parts = makeParts(name);
  const toggle = h('input', {
    type: 'checkbox', role: 'switch', class: 'switch', 'aria-label': t('endpoints.enabled', { name }),
    onchange: async () => {
      try {
        await actions.toggle(name, toggle.checked);
      } catch (error) {
        toggle.checked = endpoint.enabled;
        toastError(error);
      }
    },
  });
  const element = h('li', { class: 'endpoint-card panel', dataset: { name }, 'aria-labelledby': parts.titleId });
  const { handle, up, down } = order.controls(element);
  fill(element,
    h('div', { class: 'endpoint-order' }, handle, parts.place, up, down),
    h('div', { class: 'endpoint-main' },
      h('div', { class: 'endpoint-head' }, parts.title, parts.state.element, parts.marks, h('span', { class: 'endpoint-toggle' }, toggle)),
      parts.address, parts.health),
    h('div', { class: 'endpoint-numbers' }, parts.history, parts.numbers),
    actionRow(name, actions));
  element.addEventListener('place', ({ detail }) => showPlace(detail.index, detail.count));
  loadHistory();

  function showPlace(index, count) {
    setText(parts.place, number(index + 1));
    up.toggleAttribute('data-end', index === 0);
    down.toggleAttribute('data-end', index === count - 1);
  }

  function show() {
    const { health } = endpoint;
    setText(parts.address, [endpoint.url, endpoint.profile ? t('endpoints.profile', { name: endpoint.profile.name }) : null].filter(Boolean).join(' · '));
    fill(parts.marks, badge(endpoint.type), endpoint.tags.map((tag) => badge(tag, null, { title: t('endpoints.tag', { tag }) })));
    toggle.checked = endpoint.enabled;
    element.classList.toggle('is-off', !endpoint.enabled);
    parts.state.update(stateBadge(health.state));
    fill(parts.health, healthText(endpoint));
    parts.reliability.update(endpoint.reliability.score);
    setText(parts.first, duration(endpoint.reliability.first_content_p50_ms));
    setText(parts.slow, t('endpoints.p95', { time: duration(endpoint.reliability.first_content_p95_ms) }));
    setText(parts.requests, compact(endpoint.reliability.requests));
    setText(parts.trouble, troubleText(endpoint.reliability));
    setText(parts.inFlight, number(endpoint.in_flight));
    showQuota(parts, endpoint.quota_left);
  }

  async function loadHistory() {
    const found = await api.get(`endpoints/${segment(name)}/history`, { signal: ctx.signal }).catch(() => null);
    if (found) fill(parts.history, historyView(name, found.buckets));
  }

  return {
    element,
    update(next) {
      endpoint = next;
      showPlace(next.index, next.count);
      show();
      // The day goes on while the page stays open.
      if (parts.history.childElementCount > 0) loadHistory();
    },
    changed(next) {
      endpoint = { ...endpoint, ...next };
      show();
    },
    /** Whether the state changed. */
    live(numbers) {
      setText(parts.inFlight, number(numbers.in_flight));
      if (numbers.state === endpoint.health.state && numbers.until === endpoint.health.until) return false;
      const isSame = numbers.cause === endpoint.health.cause;
      endpoint = {
        ...endpoint, health: {
          ...endpoint.health, state: numbers.state, until: numbers.until, cause: numbers.cause, requests: isSame ? endpoint.health.requests : [],
        },
      };
      show();
      return true;
    },
  };
}

function makeParts(name) {
  const titleId = uniqueId('endpoint');
  const number_ = (label) => h('span', { class: 'number', title: label });
  const reliability = meter(t('endpoints.reliability'));
  const [first, slow, requests, trouble, inFlight, quota, quotaBar] = Array.from({ length: 7 }, () => number_());
  const quotaRow = h('div', { hidden: true }, h('dt', null, t('endpoints.quota')), h('dd', null, quota, h('span', { class: 'meter-track' }, quotaBar)));
  const numbers = h('dl', { class: 'endpoint-facts' },
    h('div', null, h('dt', null, t('endpoints.reliability')), h('dd', null, reliability.element)),
    h('div', null, h('dt', null, t('endpoints.first_content')), h('dd', null, first, ' ', slow)),
    h('div', null, h('dt', null, t('endpoints.requests')), h('dd', null, requests, ' ', trouble)),
    h('div', null, h('dt', null, t('endpoints.in_flight')), h('dd', null, inFlight)), quotaRow);
  slow.className = 'muted';
  trouble.className = 'muted';
  quotaBar.className = 'meter-bar';
  return {
    titleId, reliability, first, slow, requests, trouble, inFlight, quota, quotaBar, quotaRow, numbers,
    title: h('h2', { id: titleId }, name), place: h('span', { class: 'endpoint-place num' }), state: liveBadge(),
    marks: h('span', { class: 'endpoint-marks' }), address: h('p', { class: 'endpoint-url muted' }), health: h('div', { class: 'endpoint-health' }),
    history: h('div', { class: 'endpoint-history' }),
  };
}

function showQuota({ quota, quotaBar, quotaRow }, left) {
  quotaRow.hidden = left === null;
  if (left === null) return;
  setText(quota, percent(left));
  quotaBar.style.width = `${100 * left}%`;
  quotaBar.className = `meter-bar ${left < 0.1 ? 'tone-bad' : left < 0.3 ? 'tone-warn' : 'tone-ok'}`;
}

/** Why it is where it is, with links to the requests behind it. */
function healthText({ health, enabled }) {
  if (!enabled) return null;
  const parts = [];
  if (health.cause) parts.push(h('p', { class: 'health-cause' }, withLinks(health.cause, health.requests)));
  if (health.state === 'benched' && health.until > Date.now()) {
    parts.push(h('p', { class: 'muted' }, t('endpoints.until', { when: relative(health.until), time: time(health.until) })));
  }
  if (health.state === 'returning') parts.push(h('p', { class: 'muted' }, t('endpoints.returning')));
  const rest = health.requests.filter((id) => !health.cause?.includes(id));
  if (rest.length > 0) {
    parts.push(h('p', { class: 'muted' }, t('endpoints.because'), ' ', rest.map((id, index) => [index > 0 ? ', ' : '', requestLink(id)])));
  }
  if (health.window_requests > 0 && health.window_failures > 0 && health.state === 'available') {
    parts.push(h('p', { class: 'muted' }, t('endpoints.window', {
      failures: number(health.window_failures), n: number(health.window_requests), last: health.last_failure ?? unknown,
    })));
  }
  return parts;
}

function requestLink(id) {
  return h('a', { href: `#/logs/${encodeURIComponent(id)}` }, h('code', null, id));
}

/** The cause is a sentence of the proxy; ids in it become links. */
function withLinks(text, ids) {
  let pieces = [text];
  for (const id of ids) {
    pieces = pieces.flatMap((piece) => {
      if (typeof piece !== 'string' || !piece.includes(id)) return [piece];
      const [before, ...after] = piece.split(id);
      return [before, requestLink(id), after.join(id)];
    });
  }
  return pieces;
}

function troubleText(reliability) {
  const parts = [['failed', reliability.failed], ['truncated', reliability.truncated], ['stalled', reliability.stalled]]
    .filter(([, count]) => count > 0).map(([kind, count]) => t(`endpoints.${kind}`, { count, n: number(count) }));
  return parts.join(', ');
}

function historyView(name, buckets) {
  const items = buckets.map((bucket) => ({
    good: bucket.requests - bucket.failures, bad: bucket.failures,
    title: t('endpoints.bucket', { time: time(bucket.at), n: number(bucket.requests), failures: number(bucket.failures) }),
  }));
  const requests = buckets.reduce((sum, bucket) => sum + bucket.requests, 0);
  const failures = buckets.reduce((sum, bucket) => sum + bucket.failures, 0);
  return [
    bars(items, { label: t('endpoints.history', { name, n: number(requests), failures: number(failures) }) }),
    h('div', { class: 'history-scale', 'aria-hidden': 'true' }, h('span', null, t('endpoints.day_ago')), h('span', null, t('time.now'))),
  ];
}

function actionRow(name, actions) {
  const action = (key, icon, run, kind = 'quiet') => button({
    label: t(`endpoints.action.${key}`), 'aria-label': t(`endpoints.action.${key}.of`, { name }), icon, small: true, kind, onclick: run,
  });
  return h('div', { class: 'endpoint-actions' },
    action('test', 'play', () => actions.test(name), 'plain'),
    action('edit', 'edit', () => actions.edit(name), 'plain'),
    action('copy', 'copy', () => actions.copy(name)),
    action('reset', 'refresh', () => actions.reset(name)),
    action('delete', 'trash', () => actions.remove(name)));
}
