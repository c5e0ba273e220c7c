// Numbers and times, in the language of the page. Unknown (null) is a dash everywhere.

import { languageTag, t } from './i18n.js';

export const unknown = '–';

const cache = new Map();
function formatter(kind, options) {
  const key = `${languageTag()} ${kind.name} ${JSON.stringify(options)}`;
  if (!cache.has(key)) cache.set(key, new kind(languageTag(), options));
  return cache.get(key);
}
const numberWith = (options) => formatter(Intl.NumberFormat, options);
const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);

/** `12,345`; `digits` after the point. */
export function number(value, digits = 0) {
  if (!known(value)) return unknown;
  return numberWith({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** `1.23K`, for narrow places; with fewer `digits` for the narrowest. */
export function compact(value, digits = 3) {
  if (!known(value)) return unknown;
  if (Math.abs(value) < 1000) return numberWith({ maximumFractionDigits: 0 }).format(value);
  return numberWith({ notation: 'compact', maximumSignificantDigits: digits }).format(value);
}

/** Of a second: `0`, `0.4`, `12`, `1.2K`. */
export function rate(value) {
  if (!known(value)) return unknown;
  return value < 10 && value > 0 ? number(value, 1) : compact(value);
}

/** Of a share 0…1: `98.5 %`. */
export function percent(share, digits = 0) {
  if (!known(share)) return unknown;
  return numberWith({ style: 'percent', maximumFractionDigits: digits }).format(share);
}

/** `$0.0042`, `$1.20`, `$1,234`. */
export function usd(value) {
  if (!known(value)) return unknown;
  const digits = value !== 0 && Math.abs(value) < 0.1 ? 4 : Math.abs(value) < 1000 ? 2 : 0;
  return numberWith({
    style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits, maximumFractionDigits: digits,
  }).format(value);
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
/** `512 B`, `1.5 MiB`: powers of two, as the configuration counts. */
export function bytes(value) {
  if (!known(value)) return unknown;
  let unit = 0;
  let scaled = value;
  while (Math.abs(scaled) >= 1024 && unit < byteUnits.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && scaled < 10 && !Number.isInteger(scaled) ? 1 : 0;
  return `${number(scaled, digits)} ${byteUnits[unit]}`;
}

/** Of milliseconds: `310 µs`, `12 ms`, `1.4 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`. */
export function duration(ms) {
  if (!known(ms)) return unknown;
  if (ms === 0) return '0 ms';
  if (ms < 0.001) return `${number(ms * 1e6)} ns`;
  if (ms < 0.00995) return `${number(ms * 1000, 1)} µs`;
  if (ms < 1) return `${number(ms * 1000)} µs`;
  if (ms < 1000) return `${number(ms)} ms`;
  if (ms < 9950) return `${number(ms / 1000, 1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${number(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

export const microseconds = (us) => duration(known(us) ? us / 1000 : null);
export const nanoseconds = (ns) => duration(known(ns) ? ns / 1e6 : null);

/** Of milliseconds since 1970: `14:03:22`. */
export function time(at) {
  if (!known(at)) return unknown;
  return formatter(Intl.DateTimeFormat, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
    .format(at);
}

/** The date only if it is not today's. */
export function timeOrDate(at) {
  if (!known(at)) return unknown;
  return new Date(at).toDateString() === new Date().toDateString() ? time(at) : dateTime(at);
}

export function dateTime(at) {
  if (!known(at)) return unknown;
  return formatter(Intl.DateTimeFormat, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(at);
}

/** `5 min. ago`, `in 20 sec.`; "now" within two seconds. */
export function relative(at, now = Date.now()) {
  if (!known(at)) return unknown;
  const seconds = Math.round((at - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 2) return t('time.now');
  const words = formatter(Intl.RelativeTimeFormat, { numeric: 'always', style: 'short' });
  if (size < 60) return words.format(seconds, 'second');
  if (size < 3600) return words.format(Math.round(seconds / 60), 'minute');
  if (size < 86400) return words.format(Math.round(seconds / 3600), 'hour');
  return words.format(Math.round(seconds / 86400), 'day');
}

/** `a, b and c`. */
export const list = (texts) => formatter(Intl.ListFormat, { type: 'conjunction' }).format(texts);

/** In the order a reader expects. */
export const compare = (a, b) => formatter(Intl.Collator, { numeric: true }).compare(a, b);
