// What the wizard asks for a provider, and the configuration it makes of the answers.

import { t } from '../../i18n.js';

/** Beside the known providers: any other server that speaks the Anthropic API, and the built-in demo. */
export function otherChoices() {
  return [
    { id: 'anthropic-compatible', name: null, title: t('wizard.any_anthropic'), type: 'anthropic', url: null, auth_type: 'auth_token', default_model: null },
    { id: 'demo', name: null, title: t('wizard.demo'), type: 'demo', url: 'demo:', note: t('wizard.demo.note'), auth_type: 'none', default_model: null },
  ];
}

export function setupFields(provider) {
  const isDemo = provider.type === 'demo';
  const needsKey = !['none', 'forward_client', 'oauth'].includes(provider.auth_type) && !isDemo;
  return [
    { key: 'name', type: 'text', label: t('endpoint.name'), help: t('endpoint.name.help'), required: true },
    !isDemo && { key: 'url', type: 'url', label: t('endpoint.url'), help: provider.url ? t('wizard.url.known') : t('endpoint.url.help'), placeholder: provider.url ?? 'https://', required: !provider.url },
    needsKey && { key: 'auth_value', type: 'secret', label: t('wizard.key'), help: t('wizard.key.help'), required: true },
    provider.type === 'openai' && { key: 'model', type: 'code', label: t('wizard.model'), help: t('wizard.model.help'), placeholder: provider.default_model ?? '' },
    { key: 'position', type: 'segmented', label: t('wizard.position'), help: t('wizard.position.help'), options: ['first', 'last'].map((value) => ({ value, label: t(`wizard.position.${value}`) })) },
  ].filter(Boolean);
}

export function configOf(provider, values) {
  const config = { name: values.name };
  if (provider.name) config.provider = provider.name;
  else config.endpoint_type = provider.type;
  if (values.url) config.url = values.url;
  if (!provider.name && provider.type !== 'demo') config.auth_type = provider.auth_type;
  if (values.auth_value) config.auth_value = values.auth_value;
  if (values.model) config.model_rewrite = { enabled: true, rules: [{ source_pattern: '*', target_model: values.model }] };
  return config;
}
