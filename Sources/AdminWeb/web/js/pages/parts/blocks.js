// Content blocks of a conversation or an answer. What they hold is text and stays text.

import { h } from '../../dom.js';
import { bytes, number } from '../../format.js';
import { t } from '../../i18n.js';
import { disclosure, foldedText } from './folded-text.js';
import { prettyText } from './read-request.js';

/** One block as `readRequest` and `readAnswer` give them. */
export function blockView(block) {
  return h('div', { class: ['block', `block-${block.type.replaceAll('_', '-')}`] }, head(block), body(block));
}

function head(block) {
  const marks = [
    block.name && block.type !== 'text' ? h('code', { class: 'block-name' }, block.name) : null,
    block.id ? h('span', { class: 'block-id' }, block.id) : null,
    block.isError ? h('span', { class: 'mark mark-bad' }, t('block.error')) : null,
    block.isMarked ? h('span', { class: 'mark' }, t('block.cache')) : null,
    block.isSigned ? h('span', { class: 'mark' }, t('block.signed')) : null,
    block.whole === false ? h('span', { class: 'mark mark-warn' }, t('block.cut')) : null,
  ].filter(Boolean);
  if (block.type === 'text' && marks.length === 0) return null;
  return h('div', { class: 'block-head' }, h('span', { class: 'block-type' }, typeName(block.type)), marks);
}

function typeName(type) {
  const known = ['text', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result', 'image', 'document', 'other'];
  return known.includes(type) ? t(`block.${type}`) : type;
}

function body(block) {
  switch (block.type) {
    case 'thinking':
      if (block.isRedacted || block.text === '') return h('p', { class: 'muted' }, t('block.redacted'));
      return longText(block.text);
    case 'redacted_thinking':
      return h('p', { class: 'muted' }, t('block.redacted'));
    case 'tool_use':
      return foldedText(prettyText(block.input ?? ''), { limit: 1500, lines: 16 });
    case 'tool_result':
      return block.blocks.length === 0
        ? h('p', { class: 'muted' }, t('block.empty'))
        : block.blocks.map((part) => (part.type === 'text' ? foldedText(part.text, { limit: 1500, lines: 16 }) : blockView(part)));
    case 'image':
    case 'document':
      return h('p', { class: 'muted' },
        [block.title, block.mediaType, block.address, block.bytes ? bytes(block.bytes) : ''].filter(Boolean).join(' · '));
    default:
      return foldedText(block.text ?? '');
  }
}

/** Thinking is long and read seldom: its first line, the rest behind it. */
function longText(text) {
  const line = text.trim().split('\n', 1)[0];
  const isShort = text.length <= 300;
  if (isShort) return foldedText(text);
  return disclosure(
    [h('span', { class: 'first-line' }, line.slice(0, 200)), ' ',
      h('span', { class: 'muted' }, t('text.characters', { count: number(text.length) }))],
    () => foldedText(text));
}
