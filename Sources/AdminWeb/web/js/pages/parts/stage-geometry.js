// Measures of the stage graph, lying (wide pages) and standing (phones), and the shapes of its edges.

export const wide = { lying: true, width: 120, height: 64, gapX: 40, gapY: 46, margin: 4, top: 18, inset: 44, legend: { column: 0, row: 1 } };
export const narrow = { lying: false, width: 104, height: 64, gapX: 30, gapY: 34, margin: 2, top: 2, inset: 0, legend: { column: 0, row: 1 } };

/** The box of a cell: its upper left corner and its width. Standing, columns go down and rows to the right. */
export function place({ column, row }, { lying, width, height, gapX, gapY, margin, top }) {
  const [right, down] = lying ? [column, row] : [row, column];
  return { x: margin + right * (width + gapX), y: top + down * (height + gapY), width };
}

/**
 * The path from one box to another, and where its number stands (`anchor` as of an SVG text). Neighbours are joined
 * straight; the answer's way back to the client goes around what lies between.
 */
export function edgeShape(from, to, measures, isReturn) {
  if (isReturn) return returnShape(from, to, measures);
  const { height } = measures;
  const middle = (box) => ({ x: box.x + box.width / 2, y: box.y + height / 2 });
  const [a, b] = [middle(from), middle(to)];
  if (from.y === to.y) {
    const forward = b.x > a.x;
    const [x1, x2] = forward ? [from.x + from.width, to.x - 2] : [from.x, to.x + to.width + 2];
    return { path: `M${x1} ${a.y}H${x2}`, x: (x1 + x2) / 2, y: a.y - 6, anchor: 'middle' };
  }
  const down = b.y > a.y;
  const [y1, y2] = down ? [from.y + height, to.y - 2] : [from.y, to.y + height + 2];
  if (a.x === b.x) return { path: `M${a.x} ${y1}V${y2}`, x: a.x + 7, y: (y1 + y2) / 2 + 4, anchor: 'start' };
  const half = (y1 + y2) / 2;
  return { path: `M${a.x} ${y1}V${half}H${b.x}V${y2}`, x: (a.x + b.x) / 2, y: half - 5, anchor: 'middle' };
}

function returnShape(from, to, { lying, height, gapX }) {
  if (lying) {
    const [x1, x2, y] = [from.x + 24, to.x + to.width / 2, from.y + height];
    const low = y + 20;
    return {
      path: `M${x1} ${y}V${low - 8}Q${x1} ${low} ${x1 - 8} ${low}H${x2 + 8}Q${x2} ${low} ${x2} ${low - 8}V${y + 2}`,
      x: (x1 + x2) / 2, y: low - 5, anchor: 'middle',
    };
  }
  const [y1, y2, x] = [from.y + 14, to.y + height / 2, from.x + from.width];
  const right = x + gapX / 2 - 6;
  return {
    path: `M${x} ${y1}H${right - 8}Q${right} ${y1} ${right} ${y1 - 8}V${y2 + 8}Q${right} ${y2} ${right - 8} ${y2}H${to.x + to.width + 2}`,
    x: right + 5, y: (y1 + y2) / 2, anchor: 'start',
  };
}
