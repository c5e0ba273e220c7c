// Words for what became of an attempt or a request.

import { badge } from '../../components/badge.js';
import { h } from '../../dom.js';
import { compact, unknown } from '../../format.js';
import { has, t } from '../../i18n.js';

/** What the policy made of an attempt, in the reader's language where it is one of the known words. */
export function decisionText(decision) {
  const key = `decision.${String(decision ?? '').replaceAll(' ', '_')}`;
  if (has(key)) return t(key);
  // What a rule decided.
  return has(`rule.action.${decision}`) ? t(`rule.action.${decision}`) : decision || unknown;
}

/** Decisions about what the client had already seen: no failover rule is asked there. */
const late = ['served', 'dropped', 'cancelled', 'ended after a tool call', 'carried on elsewhere'];
/** Whether a failover rule could have decided about the attempt. */
export function isForRules(attempt) {
  return Boolean(attempt.failure) && attempt.failure.code !== 'client_gone' && !late.includes(String(attempt.decision ?? '').replaceAll('_', ' '));
}

const tones = { served: 'ok', 'carried on elsewhere': 'warn', cancelled: 'idle', dropped: 'bad', 'to client': 'bad' };
/** A badge: green where the attempt served, red where it ended the request. */
export function decisionBadge(attempt) {
  const decision = String(attempt.decision ?? '').replaceAll('_', ' ');
  return badge(decisionText(attempt.decision), tones[decision] ?? (attempt.failure ? 'warn' : 'idle'));
}

/** `code [rule] in stage: detail`; null without a failure. */
export function failureText(failure) {
  if (!failure) return null;
  return h('div', { class: 'failure' },
    h('p', { class: 'failure-code' }, h('code', null, failure.code),
      failure.rule && badge(failure.rule, 'bad'),
      failure.stage && h('span', { class: 'muted' }, t('failure.stage', { stage: failure.stage }))),
    failure.detail && h('p', { class: 'failure-detail' }, failure.detail));
}

/** `12.3K in · 456 out`, with what came from the cache. */
export function usageText(usage) {
  if (!usage) return unknown;
  const parts = [t('usage.in', { n: compact(usage.input) }), t('usage.out', { n: compact(usage.output) })];
  if (usage.cache_read) parts.push(t('usage.read', { n: compact(usage.cache_read) }));
  if (usage.cache_creation) parts.push(t('usage.written', { n: compact(usage.cache_creation) }));
  return parts.join(' · ');
}

/** `V10 × 2, V31 × 1`, or null when there is none. */
export function countsText(counts) {
  const entries = Object.entries(counts ?? {});
  return entries.length === 0 ? null : entries.map(([rule, count]) => `${rule} × ${count}`).join(', ');
}
