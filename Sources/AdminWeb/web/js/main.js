// The start: who is asking, in which language, then the shell or the login.

import { h, fill } from './dom.js';
import { session, hooks, needsLogin } from './api.js';
import { live } from './live.js';
import { t, loadLanguage, preferredLanguage } from './i18n.js';
import { showShell } from './shell.js';
import { button } from './components/button.js';
import { emptyState } from './components/card.js';
import { errorText } from './components/toast.js';

const root = document.getElementById('app');
let stopShell = () => {};
let atLogin = false;

async function start() {
  try {
    const current = await session.load();
    await loadLanguage(current.translated ? preferredLanguage(current.default_language) : 'en');
    open();
  } catch (error) {
    await loadLanguage(preferredLanguage(navigator.language.startsWith('zh') ? 'zh-cn' : 'en'));
    fill(root, h('main', { class: 'boot-note' }, emptyState(t('error.start'), errorText(error),
      button({ label: t('action.retry'), icon: 'refresh', kind: 'primary', onclick: start }))));
  }
}

function open() {
  stopShell();
  atLogin = false;
  if (needsLogin()) {
    login();
    return;
  }
  stopShell = showShell(root, { onlanguage: open });
  live.reconnect();
}

async function login() {
  if (atLogin) return;
  atLogin = true;
  stopShell();
  stopShell = () => {};
  // Most installations have no password: its form is loaded only when it is needed.
  const { showLogin } = await import('./login.js');
  showLogin(root, { ondone: open, onlanguage: () => { atLogin = false; login(); } });
}

hooks.unauthenticated = login;
start();
