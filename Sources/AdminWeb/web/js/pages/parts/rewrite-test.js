// What an endpoint makes of a model's name, while its rules are edited.

import { api, segment } from '../../api.js';
import { debounce, fill, h, uniqueId } from '../../dom.js';
import { errorText } from '../../components/toast.js';
import { t } from '../../i18n.js';
import { rewritten } from './rewrite-rules-control.js';

/** `{element, refresh()}`. Saved rules are asked of the proxy; rules that are not saved yet are tried here. */
export function rewriteTest(name, fields) {
  const id = uniqueId('rewrite');
  const entry = h('input', { id, type: 'text', class: 'form-control mono', placeholder: 'claude-sonnet-4-5', spellcheck: 'false', autocomplete: 'off', oninput: () => refresh() });
  const answer = h('output', { class: 'rewrite-answer', for: id });
  const ask = debounce(async (model) => {
    try {
      const result = await api.post(`endpoints/${segment(name)}/model-rewrite-test`, { model });
      if (entry.value.trim() === model && !isEdited()) show(result.target, result.rule, result.changed);
    } catch (error) {
      fill(answer, h('span', { class: 'muted' }, errorText(error)));
    }
  }, 300);

  function isEdited() {
    return ['model_rewrite.enabled', 'model_rewrite.rules', 'model_rewrite.implicit'].some((key) => fields.field(key).isDirty());
  }

  function refresh() {
    const model = entry.value.trim();
    if (!model) return fill(answer, h('span', { class: 'muted' }, t('rewrite.test.empty')));
    if (!isEdited()) return ask(model);
    const isOn = fields.field('model_rewrite.enabled').value();
    const found = isOn ? rewritten(model, fields.field('model_rewrite.rules').value()) : null;
    return show(found?.target ?? model, found?.rule ?? null, found !== null, t('rewrite.test.unsaved'));
  }

  function show(target, rule, isChanged, note) {
    fill(answer, '→ ', h('code', null, target), ' ',
      h('span', { class: 'muted' }, isChanged ? (rule ? t('rewrite.test.rule', { rule }) : t('rewrite.test.implicit')) : t('rewrite.test.same'), note ? ` · ${note}` : ''));
  }

  refresh();
  return {
    element: h('div', { class: 'field rewrite-test' }, h('div', { class: 'field-name' }, h('label', { class: 'field-label', for: id }, t('rewrite.test'))), entry, answer),
    refresh,
  };
}
