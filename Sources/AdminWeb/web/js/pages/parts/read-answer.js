// An answer's bytes as the blocks of one message: from SSE of either dialect, or from one JSON document.

import { readJSON } from './partial-json.js';

/** What an endpoint or the client got, from the text of the body.
 *
 *  Returns `{dialect, model, id, stopReason, usage, blocks, errors, ended}`. `dialect` is `anthropic`, `openai`, or `text` for
 *  what is neither. A block is `{type, text, name, id, input, whole}`; `input` is a tool call's JSON as it was sent. */
export function readAnswer(text) {
  const answer = {
    dialect: 'text', model: null, id: null, stopReason: null, usage: null, blocks: [], errors: [], ended: false,
  };
  const start = text.slice(0, 200).trimStart();
  if (start.startsWith('{')) {
    readDocument(answer, readJSON(text));
  } else if (/^(event|data|id|retry)?:/.test(start)) {
    for (const event of readEvents(text)) readEvent(answer, event);
  }
  if (answer.dialect === 'text' && answer.errors.length === 0 && text.trim() !== '') {
    answer.blocks = [{ type: 'text', text, whole: true }];
  }
  return answer;
}

/** The events of an SSE body: `{name, data}`, the last one even if no empty line follows it. */
export function* readEvents(text) {
  let name = null;
  let data = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (data.length > 0) yield { name, data: data.join('\n') };
      name = null;
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }
  if (data.length > 0) yield { name, data: data.join('\n') };
}

function readEvent(answer, event) {
  if (event.data.trim() === '[DONE]') {
    answer.ended = true;
    return;
  }
  const json = readJSON(event.data);
  if (!json || typeof json.value !== 'object') return;
  const value = json.value;
  if (Array.isArray(value.choices)) {
    readChunk(answer, value);
  } else if (typeof value.type === 'string') {
    answer.dialect = 'anthropic';
    readAnthropicEvent(answer, value);
  } else if (value.error) {
    answer.errors.push(errorOf(value));
  }
}

function readAnthropicEvent(answer, event) {
  const block = answer.blocks.find((candidate) => candidate.index === event.index);
  switch (event.type) {
    case 'message_start':
      answer.model = event.message?.model ?? answer.model;
      answer.id = event.message?.id ?? answer.id;
      answer.usage = { ...event.message?.usage };
      break;
    case 'content_block_start':
      answer.blocks.push({ index: event.index, whole: false, ...blockOf(event.content_block ?? {}, '') });
      break;
    case 'content_block_delta':
      if (block) addDelta(block, event.delta ?? {});
      break;
    case 'content_block_stop':
      if (block) block.whole = true;
      break;
    case 'message_delta':
      answer.stopReason = event.delta?.stop_reason ?? answer.stopReason;
      answer.usage = { ...answer.usage, ...event.usage };
      break;
    case 'message_stop':
      answer.ended = true;
      break;
    case 'error':
      answer.errors.push(errorOf(event));
      break;
    default:
  }
}

function addDelta(block, delta) {
  if (typeof delta.text === 'string') block.text += delta.text;
  if (typeof delta.thinking === 'string') block.text += delta.thinking;
  if (typeof delta.partial_json === 'string') block.input += delta.partial_json;
  if (typeof delta.signature === 'string') block.isSigned = true;
}

/** A content block of an Anthropic message; `input` is the text of a tool call's input, or `emptyInput` if it is `{}`. */
function blockOf(content, emptyInput) {
  const type = content.type ?? 'other';
  if (type === 'text') return { type, text: content.text ?? '' };
  if (type === 'thinking') return { type, text: content.thinking ?? '', isSigned: Boolean(content.signature) };
  if (type === 'redacted_thinking') return { type, text: '' };
  if (type.endsWith('tool_use')) {
    const input = content.input ?? {};
    const isEmpty = Object.keys(input).length === 0;
    return { type: 'tool_use', text: '', name: content.name, id: content.id, input: isEmpty ? emptyInput : pretty(input) };
  }
  return { type: 'other', text: pretty(content), name: type };
}

function readDocument(answer, json) {
  if (!json) return;
  const { value, whole } = json;
  if (value.error) {
    answer.errors.push(errorOf(value));
  } else if (Array.isArray(value.choices)) {
    readChunk(answer, value);
    answer.ended = whole;
  } else if (value.type === 'message') {
    answer.dialect = 'anthropic';
    Object.assign(answer, { model: value.model, id: value.id, stopReason: value.stop_reason, usage: value.usage });
    answer.blocks = (value.content ?? []).map((block) => ({ whole, ...blockOf(block, '{}') }));
    answer.ended = whole;
  } else {
    answer.blocks = [{ type: 'other', name: 'JSON', text: pretty(value), whole }];
    answer.dialect = 'json';
  }
}

// MARK: Chat completions

function readChunk(answer, value) {
  answer.dialect = 'openai';
  answer.model = value.model ?? answer.model;
  answer.id = value.id ?? answer.id;
  answer.usage = value.usage ? usageOf(value.usage) : answer.usage;
  const choice = value.choices[0];
  if (!choice) return;
  const delta = choice.delta ?? choice.message ?? {};
  const thinking = delta.reasoning_content ?? delta.reasoning;
  if (typeof thinking === 'string' && thinking) open(answer, 'thinking').text += thinking;
  if (typeof delta.content === 'string' && delta.content) open(answer, 'text').text += delta.content;
  for (const call of delta.tool_calls ?? []) addCall(answer, call);
  if (choice.finish_reason) {
    answer.stopReason = choice.finish_reason;
    for (const block of answer.blocks) block.whole = true;
  }
}

function open(answer, type) {
  const last = answer.blocks.at(-1);
  if (last?.type === type) return last;
  if (last) last.whole = true;
  const block = { type, text: '', whole: false };
  answer.blocks.push(block);
  return block;
}

function addCall(answer, call) {
  const key = `call-${call.index ?? answer.blocks.length}`;
  let block = answer.blocks.find((candidate) => candidate.index === key);
  if (!block) {
    block = { type: 'tool_use', index: key, text: '', name: '', id: call.id, input: '', whole: false };
    answer.blocks.push(block);
  }
  block.name += call.function?.name ?? '';
  block.input += call.function?.arguments ?? '';
}

function usageOf(usage) {
  return {
    input_tokens: usage.prompt_tokens,
    output_tokens: usage.completion_tokens,
    cache_read_input_tokens: usage.prompt_tokens_details?.cached_tokens,
  };
}

function errorOf(value) {
  const error = value.error ?? value;
  if (typeof error === 'string') return { type: 'error', message: error };
  return { type: String(error.type ?? error.code ?? 'error'), message: String(error.message ?? pretty(error)) };
}

export function pretty(value) {
  return JSON.stringify(value, null, 2) ?? '';
}
