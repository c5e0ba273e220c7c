// Tab "Sent and received": how the request that an endpoint got differs from the one the client sent.

import { loading, notice } from '../components/card.js';
import { fill, h } from '../dom.js';
import { bytes } from '../format.js';
import { t } from '../i18n.js';
import { attemptPicker } from './parts/attempt-picker.js';
import { diffView } from './parts/diff-view.js';
import { failureNote } from './parts/failure-note.js';
import { disclosure, truncationNote } from './parts/folded-text.js';
import { readJSON } from './parts/partial-json.js';
import { pretty } from './parts/read-answer.js';

/** Two bodies together; larger ones would keep the page busy for seconds. */
const LARGEST = 16 * 1024 * 1024;

export function showDiff(root, context) {
  const { attempts, exchange } = context;
  if (attempts.length === 0) return fill(root, notice('idle', t('request.no_attempts')));
  const view = h('div', { class: 'stack' });
  const picker = attemptPicker(attempts, context.attempt ?? attempts.at(-1).number, show);
  fill(root, picker.element, view);
  return show(picker.value);

  async function show(number) {
    context.attempt = number;
    fill(view, loading());
    const attempt = attempts.find((candidate) => candidate.number === number);
    try {
      fill(view, fieldsPart(exchange, attempt), await bodyPart(context, number));
    } catch (error) {
      fill(view, failureNote(error, () => show(number)));
    }
  }
}

function fieldsPart(exchange, attempt) {
  const lines = (fields) => (fields ?? []).map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort().join('\n');
  return disclosure(h('b', null, t('diff.fields')), () => diffView(lines(exchange.request_fields), lines(attempt.request_fields), names()),
    { class: 'part', open: true });
}

function names() {
  return { beforeName: t('diff.received'), afterName: t('diff.sent') };
}

async function bodyPart(context, number) {
  const part = (name) => context.bodies.find((body) => body.part === name);
  const received = part('request');
  const sent = part(`request-${number}`);
  if (!received) return notice('idle', t('body.none'));
  if (!sent) return notice('ok', t('diff.unchanged'));
  if (received.bytes + sent.bytes > LARGEST) return notice('idle', t('diff.large', { size: bytes(received.bytes + sent.bytes) }));
  const [before, after] = await Promise.all([context.bytes('request'), context.bytes(`request-${number}`)]);
  if (!before || !after) return notice('idle', t('body.none'));
  return disclosure(h('b', null, t('diff.body')), () => [
    truncationNote(received.missing ? received : sent), diffView(readable(before), readable(after), names()),
  ], { class: 'part', open: true });
}

/** JSON with line breaks, members in their own order: that is part of what was sent. */
function readable(found) {
  const text = new TextDecoder().decode(found);
  const json = readJSON(text);
  return json ? pretty(json.value) : text;
}
