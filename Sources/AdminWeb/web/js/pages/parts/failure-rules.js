// The user's own failure rules: their order, editing, and a trial on the history.

import { api } from '../../api.js';
import { announce, fill, h } from '../../dom.js';
import { t } from '../../i18n.js';
import { button } from '../../components/button.js';
import { card, emptyState, loading, notice } from '../../components/card.js';
import { confirmDialog, openDialog } from '../../components/dialog.js';
import { form } from '../../components/form.js';
import { errorText, toast } from '../../components/toast.js';
import { ruleFields, ruleFromValues, ruleText, valuesOfRule } from './failure-rule.js';
import { trialView } from './rule-trial.js';

/** A card with all rules. Every change is saved at once: the order decides, so half a change would mean another thing. */
export function failureRules(first) {
  let rules = first;
  const list = h('ol', { class: 'rule-list' });
  const empty = emptyState(t('rules.empty'), t('rules.emptyHelp'));
  show();
  return card({
    title: t('rules.title'), subtitle: t('rules.subtitle'),
    actions: button({ label: t('rules.add'), icon: 'plus', small: true, onclick: () => edit(null) }),
  }, list, empty);

  function show() {
    empty.hidden = rules.length > 0;
    fill(list, rules.map((rule, index) => {
      const name = t('rules.name', { n: index + 1 });
      const tool = (label, symbol, onclick, disabled = false) => button({ label: `${label}: ${name}`, icon: symbol, iconOnly: true, kind: 'quiet', small: true, disabled, onclick, 'data-tool': symbol });
      return h('li', { class: 'rule-row' },
        h('span', { class: 'rule-number num', 'aria-hidden': 'true' }, index + 1), h('code', { class: 'rule-text' }, ruleText(rule)),
        h('span', { class: 'rule-tools' },
          tool(t('rules.up'), 'up', () => move(index, -1), index === 0), tool(t('rules.down'), 'down', () => move(index, 1), index === rules.length - 1),
          tool(t('action.edit'), 'edit', () => edit(index)), tool(t('action.delete'), 'trash', () => remove(index))));
    }));
  }
  async function save(next) {
    ({ rules } = await api.put('failure-rules', { rules: next }));
    show();
  }
  async function move(index, step) {
    const next = [...rules];
    next.splice(index + step, 0, ...next.splice(index, 1));
    await save(next);
    announce(t('rules.moved', { n: index + step + 1, of: rules.length }));
    const tools = list.children[index + step]?.querySelectorAll('button:not(:disabled)') ?? [];
    ([...tools].find((one) => one.dataset.tool === (step < 0 ? 'up' : 'down')) ?? tools[0])?.focus();
  }
  async function remove(index) {
    if (!(await confirmDialog({ title: t('rules.deleteTitle'), text: ruleText(rules[index]), confirm: t('action.delete'), danger: true }))) return;
    await save(rules.filter((_, at) => at !== index));
  }
  async function edit(index) {
    const saved = await ruleDialog(index === null ? {} : rules[index], (rule) =>
      save(index === null ? [...rules, rule] : rules.map((other, at) => (at === index ? rule : other))));
    if (saved) toast(t('action.saved'));
  }
}

function ruleDialog(rule, save) {
  const trial = h('div', { class: 'stack-sm', 'aria-live': 'polite' });
  const editor = form({ groups: [{ fields: ruleFields() }], values: valuesOfRule(rule), onchange: () => fill(trial) });
  const current = () => ruleFromValues(editor.values());
  const refused = (error) => {
    editor.showProblems(error.problems ?? []);
    fill(trial, error.problems?.length ? null : notice('bad', errorText(error)));
  };
  const mayClose = () => !editor.isDirty() || confirmDialog({ title: t('unsaved.title'), text: t('unsaved.text'), confirm: t('unsaved.leave'), cancel: t('unsaved.stay'), danger: true });
  async function attempt(work) {
    if (!editor.check()) return;
    try {
      await work();
    } catch (error) {
      refused(error);
    }
  }
  return openDialog({
    title: t('rules.dialog'), wide: true, mayClose, body: h('div', { class: 'stack' }, editor.element, trial),
    actions: (close) => [
      button({ label: t('rule.try'), icon: 'search', onclick: () => attempt(async () => {
        fill(trial, loading(2));
        fill(trial, trialView(await api.post('failure-rules/test', { rule: current(), hours: 168 }), null));
      }) }),
      button({ label: t('action.save'), kind: 'primary', icon: 'check', onclick: () => attempt(async () => {
        await save(current());
        close(true);
      }) }),
    ],
  });
}
