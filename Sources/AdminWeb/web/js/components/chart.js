// Chart.js, loaded when a page first wants a chart, in the colours of the theme.

import { h, uniqueId } from '../dom.js';
import { t } from '../i18n.js';

let loadedLibrary = null;
function library() {
  loadedLibrary ??= new Promise((resolve, reject) => {
    const script = h('script', { src: 'vendor/chart.min.js' });
    script.addEventListener('load', () => resolve(window.Chart));
    script.addEventListener('error', () => {
      loadedLibrary = null;
      reject(new Error(t('error.chart')));
    });
    document.head.append(script);
  });
  return loadedLibrary;
}

/** A colour of the theme, such as `--accent`; `series(n)` for the n-th line or bar. */
export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const series = (index) => color(`--series-${(index % 6) + 1}`);

/**
 * `configure()` gives a Chart.js configuration (it is called again when the theme changes, so take colours inside).
 * `label` says what the chart shows; put the same numbers into a table nearby. `{element, update(change), destroy}`:
 * `change(chart)` alters `chart.data`, then it is drawn without animation.
 */
export function chart({ label, height = 220, configure }) {
  const canvas = h('canvas', { role: 'img', 'aria-label': label, id: uniqueId('chart') });
  const element = h('div', { class: 'chart-box', style: { height: `${height}px` } }, canvas);
  let drawn = null;
  let destroyed = false;
  let pending = null;
  async function draw() {
    const Chart = await library();
    if (destroyed) return;
    drawn?.destroy();
    applyTheme(Chart);
    drawn = new Chart(canvas, base(configure()));
    if (pending) redraw(pending);
  }
  function redraw(change) {
    pending = change;
    if (!drawn) return;
    change(drawn);
    drawn.update('none');
  }
  const onTheme = () => draw().catch(() => {});
  document.addEventListener('themechange', onTheme);
  draw().catch((error) => element.replaceChildren(h('p', { class: 'muted' }, error.message)));
  return {
    element,
    update: redraw,
    destroy() {
      destroyed = true;
      document.removeEventListener('themechange', onTheme);
      drawn?.destroy();
    },
  };
}

function base(configuration) {
  return {
    ...configuration,
    options: {
      responsive: true, maintainAspectRatio: false, animation: false, normalized: true,
      interaction: { mode: 'index', intersect: false },
      ...configuration.options,
    },
  };
}

function applyTheme(Chart) {
  const { defaults } = Chart;
  defaults.color = color('--muted');
  defaults.borderColor = color('--line');
  defaults.font.family = getComputedStyle(document.body).fontFamily;
  defaults.font.size = 12;
  defaults.plugins.legend.labels.boxWidth = 10;
  defaults.plugins.legend.labels.boxHeight = 10;
  defaults.plugins.tooltip.backgroundColor = color('--text');
  defaults.plugins.tooltip.titleColor = color('--surface');
  defaults.plugins.tooltip.bodyColor = color('--surface');
  defaults.elements.line.borderWidth = 1.5;
  defaults.elements.point.radius = 0;
}
