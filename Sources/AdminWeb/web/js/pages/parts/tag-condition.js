// What a tag rule looks at: its kinds, their options, and a sentence for each.

import { t } from '../../i18n.js';

export const ruleTypes = ['builtin', 'lua', 'all', 'any', 'not'];
export const builtinTypes = ['path', 'model', 'user-message', 'thinking', 'fact', 'header', 'query', 'method', 'body-json'];
export const facts = ['tool_count', 'has_image', 'estimated_input_tokens', 'session_id', 'stream', 'message_count'];
/** In the order they are offered; the name of the pattern's key depends on the kind. */
export const comparisons = ['eq', 'ne', 'lt', 'le', 'ge', 'gt'];
const signs = { eq: '=', ne: '≠', lt: '<', le: '≤', ge: '≥', gt: '>' };

/** The rule as config.yaml has it, without what the proxy counted. */
export function configOfRule(rule) {
  if (rule.config && typeof rule.config === 'object' && 'type' in rule.config && 'tag' in rule.config) return rule.config;
  const keys = ['name', 'tag', 'enabled', 'priority', 'type', 'builtin_type', 'config', 'rules', ...inlineKeys];
  return Object.fromEntries(keys.filter((key) => rule[key] !== undefined && rule[key] !== null).map((key) => [key, rule[key]]));
}

const inlineKeys = [
  'path_pattern', 'header_name', 'param_name', 'expected_value', 'methods', 'json_path', 'min_budget_tokens', 'fact', 'matches',
  'exists', ...comparisons, 'script', 'script_file',
];

/** What a condition looks for: in `config`, or beside `type`. */
export function detailsOf(condition) {
  return condition.config ?? Object.fromEntries(inlineKeys.filter((key) => key in condition).map((key) => [key, condition[key]]));
}

/** Descriptors of the details of a builtin kind. */
export function detailFields(builtin, path) {
  const field = (key, type, more = {}) => ({
    key, path: `${path}${key}`, type, label: t(`tag.${key}`), help: more.help ?? undefined, required: true, ...more,
  });
  const pattern = (key = 'expected_value', placeholder) => field(key, 'code', { label: t('tag.pattern'), help: t('tag.pattern.help'), placeholder });
  switch (builtin) {
    case 'path': return [pattern('path_pattern', '/v1/messages*')];
    case 'header': return [field('header_name', 'code', { placeholder: 'user-agent' }), pattern('expected_value', 'claude-cli/*')];
    case 'query': return [field('param_name', 'code', { placeholder: 'beta' }), pattern('expected_value', 'true')];
    case 'method': return [field('methods', 'texts', { suggestions: ['GET', 'POST'] })];
    case 'model': return [pattern('expected_value', '*haiku*')];
    case 'user-message': return [pattern('expected_value', '*/think*')];
    case 'thinking': return [field('min_budget_tokens', 'integer', { min: 0, required: false, help: t('tag.min_budget_tokens.help'), placeholder: '0' })];
    case 'body-json': return [field('json_path', 'code', { placeholder: 'metadata.user_id', help: t('tag.json_path.help') }), tests('expected_value', path)];
    case 'fact': return [field('fact', 'choice', { options: facts.map((value) => ({ value, label: t(`tag.fact.${value}`) })) }), tests('matches', path)];
    default: return [];
  }
}

function tests(patternKey, path) {
  return { key: 'tests', path, type: 'tests', label: t('tag.tests'), help: t('tag.tests.help'), patternKey };
}

/** One line about what the rule looks for. */
export function conditionText(condition) {
  const details = detailsOf(condition);
  const parts = condition.rules ?? details.rules ?? [];
  switch (condition.type) {
    case 'all': return `(${parts.map(conditionText).join(` ${t('tag.and')} `)})`;
    case 'any': return `(${parts.map(conditionText).join(` ${t('tag.or')} `)})`;
    case 'not': return `${t('tag.not')} ${parts.map(conditionText).join(' ')}`;
    case 'lua': return details.script_file ? t('tag.text.file', { file: details.script_file }) : t('tag.text.lua', { line: firstLine(details.script) });
    default: return builtinText(condition.builtin_type, details);
  }
}

function firstLine(script) {
  return String(script ?? '').trim().split('\n', 1)[0].slice(0, 120);
}

function builtinText(builtin, details) {
  switch (builtin) {
    case 'path': return `${t('tag.builtin.path')} ~ ${details.path_pattern}`;
    case 'header': return `${t('tag.builtin.header')} ${details.header_name} ~ ${details.expected_value}`;
    case 'query': return `${t('tag.builtin.query')} ${details.param_name} ~ ${details.expected_value}`;
    case 'method': return `${t('tag.builtin.method')} = ${(details.methods ?? []).join(', ')}`;
    case 'model':
    case 'user-message': return `${t(`tag.builtin.${builtin}`)} ~ ${details.expected_value}`;
    case 'thinking': return `${t('tag.builtin.thinking')} ≥ ${details.min_budget_tokens ?? 0}`;
    case 'body-json': return `${details.json_path} ${testsText(details, 'expected_value')}`;
    case 'fact': return `${t(`tag.fact.${details.fact}`)} ${testsText(details, 'matches')}`;
    default: return String(builtin ?? '?');
  }
}

function testsText(details, patternKey) {
  const texts = comparisons.filter((key) => details[key] !== undefined).map((key) => `${signs[key]} ${details[key]}`);
  if (details[patternKey] !== undefined) texts.push(`~ ${details[patternKey]}`);
  if (details.exists !== undefined) texts.push(details.exists ? t('tag.exists') : t('tag.missing'));
  return texts.join(` ${t('tag.and')} `);
}

export function comparisonLabel(key) {
  return signs[key] ?? (key === 'exists' ? t('tag.test.exists') : t('tag.test.matches'));
}
