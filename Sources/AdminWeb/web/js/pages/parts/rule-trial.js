// What a failover rule would have caught.

import { badge } from '../../components/badge.js';
import { notice } from '../../components/card.js';
import { table } from '../../components/table.js';
import { h } from '../../dom.js';
import { number, unknown } from '../../format.js';
import { t } from '../../i18n.js';
import { decisionText } from './attempt-text.js';

/** `trial` as POST failure-rules/test gives it; `own` is the request the rule was made from. */
export function trialView(trial, own) {
  const matches = table({
    caption: t('trial.caption'), rowKey: (row) => `${row.exchange}-${row.attempt}`, empty: t('trial.none'),
    columns: [
      { key: 'exchange', title: t('trial.request'), cell: (row) => [
        h('a', { href: `#/logs/${row.exchange}` }, h('code', null, row.exchange)), row.exchange === own ? [' ', badge(t('trial.own'))] : null] },
      { key: 'attempt', title: t('trial.attempt'), numeric: true, cell: (row) => number(row.attempt) },
      { key: 'endpoint', title: t('trial.endpoint'), cell: (row) => row.endpoint },
      { key: 'status', title: t('trial.status'), numeric: true, cell: (row) => (row.status === null ? unknown : String(row.status)) },
      { key: 'failure', title: t('trial.failure'), cell: (row) => row.failure_code ?? unknown },
      { key: 'before', title: t('trial.before'), cell: (row) => decisionText(row.action_before) },
    ],
  });
  matches.update(trial.examples);
  return [
    notice(trial.matched > 0 ? 'ok' : 'warn', t('trial.summary', { count: trial.matched, n: number(trial.matched), of: number(trial.examined) })),
    trial.examples.length > 0 ? matches.element : null,
  ];
}
