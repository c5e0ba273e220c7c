// All settings but endpoints and tag rules, which have pages of their own.

import { h, fill, setText } from '../dom.js';
import { api } from '../api.js';
import { has, t } from '../i18n.js';
import { card, notice, pageHead } from '../components/card.js';
import { button } from '../components/button.js';
import { form } from '../components/form.js';
import { badge } from '../components/badge.js';
import { errorText, toast } from '../components/toast.js';
import { sectionOrder, flatten, pathsOf, settingDescriptor } from './parts/settings-fields.js';
import { failureRules } from './parts/failure-rules.js';

async function render(root, params, ctx) {
  const [data, rules] = await Promise.all([api.get('settings', { signal: ctx.signal }), api.get('failure-rules', { signal: ctx.signal })]);
  const page = settingsForm(data);
  const rulesCard = failureRules(rules.rules);
  const links = [...page.sections.map(([name, element]) => [t(`set.${name}`), element]), [t('rules.title'), rulesCard]];
  root.append(
    pageHead(t('nav.settings'), { lead: [t('settings.lead'), ' ', h('code', null, data.configuration_path)] }),
    h('div', { class: 'settings' },
      h('nav', { class: 'settings-nav', 'aria-label': t('settings.sections') }, links.map(([title, element]) => jump(title, element))),
      h('div', { class: 'stack settings-main' }, page.summary, page.sections.map(([, element]) => element), page.bar, rulesCard)));
  ctx.guard(page.isDirty);
}

/** A link within the page; the address belongs to the router. */
function jump(title, element) {
  return h('a', {
    href: '#/settings', class: 'nav-item',
    onclick: (event) => {
      event.preventDefault();
      element.scrollIntoView({ behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth', block: 'start' });
      const heading = element.querySelector('h2');
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    },
  }, title);
}

function settingsForm(first) {
  let data = first;
  const waiting = new Set();
  const marks = new Map();
  const forms = new Map();
  const summary = h('div', { class: 'stack-sm', 'aria-live': 'polite' });
  const count = h('span', { role: 'status' });
  const bar = h('div', { class: 'save-bar', hidden: true }, count, h('div', { class: 'row-line' },
    button({ label: t('action.discard'), onclick: discard }), button({ label: t('action.save'), kind: 'primary', icon: 'check', onclick: save })));
  const effective = () => flatten(data.sections);
  const defaults = () => flatten(data.defaults);
  const names = [...sectionOrder.filter((name) => name in data.sections), ...Object.keys(data.sections).filter((name) => !sectionOrder.includes(name))];
  const sections = names.map((name) => [name, makeSection(name)]);
  showMarks();

  function makeSection(name) {
    const [now, standard] = [effective(), defaults()];
    const fields = pathsOf(name, now, standard).map((path) => {
      const mark = h('span', { class: 'row-line' });
      marks.set(path, mark);
      return settingDescriptor(path, now[path], standard[path], mark);
    });
    const made = form({ groups: [{ fields }], values: now, onchange: changed, onsubmit: save });
    forms.set(name, made);
    return card({ title: t(`set.${name}`), subtitle: has(`set.${name}.help`) && t(`set.${name}.help`), class: 'settings-card' }, made.element);
  }
  const allForms = () => [...forms.values()];
  const changes = () => Object.assign({}, ...allForms().map((one) => one.changes()));

  function changed() {
    const size = Object.keys(changes()).length;
    bar.hidden = size === 0;
    setText(count, t('settings.changes', { count: size }));
  }
  function discard() {
    fill(summary);
    for (const one of allForms()) one.set(effective());
    changed();
  }
  /** The default again means: out of the file. */
  function withoutDefaults(values) {
    const standard = defaults();
    const patch = Object.fromEntries(Object.entries(values).map(([path, value]) =>
      [path, JSON.stringify(value) === JSON.stringify(standard[path] ?? null) ? null : value]));
    return withoutEmptyMaps(patch, standard);
  }
  /** A map that is null by default and has lost all its members (`server.tls`) goes as a whole. */
  function withoutEmptyMaps(patch, standard) {
    const values = Object.assign({}, ...allForms().map((one) => one.values()));
    for (const parent of Object.keys(standard).filter((path) => standard[path] === null)) {
      const members = Object.keys(values).filter((path) => path.startsWith(`${parent}.`));
      if (!members.some((path) => path in patch) || members.some((path) => values[path] !== null)) continue;
      for (const path of members) delete patch[path];
      patch[parent] = null;
    }
    return patch;
  }
  async function save() {
    if (!Object.keys(changes()).length || !allForms().every((one) => one.check())) return;
    fill(summary);
    try {
      data = await api.patch('settings', { changes: withoutDefaults(changes()) });
    } catch (error) {
      showRefusal(error);
      return;
    }
    for (const path of data.restart_needed ?? []) waiting.add(path);
    for (const one of allForms()) one.set(effective());
    changed();
    showMarks();
    toast(t('settings.saved'));
    if (waiting.size) fill(summary, notice('warn', h('p', null, t('settings.restart'), ' ', [...waiting].map((path, index) => [index > 0 && ', ', h('code', null, path)]))));
  }
  function showRefusal(error) {
    const elsewhere = [];
    for (const [name, one] of forms) one.showProblems(error.problems?.filter((problem) => belongs(problem, name)) ?? []);
    for (const problem of error.problems ?? []) if (!names.some((name) => belongs(problem, name))) elsewhere.push(`${problem.path}: ${problem.message}`);
    const placed = (error.problems?.length ?? 0) - elsewhere.length;
    if (placed === 0 || elsewhere.length) fill(summary, notice('bad', elsewhere.length ? elsewhere.join(' · ') : errorText(error)));
    if (placed === 0) summary.scrollIntoView({ block: 'center' });
  }
  function showMarks() {
    const written = new Set(data.written);
    for (const [path, mark] of marks) {
      fill(mark,
        written.has(path) && badge(t('settings.written'), null, { title: t('settings.writtenHelp') }),
        waiting.has(path) && badge(t('settings.waiting'), 'warn', { symbol: 'refresh' }));
    }
  }
  return { sections, bar, summary, isDirty: () => Object.keys(changes()).length > 0 };
}

const belongs = (problem, section) => problem.path === section || problem.path?.startsWith(`${section}.`);

export default { route: 'settings', titleKey: 'nav.settings', render };
