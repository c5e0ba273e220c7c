// Failover rules: their form, and their text as config.yaml has it.

import { t } from '../../i18n.js';

const actions = ['switch', 'bench', 'retry', 'pass_through'];

/** Descriptors of the form of one rule. Problems come with paths such as `failover.rules[0].body` or `rule.body`. */
export function ruleFields() {
  const field = (key, type, more = {}) => ({ key, type, label: t(`rule.${key}`), help: t(`rule.${key}.help`), ...more });
  return [
    field('status', 'texts', { placeholder: '400, 5xx, 500-504' }),
    field('error_type', 'code', { placeholder: 'overloaded_error' }),
    field('endpoint', 'code', { placeholder: 'relay-*' }),
    field('body', 'code', { placeholder: 'model .* (gone|busy)' }),
    field('action', 'choice', { required: true, options: actions.map((value) => ({ value, label: t(`rule.action.${value}`) })) }),
    field('for', 'duration', { placeholder: '60s' }),
  ];
}

export function valuesOfRule(rule) {
  const { status } = rule;
  const list = status === undefined || status === null ? [] : [status].flat().map(String);
  return { ...rule, status: list, action: rule.action ?? 'switch' };
}

/** The rule with only what is set; a status that is a number is written as one. */
export function ruleFromValues(values) {
  const rule = {};
  const status = (values.status ?? []).map((text) => (/^\d+$/.test(text) ? Number(text) : text));
  if (status.length > 0) rule.status = status.length === 1 ? status[0] : status;
  for (const key of ['error_type', 'endpoint', 'body', 'action']) if (values[key]) rule[key] = values[key];
  if (values.for && values.action === 'bench') rule.for = values.for;
  return rule;
}

/** The rule on one line of YAML. */
export function ruleText(rule) {
  const members = ['status', 'error_type', 'endpoint', 'body', 'action', 'for']
    .filter((key) => rule[key] !== undefined && rule[key] !== null && !(Array.isArray(rule[key]) && rule[key].length === 0))
    .map((key) => `${key}: ${scalar(rule[key])}`);
  return `{${members.join(', ')}}`;
}

function scalar(value) {
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  return typeof value === 'string' && !/^[\w.*-]+$/.test(value) ? JSON.stringify(value) : String(value);
}
