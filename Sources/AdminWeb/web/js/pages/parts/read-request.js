// A request body as a conversation, whichever dialect it is written in.

import { readJSON } from './partial-json.js';
import { pretty } from './read-answer.js';

/** The conversation in the text of a request body.
 *
 *  Returns null when it is none, else `{model, options, system, tools, messages, whole}`: `options` are the other members as
 *  `[name, text]`, a message is `{role, blocks}`. A block is `{type, text, …}` with the types `text`, `thinking`, `tool_use`
 *  (`name`, `id`, `input`), `tool_result` (`id`, `isError`, `blocks`), `image`, `document` and `other`. */
export function readRequest(text) {
  const json = readJSON(text);
  if (!json || typeof json.value !== 'object' || Array.isArray(json.value)) return null;
  const { messages, system, tools, model, ...rest } = json.value;
  if (!Array.isArray(messages) && system === undefined && !Array.isArray(tools)) return null;
  const list = Array.isArray(messages) ? messages.filter(isObject) : [];
  const isInstruction = (message) => message.role === 'developer' || message.role === 'system';
  const leading = list.findIndex((message) => !isInstruction(message));
  const split = leading < 0 ? list.length : leading;
  return {
    model: typeof model === 'string' ? model : null,
    options: Object.entries(rest).map(([name, value]) => [name, isObject(value) ? JSON.stringify(value) : String(value)]),
    system: [...blocksOf(system), ...list.slice(0, split).flatMap((message) => blocksOf(message.content))],
    tools: (Array.isArray(tools) ? tools : []).filter(isObject).map(toolOf),
    messages: list.slice(split).map(messageOf),
    whole: json.whole,
  };
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

function messageOf(message) {
  if (message.role === 'tool') {
    const result = {
      type: 'tool_result', id: message.tool_call_id, isError: false, isMarked: false, blocks: blocksOf(message.content),
    };
    return { role: 'tool', blocks: [result] };
  }
  const blocks = blocksOf(message.content);
  const thinking = message.reasoning_content ?? message.reasoning;
  if (typeof thinking === 'string' && thinking) blocks.unshift({ type: 'thinking', text: thinking });
  for (const call of Array.isArray(message.tool_calls) ? message.tool_calls : []) {
    blocks.push({
      type: 'tool_use', id: call?.id, name: call?.function?.name, input: prettyText(call?.function?.arguments ?? ''),
    });
  }
  return { role: String(message.role ?? '?'), blocks };
}

function toolOf(tool) {
  const definition = isObject(tool.function) ? tool.function : tool;
  return {
    name: String(definition.name ?? definition.type ?? '?'),
    description: String(definition.description ?? ''),
    schema: pretty(definition.input_schema ?? definition.parameters ?? definition),
  };
}

function blocksOf(content) {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (Array.isArray(content) ? content : [content]).filter(isObject).map(blockOf);
}

function blockOf(block) {
  const isMarked = Boolean(block.cache_control);
  const type = String(block.type ?? 'other');
  if (type === 'text') return { type, text: String(block.text ?? ''), isMarked };
  if (type === 'thinking') return { type, text: String(block.thinking ?? ''), isSigned: Boolean(block.signature), isMarked };
  if (type === 'redacted_thinking') return { type: 'thinking', text: '', isRedacted: true, isMarked };
  if (type.endsWith('tool_use')) {
    return { type: 'tool_use', id: block.id, name: String(block.name ?? '?'), input: pretty(block.input ?? {}), isMarked };
  }
  if (type.endsWith('tool_result')) {
    return {
      type: 'tool_result', id: block.tool_use_id, isError: Boolean(block.is_error), blocks: blocksOf(block.content), isMarked,
    };
  }
  if (type === 'image' || type === 'image_url') return { type: 'image', ...sourceOf(block), isMarked };
  if (type === 'document' || type === 'file') return { type: 'document', ...sourceOf(block), title: block.title, isMarked };
  return { type: 'other', name: type, text: pretty(block), isMarked };
}

/** Pictures and files are not shown, only what they are: the page shows text alone. */
function sourceOf(block) {
  const url = block.image_url?.url ?? block.source?.url ?? block.file?.file_data ?? '';
  const inline = /^data:([^;,]*)/.exec(url);
  const data = block.source?.data ?? (inline ? url : '');
  return {
    mediaType: String(block.source?.media_type ?? inline?.[1] ?? ''),
    address: inline ? '' : String(url),
    bytes: Math.round((String(data).length * 3) / 4),
  };
}

/** JSON text with line breaks; other text as it is. */
export function prettyText(text) {
  const json = typeof text === 'string' && text !== '' ? readJSON(text) : null;
  return json?.whole ? pretty(json.value) : String(text);
}
