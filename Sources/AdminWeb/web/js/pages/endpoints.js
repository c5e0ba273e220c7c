// The endpoints in the order they are asked, each with its health; the editor of one when the address says so.

import { api, segment } from '../api.js';
import { button } from '../components/button.js';
import { emptyState, loading, pageHead } from '../components/card.js';
import { confirmDialog } from '../components/dialog.js';
import { toast } from '../components/toast.js';
import { announce, fill, h, keyedList } from '../dom.js';
import { t } from '../i18n.js';
import { endpointCard } from './endpoints-card.js';
import { showCopyDialog } from './endpoints-copy.js';
import { showEditor } from './endpoints-editor.js';
import { showTestDialog } from './endpoints-test.js';
import { showWizard } from './endpoints-wizard.js';
import { failureNote } from './parts/failure-note.js';
import { reorder } from './parts/reorder.js';

/** Quota, reliability and history come with the list, not with the live feed. */
const REFRESH_MS = 30_000;

export default {
  route: 'endpoints',
  titleKey: 'nav.endpoints',
  render(root, params, ctx) {
    const edited = ctx.query.get('edit');
    return edited ? showEditor(root, edited, ctx) : showList(root, ctx);
  },
};

async function showList(root, ctx) {
  const list = h('ol', { class: 'cards', 'aria-label': t('endpoints.order') });
  const state = h('div', {});
  const order = reorder(list, async (names) => {
    draw((await api.put('endpoints/order', { names })).endpoints);
    toast(t('endpoints.order_saved'));
  });
  const cards = new Map();
  let isLoaded = false;
  const update = keyedList(list, (endpoint) => endpoint.name, (endpoint) => {
    const card = endpointCard(endpoint, order, actions, ctx);
    cards.set(endpoint.name, card);
    return card;
  });
  const add = () => showWizard(ctx, { names: [...cards.keys()], done: load });
  const actions = {
    edit: (name) => ctx.navigate('endpoints', { edit: name }),
    test: (name) => showTestDialog(name),
    copy: (name) => showCopyDialog(name, [...cards.keys()]).then((made) => made && load()),
    reset: (name) => change(name, () => api.post(`endpoints/${segment(name)}/reset`), 'endpoints.was_reset'),
    toggle: (name, enabled) => change(name, () => api.post(`endpoints/${segment(name)}/toggle`, { enabled }), enabled ? 'endpoints.was_enabled' : 'endpoints.was_disabled'),
    remove,
  };
  fill(root, pageHead(t('nav.endpoints'), {
    lead: t('endpoints.lead'), actions: button({ label: t('endpoints.add'), icon: 'plus', kind: 'primary', onclick: add }),
  }), state, list);
  fill(state, loading(6));
  const timer = setInterval(() => !document.hidden && refresh(), REFRESH_MS);
  ctx.onLeave(() => {
    clearInterval(timer);
    order.flush();
  });
  ctx.onSnapshot((snapshot) => {
    // An endpoint came or went by another hand.
    if (!isLoaded) return;
    const names = snapshot.endpoints.map((endpoint) => endpoint.name);
    if (names.length !== cards.size || names.some((name) => !cards.has(name))) refresh();
    // The requests behind a change of state come with the list alone.
    else if (snapshot.endpoints.map((endpoint) => cards.get(endpoint.name).live(endpoint)).includes(true)) refresh();
  });
  await load();

  async function load() {
    try {
      draw((await api.get('endpoints', { signal: ctx.signal })).endpoints);
    } catch (error) {
      fill(state, failureNote(error, load));
    }
  }

  let isRefreshing = false;
  /** Quietly: what is shown stays when the proxy does not answer; the shell tells about that. */
  async function refresh() {
    if (isRefreshing || order.isBusy()) return;
    isRefreshing = true;
    const found = await api.get('endpoints', { signal: ctx.signal }).catch(() => null);
    isRefreshing = false;
    if (found && !order.isBusy()) draw(found.endpoints);
  }

  function draw(endpoints) {
    isLoaded = true;
    const names = new Set(endpoints.map((endpoint) => endpoint.name));
    for (const name of cards.keys()) if (!names.has(name)) cards.delete(name);
    update(endpoints.map((endpoint, index) => ({ ...endpoint, index, count: endpoints.length })));
    fill(state, endpoints.length === 0 ? emptyState(t('endpoints.none'), t('endpoints.none.text'),
      button({ label: t('endpoints.add'), icon: 'plus', kind: 'primary', onclick: add })) : null);
  }

  async function change(name, work, said) {
    const endpoint = await work();
    cards.get(name)?.changed(endpoint);
    announce(t(said, { name }));
  }

  async function remove(name) {
    const isSure = await confirmDialog({
      title: t('endpoints.delete.title', { name }), text: t('endpoints.delete.text'), confirm: t('action.delete'), danger: true,
    });
    if (!isSure) return;
    await api.delete(`endpoints/${segment(name)}`);
    toast(t('endpoints.was_deleted', { name }));
    await load();
  }
}
