// From counters to rates, for nodes and for the edges between them.

/** Remembers the last few snapshots, so that a rate is that of some seconds and does not jump. */
export function stageRates(edges, window = 5) {
  const past = [];
  return function next(snapshot) {
    past.push({ at: snapshot.at, nodes: new Map(snapshot.nodes.map((node) => [node.name, node])) });
    while (past.length > window + 1) past.shift();
    const [first, last] = [past[0], past[past.length - 1]];
    // A restart begins to count anew: nothing before it is comparable.
    const seconds = (last.at - first.at) / 1000;
    const restarted = snapshot.nodes.some((node) => node.received < (first.nodes.get(node.name)?.received ?? 0));
    if (restarted) past.splice(0, past.length - 1);
    const perSecond = (name, counter) => {
      const [then, now] = [first.nodes.get(name), last.nodes.get(name)];
      return !then || !now || seconds <= 0 || restarted ? null : (now[counter] - then[counter]) / seconds;
    };
    return {
      node: (name) => perSecond(name, 'received') ?? last.nodes.get(name)?.rate_per_second ?? null,
      edge: (edge) => edgeRate(edge, edges, perSecond),
    };
  };
}

/** What goes over one edge: counted where it alone arrives or leaves, else what the others leave over. */
function edgeRate(edge, edges, perSecond) {
  const into = edges.filter((other) => other.to === edge.to);
  const outOf = edges.filter((other) => other.from === edge.from);
  if (edge.to === 'client') return perSecond(edge.from, 'emitted');
  if (into.length === 1) return perSecond(edge.to, 'received');
  if (outOf.length === 1) return perSecond(edge.from, 'emitted');
  const siblings = outOf.filter((other) => other !== edge);
  const others = siblings.map((other) => (edges.filter((one) => one.to === other.to).length === 1 ? perSecond(other.to, 'received') : null));
  const all = perSecond(edge.from, 'emitted');
  if (all === null || others.some((value) => value === null)) return null;
  return Math.max(0, all - others.reduce((sum, value) => sum + value, 0));
}
