// Buttons: one look, and no second press while the first still works.

import { h, fill } from '../dom.js';
import { t } from '../i18n.js';
import { icon } from './icons.js';
import { toastError } from './toast.js';

/**
 * `kind`: `primary`, `plain` (default), `danger` or `quiet`. `label` is the text; with `iconOnly` it becomes the
 * accessible name and the tooltip. While a promise from `onclick` runs, the button is busy; what it throws is shown.
 */
export function button({ label, icon: name, kind = 'plain', small, iconOnly, onclick, type = 'button', ...props }) {
  const element = h('button', {
    type, ...props,
    class: ['btn', `btn-${kind}`, small && 'btn-sm', iconOnly && 'btn-icon', props.class],
    'aria-label': iconOnly ? label : props['aria-label'],
    title: iconOnly ? label : props.title,
  }, name && icon(name), !iconOnly && h('span', null, label));
  if (onclick) element.addEventListener('click', (event) => busyWhile(element, () => onclick(event)));
  return element;
}

/** A link that looks like a button. */
export function linkButton({ label, icon: name, href, kind = 'plain', small, ...props }) {
  return h('a', { href, ...props, class: ['btn', `btn-${kind}`, small && 'btn-sm', props.class] },
    name && icon(name), h('span', null, label));
}

/** Runs `work`; until its promise settles `element` cannot be pressed. Errors are shown as a toast. */
export async function busyWhile(element, work) {
  if (element.getAttribute('aria-busy') === 'true') return undefined;
  let result;
  try {
    result = work();
    if (!(result instanceof Promise)) return result;
    element.setAttribute('aria-busy', 'true');
    return await result;
  } catch (error) {
    toastError(error);
    return undefined;
  } finally {
    element.removeAttribute('aria-busy');
  }
}

/** Copies `text` (or what a function gives) and says so on the button itself. */
export function copyButton(text, { label = t('action.copy'), iconOnly = false } = {}) {
  const element = button({ label, icon: 'copy', small: true, iconOnly, kind: 'quiet', onclick: copy });
  const before = [...element.childNodes];
  let timer = 0;
  async function copy() {
    await copyText(typeof text === 'function' ? await text() : text);
    fill(element, icon('check'), !iconOnly && h('span', null, t('action.copied')));
    document.getElementById('announcer').textContent = t('action.copied');
    clearTimeout(timer);
    timer = setTimeout(() => fill(element, before), 1600);
  }
  return element;
}

/** The clipboard needs a secure context; a page from another machine over plain HTTP has none. */
export async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = h('textarea', { value: text, class: 'visually-hidden', 'aria-hidden': 'true' });
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  return undefined;
}
