// Which control fits which setting. What is not listed here is shown all the same, by the kind of its value.

import { h } from '../../dom.js';
import { has, languages, t } from '../../i18n.js';
import { bytes } from '../../format.js';

/** Sections in the order of the page. */
export const sectionOrder = ['server', 'failover', 'selection', 'timeouts', 'tagging', 'logging', 'validation', 'web_admin', 'i18n'];

const choice = (...values) => ({ type: 'choice', values });
const segmented = (...values) => ({ type: 'segmented', values });
const integer = (min, max) => ({ type: 'integer', min, max });
const duration = { type: 'duration' };
const size = (min) => ({ type: 'bytes', min });
const toggle = { type: 'switch' };

/** In the order of the page within their sections. */
export const knownSettings = {
  'server.host': { type: 'code' },
  'server.port': integer(0, 65535),
  'server.auth_token': { type: 'secret' },
  'server.tls.certificate': { type: 'code' },
  'server.tls.key': { type: 'code' },
  'server.max_concurrent': integer(0, 1000000),
  'server.max_waiting': integer(0, 1000000),
  'server.waiting_limit': duration,
  'server.body_limit': size(1024),
  'server.header_limit': size(1024),
  'server.memory_limit': size(1024),
  'server.header_timeout': duration,
  'server.body_timeout': duration,
  'server.write_timeout': duration,
  'server.keep_alive_timeout': duration,
  'server.drain_limit': duration,
  'failover.commit': segmented('first_content', 'complete'),
  'failover.hold_thinking': toggle,
  'failover.resume': segmented('off', 'text'),
  'failover.hedge_after': duration,
  'failover.tries_per_endpoint': integer(1, 100),
  'failover.back_off': duration,
  'failover.budget': duration,
  'failover.switch_on_client_errors': toggle,
  'failover.ping_interval': duration,
  'failover.bench_window': duration,
  'failover.bench_time': duration,
  'failover.slow_start': duration,
  'failover.maximum_retry_after': duration,
  'selection.strategy': choice('priority', 'round_robin', 'weighted', 'least_latency'),
  'selection.session_affinity': toggle,
  'timeouts.tls_handshake': duration,
  'timeouts.response_header': duration,
  'timeouts.idle_connection': duration,
  'timeouts.progress': duration,
  'timeouts.overall_request': duration,
  'timeouts.check_interval': duration,
  'timeouts.health_check_timeout': duration,
  'timeouts.recovery_threshold': integer(1, 1000),
  'tagging.enabled': toggle,
  'tagging.pipeline_timeout': duration,
  'logging.level': choice('debug', 'info', 'warn', 'error'),
  'logging.format': segmented('text', 'json'),
  'logging.log_directory': { type: 'code' },
  'logging.log_request_types': segmented('all', 'failed', 'success'),
  'logging.log_request_body': segmented('none', 'truncated', 'full'),
  'logging.log_response_body': segmented('none', 'truncated', 'full'),
  'logging.truncate_bytes': size(1),
  'logging.retention_days': integer(0, 36500),
  'logging.retention_bytes': size(0),
  'validation.python_json_fixing.enabled': toggle,
  'validation.python_json_fixing.target_tools': { type: 'texts' },
  'validation.python_json_fixing.max_attempts': integer(1, 100),
  'validation.python_json_fixing.debug_logging': toggle,
  'web_admin.enabled': toggle,
  'web_admin.password_hash': { type: 'secret' },
  'web_admin.allowed_hosts': { type: 'texts' },
  'web_admin.metrics': toggle,
  'i18n.enabled': toggle,
  'i18n.default_language': choice(...Object.keys(languages)),
  'i18n.locales_path': { type: 'code' },
};

/** `{'failover.resume': 'off', …}` from sections; lists, secrets and empty maps are values. */
export function flatten(value, path = '', into = {}) {
  const isMap = value !== null && typeof value === 'object' && !Array.isArray(value) && !('secret' in value);
  if (isMap && (path === '' || Object.keys(value).length)) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, path ? `${path}.${key}` : key, into);
  } else {
    into[path] = value;
  }
  return into;
}

/**
 * The paths of one section, in the order of the page: those we know, then those we do not. Lists of records, such as
 * `failover.rules`, need more than a field.
 */
export function pathsOf(section, effective, defaults) {
  const sent = new Set([...Object.keys(effective), ...Object.keys(defaults)].filter((path) => path.startsWith(`${section}.`)));
  const known = Object.keys(knownSettings).filter((path) => path.startsWith(`${section}.`) && isOffered(path, sent));
  // A map that is not set (null) is offered by its members.
  const parents = new Set(known.map((path) => path.slice(0, path.lastIndexOf('.'))));
  const isRecords = (path) => [effective[path]].flat().some((item) => item !== null && typeof item === 'object' && !('secret' in item));
  return [...known, ...[...sent].filter((path) => !known.includes(path) && !parents.has(path) && path !== 'failover.rules' && !isRecords(path))];
}

function isOffered(path, sent) {
  return sent.has(path) || sent.has(path.slice(0, path.lastIndexOf('.')));
}

/** A descriptor for `field()`. `marks` are nodes for beside the label. */
export function settingDescriptor(path, value, standard, marks) {
  const { values, ...known } = knownSettings[path] ?? { type: guess(value ?? standard) };
  return {
    key: path, path, ...known,
    label: has(`set.${path}`) ? t(`set.${path}`) : path,
    help: has(`set.${path}.help`) ? t(`set.${path}.help`) : null,
    options: values?.map((one) => ({ value: one, label: optionLabel(path, one) })),
    fallback: defaultText(path, standard, known.type),
    mark: h('span', { class: 'setting-marks' }, h('code', { class: 'setting-path' }, path), marks),
  };
}

function optionLabel(path, value) {
  if (path === 'i18n.default_language') return languages[value] ?? value;
  const key = `opt.${path}.${value}`;
  return has(key) ? t(key) : value;
}

/** The control for a value nobody told us about. */
function guess(value) {
  if (typeof value === 'boolean') return 'switch';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (Array.isArray(value)) return 'texts';
  if (value !== null && typeof value === 'object') return 'secret' in value ? 'secret' : 'map';
  return 'text';
}

function defaultText(path, value, type) {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return t('settings.nothing');
  if (typeof value === 'boolean') return value ? t('form.on') : t('form.off');
  if (type === 'bytes') return bytes(value);
  if (Array.isArray(value)) return value.join(', ');
  return type === 'choice' || type === 'segmented' ? optionLabel(path, value) : String(value);
}
