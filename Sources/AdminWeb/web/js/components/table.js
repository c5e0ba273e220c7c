// Tables that live numbers can run through: rows stay, cells change. On a phone each row is a small card.

import { h, keyedList, setText, setAttribute, fill } from '../dom.js';

/**
 * Columns: `{title, numeric, cell(row) → text or node, width, class, hideNarrow}` (`cell-wide` as class takes the phone's width). A cell that gives text is
 * written only when it differs; one that gives a node is replaced; one that gives undefined is left alone.
 * `rowKey(row)` names a row; `empty` is shown without rows; `caption` names the table for screen readers.
 */
export function table({ columns, rowKey, caption, empty, onrow, rowLabel, rowClass }) {
  const body = h('tbody');
  const head = h('tr', null, columns.map((column) => h('th', {
    scope: 'col', class: [column.numeric && 'numeric', column.hideNarrow && 'hide-narrow', column.class],
    style: column.width ? { width: column.width } : {},
  }, column.title)));
  const nothing = h('div', { class: 'table-empty' }, empty);
  const grid = h('table', { class: 'data-table' }, h('caption', { class: 'visually-hidden' }, caption), h('thead', null, head), body);
  const element = h('div', { class: 'table-box' }, grid, nothing);
  const updateRows = keyedList(body, rowKey, (row) => makeRow(row, { columns, onrow, rowLabel, rowClass }));
  return {
    element,
    body,
    update(rows) {
      updateRows(rows);
      grid.hidden = rows.length === 0 && Boolean(empty);
      nothing.hidden = rows.length > 0 || !empty;
    },
  };
}

function makeRow(first, { columns, onrow, rowLabel, rowClass }) {
  let current = first;
  const cells = columns.map((column, index) => h(index === 0 ? 'th' : 'td', {
    scope: index === 0 ? 'row' : null, dataset: { label: column.label ?? (typeof column.title === 'string' ? column.title : '') },
    class: [column.numeric && 'numeric', column.hideNarrow && 'hide-narrow', column.class],
  }));
  const element = h('tr', null, cells);
  if (onrow) {
    element.classList.add('clickable');
    // The row is a convenience for the pointer; the link or button in its first cell is the real control.
    element.addEventListener('click', (event) => {
      if (!event.target.closest('a, button, input, select') && !String(getSelection())) onrow(current);
    });
  }
  return {
    element,
    update(row) {
      current = row;
      if (rowLabel) setAttribute(element, 'aria-label', rowLabel(row));
      if (rowClass) setAttribute(element, 'class', [onrow && 'clickable', rowClass(row)].filter(Boolean).join(' '));
      columns.forEach((column, index) => write(cells[index], column.cell(row)));
    },
  };
}

function write(cell, content) {
  if (content === undefined) return;
  if (content instanceof Node) {
    if (cell.firstChild !== content || cell.childNodes.length > 1) fill(cell, content);
  } else if (Array.isArray(content)) {
    fill(cell, content);
  } else {
    setText(cell, content);
  }
}
