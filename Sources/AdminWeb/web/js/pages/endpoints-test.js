// Asks an endpoint a tiny real question and shows what came of it.

import { api, segment } from '../api.js';
import { badge } from '../components/badge.js';
import { button } from '../components/button.js';
import { facts, notice } from '../components/card.js';
import { openDialog } from '../components/dialog.js';
import { form } from '../components/form.js';
import { errorText } from '../components/toast.js';
import { fill, h } from '../dom.js';
import { duration, number, unknown } from '../format.js';
import { t } from '../i18n.js';
import { countsText, failureText, usageText } from './parts/attempt-text.js';
import { foldedText } from './parts/folded-text.js';

/** Opens the dialog and asks at once. */
export function showTestDialog(name) {
  const test = endpointTest(name);
  const opened = openDialog({
    title: t('test.title', { name }), wide: true, body: h('div', { class: 'stack' }, test.options, test.result),
    actions: (close) => [
      button({ label: t('action.close'), onclick: () => close() }),
      button({ label: t('test.again'), icon: 'play', kind: 'primary', onclick: test.run }),
    ],
  });
  test.run();
  opened.then(test.stop);
  return opened;
}

/** `{options, result, run(), stop()}`: the parts, for the dialog and for the wizard. */
export function endpointTest(name) {
  const controller = new AbortController();
  const result = h('div', { class: 'test-result', 'aria-live': 'polite' });
  const fields = form({
    groups: [{ fields: [
      { key: 'model', type: 'code', label: t('test.model'), help: t('test.model.help'), placeholder: t('test.model.default') },
      { key: 'stream', type: 'switch', label: t('test.stream') },
    ] }],
    values: { stream: true }, onsubmit: () => run(),
  });

  async function run() {
    const { model, stream } = fields.values();
    fill(result, notice('info', t('test.running')));
    try {
      const report = await api.post(`endpoints/${segment(name)}/test`, { stream, ...(model ? { model } : {}) }, { signal: controller.signal });
      fill(result, testReport(report));
      return report;
    } catch (error) {
      if (error.name !== 'AbortError') fill(result, notice('bad', errorText(error)));
      return null;
    }
  }
  fields.element.classList.add('columns-form');
  return { options: fields.element, result, run, stop: () => controller.abort() };
}

function testReport(report) {
  const repairs = countsText(report.repairs);
  const warnings = countsText(report.warnings);
  return [
    notice(report.ok ? 'ok' : 'bad', h('div', null,
      h('p', null, h('strong', null, report.ok ? t('test.ok', { time: duration(report.total_ms) }) : t('test.failed'))), failureText(report.failure))),
    timingBars(report),
    facts([
      [t('test.status'), report.status ?? unknown], [t('test.answer_model'), report.model ?? unknown],
      [t('attempt.stop'), report.stop_reason ?? unknown], [t('attempt.tokens'), usageText(report.usage)],
      [t('attempt.events'), number(report.events)],
      [t('test.validation'), [
        repairs ? [badge(t('test.repaired'), 'warn'), ' ', repairs, ' '] : null, warnings ? [badge(t('test.warned'), 'warn'), ' ', warnings] : null,
        !repairs && !warnings ? (report.failure ? unknown : badge(t('test.valid'), 'ok')) : null,
      ]],
    ]),
    report.text ? h('div', null, h('h3', null, t('test.text')), foldedText(report.text)) : null,
    report.exchange ? h('p', null, h('a', { href: `#/logs/${encodeURIComponent(report.exchange)}`, onclick: closeDialog }, t('test.open'))) : null,
  ];
}

function closeDialog(event) {
  event.currentTarget.closest('dialog')?.close();
}

/** When the first byte, the first content and the end came. */
function timingBars(report) {
  const steps = [['first_byte', report.first_byte_ms], ['first_content', report.first_content_ms], ['total', report.total_ms]];
  const longest = Math.max(...steps.map(([, ms]) => ms ?? 0), 1);
  return h('dl', { class: 'timings' }, steps.map(([key, ms]) => h('div', null, h('dt', null, t(`attempt.${key}`)),
    h('dd', null, h('span', { class: 'timing-track', 'aria-hidden': 'true' }, h('i', { style: { width: `${(100 * (ms ?? 0)) / longest}%` } })),
      h('span', { class: 'num' }, duration(ms))))));
}
