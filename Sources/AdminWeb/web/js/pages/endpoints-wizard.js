// "Add an endpoint": which provider, with which key, does it work.

import { api } from '../api.js';
import { badge } from '../components/badge.js';
import { button } from '../components/button.js';
import { notice } from '../components/card.js';
import { confirmDialog, openDialog } from '../components/dialog.js';
import { form } from '../components/form.js';
import { errorText, toast } from '../components/toast.js';
import { fill, h } from '../dom.js';
import { t } from '../i18n.js';
import { freeName } from './endpoints-copy.js';
import { endpointTest } from './endpoints-test.js';
import { configOf, otherChoices, setupFields } from './parts/wizard-setup.js';

/** Opens the wizard; `names` are taken, `done()` is called when an endpoint was added. */
export async function showWizard(ctx, { names, done }) {
  const { providers } = await api.get('providers', { signal: ctx.signal });
  const body = h('div', { class: 'wizard' });
  const foot = h('div', { class: 'row-line' });
  let close = () => {};
  let fields = null;
  let test = null;
  let added = null;

  function stepPick() {
    const list = h('div', { class: 'provider-list' });
    const filter = h('input', { type: 'search', class: 'form-control', placeholder: t('wizard.filter'), 'aria-label': t('wizard.filter'), oninput: draw });
    // What most look for comes first, what fits everything last.
    const rank = (one) => (one.name === 'anthropic' ? 0 : one.url ? 1 : 2);
    const all = [...providers, ...otherChoices()].sort((a, b) => rank(a) - rank(b));
    function draw() {
      const wanted = filter.value.trim().toLowerCase();
      const found = all.filter((one) => `${one.title} ${one.name ?? ''} ${one.url ?? ''}`.toLowerCase().includes(wanted));
      fill(list, found.map((one) => h('button', { type: 'button', class: 'provider', onclick: () => stepSetUp(one) },
        h('span', { class: 'provider-title' }, one.title), badge(one.type), h('span', { class: 'provider-url' }, one.note ?? one.url ?? t('wizard.own_url')))),
      found.length === 0 ? h('p', { class: 'muted' }, t('wizard.nothing')) : null);
    }
    draw();
    show(1, [h('p', null, t('wizard.pick')), filter, list], [button({ label: t('action.cancel'), onclick: () => close() })]);
    filter.focus();
  }

  function stepSetUp(provider) {
    fields = form({
      groups: [{ fields: setupFields(provider) }], onsubmit: () => add(provider),
      values: { name: freeName(provider.name ?? provider.id, names), url: null, position: 'first', model: provider.default_model },
    });
    show(2, [h('p', null, h('strong', null, provider.title), provider.url ? [' ', h('span', { class: 'muted break' }, provider.url)] : null), fields.element], [
      button({ label: t('wizard.back'), icon: 'back', onclick: stepPick }),
      button({ label: t('wizard.add'), kind: 'primary', onclick: () => add(provider) }),
    ]);
    fields.field(provider.url || provider.type === 'demo' ? 'name' : 'url')?.focus();
  }

  async function add(provider) {
    if (!fields.check()) return;
    const values = fields.values();
    try {
      added = await api.post('endpoints', { config: configOf(provider, values) });
      names = [...names, added.name];
      await place(added.name, values.position);
      toast(t('endpoints.was_added', { name: added.name }));
      await done();
      stepTest();
    } catch (error) {
      if (error.status === 409) fields.field('name').problem(t('endpoints.name_taken'));
      else if (error.problems?.length) fields.showProblems(error.problems);
      else throw error;
    }
  }

  /** Behind the others means before the demo endpoints: those answer only when nobody else is there. */
  async function place(name, position) {
    const { endpoints } = await api.get('endpoints');
    const others = endpoints.filter((one) => one.name !== name);
    const real = others.filter((one) => one.type !== 'demo').map((one) => one.name);
    const demos = others.filter((one) => one.type === 'demo').map((one) => one.name);
    const order = position === 'first' ? [name, ...others.map((one) => one.name)] : [...real, name, ...demos];
    await api.put('endpoints/order', { names: order });
  }

  function stepTest() {
    const { name } = added;
    test = endpointTest(name);
    const verdict = h('div', {});
    const again = button({ label: t('test.again'), icon: 'play', onclick: ask });
    show(3, [h('p', null, t('wizard.added', { name })), verdict, test.result], [
      button({ label: t('endpoints.action.edit'), icon: 'edit', onclick: () => { close(); ctx.navigate('endpoints', { edit: name }); } }), again,
      button({ label: t('wizard.done'), kind: 'primary', onclick: () => close(added) }),
    ]);
    async function ask() {
      fill(verdict);
      const report = await test.run();
      if (report) fill(verdict, report.ok ? null : notice('warn', t('wizard.not_yet')));
    }
    ask().catch((error) => fill(verdict, notice('bad', errorText(error))));
  }

  /** What was typed is not lost by a slip of the pointer. */
  function mayClose() {
    if (added || !fields?.isDirty()) return true;
    return confirmDialog({ title: t('unsaved.title'), text: t('wizard.unsaved'), confirm: t('unsaved.leave'), cancel: t('unsaved.stay'), danger: true });
  }

  function steps(current) {
    return h('ol', { class: 'wizard-steps', 'aria-label': t('wizard.steps') }, ['pick', 'set_up', 'test'].map((key, index) => h('li', {
      'aria-current': index + 1 === current ? 'step' : null, class: index + 1 < current ? 'is-done' : null,
    }, t(`wizard.step.${key}`))));
  }

  function show(step, content, buttons) {
    fill(body, steps(step), content);
    fill(foot, buttons);
  }

  const opened = openDialog({
    title: t('endpoints.add'), wide: true, body, mayClose,
    actions(closeDialog) {
      close = closeDialog;
      return foot;
    },
  });
  stepPick();
  await opened;
  test?.stop();
}
