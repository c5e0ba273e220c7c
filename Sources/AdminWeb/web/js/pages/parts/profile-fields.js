// The fields of a provider's profile that an endpoint may override, named as in config.yaml.

import { t } from '../../i18n.js';

const flags = [
  'sends_stream_options', 'accepts_late_system', 'needs_alternation', 'accepts_images', 'accepts_images_in_tool_messages',
  'accepts_top_k', 'fixes_sampling', 'omits_null_content', 'refuses_forced_tool_while_thinking', 'accepts_parallel_tool_calls',
  'accepts_strict_tools', 'keeps_earlier_thinking', 'replays_thought_signatures', 'splits_think_tags',
];
const choices = {
  max_tokens_field: ['max_tokens', 'max_completion_tokens', 'max_output_tokens'],
  system_role: ['system', 'developer'],
  documents: ['file', 'placeholder'],
  structured_output: ['json_schema', 'json_object', 'none'],
  cache_marks: ['none', 'cache_control', 'breakpoint'],
  prefill: ['plain', 'prefix', 'partial', 'user_text'],
  reasoning_switch: [
    'none', 'effort', 'thinking_type', 'thinking_type_and_effort', 'enable_thinking', 'reasoning_object', 'chat_template',
    'disable_reasoning',
  ],
  reasoning_replay: ['none', 'reasoning_content', 'reasoning', 'reasoning_details'],
  replay_scope: ['tool_loop', 'always'],
};
const integers = { max_tokens_limit: 0, stop_limit: 0, tool_id_length: 8 };
const lists = {
  fields_dropped: null, tool_choices: ['auto', 'required', 'none', 'function'], schema_keywords_dropped: null, python_json_tools: null,
};
const texts = ['user_field', 'reasoning_placeholder'];
const maps = { fields_added: null, reasoning_levels: ['off', 'low', 'medium', 'high', 'xhigh', 'max'] };

/** In the order of the README: request, tools, thinking, answer. */
const order = [
  'max_tokens_field', 'max_tokens_limit', 'sends_stream_options', 'system_role', 'accepts_late_system', 'needs_alternation',
  'omits_null_content', 'accepts_images', 'accepts_images_in_tool_messages', 'documents', 'structured_output', 'stop_limit',
  'accepts_top_k', 'fixes_sampling', 'cache_marks', 'user_field', 'prefill', 'fields_dropped', 'fields_added', 'tool_choices',
  'refuses_forced_tool_while_thinking', 'accepts_parallel_tool_calls', 'accepts_strict_tools', 'tool_id_length',
  'schema_keywords_dropped', 'reasoning_switch', 'reasoning_levels', 'keeps_earlier_thinking', 'reasoning_replay', 'replay_scope',
  'reasoning_placeholder', 'replays_thought_signatures', 'splits_think_tags', 'python_json_tools',
];

export function profileFields() {
  return order.map((name) => ({ key: `profile.${name}`, path: `profile.${name}`, label: name, help: t(`profile.${name}`), ...control(name) }));
}

function control(name) {
  const unset = { value: null, label: t('profile.unset') };
  if (flags.includes(name)) {
    return { type: 'choice', options: [unset, { value: true, label: t('word.yes') }, { value: false, label: t('word.no') }] };
  }
  if (name in choices) return { type: 'choice', options: [unset, ...choices[name].map((value) => ({ value, label: value }))] };
  if (name in integers) return { type: 'integer', min: integers[name], placeholder: t('profile.unset') };
  if (name in lists) return { type: 'texts', suggestions: lists[name] ?? undefined };
  if (name in maps) return { type: 'map', valueLabel: name === 'fields_added' ? 'JSON' : undefined };
  return { type: 'code', placeholder: texts.includes(name) ? t('profile.unset') : undefined };
}
