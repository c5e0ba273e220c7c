// Tab "Conversation": what was asked, as system, tools and messages instead of one line of JSON.

import { notice } from '../components/card.js';
import { fill, h } from '../dom.js';
import { number } from '../format.js';
import { has, t } from '../i18n.js';
import { attemptPicker } from './parts/attempt-picker.js';
import { blockView } from './parts/blocks.js';
import { disclosure, foldedText, truncationNote } from './parts/folded-text.js';
import { readRequest } from './parts/read-request.js';
import { withBody } from './parts/with-body.js';

/** So many messages are shown at first: the newest, which are what a reader came for. */
const WINDOW = 30;

export function showConversation(root, context) {
  const { attempts } = context;
  const view = h('div', { class: 'stack' });
  const picker = attemptPicker(attempts, 'client', show, [['client', t('conversation.client')]]);
  fill(root, attempts.length > 0 ? picker.element : null, view);
  return show('client');

  function show(choice) {
    return withBody(view, context, choice === 'client' ? ['request'] : [`request-${choice}`, 'request'], (text, body) => {
      const request = readRequest(text);
      return [truncationNote(body), request ? conversation(request) : plain(text)];
    });
  }
}

function plain(text) {
  return text === '' ? notice('idle', t('body.empty')) : [notice('idle', t('conversation.none')), foldedText(text)];
}

function conversation(request) {
  return [
    h('dl', { class: 'option-list' },
      [['model', request.model ?? '–'], ...request.options].map(([name, value]) => h('div', null,
        h('dt', null, name), h('dd', null, value.length > 300 ? foldedText(value, { limit: 300 }) : value)))),
    request.system.length > 0 ? part(t('conversation.system'), size(request.system), () => request.system.map(blockView)) : null,
    request.tools.length > 0
      ? part(t('conversation.tools'), number(request.tools.length), () => request.tools.map(toolView)) : null,
    messagesView(request.messages),
  ];
}

function size(blocks) {
  return t('text.characters', { count: number(blocks.reduce((sum, block) => sum + (block.text?.length ?? 0), 0)) });
}

function part(title, note, content) {
  return disclosure([h('b', null, title), ' ', h('span', { class: 'muted' }, note)], content, { class: 'part' });
}

function toolView(tool) {
  return disclosure(
    [h('code', null, tool.name), ' ', h('span', { class: 'muted' }, tool.description.split('\n', 1)[0].slice(0, 160))],
    () => [foldedText(tool.description), h('h4', null, t('conversation.schema')), foldedText(tool.schema, { limit: 1500, lines: 20 })]);
}

function messagesView(messages) {
  if (messages.length === 0) return notice('idle', t('conversation.no_messages'));
  let first = Math.max(0, messages.length - WINDOW);
  const list = h('ol', { class: 'messages', 'aria-label': t('conversation.messages') });
  const earlier = h('button', { type: 'button', class: 'link-button', onclick: showEarlier });
  draw(first, messages.length);
  return h('div', null, earlier, list);

  function draw(start, end) {
    list.prepend(...messages.slice(start, end).map((message, index) => messageView(message, start + index + 1)));
    earlier.hidden = start === 0;
    fill(earlier, t('conversation.earlier', { count: start, n: number(start) }));
  }

  function showEarlier() {
    const anchor = list.firstElementChild;
    const before = anchor.getBoundingClientRect().top;
    const end = first;
    first = Math.max(0, first - WINDOW);
    draw(first, end);
    // What the reader was looking at stays where it was.
    window.scrollBy(0, anchor.getBoundingClientRect().top - before);
  }
}

function messageView(message, number_) {
  const key = `role.${message.role}`;
  return h('li', { class: ['message', `message-${/^\w+$/.test(message.role) ? message.role : 'other'}`] },
    h('div', { class: 'message-head' }, h('span', { class: 'role' }, has(key) ? t(key) : message.role),
      h('span', { class: 'message-number' }, `#${number(number_)}`)),
    message.blocks.length === 0 ? h('p', { class: 'muted' }, t('block.empty')) : message.blocks.map(blockView));
}
