// Texts. One language is loaded at a time; every key is in every file (a test holds that).

/** In their own words, as config.yaml names them. */
export const languages = {
  en: 'English', 'zh-cn': '简体中文', de: 'Deutsch', es: 'Español', it: 'Italiano', ja: '日本語', ko: '한국어',
  pt: 'Português', ru: 'Русский',
};
const storageKey = 'companion.language';

let texts = {};
let current = 'en';
let plurals = new Intl.PluralRules('en');

export const language = () => current;
/** For Intl and the `lang` attribute. */
export const languageTag = () => (current === 'zh-cn' ? 'zh-CN' : current);

/** What was chosen in this browser, else what config.yaml says. */
export function preferredLanguage(fallback) {
  const stored = localStorage.getItem(storageKey);
  return [stored, fallback, 'en'].find((name) => name in languages);
}

export async function loadLanguage(name) {
  const found = await loadFile(`locales/${name}.json`);
  if (!found && name !== 'en') return loadLanguage('en');
  texts = found ?? {};
  current = name;
  plurals = new Intl.PluralRules(languageTag());
  document.documentElement.lang = languageTag();
}

export function rememberLanguage(name) {
  localStorage.setItem(storageKey, name);
}

async function loadFile(path) {
  try {
    const response = await fetch(path);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Whether there is a text for `key`. */
export const has = (key) => key in texts;

/**
 * The text of `key`, with `{name}` replaced from `vars`. With a `count` among them, `key.one`, `key.other` and so
 * on are taken where they exist; `{count}` is written as given, so pass a formatted text as another name if needed.
 */
export function t(key, vars) {
  let text = texts[key];
  if (vars && typeof vars.count === 'number') {
    text = texts[`${key}.${plurals.select(vars.count)}`] ?? texts[`${key}.other`] ?? text;
  }
  if (text === undefined) return key;
  return vars ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in vars ? String(vars[name]) : whole)) : text;
}

/**
 * As `t`, but with nodes in the places: a list for `h`. `tn('a.b', {link: h('a', …)})`.
 */
export function tn(key, nodes) {
  return t(key).split(/(\{\w+\})/).map((piece) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    return name && name in nodes ? nodes[name] : piece;
  });
}
