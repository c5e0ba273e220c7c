// All options of one endpoint.

import { api, segment } from '../api.js';
import { button } from '../components/button.js';
import { card, loading, notice, pageHead } from '../components/card.js';
import { form } from '../components/form.js';
import { errorText, toast } from '../components/toast.js';
import { fill, h } from '../dom.js';
import { t } from '../i18n.js';
import { showTestDialog } from './endpoints-test.js';
import { endpointGroups, switchDefaults } from './parts/endpoint-fields.js';
import { failureNote } from './parts/failure-note.js';
import { isEmptyValue, valueAt, withValue } from './parts/paths.js';
import { rewriteTest } from './parts/rewrite-test.js';

/** Options that stand for nothing when empty, and those that are removed by an explicit null. */
const secrets = ['auth_value', 'oauth_config.access_token', 'oauth_config.refresh_token', 'proxy.password'];

export async function showEditor(root, name, ctx) {
  fill(root, loading(8));
  try {
    const options = { signal: ctx.signal };
    const [endpoint, { endpoints }, { providers }, { rules }] = await Promise.all([
      api.get(`endpoints/${segment(name)}`, options), api.get('endpoints', options), api.get('providers', options), api.get('tag-rules', options),
    ]);
    const choices = {
      providers, names: endpoints.filter((one) => one.type === 'anthropic' && one.name !== name).map((one) => one.name),
      tags: [...new Set(rules.map((rule) => rule.tag ?? rule.config?.tag).filter(Boolean))],
    };
    editor(root, endpoint, choices, ctx);
    ctx.setTitle(t('editor.title', { name }));
  } catch (error) {
    fill(root, backLink(), error.status === 404 ? notice('warn', t('editor.gone', { name })) : failureNote(error, () => showEditor(root, name, ctx)));
  }
}

function backLink() {
  return h('p', { class: 'back' }, h('a', { href: '#/endpoints' }, t('editor.back')));
}

function editor(root, endpoint, choices, ctx) {
  const { name, config } = endpoint;
  const groups = endpointGroups(choices);
  const paths = groups.flatMap((group) => group.fields.map((field) => field.key));
  const values = Object.fromEntries(paths.map((path) => [path, valueAt(config, path) ?? switchDefaults[path] ?? null]));
  // What is used is shown; what is not waits folded.
  for (const group of groups) {
    if (group.folded && group.fields.some((field) => valueAt(config, field.key) !== undefined)) group.folded = false;
  }
  const fields = form({ groups, values, onchange: changed, onsubmit: save });
  fields.element.classList.add('columns-form');
  const sections = [...fields.element.querySelectorAll('.form-group')];
  const rewrite = rewriteTest(name, fields);
  fields.field('model_rewrite.rules').element.after(rewrite.element);
  const saveButton = button({ label: t('action.save'), icon: 'check', kind: 'primary', onclick: save });
  const discard = button({ label: t('action.discard'), onclick: () => { fields.set(values); changed(); } });
  const note = h('p', { class: 'muted', 'aria-live': 'polite' });
  ctx.guard(() => fields.isDirty());
  fill(root, backLink(), pageHead(t('editor.title', { name }), {
    lead: t('editor.lead'), actions: button({ label: t('endpoints.action.test'), icon: 'play', onclick: () => showTestDialog(name) }),
  }), card({}, fields.element), h('div', { class: 'save-bar' }, note, h('div', { class: 'row-line' }, discard, saveButton)));
  changed();

  function changed() {
    const type = typeOf(fields.values(), choices.providers, endpoint);
    groups.forEach((group, index) => (sections[index].hidden = group.fits ? !group.fits({ type }) : false));
    showCredentials(fields, choices.providers);
    rewrite.refresh();
    const isDirty = fields.isDirty();
    discard.disabled = !isDirty;
    fill(note, isDirty ? t('editor.unsaved') : t('editor.unchanged'));
  }

  async function save() {
    if (!fields.check()) return;
    try {
      const saved = await api.put(`endpoints/${segment(name)}`, { config: changedConfig(config, fields) });
      fields.markClean();
      toast(t('endpoints.was_saved', { name: saved.name }));
      ctx.navigate('endpoints');
    } catch (error) {
      if (error.status === 409 && fields.field('name').isDirty()) fields.showProblems([{ path: 'name', message: t('endpoints.name_taken') }]);
      else if (error.problems?.length) fields.showProblems(error.problems);
      else toast(errorText(error), 'bad');
    }
  }
}

/** The type that is written, else that of the provider, else what it was. */
function typeOf(values, providers, endpoint) {
  const provider = providers.find((one) => one.name === values.provider);
  return values.endpoint_type ?? provider?.type ?? (values.provider ? endpoint.type : 'anthropic');
}

function showCredentials(fields, providers) {
  const provider = providers.find((one) => one.name === fields.field('provider').value());
  const type = fields.field('auth_type').value() ?? provider?.auth_type ?? null;
  fields.field('auth_value').element.hidden = ['oauth', 'none', 'forward_client'].includes(type);
  for (const [key, one] of fields.fields) if (key.startsWith('oauth_config.')) one.element.hidden = type !== 'oauth';
}

/** The configuration with what was changed; everything else stays as it is written. */
function changedConfig(config, fields) {
  return Object.entries(fields.changes()).reduce((result, [path, value]) => {
    if (!isEmptyValue(value)) return withValue(result, path, value);
    return withValue(result, path, secrets.includes(path) && valueAt(config, path) !== undefined ? null : undefined);
  }, config);
}
