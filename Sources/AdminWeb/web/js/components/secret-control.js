// A secret is never sent back by the server: it shows its mask, and is replaced or removed as a whole.

import { h, fill } from '../dom.js';
import { t } from '../i18n.js';
import { button } from './button.js';

/** Values: `{secret: mask}` kept as it is, a text replaces it, null removes it. */
export function secret({ placeholder, label }, changed) {
  let kept = null;
  let editing = false;
  let removed = false;
  const element = h('div', { class: 'secret' });
  const entry = h('input', { type: 'password', class: 'form-control mono', 'aria-label': label, autocomplete: 'new-password', spellcheck: 'false', placeholder: placeholder ?? t('form.secret.placeholder'), oninput: changed });
  const reveal = button({ label: t('form.secret.show'), small: true, kind: 'quiet', 'aria-pressed': 'false', onclick: toggleReveal });

  function toggleReveal() {
    const hide = entry.type === 'text';
    entry.type = hide ? 'password' : 'text';
    reveal.setAttribute('aria-pressed', String(!hide));
  }
  function go(next) {
    ({ editing = false, removed = false } = next);
    show();
    changed();
    if (editing) entry.focus();
  }
  function show() {
    const keep = () => button({ label: t('form.secret.keep'), small: true, kind: 'quiet', onclick: () => go({}) });
    if (removed) {
      fill(element, h('span', { class: 'muted' }, t('form.secret.removed')), keep());
    } else if (kept && !editing) {
      fill(element, h('code', { class: 'secret-mask' }, kept.secret),
        button({ label: t('form.secret.replace'), small: true, onclick: () => go({ editing: true }) }),
        button({ label: t('action.remove'), small: true, kind: 'quiet', onclick: () => go({ removed: true }) }));
    } else {
      fill(element, entry, reveal, kept && keep());
    }
  }
  return {
    element, input: entry, group: 'group',
    value() {
      if (removed) return null;
      return entry.value && (editing || !kept) ? entry.value : kept;
    },
    set(value) {
      kept = value && typeof value === 'object' ? value : null;
      entry.value = typeof value === 'string' ? value : '';
      editing = false;
      removed = false;
      show();
    },
  };
}
