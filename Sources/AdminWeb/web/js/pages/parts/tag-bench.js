// The test bench of the tag rules: a request in, the tags and the way it would take out.

import { api, segment } from '../../api.js';
import { badge } from '../../components/badge.js';
import { button } from '../../components/button.js';
import { notice, tabs } from '../../components/card.js';
import { field } from '../../components/field.js';
import { errorText } from '../../components/toast.js';
import { fill, h } from '../../dom.js';
import { percent, timeOrDate } from '../../format.js';
import { t } from '../../i18n.js';
import { fromCurl } from './curl.js';

const example = JSON.stringify({ model: 'claude-sonnet-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }, null, 2);

/** The bench; `rule()` gives a rule that is not saved yet and is tried as well, or null when it is not ready. */
export function tagBench(ctx, { rule } = {}) {
  const result = h('div', { class: 'bench-result', 'aria-live': 'polite' });
  const text = field({ key: 'request', type: 'textarea', rows: 8, label: t('bench.request'), help: t('bench.request.help') }, { value: example });
  const id = field({ key: 'exchange', type: 'code', label: t('bench.exchange'), help: t('bench.exchange.help') });
  const recent = h('div', { class: 'bench-recent' });
  let source = 'paste';
  const choice = tabs([
    { id: 'paste', title: t('bench.paste'), render: () => text.element },
    { id: 'log', title: t('bench.log'), render: () => {
      loadRecent();
      return h('div', { class: 'stack-sm' }, id.element, recent);
    } },
  ], { onselect: (selected) => (source = selected) });
  return h('div', { class: 'stack' }, choice.element,
    h('div', null, button({ label: rule ? t('bench.run.rule') : t('bench.run'), icon: 'play', kind: 'primary', onclick: run })), result);

  async function loadRecent() {
    try {
      const { exchanges } = await api.get('logs', { query: { limit: 8 }, signal: ctx.signal });
      fill(recent, exchanges.map((one) => h('button', {
        type: 'button', class: 'recent', onclick: () => {
          id.set(one.id);
          run();
        },
      }, h('span', { class: 'num' }, timeOrDate(one.arrived)), ' ', h('code', null, one.id), ' ', one.model ?? one.path)));
    } catch (error) {
      if (error.name !== 'AbortError') fill(recent, h('p', { class: 'muted' }, errorText(error)));
    }
  }

  async function run() {
    const input = source === 'log' ? readId() : readText();
    if (!input) return;
    const unsaved = rule ? rule() : undefined;
    if (unsaved === null) return;
    try {
      const answer = await api.post('tag-rules/test', { ...input, ...(unsaved ? { rule: unsaved } : {}) }, { signal: ctx.signal });
      fill(result, resultView(answer, unsaved?.name));
    } catch (error) {
      if (error.name === 'AbortError') return;
      const problems = (error.problems ?? []).map((problem) => h('p', null, problem.path ? h('code', null, problem.path) : null, ' ', problem.message));
      fill(result, notice('bad', problems.length > 0 ? h('div', null, problems) : errorText(error)));
    }
  }

  function readId() {
    const value = id.value();
    id.problem(value ? null : t('form.missing'));
    return value ? { exchange: value } : null;
  }

  function readText() {
    const request = requestOf(text.value() ?? '');
    text.problem(request ? null : t('bench.request.wrong'));
    return request ? { request } : null;
  }
}

/** JSON of a body, JSON of a whole request (`{method, path, headers, body}`), or a curl command; null for anything else. */
export function requestOf(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith('curl')) {
    const request = fromCurl(trimmed);
    return request ? clean(request) : null;
  }
  try {
    const value = JSON.parse(trimmed);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    if (typeof value.path === 'string') {
      const body = typeof value.body === 'string' ? value.body : JSON.stringify(value.body ?? {});
      return clean({ method: value.method ?? 'POST', path: value.path, query: value.query, headers: value.headers ?? {}, body });
    }
    return { method: 'POST', path: '/v1/messages', headers: { 'content-type': 'application/json' }, body: trimmed };
  } catch {
    return null;
  }
}

function clean({ query, ...request }) {
  return query ? { ...request, query } : request;
}

function resultView({ tags, model, rules, endpoints }, tried) {
  const asked = endpoints.filter((one) => one.position !== null).sort((a, b) => a.position - b.position);
  const left = endpoints.filter((one) => one.position === null);
  return [
    h('p', { class: 'bench-tags' }, h('b', null, t('bench.tags')), ' ',
      tags.length > 0 ? tags.map((tag) => [badge(tag, 'info', { symbol: 'tags' }), ' ']) : h('span', { class: 'muted' }, t('bench.no_tags')),
      model ? [' ', h('span', { class: 'muted' }, t('bench.model'), ' ', h('code', null, model))] : null),
    h('div', { class: 'grid-2' },
      h('div', null, h('h3', null, t('bench.rules')), rules.length === 0 ? h('p', { class: 'muted' }, t('tags.none')) : h('ul', { class: 'bench-list' }, rules.map((one) => h('li', null,
        one.failure ? badge(t('bench.failed'), 'bad') : one.matched ? badge(t('bench.matched'), 'ok') : badge(t('bench.missed'), 'idle'), ' ',
        h('span', null, one.name), ' → ', h('code', null, one.tag), one.name === tried ? [' ', badge(t('bench.unsaved'))] : null,
        one.failure ? h('p', { class: 'field-problem' }, one.failure) : null)))),
      h('div', null, h('h3', null, t('bench.endpoints')),
        asked.length === 0 ? notice('warn', t('bench.nobody')) : h('ol', { class: 'bench-list' }, asked.map((one) => h('li', null,
          h('span', { class: 'bench-position num' }, one.position), ' ', h('a', { href: `#/endpoints?edit=${segment(one.name)}` }, one.name),
          one.quota_left === null ? null : h('span', { class: 'muted' }, ` ${t('bench.quota', { share: percent(one.quota_left) })}`)))),
        left.length > 0 ? [h('h4', null, t('bench.others')), h('ul', { class: 'bench-list muted' }, left.map((one) => h('li', null, h('b', null, one.name), ' ', one.reason ?? '')))] : null)),
  ];
}
