// Tab "Failover rule": from what went wrong to a rule that says what to do next time, tried on the history first.

import { api, segment } from '../api.js';
import { button } from '../components/button.js';
import { card, codeBlock, loading, notice } from '../components/card.js';
import { form } from '../components/form.js';
import { errorText, toast } from '../components/toast.js';
import { fill, h } from '../dom.js';
import { t } from '../i18n.js';
import { failureNote } from './parts/failure-note.js';
import { ruleFields, ruleFromValues, ruleText, valuesOfRule } from './parts/failure-rule.js';
import { trialView } from './parts/rule-trial.js';

export async function showRule(root, context) {
  fill(root, loading());
  try {
    const [{ rule }, { rules }] = await Promise.all([
      api.get(`logs/${segment(context.id)}/failure-rule`, { signal: context.signal }), api.get('failure-rules', { signal: context.signal }),
    ]);
    fill(root, editor(rule, rules, context));
  } catch (error) {
    fill(root, failureNote(error, () => showRule(root, context)));
  }
}

function editor(suggestion, existing, context) {
  const preview = h('div', {});
  const trial = h('div', { class: 'stack-sm', 'aria-live': 'polite' });
  const rules = form({ groups: [{ fields: ruleFields() }], values: valuesOfRule(suggestion), onchange: changed });
  // The suggestion itself is worth keeping: leaving without saving asks only once it was edited.
  context.page.guard(() => rules.isDirty() && rules.element.isConnected);
  const current = () => ruleFromValues(rules.values());
  changed();
  const already = existing.findIndex((rule) => ruleText(rule) === ruleText(suggestion));
  rules.element.classList.add('columns-form');
  return card({ title: t('rule.title'), subtitle: t('rule.lead') }, h('div', { class: 'stack' },
    already >= 0 ? notice('warn', t('rule.exists', { n: already + 1 })) : null,
    rules.element,
    h('div', { class: 'stack-sm' }, h('h3', null, t('rule.preview')), preview,
      h('p', { class: 'muted' }, t('rule.order', { count: existing.length, n: existing.length }))),
    h('div', { class: 'button-row' },
      button({ label: t('rule.try'), icon: 'search', onclick: tryOut }),
      button({ label: t('rule.save'), icon: 'check', kind: 'primary', onclick: save })),
    trial));

  function changed() {
    const text = ruleText(current());
    fill(preview, codeBlock(`- ${text}`));
    fill(trial);
  }

  async function tryOut() {
    if (!rules.check()) return;
    fill(trial, loading(2));
    try {
      fill(trial, trialView(await api.post('failure-rules/test', { rule: current(), hours: 24 * 7 }, { signal: context.signal }), context.id));
    } catch (error) {
      showRefusal(error);
    }
  }

  async function save() {
    if (!rules.check()) return;
    try {
      // Read again: somebody may have changed them meanwhile.
      const { rules: latest } = await api.get('failure-rules');
      const { rules: saved } = await api.put('failure-rules', { rules: [current(), ...latest] });
      rules.markClean();
      fill(trial, notice('ok', t('rule.saved', { n: saved.length })));
      toast(t('rule.saved', { n: saved.length }));
    } catch (error) {
      showRefusal(error);
    }
  }

  function showRefusal(error) {
    if (error.name === 'AbortError') return;
    rules.showProblems(error.problems ?? []);
    fill(trial, error.problems?.length ? null : notice('bad', errorText(error)));
  }
}
