// The numbers of the stage graph as a table: for screen readers, for copying, and for who likes tables.

import { h } from '../../dom.js';
import { t, has } from '../../i18n.js';
import { nanoseconds, number } from '../../format.js';
import { icon } from '../../components/icons.js';
import { table } from '../../components/table.js';

export function stageTable() {
  const grid = table({
    caption: t('graph.label'), rowKey: (node) => node.name,
    columns: [
      { title: t('graph.stage'), class: 'nowrap', cell: (node) => node.name },
      { title: t('graph.does'), class: 'cell-wide', cell: (node) => (has(`stage.${node.name}`) ? t(`stage.${node.name}`) : '') },
      { title: t('graph.received'), numeric: true, cell: (node) => number(node.received) },
      { title: t('graph.emitted'), numeric: true, cell: (node) => number(node.emitted) },
      { title: t('graph.failedShort'), numeric: true, cell: (node) => number(node.failed) },
      { title: t('graph.repairedShort'), numeric: true, cell: (node) => number(node.repaired) },
      { title: t('graph.runningShort'), numeric: true, cell: (node) => number(node.running) },
      { title: t('graph.time'), numeric: true, cell: (node) => nanoseconds(node.nanoseconds_per_event) },
    ],
  });
  const element = h('details', { class: 'fold' }, h('summary', null, icon('chevron'), t('graph.table')), grid.element);
  let latest = [];
  element.addEventListener('toggle', () => element.open && grid.update(latest));
  return {
    element,
    update(nodes) {
      latest = nodes;
      if (element.open) grid.update(nodes);
    },
  };
}
