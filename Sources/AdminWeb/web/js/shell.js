// What stands around every page: navigation, the state of the connection, theme and language.

import { h, fill, setText, setAttribute } from './dom.js';
import { session, logOut } from './api.js';
import { live } from './live.js';
import { t, languages, language, loadLanguage, rememberLanguage } from './i18n.js';
import { pages } from './registry.js';
import { startRouter } from './router.js';
import { rate } from './format.js';
import { button } from './components/button.js';
import { icon } from './components/icons.js';

/** Draws the shell into `root` and starts the router. Returns how to take it down. */
export function showShell(root, { onlanguage }) {
  const main = h('main', { id: 'main', class: 'main', tabindex: '-1' });
  const links = pages.filter((page) => page.icon).map((page) => ({
    page, element: h('a', { href: `#/${page.route}`, class: 'nav-item' }, icon(page.icon), h('span', null, t(page.titleKey))),
  }));
  const nav = h('nav', { class: 'nav-list', 'aria-label': t('nav.label') }, links.map((link) => link.element));
  const menu = h('div', { class: 'side-menu', id: 'side-menu' }, nav,
    h('div', { class: 'side-foot' }, preferences({ onlanguage }), account(), h('p', { class: 'version' }, t('app.version', { version: session.current.version }))));
  const toggle = button({ label: t('nav.menu'), icon: 'menu', iconOnly: true, kind: 'quiet', class: 'menu-toggle', 'aria-controls': 'side-menu', 'aria-expanded': 'false', onclick: () => openMenu(!menu.classList.contains('open')) });
  function openMenu(open) {
    menu.classList.toggle('open', open);
    setAttribute(toggle, 'aria-expanded', String(open));
  }
  const status = connection();
  fill(root,
    h('a', { href: '#main', class: 'skip-link', onclick: skip }, t('nav.skip')),
    h('div', { class: 'shell' },
      h('header', { class: 'side' }, h('div', { class: 'side-top' }, brand(), status.element, toggle), menu),
      h('div', { class: 'content' }, status.banner, main)));
  function skip(event) {
    // The address belongs to the router: move the focus, not the hash.
    event.preventDefault();
    main.focus();
  }
  function follow({ page, title }) {
    document.title = `${title} · ${t('app.name')}`;
    for (const link of links) {
      const here = page && (link.page.route === page.route || link.page.route === page.parent);
      setAttribute(link.element, 'aria-current', here ? 'page' : null);
    }
    openMenu(false);
    window.scrollTo(0, 0);
  }
  const onEscape = (event) => event.key === 'Escape' && openMenu(false);
  document.addEventListener('keydown', onEscape);
  const router = startRouter(main, follow);
  router.show();
  return () => {
    router.stop();
    status.stop();
    document.removeEventListener('keydown', onEscape);
  };
}

export function brand() {
  return h('a', { class: 'brand', href: '#/dashboard' },
    h('img', { src: 'icon.svg', alt: '', width: 26, height: 26 }), h('span', null, 'Companion'));
}

/** Theme and language; both remembered in this browser. */
export function preferences({ onlanguage }) {
  const themes = ['auto', 'light', 'dark'];
  const symbols = { auto: 'auto', light: 'sun', dark: 'moon' };
  const theme = h('button', { type: 'button', class: 'btn btn-quiet btn-sm', onclick: next });
  function show() {
    const chosen = window.companionTheme.chosen();
    fill(theme, icon(symbols[chosen]), h('span', null, t(`theme.${chosen}`)));
    setAttribute(theme, 'aria-label', t('theme.label', { theme: t(`theme.${chosen}`) }));
  }
  function next() {
    const index = themes.indexOf(window.companionTheme.chosen());
    window.companionTheme.choose(themes[(index + 1) % themes.length]);
    show();
  }
  show();
  const choose = h('select', {
    class: 'form-select form-select-sm', 'aria-label': t('language.label'),
    onchange: async () => {
      rememberLanguage(choose.value);
      await loadLanguage(choose.value);
      onlanguage();
    },
  }, Object.entries(languages).map(([value, label]) => h('option', { value, selected: value === language() }, label)));
  return h('div', { class: 'preferences' }, theme, session.current.translated ? choose : null);
}

function account() {
  if (!session.current.password_required) return null;
  return button({ label: t('login.out'), icon: 'lock', kind: 'quiet', small: true, onclick: async () => { await logOut(); location.reload(); } });
}

/** The small word in the corner, and a calm line over the page while the server cannot be reached. */
function connection() {
  const word = h('span', { class: 'connection-word' });
  const element = h('span', { class: 'connection' }, h('span', { class: 'connection-dot', 'aria-hidden': 'true' }), word);
  const banner = h('div', { class: 'banner', role: 'status', hidden: true }, icon('warning'), h('span', null, t('live.lost')),
    button({ label: t('live.retry'), small: true, onclick: () => live.reconnect() }));
  const stopWatching = live.watch(show);
  const stopCounting = live.subscribe((snapshot) => {
    if (live.state === 'open') setText(word, t('live.rate', { rate: rate(snapshot.requests_per_second) }));
  });
  function show(state) {
    setAttribute(element, 'data-state', state);
    banner.hidden = state !== 'lost';
    if (state !== 'open') setText(word, t(state === 'lost' ? 'live.lostShort' : `live.${state}`));
  }
  return { element, banner, stop: () => { stopWatching(); stopCounting(); } };
}
