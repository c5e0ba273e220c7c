// Tab "Answer": what the client got, or what one of the endpoints said, as a message.

import { badge } from '../components/badge.js';
import { notice } from '../components/card.js';
import { fill, h } from '../dom.js';
import { t } from '../i18n.js';
import { attemptPicker } from './parts/attempt-picker.js';
import { blockView } from './parts/blocks.js';
import { disclosure, foldedText, truncationNote } from './parts/folded-text.js';
import { readAnswer } from './parts/read-answer.js';
import { withBody } from './parts/with-body.js';

export function showAnswer(root, context) {
  const view = h('div', { class: 'stack' });
  const picker = attemptPicker(context.attempts, 'client', show, [['client', t('answer.client')]]);
  fill(root, context.attempts.length > 0 ? picker.element : null, view);
  return show('client');

  function show(choice) {
    return withBody(view, context, [choice === 'client' ? 'response' : `response-${choice}`], (text, body) => [
      truncationNote(body), answerView(text, { isWhole: !body?.missing }),
    ]);
  }
}

/** The answer in `text` as a message with its facts; `isWhole`: the journal kept all of it. */
export function answerView(text, { isWhole = true } = {}) {
  if (text.trim() === '') return notice('idle', t('body.empty'));
  const answer = readAnswer(text);
  return h('div', { class: 'stack' },
    facts(answer),
    answer.errors.map((error) => notice('bad', h('p', null, h('code', null, error.type)), h('p', { class: 'pre-line' }, error.message))),
    isWhole && ['anthropic', 'openai'].includes(answer.dialect) && !answer.ended ? notice('warn', t('answer.not_ended')) : null,
    answer.blocks.length > 0 ? h('div', { class: 'message message-assistant' },
      h('div', { class: 'message-head' }, h('span', { class: 'role' }, t('role.assistant'))), answer.blocks.map(blockView)) : null,
    disclosure(t('answer.raw'), () => foldedText(text), { class: 'part' }));
}

function facts(answer) {
  const rows = [
    ['model', answer.model], ['id', answer.id], ['stop_reason', answer.stopReason],
    ...Object.entries(answer.usage ?? {}).filter(([, value]) => typeof value === 'number'),
  ].filter(([, value]) => value !== null && value !== undefined);
  return h('div', { class: 'answer-facts' },
    badge(t(`dialect.${answer.dialect}`)),
    rows.length > 0 ? h('dl', { class: 'option-list' }, rows.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value)))) : null);
}
