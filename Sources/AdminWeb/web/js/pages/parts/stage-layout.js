// Where the nodes of the stage graph stand. It follows from the graph alone, so a new stage finds its place.
//
// The request goes right along the first row; what is run once for each attempt is a ring at the last step of it,
// out along the first row and back along the second; what not every answer passes hangs below, on the third.

/** `{cells: Map(name → {column, row}), columns, rows, entry, hub}`; "client" has a cell too. */
export function layOut({ nodes, edges }) {
  const names = nodes.map((node) => node.name);
  const entry = names.find((name) => !edges.some((edge) => edge.to === name)) ?? names[0];
  const main = shortestWay(edges, entry, (name) => name === 'client') ?? [entry];
  const cells = new Map([['client', { column: 0, row: 0 }]]);
  const path = main.filter((name) => name !== 'client');
  path.forEach((name, index) => cells.set(name, { column: index + 1, row: 0 }));
  const hub = path.find((name) => edges.some((edge) => edge.from === name && !cells.has(edge.to)));
  if (hub) placeRing(ringOf(edges, hub, cells), cells.get(hub).column, cells);
  placeDetours(names, edges, cells);
  const all = [...cells.values()];
  return {
    cells, entry, hub,
    columns: Math.max(...all.map((cell) => cell.column)) + 1,
    rows: Math.max(...all.map((cell) => cell.row)) + 1,
  };
}

/** Breadth first: names from `start` to the first that `isGoal`; null if there is no way. */
function shortestWay(edges, start, isGoal, allowed = () => true) {
  const from = new Map([[start, null]]);
  const queue = [start];
  while (queue.length) {
    const name = queue.shift();
    if (name !== start && isGoal(name)) return wayTo(name, from);
    for (const edge of edges) {
      if (edge.from !== name || from.has(edge.to) || !allowed(edge.to)) continue;
      from.set(edge.to, name);
      queue.push(edge.to);
    }
  }
  return isGoal(start) ? [start] : null;
}

function wayTo(name, from) {
  const way = [];
  for (let at = name; at !== null && at !== undefined; at = from.get(at)) way.unshift(at);
  return way;
}

/** The shortest round from `hub` back to it. */
function ringOf(edges, hub, cells) {
  const first = edges.find((edge) => edge.from === hub && !cells.has(edge.to)).to;
  const returns = (name) => edges.some((edge) => edge.from === name && edge.to === hub);
  return shortestWay(edges, first, returns, (name) => !cells.has(name)) ?? [first];
}

function placeRing(ring, hubColumn, cells) {
  const out = Math.floor(ring.length / 2);
  const back = ring.length - out;
  ring.forEach((name, index) => {
    if (index < out) {
      cells.set(name, { column: hubColumn + 1 + index, row: 0 });
    } else {
      // The last one stands below the hub, so that its line goes straight up.
      const step = index - out;
      cells.set(name, { column: step === back - 1 ? hubColumn : hubColumn + out - step, row: 1 });
    }
  });
}

function placeDetours(names, edges, cells) {
  let row = 2;
  for (const name of names) {
    if (cells.has(name)) continue;
    const before = edges.find((edge) => edge.to === name && cells.has(edge.from));
    let column = before ? cells.get(before.from).column : 1;
    for (let at = name; at && !cells.has(at); ) {
      cells.set(at, { column, row });
      column -= 1;
      const here = at;
      at = edges.find((edge) => edge.from === here && !cells.has(edge.to))?.to;
    }
    row += 1;
  }
}
