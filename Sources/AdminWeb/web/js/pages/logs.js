// The requests, newest first: live while one looks at the newest page, filtered, searched, paged.

import { api, segment } from '../api.js';
import { button } from '../components/button.js';
import { emptyState, loading, pageHead } from '../components/card.js';
import { fill, h, setText } from '../dom.js';
import { dateTime, number } from '../format.js';
import { t } from '../i18n.js';
import { failureNote } from './parts/failure-note.js';
import { logFilters, matchesFilters } from './parts/log-filters.js';
import { logTable } from './parts/log-table.js';

const PAGE = 100;
/** Rows that come while somebody reads further down wait until they are asked for. */
const AT_TOP = 120;

export default {
  route: 'logs',
  titleKey: 'nav.logs',
  async render(root, params, ctx) {
    const names = ['q', 'outcome', 'endpoint', 'model', 'session', 'path', 'since', 'until'];
    const state = {
      filters: Object.fromEntries(names.map((name) => [name, ctx.query.get(name) ?? ''])),
      before: ctx.query.get('before'), rows: [], next: null, searchedUntil: null, newer: [], isLive: true, waiting: [],
    };
    const rows = logTable(ctx);
    const view = h('div', { class: 'panel panel-wide log-panel' });
    const status = h('p', { class: 'muted num', role: 'status' });
    const pause = button({ label: t('logs.pause'), icon: 'pause', small: true, onclick: () => setLive(!state.isLive) });
    const fresh = h('button', { type: 'button', class: 'btn btn-primary btn-sm fresh', hidden: true, onclick: showWaiting });
    const pager = h('nav', { class: 'pager', 'aria-label': t('logs.pages') });
    const filters = logFilters(state.filters, ctx, (next) => {
      state.filters = next;
      go(null);
    });
    fill(root, pageHead(t('nav.logs'), { lead: t('logs.lead'), actions: [status, pause] }), filters.element, fresh, view, pager);
    const ended = new Set();
    ctx.onSnapshot((snapshot) => {
      receive(snapshot.newest);
      completeRows(snapshot);
    });
    await load();

    function setLive(isLive) {
      state.isLive = isLive;
      pause.querySelector('span').textContent = isLive ? t('logs.pause') : t('logs.resume');
      pause.setAttribute('aria-pressed', String(!isLive));
      if (isLive) showWaiting();
      showStatus();
    }

    /** Shows the page of requests before the one with the id `before`; null is the newest. */
    function go(before, newer = []) {
      Object.assign(state, { before, newer });
      ctx.setQuery({ ...state.filters, before });
      return load();
    }

    async function load() {
      const ticket = {};
      state.ticket = ticket;
      if (state.rows.length === 0) fill(view, loading(8));
      view.setAttribute('aria-busy', 'true');
      try {
        const page = await ask(state.before);
        if (state.ticket !== ticket) return;
        Object.assign(state, { rows: page.exchanges, next: page.next, searchedUntil: page.searched_until, waiting: [] });
        show();
      } catch (error) {
        if (state.ticket === ticket && error.name !== 'AbortError') fill(view, failureNote(error, load));
      } finally {
        if (state.ticket === ticket) view.removeAttribute('aria-busy');
      }
    }

    function ask(before) {
      const { since, until, ...plain } = state.filters;
      const query = { ...plain, since: milliseconds(since), until: milliseconds(until), before, limit: PAGE };
      return api.get('logs', { query, signal: ctx.signal });
    }

    /** A text is searched for a while only; this goes on where it stopped. */
    async function searchFurther() {
      const page = await ask(state.next);
      Object.assign(state, { rows: [...state.rows, ...page.exchanges], next: page.next, searchedUntil: page.searched_until });
      show();
    }

    function show() {
      rows.update(state.rows);
      const isFiltered = Object.values(state.filters).some(Boolean);
      const nothing = isFiltered
        ? emptyState(t('logs.nothing'), t('logs.nothing.text'), button({ label: t('logs.clear'), onclick: filters.clear }))
        : emptyState(t('logs.none'), t('logs.none.text'), h('a', { href: '#/help', class: 'btn btn-plain' }, t('nav.help')));
      const isOver = state.next === null;
      fill(view, state.rows.length > 0 ? rows.element : isOver ? nothing : null, searchNote());
      showPager();
      showStatus();
      fresh.hidden = state.waiting.length === 0;
    }

    function searchNote() {
      const isShort = state.filters.q && state.next !== null && state.rows.length < PAGE;
      if (!isShort) return null;
      return h('div', { class: 'search-note' }, h('p', { class: 'muted' }, t('logs.searched', { when: dateTime(state.searchedUntil) })),
        button({ label: t('logs.search_further'), icon: 'search', onclick: searchFurther }));
    }

    function showPager() {
      const isPaged = state.before !== null || (state.next !== null && !(state.filters.q && state.rows.length < PAGE));
      pager.hidden = !isPaged;
      const newer = button({ label: t('logs.newer'), icon: 'back', disabled: state.before === null, onclick: () => go(state.newer.at(-1) ?? null, state.newer.slice(0, -1)) });
      const newest = button({ label: t('logs.newest'), kind: 'quiet', disabled: state.before === null, onclick: () => go(null) });
      const older = button({ label: t('logs.older'), icon: 'next', disabled: state.next === null, onclick: () => go(state.next, [...state.newer, state.before]).then(() => window.scrollTo(0, 0)) });
      fill(pager, newest, newer, older);
    }

    function showStatus() {
      const key = state.before !== null ? 'logs.status.older' : state.filters.q ? 'logs.status.search' : state.isLive ? 'logs.status.live' : 'logs.status.paused';
      setText(status, t(key, { n: number(state.rows.length) }));
      pause.hidden = state.before !== null || Boolean(state.filters.q);
    }

    // MARK: Live

    function receive(newest) {
      if (state.before !== null || state.filters.q || view.hasAttribute('aria-busy')) return;
      const known = new Map(state.rows.map((row) => [row.id, row]));
      const fits = newest.filter((row) => matchesFilters(row, state.filters));
      const updated = fits.filter((row) => known.has(row.id));
      const added = fits.filter((row) => !known.has(row.id) && (state.rows.length === 0 || row.arrived >= state.rows.at(-1).arrived));
      // More came at once than the feed holds: nothing tells what lies between.
      const isGap = newest.length >= 20 && added.length === newest.length && state.rows.length > 0;
      if (isGap && state.isLive && window.scrollY < AT_TOP) return load();
      if (updated.length > 0) {
        const byId = new Map(updated.map((row) => [row.id, row]));
        state.rows = state.rows.map((row) => byId.get(row.id) ?? row);
      }
      state.waiting = added;
      const mayInsert = state.isLive && window.scrollY < AT_TOP && !view.contains(document.activeElement);
      if (mayInsert && added.length > 0) return showWaiting();
      if (updated.length > 0) rows.update(state.rows);
      fresh.hidden = added.length === 0;
      return setText(fresh, t('logs.fresh', { count: added.length, n: number(added.length) }));
    }

    /** The feed holds the newest only: rows that ended later than many others are asked for one by one. */
    function completeRows({ in_flight: inFlight, newest }) {
      const known = new Set([...inFlight, ...newest].map((row) => row.id));
      const row = state.rows.find((one) => one.outcome === 'open' && !known.has(one.id) && !ended.has(one.id));
      if (!row) return;
      ended.add(row.id);
      api.get(`logs/${segment(row.id)}`, { signal: ctx.signal }).then(({ exchange }) => {
        const repairs = Object.values(exchange.repairs ?? {}).reduce((sum, count) => sum + count, 0);
        state.rows = state.rows.map((one) => (one.id === row.id ? { ...exchange, repairs } : one));
        rows.update(state.rows);
      }).catch(() => {});
    }

    function showWaiting() {
      const merged = [...state.waiting, ...state.rows].sort((a, b) => b.arrived - a.arrived);
      state.next = merged.length > PAGE ? merged[PAGE - 1].id : state.next;
      state.rows = merged.slice(0, Math.max(PAGE, 1));
      state.waiting = [];
      show();
    }
  },
};

function milliseconds(local) {
  const time = local ? new Date(local).getTime() : NaN;
  return Number.isNaN(time) ? '' : time;
}
