// A small line or row of bars without axes. The sentence in `label` says what it shows.

import { svg, setAttribute } from '../dom.js';

/** `values` may hold null for gaps. `{element, update(values, label)}`; the line fills its box. */
export function sparkline({ width = 120, height = 28, max: fixedMax = null } = {}) {
  const line = svg('path', { class: 'spark-line' });
  const area = svg('path', { class: 'spark-area' });
  const element = svg('svg', {
    class: 'sparkline', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': '',
  }, area, line);
  return {
    element,
    update(values, label) {
      setAttribute(element, 'aria-label', label);
      const max = fixedMax ?? Math.max(...values.map((value) => value ?? 0), 1e-9);
      const step = values.length > 1 ? width / (values.length - 1) : width;
      const y = (value) => (height - 2 - (Math.min(value, max) / max) * (height - 4)).toFixed(1);
      let path = '';
      let from = null;
      let filled = '';
      values.forEach((value, index) => {
        const x = (index * step).toFixed(1);
        if (value === null || value === undefined) {
          from = null;
          return;
        }
        path += `${from === null ? 'M' : 'L'}${x} ${y(value)}`;
        if (from !== null) filled += `M${from} ${height}L${from} ${y(values[index - 1])}L${x} ${y(value)}L${x} ${height}Z`;
        from = x;
      });
      setAttribute(line, 'd', path);
      setAttribute(area, 'd', filled);
    },
  };
}

/** Stacked bars, one for each item `{good, bad, title}`; the bad part is hatched as well as coloured. */
export function bars(items, { width = 192, height = 32, label = '' } = {}) {
  const max = Math.max(...items.map((item) => item.good + item.bad), 1);
  const step = width / items.length;
  return svg('svg', { class: 'sparkbars', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    items.map((item, index) => {
      const x = index * step + 0.5;
      const good = (item.good / max) * (height - 2);
      const bad = (item.bad / max) * (height - 2);
      return svg('g', null, item.title && svg('title', null, item.title),
        svg('rect', { class: 'bar-base', x, y: height - 1, width: step - 1, height: 1 }),
        item.good > 0 && svg('rect', { class: 'bar-good', x, y: height - good, width: step - 1, height: good }),
        item.bad > 0 && svg('rect', { class: 'bar-bad', x, y: height - good - bad, width: step - 1, height: bad }));
    }));
}
