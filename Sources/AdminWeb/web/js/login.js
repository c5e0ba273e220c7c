// The login, shown when an admin password is set and this browser has not given it.

import { h, fill } from './dom.js';
import { logIn } from './api.js';
import { t } from './i18n.js';
import { brand, preferences } from './shell.js';
import { button } from './components/button.js';
import { field } from './components/field.js';
import { errorText } from './components/toast.js';

export function showLogin(root, { ondone, onlanguage }) {
  document.title = `${t('login.title')} · ${t('app.name')}`;
  const password = field({ key: 'password', type: 'password', label: t('login.password'), autocomplete: 'current-password' });
  const submit = button({ label: t('login.submit'), kind: 'primary', type: 'submit' });
  let timer = 0;

  async function send(event) {
    event.preventDefault();
    if (!password.value()) {
      password.problem(t('form.missing'));
      password.focus();
      return;
    }
    submit.disabled = true;
    try {
      await logIn(password.value());
      clearInterval(timer);
      ondone();
    } catch (error) {
      if (error.status === 429) return wait(error.retryAfter ?? 5);
      password.problem(error.status === 401 ? t('login.wrong') : errorText(error));
      password.focus();
    }
    submit.disabled = false;
    return undefined;
  }
  // The server refuses to look at passwords for a while: say for how long, and count it down.
  function wait(seconds) {
    let left = seconds;
    const tell = () => {
      password.problem(left > 0 ? t('error.too_many_attempts', { seconds: left }) : null);
      submit.disabled = left > 0;
      if (left <= 0) clearInterval(timer);
      left -= 1;
    };
    clearInterval(timer);
    timer = setInterval(tell, 1000);
    tell();
  }

  fill(root, h('main', { class: 'login' },
    h('div', { class: 'login-card' }, brand(),
      h('h1', null, t('login.title')),
      h('form', { onsubmit: send, novalidate: true }, password.element, submit),
      h('p', { class: 'muted' }, t('login.forgotten'), ' ', h('code', null, 'claude-code-companion admin-password'))),
    preferences({ onlanguage })));
  password.focus();
}
