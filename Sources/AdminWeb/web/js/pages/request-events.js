// Tab "Events": every event of an attempt's answer with its time, silences drawn, the one that broke a rule marked.

import { api, segment } from '../api.js';
import { loading, notice } from '../components/card.js';
import { fill, h } from '../dom.js';
import { bytes, duration, number, unknown } from '../format.js';
import { t } from '../i18n.js';
import { attemptPicker } from './parts/attempt-picker.js';
import { eventStrip, gapsOf } from './parts/event-strip.js';
import { foldedText } from './parts/folded-text.js';
import { failureNote } from './parts/failure-note.js';

/** So many events are in the page at once. */
const WINDOW = 300;

/** Shows the events of the attempt that is chosen; `context` is that of the request page. */
export function showEvents(root, context) {
  const { attempts } = context;
  if (attempts.length === 0) return fill(root, notice('idle', t('request.no_attempts')));
  const view = h('div', { class: 'stack' });
  const picker = attemptPicker(attempts, context.attempt ?? attempts.at(-1).number, load);
  fill(root, picker.element, view);
  return load(picker.value);

  async function load(number_) {
    context.attempt = number_;
    fill(view, loading());
    try {
      const timeline = await api.get(`logs/${segment(context.id)}/timeline/${number_}`, { signal: context.signal });
      const attempt = attempts.find((candidate) => candidate.number === number_);
      fill(view, timelineView(timeline, attempt, context));
    } catch (error) {
      fill(view, failureNote(error, () => load(number_)));
    }
  }
}

function timelineView(timeline, attempt, context) {
  const { events } = timeline;
  if (events.length === 0) return notice('idle', t('events.none'));
  const gaps = new Map(gapsOf(events).map((gap) => [gap.before, gap]));
  const broken = events.findIndex((event) => event.violation);
  const list = h('ol', { class: 'events', 'aria-label': t('events.title') });
  const earlier = h('button', { type: 'button', class: 'link-button', onclick: () => show(first - WINDOW) });
  const later = h('button', { type: 'button', class: 'link-button', onclick: () => show(first + WINDOW) });
  let first = 0;
  show(broken < 0 ? 0 : broken - WINDOW / 2);
  return [
    timeline.truncated ? notice('warn', t('events.truncated')) : null,
    broken < 0 ? placeOfViolation(timeline) : violationNote(events[broken], () => jump(broken)),
    eventStrip(timeline, attempt.total_ms, jump),
    events.every((event) => event.at_ms === null) ? notice('idle', t('events.no_times')) : null,
    h('div', null, earlier, list, later),
  ];

  function show(start) {
    first = Math.max(0, Math.min(start, events.length - WINDOW));
    const end = Math.min(events.length, first + WINDOW);
    fill(list, events.slice(first, end).map((event, index) => [
      gaps.has(first + index) ? gapRow(gaps.get(first + index)) : null,
      eventRow(event, context),
    ]));
    earlier.hidden = first === 0;
    later.hidden = end === events.length;
    fill(earlier, t('events.earlier', { count: first, n: number(first) }));
    fill(later, t('events.later', { count: events.length - end, n: number(events.length - end) }));
  }

  function jump(index) {
    if (index < first || index >= first + WINDOW) show(index - WINDOW / 2);
    const row = list.querySelector(`[data-index="${events[index].index}"]`);
    row?.scrollIntoView({ block: 'center' });
    row?.querySelector('summary')?.focus({ preventScroll: true });
  }
}

/** An answer can break at a place that is no event: within one, or where one is missing. */
function placeOfViolation(timeline) {
  if (timeline.violation_offset === null || timeline.violation_offset === undefined) return null;
  return notice('bad', t('events.broken_at', { offset: number(timeline.violation_offset) }));
}

function violationNote(event, jump) {
  return notice('bad', h('div', null,
    h('p', {}, h('strong', {}, t('events.broken', { n: number(event.index), rule: event.violation.rule ?? '' }))),
    h('p', {}, event.violation.detail),
    h('button', { type: 'button', class: 'link-button', onclick: jump }, t('events.jump'))));
}

function gapRow(gap) {
  const ms = gap.to - gap.from;
  // Ten times the silence is twice the space.
  const height = Math.round(16 + 22 * Math.log10(Math.max(1, ms / 250)));
  return h('li', { class: 'event-gap', style: { 'min-height': `${height}px` } }, t('events.silence', { time: duration(ms) }));
}

function eventRow(event, context) {
  const isRelevant = Boolean(event.violation);
  const details = h('details', { class: ['event', isRelevant && 'event-broken'], ontoggle: open },
    h('summary', {},
      h('span', { class: 'event-time' }, event.at_ms === null ? unknown : duration(event.at_ms)),
      h('span', { class: 'event-name' }, event.type ?? event.name ?? unknown),
      h('span', { class: 'event-summary' }, event.summary ?? ''),
      isRelevant ? h('span', { class: 'mark mark-bad' }, event.violation.rule ?? t('events.violation')) : null));
  return h('li', { dataset: { index: event.index } }, details);

  async function open() {
    if (!details.open || details.lastElementChild.tagName !== 'SUMMARY') return;
    const content = h('div', { class: 'disclosed' }, isRelevant ? notice('bad', event.violation.detail) : null,
      h('p', { class: 'muted' }, t('events.place', { n: number(event.index), offset: number(event.offset), size: bytes(event.bytes) })));
    details.append(content);
    const body = await context.bytes(`response-${context.attempt}`);
    const raw = body ? new TextDecoder().decode(body.subarray(event.offset, event.offset + event.bytes)) : '';
    content.append(raw ? foldedText(raw.trimEnd()) : h('p', { class: 'muted' }, t('body.none')));
  }
}
