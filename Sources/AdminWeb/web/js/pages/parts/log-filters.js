// The filters above the list of requests.

import { api } from '../../api.js';
import { button } from '../../components/button.js';
import { icon } from '../../components/icons.js';
import { debounce, fill, h, uniqueId } from '../../dom.js';
import { t } from '../../i18n.js';

const outcomes = ['completed', 'failed', 'cancelled', 'open'];
const folded = ['session', 'path', 'since', 'until'];

/** `{element, clear()}`; `change(filters)` is called after each change, a moment after the last key. */
export function logFilters(initial, ctx, change) {
  let values = { ...initial };
  const later = debounce(() => change({ ...values }), 350);
  const inputs = {};
  const set = (name, value, wait) => {
    values[name] = value;
    count();
    if (wait) later();
    else change({ ...values });
  };
  const search = text('q', 'search', { placeholder: t('logs.filter.q.hint'), class: 'form-control log-search' });
  const outcome = select('outcome', [['', t('logs.any')], ...outcomes.map((one) => [one, t(`outcome.${one}`)])]);
  const endpoint = select('endpoint', [['', t('logs.any')]]);
  const model = text('model', 'text', { list: 'log-models', class: 'form-control mono' });
  const models = h('datalist', { id: 'log-models' });
  const more = h('details', { class: 'log-more', open: folded.some((name) => values[name]) }, h('summary', null, icon('chevron'), h('span', null, t('logs.filter.more'))),
    h('div', { class: 'log-filters' }, text('session', 'text', { class: 'form-control mono' }), text('path', 'text', { class: 'form-control mono', placeholder: '/v1/messages' }),
      text('since', 'datetime-local', { class: 'form-control' }), text('until', 'datetime-local', { class: 'form-control' })));
  const clearButton = button({ label: t('logs.clear'), icon: 'cross', small: true, kind: 'quiet', onclick: clear });
  const element = h('form', { class: 'log-bar', role: 'search', 'aria-label': t('logs.filter'), onsubmit: (event) => { event.preventDefault(); change({ ...values }); } },
    h('div', { class: 'log-filters' }, search, outcome, endpoint, model, h('div', { class: 'log-clear' }, clearButton)), models, more);
  loadChoices();
  count();
  return { element, clear };

  function labelled(name, input) {
    input.id = uniqueId('filter');
    inputs[name] = input;
    return h('div', { class: ['picker', `picker-${name}`] }, h('label', { for: input.id }, t(`logs.filter.${name}`)), input);
  }

  function text(name, type, props) {
    return labelled(name, h('input', {
      type, autocomplete: 'off', spellcheck: 'false', ...props, value: values[name], oninput: (event) => set(name, event.target.value.trim(), true),
    }));
  }

  function select(name, options) {
    const input = h('select', { class: 'form-select', onchange: (event) => set(name, event.target.value, false) });
    showOptions(input, options, values[name]);
    return labelled(name, input);
  }

  function showOptions(input, options, value) {
    const known = options.some(([one]) => one === value);
    fill(input, [...options, ...(known ? [] : [[value, value]])].map(([one, title]) => h('option', { value: one }, title)));
    input.value = value;
  }

  function clear() {
    values = Object.fromEntries(Object.keys(values).map((name) => [name, '']));
    for (const input of Object.values(inputs)) input.value = '';
    count();
    change({ ...values });
  }

  function count() {
    clearButton.hidden = !Object.values(values).some(Boolean);
  }

  /** Also endpoints that are gone: what was chosen stays a choice. */
  async function loadChoices() {
    const options = { signal: ctx.signal };
    const [endpoints, statistics] = await Promise.all([
      api.get('endpoints', options).catch(() => null), api.get('statistics', { ...options, query: { days: 7, by: 'model' } }).catch(() => null),
    ]);
    if (endpoints) showOptions(inputs.endpoint, [['', t('logs.any')], ...endpoints.endpoints.map((one) => [one.name, one.name])], values.endpoint);
    if (statistics) fill(models, statistics.rows.map((row) => h('option', { value: row.key })));
  }
}

/** Whether a row of the live feed belongs into the list; texts are searched by the proxy alone. */
export function matchesFilters(row, filters) {
  const equal = ['outcome', 'endpoint', 'model', 'session', 'path'];
  if (equal.some((name) => filters[name] && row[name] !== filters[name])) return false;
  if (filters.since && row.arrived < new Date(filters.since).getTime()) return false;
  return !(filters.until && row.arrived > new Date(filters.until).getTime());
}
