// All options of an endpoint as form groups. Keys are paths in its configuration.

import { has, t } from '../../i18n.js';
import { profileFields } from './profile-fields.js';
import './rewrite-rules-control.js';

export const authTypes = ['api_key', 'auth_token', 'oauth', 'none', 'forward_client'];
const types = ['anthropic', 'openai', 'demo'];
const faults = ['truncate', 'stall', 'error_event', 'overloaded', 'invalid_json', 'cut_inside_tool'];

function option(path, type, more = {}) {
  const help = `endpoint.${path}.help`;
  return { key: path, path, type, label: t(`endpoint.${path}`), help: has(help) ? t(help) : undefined, ...more };
}

const words = (values) => values.map((value) => ({ value, label: value }));

/** A choice that may be left to somebody else: the provider, or the default. */
export function optional(values) {
  return [{ value: null, label: t('form.unset') }, ...values];
}

/** `providers` of GET providers, `names` of the Anthropic endpoints, `tags` that rules give.
 *
 *  A group has an `id` and says with `fits(values)` for which endpoints it is there. */
export function endpointGroups({ providers, names, tags }) {
  const isRemote = (values) => values.type !== 'demo';
  const isOpenAI = (values) => values.type === 'openai';
  return [
    { id: 'basic', title: t('endpoint.group.basic'), fields: basic(providers) },
    { id: 'auth', title: t('endpoint.group.auth'), fits: isRemote, fields: credentials() },
    { id: 'models', title: t('endpoint.group.models'), help: t('endpoint.group.models.help'), fields: models() },
    { id: 'routing', title: t('endpoint.group.routing'), fields: routing(tags) },
    { id: 'demo', title: t('endpoint.group.demo'), fits: (values) => values.type === 'demo', fields: demo() },
    { id: 'proxy', title: t('endpoint.group.proxy'), folded: true, fits: isRemote, fields: proxy() },
    { id: 'overrides', title: t('endpoint.group.overrides'), folded: true, fits: isRemote, fields: [option('header_overrides', 'map'), option('parameter_overrides', 'map')] },
    { id: 'timeouts', title: t('endpoint.group.timeouts'), help: t('endpoint.group.timeouts.help'), folded: true, fits: isRemote, fields: timeouts() },
    { id: 'profile', title: t('endpoint.group.profile'), help: t('endpoint.group.profile.help'), folded: true, fits: isOpenAI, fields: profileFields() },
    { id: 'advanced', title: t('endpoint.group.advanced'), folded: true, fits: isRemote, fields: advanced(names) },
  ];
}

function basic(providers) {
  const known = providers.map(({ name, title }) => ({ value: name, label: `${title} (${name})` }));
  return [
    option('name', 'text', { required: true }),
    option('provider', 'choice', { options: optional(known) }),
    option('endpoint_type', 'choice', { options: optional(words(types)) }),
    option('url', 'url', { placeholder: 'https://api.example.com' }),
    option('enabled', 'switch'),
  ];
}

function credentials() {
  return [
    option('auth_type', 'choice', { options: optional(authTypes.map((value) => ({ value, label: t(`endpoint.auth.${value}`) }))) }),
    option('auth_value', 'secret', { placeholder: '${MY_KEY}' }),
    option('oauth_config.access_token', 'secret'),
    option('oauth_config.refresh_token', 'secret'),
    option('oauth_config.expires_at', 'integer', { min: 0, unit: 'ms' }),
    option('oauth_config.token_url', 'url'),
    option('oauth_config.client_id', 'code'),
    option('oauth_config.scopes', 'texts'),
    option('oauth_config.auto_refresh', 'switch'),
  ];
}

function models() {
  return [
    option('model_rewrite.enabled', 'switch'),
    option('model_rewrite.rules', 'rewrites'),
    option('model_rewrite.implicit', 'switch'),
  ];
}

function routing(tags) {
  return [
    option('tags', 'texts', { suggestions: tags }),
    option('priority', 'integer', { placeholder: '1' }),
    option('weight', 'integer', { min: 1, placeholder: '1' }),
    option('max_concurrent', 'integer', { min: 0, placeholder: t('form.no_limit') }),
    option('enhanced_protection', 'switch'),
  ];
}

function proxy() {
  return [
    option('proxy.type', 'choice', { options: optional(words(['http', 'socks5'])) }),
    option('proxy.address', 'code', { placeholder: '127.0.0.1:1080' }),
    option('proxy.username', 'text'),
    option('proxy.password', 'secret'),
  ];
}

function timeouts() {
  return ['connect', 'first_byte', 'idle', 'progress', 'total'].map((name) => option(`timeouts.${name}`, 'duration', { placeholder: t('form.inherited') }));
}

function advanced(names) {
  return [
    option('path_prefix', 'code', { placeholder: '/v1/chat/completions' }),
    option('count_tokens', 'choice', { options: optional(words(['estimate', ...names])) }),
    option('max_tokens_field_name', 'choice', { options: optional(words(['max_tokens', 'max_completion_tokens', 'max_output_tokens'])) }),
    option('reorder_system_messages_first', 'switch'),
  ];
}

function demo() {
  return [
    option('demo.fault', 'choice', { options: optional(faults.map((value) => ({ value, label: t(`endpoint.fault.${value}`) }))) }),
    option('demo.after_events', 'integer', { min: 0, placeholder: '3' }),
    option('demo.event_delay', 'duration', { placeholder: '40ms' }),
    option('demo.text', 'textarea', { mono: false }),
  ];
}

/** What holds where nothing is written and a switch must show something. */
export const switchDefaults = { enabled: true, 'oauth_config.auto_refresh': true };
