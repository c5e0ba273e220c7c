// Tab "Overview": the attempts side by side, when they ran and why each ended, and what the client sent.

import { button } from '../components/button.js';
import { card, facts, notice } from '../components/card.js';
import { h } from '../dom.js';
import { bytes, duration, number, unknown } from '../format.js';
import { t } from '../i18n.js';
import { attemptBars } from './parts/attempt-bars.js';
import { countsText, decisionBadge, decisionText, failureText, usageText } from './parts/attempt-text.js';
import { copyAsCurl } from './parts/copy-as-curl.js';
import { disclosure } from './parts/folded-text.js';

export function overview(context) {
  const { exchange, attempts } = context;
  return h('div', { class: 'stack' },
    attempts.length === 0 ? notice('idle', t('request.no_attempts')) : card(
      { title: t('request.attempts', { count: attempts.length, n: number(attempts.length) }), subtitle: t('request.attempts.lead') },
      attemptBars(attempts, exchange.total_ms, (attempt) => decisionText(attempt.decision)),
      h('div', { class: 'attempts', tabindex: attempts.length > 2 ? 0 : null, role: 'group', 'aria-label': t('request.compare') },
        attempts.map((attempt) => attemptCard(attempt, context))),
      exchange.mirrored_attempt
        ? h('p', { class: 'muted mirrored' }, t('request.mirrored', { n: exchange.mirrored_attempt, size: bytes(exchange.mirrored_bytes) })) : null),
    exchange.skipped?.length ? skippedCard(exchange.skipped) : null,
    card({ title: t('request.received') },
      facts([
        [t('request.peer'), exchange.peer ?? unknown],
        exchange.query ? [t('request.query'), h('code', null, exchange.query)] : null,
        [t('request.streamed'), exchange.streamed ? t('word.yes') : t('word.no')],
        [t('request.size'), bytes(exchange.bytes_in)],
      ]),
      fieldsView(t('request.fields'), exchange.request_fields)));
}

function skippedCard(skipped) {
  return card({ title: t('request.skipped'), subtitle: t('request.skipped.lead') },
    h('ul', { class: 'plain-list' }, skipped.map((skip) => {
      const [name, reason] = partsOf(skip);
      return h('li', null, h('b', null, name), ' ', reason);
    })));
}

/** The journal has them as `name: reason`. */
function partsOf(skip) {
  if (typeof skip !== 'string') return [skip.endpoint, skip.reason];
  const colon = skip.indexOf(': ');
  return colon < 0 ? [skip, ''] : [skip.slice(0, colon), skip.slice(colon + 2)];
}

function attemptCard(attempt, context) {
  const repairs = countsText(attempt.repairs);
  const warnings = countsText(attempt.warnings);
  return h('article', { class: 'attempt', 'aria-label': `${attempt.number} ${attempt.endpoint}` },
    h('header', { class: 'attempt-head' },
      h('h3', null, h('span', { class: 'attempt-number' }, attempt.number), attempt.endpoint), decisionBadge(attempt)),
    failureText(attempt.failure),
    facts([
      [t('attempt.status'), attempt.status ?? unknown],
      [t('attempt.model'), attempt.model ?? unknown],
      [t('attempt.url'), h('code', { class: 'break' }, attempt.url)],
      [t('attempt.started'), duration(attempt.started_ms)],
      [t('attempt.connect'), attempt.reused_connection ? t('attempt.reused') : duration(attempt.connect_ms)],
      [t('attempt.first_byte'), duration(attempt.first_byte_ms)],
      [t('attempt.first_content'), duration(attempt.first_content_ms)],
      [t('attempt.total'), duration(attempt.total_ms)],
      [t('attempt.tokens'), usageText(attempt.usage)],
      [t('attempt.speed'), speed(attempt)],
      [t('attempt.stop'), attempt.stop_reason ?? unknown],
      [t('attempt.transfer'), t('attempt.transfer.text', { sent: bytes(attempt.bytes_sent), received: bytes(attempt.bytes_received) })],
      [t('attempt.events'), number(attempt.events)],
      attempt.http_version ? [t('attempt.http'), attempt.http_version] : null,
      repairs ? [t('attempt.repairs'), repairs] : null,
      warnings ? [t('attempt.warnings'), warnings] : null,
      attempt.continues_at !== null && attempt.continues_at !== undefined
        ? [t('attempt.continues'), t('attempt.continues.text', { offset: number(attempt.continues_at) })] : null,
    ]),
    attempt.degradations?.length
      ? h('div', { class: 'degradations' }, h('h4', null, t('attempt.degradations')),
        h('ul', null, attempt.degradations.map((line) => h('li', null, line)))) : null,
    fieldsView(t('attempt.request_fields'), attempt.request_fields),
    fieldsView(t('attempt.response_fields'), attempt.response_fields),
    button({ label: t('request.curl'), icon: 'copy', small: true, kind: 'quiet', onclick: () => copyAsCurl(context, attempt) }));
}

/** Output tokens a second, from the first content to the end. */
function speed(attempt) {
  const ms = (attempt.total_ms ?? 0) - (attempt.first_content_ms ?? Infinity);
  const output = attempt.usage?.output;
  return output && ms > 0 ? t('attempt.speed.text', { n: number((1000 * output) / ms, 1) }) : unknown;
}

function fieldsView(title, fields) {
  if (!fields?.length) return null;
  return disclosure([title, ' ', h('span', { class: 'muted' }, number(fields.length))], () => h('table', { class: 'fields' },
    h('tbody', null, fields.map(([name, value]) => h('tr', null, h('th', { scope: 'row' }, name), h('td', null, value))))));
}
