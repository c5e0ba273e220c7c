// The tag rules in their order, and the bench that tells what they would do with a request.

import { api, segment } from '../api.js';
import { badge } from '../components/badge.js';
import { button } from '../components/button.js';
import { card, emptyState, loading, notice, pageHead } from '../components/card.js';
import { confirmDialog } from '../components/dialog.js';
import { toast, toastError } from '../components/toast.js';
import { announce, fill, h, keyedList, setText, uniqueId } from '../dom.js';
import { number, percent } from '../format.js';
import { t } from '../i18n.js';
import { failureNote } from './parts/failure-note.js';
import { reorder } from './parts/reorder.js';
import { tagBench } from './parts/tag-bench.js';
import { conditionText, configOfRule } from './parts/tag-condition.js';
import { showRuleEditor } from './tags-editor.js';

export default {
  route: 'tags',
  titleKey: 'nav.tags',
  render(root, params, ctx) {
    const edited = ctx.query.get('edit');
    const isNew = ctx.query.has('new');
    return edited || isNew ? showRuleEditor(root, isNew ? null : edited, ctx) : showList(root, ctx);
  },
};

async function showList(root, ctx) {
  const list = h('ol', { class: 'cards', 'aria-label': t('tags.order') });
  const state = h('div', {});
  const order = reorder(list, async (names) => {
    draw(await api.put('tag-rules/order', { names }));
    toast(t('tags.order_saved'));
  });
  const update = keyedList(list, (rule) => rule.name, (rule) => ruleCard(rule, order, actions));
  const actions = {
    edit: (name) => ctx.navigate('tags', { edit: name }),
    async toggle(name, enabled) {
      await api.post(`tag-rules/${segment(name)}/toggle`, { enabled });
      announce(t(enabled ? 'tags.was_enabled' : 'tags.was_disabled', { name }));
      await load();
    },
    async remove(name) {
      const isSure = await confirmDialog({ title: t('tags.delete.title', { name }), text: t('tags.delete.text'), confirm: t('action.delete'), danger: true });
      if (!isSure) return;
      await api.delete(`tag-rules/${segment(name)}`);
      toast(t('tags.was_deleted', { name }));
      await load();
    },
  };
  const add = () => ctx.navigate('tags', { new: 1 });
  fill(root, pageHead(t('nav.tags'), { lead: t('tags.lead'), actions: button({ label: t('tags.add'), icon: 'plus', kind: 'primary', onclick: add }) }),
    state, list, card({ title: t('bench.title'), subtitle: t('bench.lead') }, tagBench(ctx)));
  fill(state, loading());
  ctx.onLeave(order.flush);
  await load();

  async function load() {
    try {
      draw(await api.get('tag-rules', { signal: ctx.signal }));
    } catch (error) {
      fill(state, failureNote(error, load));
    }
  }

  function draw({ enabled, rules }) {
    update(rules.map((rule, index) => ({ ...rule, index })));
    fill(state, enabled || rules.length === 0 ? null : offNote(load),
      rules.length === 0 ? emptyState(t('tags.none'), t('tags.none.text'), button({ label: t('tags.add'), icon: 'plus', onclick: add })) : null);
  }
}

function offNote(load) {
  return notice('warn', h('p', null, t('tags.off')), button({
    label: t('tags.switch_on'), small: true, onclick: async () => {
      await api.patch('settings', { changes: { 'tagging.enabled': true } });
      await load();
    },
  }));
}

function ruleCard(first, order, actions) {
  const { name } = first;
  const titleId = uniqueId('rule');
  const element = h('li', { class: 'rule-card panel', dataset: { name }, 'aria-labelledby': titleId });
  const { handle, up, down } = order.controls(element);
  const place = h('span', { class: 'endpoint-place num' });
  const tag = h('span', {});
  const text = h('p', { class: 'rule-text' });
  const counts = h('p', { class: 'muted num' });
  const trouble = h('p', { class: 'rule-trouble' });
  const toggle = h('input', {
    type: 'checkbox', role: 'switch', class: 'switch', 'aria-label': t('tags.enabled', { name }),
    onchange: () => actions.toggle(name, toggle.checked).catch((error) => {
      toggle.checked = !toggle.checked;
      toastError(error);
    }),
  });
  fill(element, h('div', { class: 'endpoint-order' }, handle, place, up, down),
    h('div', { class: 'endpoint-main' },
      h('div', { class: 'endpoint-head' }, h('h2', { id: titleId }, name), h('span', { class: 'muted', 'aria-hidden': 'true' }, '→'), tag, h('span', { class: 'endpoint-toggle' }, toggle)),
      text, counts, trouble),
    h('div', { class: 'endpoint-actions' },
      button({ label: t('action.edit'), 'aria-label': t('tags.edit.of', { name }), icon: 'edit', small: true, onclick: () => actions.edit(name) }),
      button({ label: t('action.delete'), 'aria-label': t('tags.delete.of', { name }), icon: 'trash', small: true, kind: 'quiet', onclick: () => actions.remove(name) })));
  element.addEventListener('place', ({ detail }) => setText(place, number(detail.index + 1)));
  return {
    element,
    update(rule) {
      const config = configOfRule(rule);
      const { runs = 0, matches = 0, failures = 0, last_failure: last = null } = rule.counts ?? rule;
      setText(place, number(rule.index + 1));
      fill(tag, badge(config.tag, 'info', { symbol: 'tags' }));
      setText(text, conditionText(config));
      setText(counts, runs > 0 ? t('tags.counts', { count: matches, n: number(matches), runs: number(runs), share: percent(matches / runs, 1) }) : t('tags.never'));
      setText(trouble, failures > 0 ? t('tags.failures', { count: failures, n: number(failures), last: last ?? '' }) : '');
      toggle.checked = config.enabled ?? true;
      element.classList.toggle('is-off', !toggle.checked);
    },
  };
}
