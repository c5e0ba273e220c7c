// One tag rule: name, tag, what it looks at, and a bench for the rule as it is being written.

import { api, segment } from '../api.js';
import { button } from '../components/button.js';
import { card, loading, notice, pageHead } from '../components/card.js';
import { field } from '../components/field.js';
import { problemText } from '../components/form.js';
import { errorText, toast } from '../components/toast.js';
import { fill, h } from '../dom.js';
import { t } from '../i18n.js';
import { conditionEditor } from './parts/condition-editor.js';
import { failureNote } from './parts/failure-note.js';
import { tagBench } from './parts/tag-bench.js';
import { configOfRule } from './parts/tag-condition.js';

export async function showRuleEditor(root, name, ctx) {
  fill(root, loading(6));
  try {
    const [{ rules }, { endpoints }] = await Promise.all([api.get('tag-rules', { signal: ctx.signal }), api.get('endpoints', { signal: ctx.signal })]);
    const rule = rules.find((one) => one.name === name);
    if (name && !rule) return fill(root, backLink(), notice('warn', t('tags.gone', { name })));
    const tags = [...new Set([...endpoints.flatMap((one) => one.tags), ...rules.map((one) => configOfRule(one).tag)])];
    const starter = { name: null, tag: null, enabled: true, type: 'builtin', builtin_type: 'model', config: {} };
    ctx.setTitle(name ? t('tags.editor.title', { name }) : t('tags.add'));
    return editor(root, rule ? configOfRule(rule) : starter, { name, tags, endpoints }, ctx);
  } catch (error) {
    return fill(root, backLink(), failureNote(error, () => showRuleEditor(root, name, ctx)));
  }
}

function backLink() {
  return h('p', { class: 'back' }, h('a', { href: '#/tags' }, t('tags.back')));
}

function editor(root, config, { name, tags, endpoints }, ctx) {
  let clean = '';
  const summary = h('div', { class: 'form-summary', role: 'alert', hidden: true });
  const note = h('p', { class: 'muted', 'aria-live': 'polite' });
  const receivers = h('p', { class: 'field-help' });
  const own = {
    name: field({ key: 'name', type: 'text', label: t('tag.name'), required: true }, { value: config.name, onchange: changed }),
    tag: field({ key: 'tag', type: 'text', label: t('tag.tag'), required: true, suggestions: tags, help: t('tag.tag.help') }, { value: config.tag, onchange: changed }),
    enabled: field({ key: 'enabled', type: 'switch', label: t('endpoint.enabled') }, { value: config.enabled ?? true, onchange: changed }),
  };
  const condition = conditionEditor(config, { changed });
  own.tag.element.append(receivers);
  const allFields = () => [...Object.values(own), ...condition.fields()];
  clean = JSON.stringify(current());
  ctx.guard(() => JSON.stringify(current()) !== clean);
  const title = name ? t('tags.editor.title', { name }) : t('tags.add');
  fill(root, backLink(), pageHead(title, { lead: t('tags.editor.lead') }),
    card({}, h('form', { class: 'form columns-form', novalidate: true, onsubmit: (event) => { event.preventDefault(); save(); } }, summary,
      h('fieldset', { class: 'form-group' }, h('legend', null, t('tags.group.rule')), Object.values(own).map((one) => one.element)),
      h('fieldset', { class: 'form-group' }, h('legend', null, t('tags.group.condition')), condition.element))),
    h('div', { class: 'save-bar' }, note, h('div', { class: 'row-line' }, button({ label: t('action.cancel'), onclick: () => ctx.navigate('tags') }),
      button({ label: t('action.save'), icon: 'check', kind: 'primary', onclick: save }))),
    card({ title: t('bench.title.rule'), subtitle: t('bench.lead.rule') }, tagBench(ctx, { rule: () => (check() ? current() : null) })));
  changed();

  /** The priority is the order of the list: it stays. */
  function current() {
    const kept = config.priority === undefined ? {} : { priority: config.priority };
    return { name: own.name.value(), tag: own.tag.value(), enabled: own.enabled.value(), ...kept, ...condition.value() };
  }

  function changed() {
    const tag = own.tag.value();
    const takers = endpoints.filter((one) => tag && one.tags.includes(tag)).map((one) => one.name);
    fill(receivers, tag ? (takers.length > 0 ? t('tag.takers', { names: takers.join(', ') }) : t('tag.no_takers')) : '');
    fill(note, JSON.stringify(current()) === clean ? t('editor.unchanged') : t('editor.unsaved'));
  }

  function check() {
    const wrong = allFields().filter((one) => !one.element.hidden && one.check());
    wrong[0]?.focus();
    return wrong.length === 0;
  }

  async function save() {
    if (!check()) return;
    try {
      const body = { config: current() };
      const saved = name ? await api.put(`tag-rules/${segment(name)}`, body) : await api.post('tag-rules', body);
      clean = JSON.stringify(current());
      toast(t('tags.was_saved', { name: saved.name }));
      ctx.navigate('tags');
    } catch (error) {
      showProblems(error);
    }
  }

  function showProblems(error) {
    const problems = error.status === 409 ? [{ path: 'name', message: t('tags.name_taken') }] : error.problems ?? [];
    if (problems.length === 0) return toast(errorText(error), 'bad');
    const homeless = [];
    let first = null;
    for (const problem of problems) {
      const path = String(problem.path ?? '').replace(/^tagging\.taggers\[\d+\]\.?/, '');
      const home = allFields().filter((one) => path === one.path || (one.path && path.startsWith(one.path))).sort((a, b) => b.path.length - a.path.length)[0];
      if (home) home.problem(problemText(problem));
      else homeless.push(`${path ? `${path}: ` : ''}${problemText(problem)}`);
      first ??= home;
    }
    summary.hidden = homeless.length === 0;
    fill(summary, homeless.map((text) => h('p', null, text)));
    return first?.focus();
  }
}
