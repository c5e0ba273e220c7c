// The stage graph with live numbers on every node and edge. Drawn once; afterwards only texts change.

import { h, svg, setText, setAttribute } from '../../dom.js';
import { t, has } from '../../i18n.js';
import { compact, nanoseconds, rate, unknown } from '../../format.js';
import { layOut } from './stage-layout.js';
import { stageRates } from './stage-rates.js';
import { wide, narrow, place, edgeShape } from './stage-geometry.js';

/** `{element, update(snapshot), stop()}`. Wide places get it lying, narrow ones standing. */
export function stageGraph(graph) {
  const plan = layOut(graph);
  const edges = [{ from: 'client', to: plan.entry, label: null }, ...graph.edges];
  const rates = stageRates(graph.edges);
  const element = h('div', { class: 'stage-graph' });
  let drawing = null;
  let latest = null;
  let lying = null;
  function draw(isWide) {
    if (lying === isWide) return;
    lying = isWide;
    drawing = drawGraph(graph, edges, plan, isWide ? wide : narrow);
    element.replaceChildren(drawing.element);
    if (latest) drawing.update(latest);
  }
  const observer = new ResizeObserver(([entry]) => draw(entry.contentRect.width >= 660));
  observer.observe(element);
  return {
    element,
    update(snapshot) {
      const now = rates(snapshot);
      const nodes = new Map(snapshot.nodes.map((node) => [node.name, node]));
      latest = { nodes, now, edgeRate: (edge) => (edge.from === 'client' ? now.node(edge.to) : now.edge(edge)) };
      drawing?.update(latest);
    },
    stop: () => observer.disconnect(),
  };
}

function drawGraph(graph, edges, plan, measures) {
  const boxes = new Map([...plan.cells].map(([name, cell]) => [name, place(cell, measures)]));
  const size = place({ column: plan.columns - 1, row: plan.rows - 1 }, measures);
  const client = boxes.get('client');
  client.x += measures.inset;
  client.width -= measures.inset;
  const lines = edges.map((edge) => drawEdge(edge, boxes, measures));
  const marks = graph.nodes.map((node) => drawNode(node, boxes.get(node.name), measures));
  const width = size.x + measures.width + measures.margin;
  const height = size.y + measures.height + measures.margin;
  const element = svg('svg', { viewBox: `${measures.inset} 0 ${width - measures.inset} ${height}`, role: 'img', 'aria-label': t('graph.label'), class: measures.lying ? 'lying' : 'standing' },
    svg('defs', null, svg('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto-start-reverse' },
      svg('path', { d: 'M1 1 7 4 1 7', class: 'graph-arrow' }))),
    lines.map((line) => line.element), drawClient(client, measures), marks.map((mark) => mark.element), drawLegend(plan, measures));
  return {
    element,
    update(state) {
      for (const mark of marks) mark.update(state);
      for (const line of lines) line.update(state);
    },
  };
}

function drawClient({ x, y, width }, { height }) {
  return svg('g', { transform: `translate(${x} ${y})` },
    svg('rect', { class: 'graph-client', width, height, rx: height / 2 }),
    svg('text', { class: 'graph-name', x: width / 2, y: height / 2 + 4, 'text-anchor': 'middle' }, t('graph.client')));
}

function drawNode(node, box, { width, height }) {
  const speed = svg('text', { class: 'graph-number', x: width / 2, y: 37, 'text-anchor': 'middle' }, unknown);
  const running = svg('tspan', { class: 'graph-running' });
  const failed = svg('tspan', { class: 'graph-failed' });
  const repaired = svg('tspan', { class: 'graph-repaired' });
  const title = svg('title');
  const shape = svg('rect', { class: `graph-box graph-${node.kind}`, width, height, rx: node.kind === 'stage' ? 18 : 6 });
  const element = svg('g', { transform: `translate(${box.x} ${box.y})`, class: 'graph-node' }, title, shape,
    svg('text', { class: 'graph-name', x: width / 2, y: 20, 'text-anchor': 'middle' }, node.name), speed,
    svg('text', { class: 'graph-counts', x: width / 2, y: 54, 'text-anchor': 'middle' }, running, failed, repaired));
  return {
    element,
    update({ nodes, now }) {
      const numbers = nodes.get(node.name);
      if (!numbers) return;
      const time = numbers.nanoseconds_per_event;
      setText(speed, `${rate(now.node(node.name))}/s${time === null ? '' : ` · ${nanoseconds(time)}`}`);
      setText(running, numbers.running ? `▸${compact(numbers.running)} ` : '');
      setText(failed, numbers.failed ? `✕${compact(numbers.failed)} ` : '');
      setText(repaired, numbers.repaired ? `↻${compact(numbers.repaired)}` : '');
      setAttribute(element, 'data-active', numbers.running > 0 ? 'yes' : null);
      setText(title, stageTitle(node.name, numbers));
    },
  };
}

/** A sentence on what the stage does, then its numbers in words. */
function stageTitle(name, numbers) {
  const what = has(`stage.${name}`) ? `${t(`stage.${name}`)}\n` : '';
  return what + t('graph.title', {
    received: compact(numbers.received), emitted: compact(numbers.emitted), failed: compact(numbers.failed),
    repaired: compact(numbers.repaired), running: compact(numbers.running),
  });
}

function drawEdge(edge, boxes, measures) {
  const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
  const { path, x, y, anchor } = edgeShape(from, to, measures, edge.to === 'client');
  const line = svg('path', { d: path, class: 'graph-edge', 'marker-end': 'url(#arrow)' });
  const text = svg('text', { class: 'graph-rate', x, y, 'text-anchor': anchor }, '');
  const element = svg('g', null, edge.label && svg('title', null, edge.label), line, text,
    edge.label && measures.lying && svg('text', { class: 'graph-label', x, y: from.y - 6, 'text-anchor': 'middle' }, edgeLabel(edge.label)));
  return {
    element,
    update({ edgeRate }) {
      const value = edgeRate(edge);
      setText(text, value === null ? '' : `${rate(value)}/s`);
      setAttribute(line, 'data-active', value > 0 ? 'yes' : null);
    },
  };
}

/** The composition labels its edges in English; known labels are translated. */
function edgeLabel(label) {
  const key = `edge.${label.replaceAll(' ', '-')}`;
  return has(key) ? t(key) : label;
}

/** The legend stands in the corner that the ring leaves free. */
function drawLegend(plan, measures) {
  if (plan.rows < 2) return null;
  const corner = place(measures.legend, measures);
  const entries = [['graph-running', '▸', 'graph.running'], ['graph-failed', '✕', 'graph.failed'], ['graph-repaired', '↻', 'graph.repaired']];
  return svg('g', { transform: `translate(${corner.x + measures.inset} ${corner.y + 14})` },
    entries.map(([kind, symbol, key], index) => svg('text', { class: 'graph-legend', y: index * 20 },
      svg('tspan', { class: kind }, symbol), svg('tspan', { dx: 6 }, t(key)))));
}
