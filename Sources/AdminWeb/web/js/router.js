// From the address (#/logs/abc?outcome=failed) to a page, and back.

import { h, fill, announce } from './dom.js';
import { t } from './i18n.js';
import { findPage } from './registry.js';
import { session } from './api.js';
import { live } from './live.js';
import { confirmDialog } from './components/dialog.js';
import { button } from './components/button.js';
import { emptyState, loading } from './components/card.js';
import { errorText } from './components/toast.js';

let leave = () => {};
let unsaved = null;
let shownHash = null;
let turn = 0;

/** Goes to `#/path?query`. */
export function navigate(path, query) {
  location.hash = address(path, query);
}

export function address(path, query) {
  const search = new URLSearchParams(Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== ''));
  return `#/${path}${search.size ? `?${search}` : ''}`;
}

function parse(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { path: path.split('/').map(decode).join('/') || 'dashboard', query: new URLSearchParams(query) };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Shows the page of the address in `root` from now on; `onshow({page, title})` lets the shell follow. */
export function startRouter(root, onshow) {
  const go = async () => {
    if (location.hash === shownHash) return;
    if (unsaved?.() && !(await mayLeave())) {
      history.replaceState(null, '', shownHash);
      return;
    }
    show(root, onshow);
  };
  const onUnload = (event) => {
    if (unsaved?.()) event.preventDefault();
  };
  window.addEventListener('hashchange', go);
  window.addEventListener('beforeunload', onUnload);
  return {
    show: () => show(root, onshow),
    stop() {
      window.removeEventListener('hashchange', go);
      window.removeEventListener('beforeunload', onUnload);
      leavePage();
    },
  };
}

function mayLeave() {
  return confirmDialog({ title: t('unsaved.title'), text: t('unsaved.text'), confirm: t('unsaved.leave'), cancel: t('unsaved.stay'), danger: true });
}

function leavePage() {
  // What still loads for the page that is left finds another turn and stops.
  turn += 1;
  leave();
  leave = () => {};
  unsaved = null;
}

async function show(root, onshow) {
  leavePage();
  const mine = turn;
  shownHash = location.hash;
  const { path, query } = parse(location.hash);
  const found = findPage(path);
  const controller = new AbortController();
  const cleanups = [() => controller.abort()];
  leave = () => cleanups.splice(0).forEach((cleanup) => cleanup());
  const title = t(found?.page.titleKey ?? 'notFound.title');
  onshow({ page: found?.page ?? null, title });
  if (!found) {
    fill(root, emptyState(t('notFound.title'), t('notFound.text'), h('a', { href: '#/dashboard', class: 'btn btn-plain' }, t('nav.dashboard'))));
    return;
  }
  fill(root, loading(6));
  const ctx = makeContext({ query, path, controller, cleanups, onshow, page: found.page });
  try {
    const module = await found.page.load();
    if (mine !== turn) return;
    const place = h('div', { class: 'page', dataset: { page: found.page.route.split('/')[0] } });
    fill(root, place);
    const cleanup = await module.default.render(place, found.params, ctx);
    if (typeof cleanup === 'function') {
      if (mine === turn) cleanups.push(cleanup);
      else cleanup();
    }
    if (mine === turn) announce(title);
  } catch (error) {
    if (mine !== turn || error.name === 'AbortError') return;
    console.error(error);
    fill(root, emptyState(t('error.page'), errorText(error), button({ label: t('action.retry'), icon: 'refresh', onclick: () => show(root, onshow) })));
  }
}

/** What a page gets beside its root and parameters. */
function makeContext({ query, path, controller, cleanups, onshow, page }) {
  return {
    session: session.current,
    /** `URLSearchParams` of the address. */
    query,
    /** Aborted when the page is left: pass it to `api` calls. */
    signal: controller.signal,
    navigate, address,
    /** Changes the query in the address without showing the page anew. */
    setQuery(values) {
      history.replaceState(null, '', address(path, values));
      shownHash = location.hash;
    },
    /** Calls `action(snapshot)` each second until the page is left. */
    onSnapshot: (action) => cleanups.push(live.subscribe(action)),
    /** Runs `action` when the page is left. */
    onLeave: (action) => cleanups.push(action),
    /** While `isDirty()` says so, leaving asks first. */
    guard: (isDirty) => (unsaved = isDirty),
    /** For titles that are known later, such as a request's id. */
    setTitle: (title) => onshow({ page, title }),
  };
}
