// The events of an answer on a line of time: where it flowed, where it was silent, where it broke.

import { h, svg } from '../../dom.js';
import { duration, number } from '../../format.js';
import { t } from '../../i18n.js';

/** Silences from this many milliseconds on are drawn and named. */
export const GAP_MS = 1000;
const WIDTH = 1000;
const HEIGHT = 56;
const BUCKETS = 250;

/** The silences between events: `{from, to, before}`, `before` being the index in `events` of the event that ended it. */
export function gapsOf(events, minimum = GAP_MS) {
  const gaps = [];
  let last = 0;
  events.forEach((event, before) => {
    if (event.at_ms === null) return;
    if (event.at_ms - last >= minimum) gaps.push({ from: last, to: event.at_ms, before });
    last = event.at_ms;
  });
  return gaps;
}

/** The strip, or null when no times are known. `jump(index)` is called with the index in `events` that was clicked. */
export function eventStrip(timeline, end, jump) {
  const timed = timeline.events.filter((event) => event.at_ms !== null);
  if (timed.length === 0) return null;
  const length = Math.max(end ?? 0, timed.at(-1).at_ms, 1);
  const x = (ms) => (WIDTH * ms) / length;
  const gaps = gapsOf(timeline.events);
  const violation = timeline.events.find((event) => event.violation);
  const drawing = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': spoken(timeline, gaps, violation, length),
    onclick: (event) => jump(nearest(timeline.events, (length * event.offsetX) / drawing.clientWidth)),
  },
  gaps.map((gap) => svg('rect', { class: 'strip-gap', x: x(gap.from), y: 0, width: x(gap.to) - x(gap.from), height: HEIGHT })),
  densities(timed, length).map(({ at, share }) => svg('rect', {
    class: 'strip-events', x: at, y: HEIGHT - 4 - share * (HEIGHT - 12), width: WIDTH / BUCKETS - 1, height: share * (HEIGHT - 12),
  })),
  timeline.reads.slice(0, 5000).map((read) => svg('rect', { class: 'strip-read', x: x(read.at_ms), y: HEIGHT - 3, width: 1, height: 3 })),
  violation && violation.at_ms !== null
    ? svg('rect', { class: 'strip-violation', x: Math.min(x(violation.at_ms), WIDTH - 4), y: 0, width: 4, height: HEIGHT })
    : null);
  return h('figure', { class: 'strip' }, drawing,
    h('div', { class: 'strip-scale', 'aria-hidden': 'true' },
      h('span', {}, '0'), h('span', {}, duration(length / 2)), h('span', {}, duration(length))),
    h('figcaption', { class: 'strip-legend' },
      legend('strip-key-events', t('events.legend.events')), legend('strip-key-reads', t('events.legend.reads')),
      legend('strip-key-gap', t('events.legend.gap', { time: duration(GAP_MS) })),
      violation ? legend('strip-key-violation', t('events.legend.violation')) : null));
}

function legend(key, text) {
  return h('span', {}, h('i', { class: ['swatch', key] }), text);
}

function spoken(timeline, gaps, violation, length) {
  const longest = Math.max(0, ...gaps.map((gap) => gap.to - gap.from));
  return [
    t('events.count', { count: timeline.events.length, n: number(timeline.events.length) }), duration(length),
    gaps.length ? t('events.gaps', { count: gaps.length, n: number(gaps.length), time: duration(longest) }) : '',
    violation ? t('events.broken', { n: number(violation.index), rule: violation.violation.rule ?? '' }) : '',
  ].filter(Boolean).join(', ');
}

/** Events per stretch of time, as a share of the busiest; the root keeps single events visible beside bursts. */
function densities(events, length) {
  const counts = new Array(BUCKETS).fill(0);
  for (const event of events) counts[Math.min(BUCKETS - 1, Math.floor((BUCKETS * event.at_ms) / length))] += 1;
  const most = Math.max(...counts);
  return counts.flatMap((count, index) => (count === 0 ? [] : [{ at: (WIDTH * index) / BUCKETS, share: Math.sqrt(count / most) }]));
}

function nearest(events, ms) {
  let best = 0;
  events.forEach((event, index) => {
    if (event.at_ms !== null && Math.abs(event.at_ms - ms) < Math.abs((events[best].at_ms ?? Infinity) - ms)) best = index;
  });
  return best;
}
