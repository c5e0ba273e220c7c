// Lists whose items are put in order by hand: dragged, with the arrow keys, or with buttons.

import { h, announce } from '../../dom.js';
import { button } from '../../components/button.js';
import { icon } from '../../components/icons.js';
import { toastError } from '../../components/toast.js';
import { t } from '../../i18n.js';

/** Several moves in a row are saved once. */
const SAVE_AFTER_MS = 500;

/** Makes the children of `list` movable; each has its name in `data-name`.
 *
 *  `save(names)` stores an order and throws when that fails: the list then goes back to what it was. `controls(element)` gives
 *  the handle and the buttons of one item. `isBusy()`: an order is being made or saved, so leave the list alone. */
export function reorder(list, save) {
  let saved = null;
  let timer = 0;
  let isSaving = false;
  let drag = null;
  const items = () => [...list.children];
  const names = () => items().map((element) => element.dataset.name);

  function begin() {
    saved ??= names();
  }

  function move(element, step, focus) {
    const all = items();
    const index = all.indexOf(element);
    const next = index + step;
    if (next < 0 || next >= all.length) {
      announce(t(step < 0 ? 'reorder.first' : 'reorder.last', { name: element.dataset.name }));
      return;
    }
    begin();
    if (step < 0) all[next].before(element);
    else all[next].after(element);
    focus?.focus();
    said(element);
    settle();
  }

  function said(element) {
    const all = items();
    all.forEach((item, index) => item.dispatchEvent(new CustomEvent('place', { detail: { index, count: all.length } })));
    announce(t('reorder.moved', { name: element.dataset.name, position: all.indexOf(element) + 1, count: all.length }));
  }

  function settle() {
    clearTimeout(timer);
    timer = setTimeout(store, SAVE_AFTER_MS);
  }

  async function store() {
    const before = saved;
    const now = names();
    saved = null;
    if (!before || before.join('\n') === now.join('\n')) return;
    isSaving = true;
    try {
      await save(now);
    } catch (error) {
      toastError(error);
      const byName = new Map(items().map((element) => [element.dataset.name, element]));
      before.forEach((name) => byName.has(name) && list.append(byName.get(name)));
    } finally {
      isSaving = false;
    }
  }

  // MARK: Dragging

  function grab(event, element, handle) {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    const isPending = saved !== null;
    begin();
    drag = { isPending, element, handle, order: names(), y: event.clientY, pointer: event.pointerId };
    handle.setPointerCapture(event.pointerId);
    document.addEventListener('keydown', cancel);
    element.classList.add('is-dragged');
    list.classList.add('has-dragged');
  }

  function follow(event) {
    if (!drag || event.pointerId !== drag.pointer) return;
    const { element } = drag;
    scrollAtEdges(event.clientY);
    element.style.transform = `translateY(${event.clientY - drag.y}px)`;
    const before = element.previousElementSibling;
    const after = element.nextElementSibling;
    // The pointer decides: it is where the hand is, however tall the items are.
    if (before && event.clientY < middle(before)) swap(() => before.before(element), event.clientY);
    else if (after && event.clientY > middle(after)) swap(() => after.after(element), event.clientY);
  }

  /** The item stays under the pointer while its place in the list changes. */
  function swap(change, y) {
    const { element, handle, pointer } = drag;
    const before = element.getBoundingClientRect().top;
    change();
    // A node that is moved loses the pointer and the focus.
    handle.setPointerCapture(pointer);
    handle.focus({ preventScroll: true });
    drag.y += element.getBoundingClientRect().top - before;
    element.style.transform = `translateY(${y - drag.y}px)`;
  }

  function drop(event, isCancelled) {
    if (!drag || (event.pointerId !== undefined && event.pointerId !== drag.pointer)) return;
    const { element, order, isPending } = drag;
    drag = null;
    document.removeEventListener('keydown', cancel);
    element.style.transform = '';
    element.classList.remove('is-dragged');
    list.classList.remove('has-dragged');
    if (isCancelled) {
      const byName = new Map(items().map((item) => [item.dataset.name, item]));
      order.forEach((name) => list.append(byName.get(name)));
      if (!isPending) saved = null;
      return;
    }
    said(element);
    settle();
  }

  function cancel(event) {
    if (event.key === 'Escape') drop({}, true);
  }

  /** Alt with an arrow moves the item that has the focus anywhere inside; at the handle the arrow alone does. */
  function keys(event, element, handle) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
    if (!event.altKey && event.target !== handle) return undefined;
    event.preventDefault();
    return move(element, step, document.activeElement);
  }

  return {
    isBusy: () => drag !== null || saved !== null || isSaving,
    /** Saves at once what is still to be saved: for leaving the page. */
    flush() {
      clearTimeout(timer);
      if (saved) store();
    },
    controls(element) {
      const { name } = element.dataset;
      const handle = h('button', {
        type: 'button', class: 'grip', 'aria-label': t('reorder.handle', { name }), title: t('reorder.hint'),
        onpointerdown: (event) => grab(event, element, handle), onpointermove: follow,
        onpointerup: (event) => drop(event, false), onpointercancel: (event) => drop(event, true),
      }, icon('grip'));
      element.addEventListener('keydown', (event) => keys(event, element, handle));
      const up = button({ label: t('reorder.up', { name }), icon: 'up', iconOnly: true, small: true, kind: 'quiet', onclick: () => move(element, -1, up) });
      const down = button({ label: t('reorder.down', { name }), icon: 'down', iconOnly: true, small: true, kind: 'quiet', onclick: () => move(element, 1, down) });
      return { handle, up, down };
    },
  };
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return box.top + box.height / 2;
}

function scrollAtEdges(y) {
  const edge = 60;
  if (y < edge) window.scrollBy(0, -12);
  else if (y > window.innerHeight - edge) window.scrollBy(0, 12);
}
