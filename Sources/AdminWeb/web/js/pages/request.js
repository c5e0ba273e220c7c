// One request: what came, what was tried, what the client got, and what can be done about it.

import { api, segment } from '../api.js';
import { badge, outcomeBadge } from '../components/badge.js';
import { button, copyButton, linkButton } from '../components/button.js';
import { loading, notice, pageHead, tabs } from '../components/card.js';
import { fill, h } from '../dom.js';
import { bytes, dateTime, duration, number, unknown, usd } from '../format.js';
import { t } from '../i18n.js';
import { isForRules, failureText, usageText } from './parts/attempt-text.js';
import { copyAsCurl } from './parts/copy-as-curl.js';
import { failureNote } from './parts/failure-note.js';
import { showAnswer } from './request-answer.js';
import { showConversation } from './request-conversation.js';
import { showDiff } from './request-diff.js';
import { showEvents } from './request-events.js';
import { overview } from './request-overview.js';
import { showReplay } from './request-replay.js';
import { showRule } from './request-rule.js';

export default {
  route: 'logs/:id',
  titleKey: 'nav.request',
  async render(root, { id }, ctx) {
    let tab = ctx.query.get('tab');
    // A request that still runs is shown anew when it is over.
    let isRunning = false;
    ctx.onSnapshot((snapshot) => {
      if (isRunning && !snapshot.in_flight.some((request) => request.id === id)) show();
    });
    await show();

    async function show() {
      isRunning = false;
      fill(root, loading(6));
      try {
        const detail = await api.get(`logs/${segment(id)}`, { signal: ctx.signal });
        const context = makeContext(id, detail, ctx);
        isRunning = detail.exchange.outcome === 'open';
        fill(root, head(context), isRunning ? runningNote(show) : null, summary(context), tabsOf(context, tab, (next) => {
          tab = next;
          ctx.setQuery({ tab: next === 'overview' ? null : next });
        }));
      } catch (error) {
        fill(root, backLink(), error.status === 404 ? notice('idle', t('request.gone', { id })) : failureNote(error, show));
      }
    }
  },
};

/** What the parts of the page share: the records, and the bodies as they are fetched once. */
function makeContext(id, { exchange, attempts, bodies }, ctx) {
  const fetched = new Map();
  return {
    id, exchange, attempts, bodies, signal: ctx.signal, page: ctx, attempt: null,
    /** The bytes of a body; null when it was not kept. */
    bytes(part) {
      if (!fetched.has(part)) {
        fetched.set(part, fetchBody(id, part, ctx.signal).catch((error) => {
          fetched.delete(part);
          throw error;
        }));
      }
      return fetched.get(part);
    },
  };
}

async function fetchBody(id, part, signal) {
  try {
    return await api.get(`logs/${segment(id)}/bodies/${part}`, { as: 'bytes', signal });
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

function backLink() {
  return h('p', { class: 'back' }, h('a', { href: '#/logs' }, t('request.back')));
}

function head(context) {
  const { exchange, id } = context;
  return [backLink(), pageHead(`${exchange.method} ${exchange.path}`, {
    lead: h('span', { class: 'row-line' },
      outcomeBadge(exchange.outcome), exchange.status ? badge(`HTTP ${exchange.status}`) : null,
      h('time', { datetime: new Date(exchange.arrived).toISOString() }, dateTime(exchange.arrived)),
      h('span', null, h('code', { class: 'request-id' }, id), ' ', copyButton(id, { label: t('request.copy_id'), iconOnly: true }))),
    actions: [
      button({ label: t('request.curl'), icon: 'copy', small: true, onclick: () => copyAsCurl(context) }),
      linkButton({ label: t('request.export'), icon: 'download', small: true, href: api.address(`logs/${segment(id)}/export`), download: `${id}.zip` }),
    ],
  })];
}

function runningNote(reload) {
  return notice('info', h('p', null, t('request.running')), button({ label: t('action.refresh'), icon: 'refresh', small: true, onclick: reload }));
}

function summary({ exchange }) {
  const items = [
    [t('request.model'), modelText(exchange)],
    [t('request.endpoint'), exchange.endpoint ?? unknown],
    [t('request.first_content'), duration(exchange.first_content_ms)],
    [t('request.total'), duration(exchange.total_ms)],
    [t('request.tokens'), usageText(exchange.usage), 'span-2'],
    [t('request.cost'), usd(exchange.cost_usd)],
    [t('request.stop'), exchange.stop_reason ?? unknown],
    [t('request.transfer'), `${bytes(exchange.bytes_in)} → ${bytes(exchange.bytes_out)}`],
    [t('request.events'), number(exchange.events)],
    [t('request.tags'), exchange.tags.length > 0 ? exchange.tags.map((tag) => badge(tag)) : unknown],
    [t('request.session'), exchange.session
      ? h('a', { href: `#/logs?session=${encodeURIComponent(exchange.session)}`, class: 'ellipsis', title: exchange.session }, exchange.session) : unknown],
  ];
  return [
    h('dl', { class: 'summary' }, items.map(([name, value, span]) => h('div', { class: span }, h('dt', null, name), h('dd', null, value)))),
    exchange.failure_code ? notice('bad', failureText({
      code: exchange.failure_code, stage: exchange.failure_stage, detail: exchange.failure_detail, rule: null,
    })) : null,
  ];
}

function modelText({ model, answer_model: answered }) {
  if (!answered || answered === model) return model ?? unknown;
  return [model ?? unknown, h('span', { class: 'muted' }, ` → ${answered}`)];
}

function tabsOf(context, selected, onselect) {
  const lazy = (id, title, show) => ({
    id, title, render: () => {
      const place = h('div', { class: 'stack' });
      show(place, context);
      return place;
    },
  });
  const failed = context.attempts.some(isForRules);
  return tabs([
    { id: 'overview', title: t('request.tab.overview'), render: () => overview(context) },
    lazy('conversation', t('request.tab.conversation'), showConversation),
    lazy('answer', t('request.tab.answer'), showAnswer),
    lazy('events', t('request.tab.events'), showEvents),
    lazy('diff', t('request.tab.diff'), showDiff),
    lazy('replay', t('request.tab.replay'), showReplay),
    failed && lazy('rule', t('request.tab.rule'), showRule),
  ].filter(Boolean), { selected: selected ?? 'overview', onselect }).element;
}
