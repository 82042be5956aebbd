// What is different between two texts, line by line.

/** More than this and the middle is told as removed and added, so that the page stays quick. */
const MOST_CELLS = 4_000_000;

const split = (text) => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

/** `[{kind: 'same' | 'out' | 'in', text, old, new}]`; old and new are line numbers from 1. */
export function difference(before, after) {
  const [a, b] = [split(before), split(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const rows = [];
  const put = (kind, text) => rows.push({ kind, text });
  a.slice(0, start).forEach((line) => put('same', line));
  middle(a.slice(start, a.length - end), b.slice(start, b.length - end), put);
  a.slice(a.length - end).forEach((line) => put('same', line));
  return numbered(rows);
}

// The longest common subsequence, by its table of lengths.
function middle(a, b, put) {
  const width = b.length + 1;
  if (a.length * b.length > MOST_CELLS || !a.length || !b.length) {
    a.forEach((line) => put('out', line));
    b.forEach((line) => put('in', line));
    return;
  }
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j]
        ? lengths[(i + 1) * width + j + 1] + 1
        : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      put('same', a[i]);
      [i, j] = [i + 1, j + 1];
    } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) put('out', a[i++]);
    else put('in', b[j++]);
  }
  a.slice(i).forEach((line) => put('out', line));
  b.slice(j).forEach((line) => put('in', line));
}

function numbered(rows) {
  let [old, fresh] = [0, 0];
  return rows.map((row) => {
    if (row.kind !== 'in') old += 1;
    if (row.kind !== 'out') fresh += 1;
    return { ...row, old: row.kind === 'in' ? null : old, new: row.kind === 'out' ? null : fresh };
  });
}

/** Only what changed with so many lines around it; what is left out between is `{kind: 'gap', count}`. */
export function hunks(rows, around = 3) {
  const keep = rows.map(() => false);
  rows.forEach((row, at) => {
    if (row.kind === 'same') return;
    for (let near = Math.max(0, at - around); near <= Math.min(rows.length - 1, at + around); near += 1) keep[near] = true;
  });
  const shown = [];
  rows.forEach((row, at) => {
    if (keep[at]) shown.push(row);
    else if (shown.at(-1)?.kind === 'gap') shown.at(-1).count += 1;
    else shown.push({ kind: 'gap', count: 1 });
  });
  return shown;
}

/** How many lines came and went: `{in, out}`. */
export const counts = (rows) => ({
  in: rows.filter((row) => row.kind === 'in').length,
  out: rows.filter((row) => row.kind === 'out').length,
});

// What was changed, in lines of `before`: `{start, end, lines}` stands for those from start up to end.
function patches(before, after) {
  const all = [];
  let at = 0;
  let open = null;
  for (const row of difference(before, after)) {
    if (row.kind === 'same') open = null;
    else if (!open) all.push((open = { start: at, end: at, lines: [] }));
    if (row.kind === 'in') open.lines.push(row.text);
    else at += 1;
    if (row.kind === 'out') open.end = at;
  }
  return all.flatMap(byLine);
}

// As many lines for as many lines: each by itself, so that neighbours do not stand in each other's way.
function byLine(patch) {
  if (patch.lines.length !== patch.end - patch.start) return [patch];
  return patch.lines.map((line, n) => ({ start: patch.start + n, end: patch.start + n + 1, lines: [line] }));
}

const equal = (a, b) => a.start === b.start && a.end === b.end && a.lines.join('\n') === b.lines.join('\n');
const meet = (a, b) => (a.start === a.end || b.start === b.end ? a.start <= b.end && b.start <= a.end : a.start < b.end && b.start < a.end);

/** Two changes of the same text in one; null where both changed the same lines in another way. */
export function merge(base, ours, theirs) {
  const mine = patches(base, ours);
  const other = patches(base, theirs).filter((patch) => !mine.some((one) => equal(one, patch)));
  if (mine.some((a) => other.some((b) => meet(a, b)))) return null;
  const lines = split(base);
  for (const { start, end, lines: fresh } of [...mine, ...other].sort((a, b) => b.start - a.start)) lines.splice(start, end - start, ...fresh);
  return lines.length ? `${lines.join('\n')}\n` : '';
}
