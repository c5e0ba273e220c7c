// When the attempts of a request ran, one row each on one scale.

import { h } from '../../dom.js';
import { duration } from '../../format.js';
import { t } from '../../i18n.js';

/** The spans of an attempt, in milliseconds since the request arrived: `{phase, start, end}`. */
export function phasesOf(attempt) {
  const start = attempt.started_ms ?? 0;
  const marks = [
    ['connect', attempt.connect_ms], ['waiting', attempt.first_byte_ms], ['silent', attempt.first_content_ms],
    ['streaming', attempt.total_ms],
  ];
  const phases = [];
  let last = 0;
  marks.forEach(([phase, value], index) => {
    if (value === null || value === undefined) return;
    // Of an attempt that ended early the last span is what it was waiting for.
    const isEnd = index === marks.length - 1;
    const name = isEnd ? phaseAtEnd(attempt) : phase;
    if (value > last) phases.push({ phase: name, start: start + last, end: start + value });
    last = Math.max(last, value);
  });
  return phases;
}

function phaseAtEnd(attempt) {
  if (attempt.first_content_ms !== null && attempt.first_content_ms !== undefined) return 'streaming';
  if (attempt.first_byte_ms !== null && attempt.first_byte_ms !== undefined) return 'silent';
  return attempt.connect_ms === null || attempt.connect_ms === undefined ? 'connect' : 'waiting';
}

/** A chart of all attempts; `describe(attempt)` is the text at the end of its row. */
export function attemptBars(attempts, total, describe) {
  const spans = attempts.map(phasesOf);
  const end = Math.max(total ?? 0, ...spans.flat().map((span) => span.end), 1);
  const used = [...new Set(spans.flat().map((span) => span.phase))];
  return h('div', { class: 'bars' },
    h('div', { class: 'bars-rows' }, attempts.map((attempt, index) => row(attempt, spans[index], end, describe(attempt)))),
    h('div', { class: 'bars-scale', 'aria-hidden': 'true' },
      h('span', {}, '0'), h('span', {}, duration(end / 2)), h('span', {}, duration(end))),
    h('div', { class: 'bars-legend' }, ['connect', 'waiting', 'silent', 'streaming'].filter((phase) => used.includes(phase)).map(
      (phase) => h('span', {}, h('i', { class: ['swatch', `phase-${phase}`] }), t(`attempt.phase.${phase}`)))));
}

function row(attempt, spans, end, text) {
  const spoken = spans.map((span) => `${t(`attempt.phase.${span.phase}`)} ${duration(span.end - span.start)}`).join(', ');
  return h('div', { class: 'bars-row' },
    h('span', { class: 'bars-name' }, h('b', {}, attempt.number), ' ', attempt.endpoint),
    h('span', { class: 'bars-track', role: 'img', 'aria-label': spoken }, spans.map((span) => h('i', {
      class: ['bar', `phase-${span.phase}`], title: `${t(`attempt.phase.${span.phase}`)} ${duration(span.end - span.start)}`,
      style: { left: `${(100 * span.start) / end}%`, width: `${(100 * (span.end - span.start)) / end}%` },
    }))),
    h('span', { class: 'bars-end' }, text));
}
