// What differs between two texts, line by line.

/** More differing lines than this are shown as one block that was replaced: the search would take too long. */
const MAXIMUM_EDITS = 1500;

/** The lines of both texts in order: `{kind, text, before, after}` with the kinds `same`, `removed` and `added`; `before` and
 *  `after` are line numbers, from 1. */
export function diffLines(before, after) {
  const a = before.split('\n');
  const b = after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const lines = [];
  const same = (i, j) => lines.push({ kind: 'same', text: a[i], before: i + 1, after: j + 1 });
  for (let i = 0; i < head; i += 1) same(i, i);
  const middle = edits(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  for (const { kind, i, j } of middle) {
    if (kind === 'same') same(head + i, head + j);
    if (kind === 'removed') lines.push({ kind, text: a[head + i], before: head + i + 1, after: null });
    if (kind === 'added') lines.push({ kind, text: b[head + j], before: null, after: head + j + 1 });
  }
  for (let i = tail; i > 0; i -= 1) same(a.length - i, b.length - i);
  return lines;
}

/** The shortest script of edits (Myers 1986), greedy and with its trace kept. */
function edits(a, b) {
  const limit = Math.min(a.length + b.length, MAXIMUM_EDITS);
  const furthest = new Map([[1, 0]]);
  const trace = [];
  for (let d = 0; d <= limit; d += 1) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const goesDown = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let i = goesDown ? furthest.get(k + 1) : furthest.get(k - 1) + 1;
      let j = i - k;
      while (i < a.length && j < b.length && a[i] === b[j]) {
        i += 1;
        j += 1;
      }
      furthest.set(k, i);
      if (i >= a.length && j >= b.length) return walkBack(trace, a.length, b.length);
    }
    // The trace grows with the square of d.
    if (d * d > 2_000_000) break;
  }
  return [
    ...a.map((_, i) => ({ kind: 'removed', i })),
    ...b.map((_, j) => ({ kind: 'added', j })),
  ];
}

function walkBack(trace, lengthA, lengthB) {
  const script = [];
  let i = lengthA;
  let j = lengthB;
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const furthest = trace[d];
    const k = i - j;
    const goesDown = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    const previousK = goesDown ? k + 1 : k - 1;
    const previousI = furthest.get(previousK);
    const previousJ = previousI - previousK;
    while (i > previousI && j > previousJ && i > 0 && j > 0) {
      i -= 1;
      j -= 1;
      script.push({ kind: 'same', i, j });
    }
    if (d === 0) break;
    if (goesDown) script.push({ kind: 'added', j: previousJ });
    else script.push({ kind: 'removed', i: previousI });
    i = previousI;
    j = previousJ;
  }
  return script.reverse();
}

/** Leaves out equal lines that are further than `context` from a difference: `{kind: 'gap', count, lines}` stands for them. */
export function foldSame(lines, context = 3) {
  const folded = [];
  let run = [];
  const flush = (isLast) => {
    const before = folded.length === 0 ? 0 : context;
    const after = isLast ? 0 : context;
    if (run.length <= before + after + 1) {
      folded.push(...run);
    } else {
      const hidden = run.slice(before, run.length - after);
      folded.push(...run.slice(0, before), { kind: 'gap', count: hidden.length, lines: hidden });
      folded.push(...run.slice(run.length - after));
    }
    run = [];
  };
  for (const line of lines) {
    if (line.kind === 'same') {
      run.push(line);
    } else {
      flush(false);
      folded.push(line);
    }
  }
  flush(true);
  return folded;
}

/** Where two lines differ: `{start, endA, endB}`, so that both begin and end alike around it. */
export function differingPart(a, b) {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  return { start, endA: a.length - end, endB: b.length - end };
}
