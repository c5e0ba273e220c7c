// How to connect Claude Code, whether all is well, and where to read on.

import { fill, h } from '../dom.js';
import { api } from '../api.js';
import { has, t, tn } from '../i18n.js';
import { card, codeBlock, loading, notice, pageHead, tabs } from '../components/card.js';
import { button, copyButton } from '../components/button.js';
import { badge } from '../components/badge.js';
import { errorText } from '../components/toast.js';

async function render(root, params, ctx) {
  const { url } = ctx.session.listening;
  const settings = await api.get('settings', { signal: ctx.signal }).catch(() => null);
  const needsToken = Boolean(settings?.sections.server.auth_token);
  root.append(pageHead(t('nav.help'), { lead: t('help.lead') }), h('div', { class: 'help-columns' },
    h('div', { class: 'stack' }, connectCard(url, needsToken), firstRequestCard(url, needsToken)),
    h('div', { class: 'stack' }, selfCheckCard(ctx), troubleCard(), moreCard(ctx))));
}

const snippet = (text) => codeBlock(text, copyButton(text));

/** What a client has to send; the real token is in config.yaml and never shown here. */
const tokenText = (needsToken) => (needsToken ? '<server.auth_token>' : 'any-text');

function variables(url, needsToken) {
  return [
    ['ANTHROPIC_BASE_URL', url], ['ANTHROPIC_AUTH_TOKEN', tokenText(needsToken)], ['API_TIMEOUT_MS', '600000'],
    ['CLAUDE_STREAM_IDLE_TIMEOUT_MS', '600000'], ['NO_PROXY', '127.0.0.1,localhost'],
  ];
}

function connectCard(url, needsToken) {
  const pairs = variables(url, needsToken);
  const shell = pairs.map(([name, value]) => `export ${name}='${value}'`).join('\n');
  const fish = pairs.map(([name, value]) => `set -x ${name} '${value}'`).join('\n');
  const power = pairs.map(([name, value]) => `$env:${name} = '${value}'`).join('\n');
  const json = JSON.stringify({ env: Object.fromEntries(pairs) }, null, 2);
  const ways = tabs([
    { id: 'run', title: t('help.way.run'), render: () => h('div', { class: 'stack-sm' }, h('p', null, t('help.run')), snippet('claude-code-companion run -- claude')) },
    { id: 'shell', title: 'bash, zsh', render: () => h('div', { class: 'stack-sm' }, h('p', null, t('help.shell')), snippet(`${shell}\nclaude`)) },
    { id: 'fish', title: 'fish', render: () => h('div', { class: 'stack-sm' }, h('p', null, t('help.shell')), snippet(`${fish}\nclaude`)) },
    { id: 'power', title: 'PowerShell', render: () => h('div', { class: 'stack-sm' }, h('p', null, t('help.shell')), snippet(`${power}\nclaude`)) },
    { id: 'settings', title: t('help.way.settings'), render: () => h('div', { class: 'stack-sm' }, h('p', null, tn('help.settings', { file: h('code', null, '~/.claude/settings.json') })), snippet(json)) },
  ]);
  return card({ title: t('help.connect'), subtitle: t('help.connectLead') }, ways.element,
    needsToken && notice('info', h('p', null, tn('help.token', { key: h('code', null, 'server.auth_token') }))));
}

function firstRequestCard(url, needsToken) {
  const body = JSON.stringify({ model: 'claude-demo', max_tokens: 200, stream: true, messages: [{ role: 'user', content: 'Hello' }] });
  const lines = [`curl -N ${url}/v1/messages`, "-H 'content-type: application/json'", "-H 'anthropic-version: 2023-06-01'",
    needsToken && '-H "x-api-key: $COMPANION_TOKEN"', `-d '${body}'`].filter(Boolean);
  return card({ title: t('help.first'), subtitle: t('help.firstLead') }, snippet(lines.join(' \\\n  ')),
    h('p', { class: 'muted help-note' }, tn('help.seeLogs', { logs: h('a', { href: '#/logs' }, t('nav.logs')), endpoints: h('a', { href: '#/endpoints' }, t('nav.endpoints')) })));
}

function selfCheckCard(ctx) {
  const result = h('div', { class: 'stack-sm', 'aria-live': 'polite' });
  async function run() {
    fill(result, loading(4));
    try {
      const { checks } = await api.get('self-check', { signal: ctx.signal });
      const failed = checks.filter((check) => !check.ok).length;
      fill(result,
        notice(failed ? 'warn' : 'ok', failed ? t('help.checkFailed', { count: failed }) : t('help.checkOk')),
        h('ul', { class: 'check-list' }, checks.map((check) => h('li', null,
          badge(check.ok ? t('help.good') : t('help.bad'), check.ok ? 'ok' : 'bad'),
          h('div', null, h('strong', null, has(`check.${check.name}`) ? t(`check.${check.name}`) : check.name), h('p', { class: 'muted' }, check.detail))))));
    } catch (error) {
      if (error.name !== 'AbortError') fill(result, notice('bad', errorText(error)));
    }
  }
  run();
  return card({ title: t('help.selfCheck'), actions: button({ label: t('help.checkAgain'), icon: 'refresh', small: true, onclick: run }) }, result);
}

function troubleCard() {
  const topics = ['refused', 'slow', 'cut', 'model', 'tokens'];
  return card({ title: t('help.trouble') }, topics.map((topic) => h('details', { class: 'fold help-topic' },
    h('summary', null, t(`help.${topic}`)), h('p', null, tn(`help.${topic}.answer`, {
      endpoints: h('a', { href: '#/endpoints' }, t('nav.endpoints')), logs: h('a', { href: '#/logs' }, t('nav.logs')),
      settings: h('a', { href: '#/settings' }, t('nav.settings')), dashboard: h('a', { href: '#/dashboard' }, t('nav.dashboard')),
    })))));
}

function moreCard(ctx) {
  return card({ title: t('help.more') }, h('ul', { class: 'plain-list' },
    h('li', null, h('a', { href: 'api/openapi.json', target: '_blank', rel: 'noopener' }, t('help.api'))),
    h('li', null, h('a', { href: '/metrics', target: '_blank', rel: 'noopener' }, t('help.metrics'))),
    h('li', null, t('help.file'), ' ', h('code', null, ctx.session.configuration_path))));
}

export default { route: 'help', titleKey: 'nav.help', render };
