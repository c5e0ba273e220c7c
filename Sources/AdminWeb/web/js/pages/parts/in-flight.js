// The requests that run now.

import { h, setText } from '../../dom.js';
import { api, segment } from '../../api.js';
import { t } from '../../i18n.js';
import { duration, number, unknown } from '../../format.js';
import { button } from '../../components/button.js';
import { table } from '../../components/table.js';
import { toast } from '../../components/toast.js';

/** Milliseconds without a byte or without progress from which a stream is worth a look. */
const quiet = 5000;

/** `{element, update(inFlight)}`. */
export function inFlightTable() {
  const parts = new Map();
  // Elements of a row live as long as it: a button that was replaced each second could not be pressed.
  const partsOf = (row) => {
    if (!parts.has(row.id)) parts.set(row.id, makeParts(row));
    return parts.get(row.id);
  };
  const grid = table({
    caption: t('inFlight.title'), empty: t('inFlight.empty'), rowKey: (row) => row.id,
    columns: [
      { title: t('inFlight.request'), class: 'cell-main', cell: (row) => partsOf(row).request(row) },
      { title: t('inFlight.endpoint'), cell: (row) => partsOf(row).endpoint(row) },
      { title: t('inFlight.stage'), cell: (row) => row.stage },
      { title: t('inFlight.elapsed'), numeric: true, width: '90px', cell: (row) => duration(row.elapsed_ms) },
      { title: t('inFlight.firstContent'), numeric: true, width: '100px', cell: (row) => duration(row.first_content_ms) },
      { title: t('inFlight.speed'), numeric: true, width: '80px', cell: (row) => number(row.tokens_per_second) },
      { title: t('inFlight.sinceByte'), numeric: true, width: '96px', cell: (row) => partsOf(row).sinceByte(row.since_byte_ms) },
      { title: t('inFlight.sinceProgress'), numeric: true, width: '110px', cell: (row) => partsOf(row).sinceProgress(row.since_progress_ms) },
      { title: h('span', { class: 'visually-hidden' }, t('inFlight.move')), class: 'cell-action cell-wide', cell: (row) => partsOf(row).move },
    ],
  });
  return {
    element: grid.element,
    update(rows) {
      grid.update([...rows].sort((a, b) => b.elapsed_ms - a.elapsed_ms));
      for (const id of parts.keys()) if (!rows.some((row) => row.id === id)) parts.delete(id);
    },
  };
}

function makeParts({ id }) {
  const model = h('span', { class: 'cell-sub' });
  const request = h('div', null, h('a', { href: `#/logs/${segment(id)}`, class: 'mono' }, id), model);
  const name = h('span');
  const attempts = h('span', { class: 'cell-sub' });
  const endpoint = h('div', null, name, attempts);
  return {
    request(row) {
      setText(model, row.model ?? unknown);
      return request;
    },
    endpoint(row) {
      setText(name, row.endpoint ?? t('inFlight.choosing'));
      setText(attempts, t('inFlight.attempts', { count: row.attempts }));
      return endpoint;
    },
    sinceByte: silence(),
    sinceProgress: silence(),
    move: button({
      label: t('inFlight.move'), icon: 'next', small: true, title: t('inFlight.moveHelp'),
      'aria-label': t('inFlight.moveOne', { id }),
      onclick: async () => {
        await api.post(`requests/${segment(id)}/move`);
        toast(t('inFlight.moved', { id }));
      },
    }),
  };
}

/** A time since something; with a sign when it is long. */
function silence() {
  const element = h('span', { class: 'silence' });
  return (ms) => {
    const isLong = ms !== null && ms >= quiet;
    setText(element, isLong ? `⚠ ${duration(ms)}` : duration(ms));
    element.classList.toggle('tone-warn', isLong);
    return element;
  };
}
