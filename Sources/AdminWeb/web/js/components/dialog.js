// Dialogs: the browser's own, which keeps the focus inside and gives it back.

import { h, uniqueId, fill } from '../dom.js';
import { t } from '../i18n.js';
import { button } from './button.js';
import { icon } from './icons.js';

/**
 * Opens a modal dialog. `body` is a node; `actions(close)` gives the buttons of the foot. The promise resolves to
 * what `close(value)` was called with, undefined when dismissed. `wide` for editors. `mayClose()` (may be async)
 * is asked before Escape, the cross or the backdrop dismiss it, so that nothing typed is lost by a slip.
 */
export function openDialog({ title, body, actions, wide, mayClose }) {
  const id = uniqueId('dialog');
  const before = document.activeElement;
  return new Promise((resolve) => {
    let result;
    const element = h('dialog', { class: ['dialog', wide && 'dialog-wide'], 'aria-labelledby': id });
    const close = (value) => {
      result = value;
      element.close();
    };
    const dismiss = async () => {
      if (!mayClose || (await mayClose())) close(undefined);
    };
    const foot = actions?.(close);
    add(element, title, id, dismiss, body, foot);
    element.addEventListener('cancel', (event) => {
      event.preventDefault();
      dismiss();
    });
    let pressedOutside = false;
    element.addEventListener('pointerdown', (event) => (pressedOutside = event.target === element));
    element.addEventListener('click', (event) => {
      if (event.target === element && pressedOutside) dismiss();
    });
    // Back and forward leave the page it belongs to.
    const leave = () => close(undefined);
    window.addEventListener('hashchange', leave);
    element.addEventListener('close', () => {
      window.removeEventListener('hashchange', leave);
      element.remove();
      if (before?.isConnected) before.focus();
      resolve(result);
    });
    document.body.append(element);
    element.showModal();
    element.querySelector('[autofocus], .dialog-body input, .dialog-body select, .dialog-body textarea')?.focus();
  });
}

function add(element, title, id, dismiss, body, foot) {
  fill(element, h('div', { class: 'dialog-box' },
    h('header', { class: 'dialog-head' }, h('h2', { id }, title),
      h('button', { type: 'button', class: 'btn btn-quiet btn-icon', 'aria-label': t('action.close'), onclick: dismiss }, icon('cross'))),
    h('div', { class: 'dialog-body' }, body),
    foot && h('footer', { class: 'dialog-foot' }, foot)));
}

/** Asks before something that cannot be undone. Resolves to true or false. */
export async function confirmDialog({ title, text, confirm, danger = false, cancel = t('action.cancel') }) {
  const answer = await openDialog({
    title,
    body: h('p', null, text),
    actions: (close) => [
      button({ label: cancel, autofocus: true, onclick: () => close(false) }),
      button({ label: confirm, kind: danger ? 'danger' : 'primary', onclick: () => close(true) }),
    ],
  });
  return answer === true;
}
