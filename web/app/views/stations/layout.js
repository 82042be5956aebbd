// How ports stand beside each other, so that a station looks like its hub: in the rows of its housing, or in even rows where
// nobody told them.

/** Width that a port needs, in rem. */
const LEAST = 14.5;
/** A port that is wider no longer looks like one, in rem. */
const MOST = 28;
/** Even rows are worth this much of the width. */
const WORTH = 0.6;

/** Columns for so many ports in `width` rem. */
export function columnsFor(count, width) {
  const fit = Math.max(1, Math.floor(width / LEAST));
  if (count <= fit) return Math.max(1, count, Math.ceil(width / MOST));
  for (let columns = fit; columns >= fit * WORTH; columns -= 1) if (count % columns === 0) return columns;
  const rows = Math.ceil(count / fit);
  return Math.ceil(count / rows);
}

/** The rows of the housing, or all ports as one row where they are not told. */
export function rowsOf(told, numbers) {
  const placed = new Set(told?.flat());
  return placed.size > 0 && numbers.every((number) => placed.has(number)) ? told : [numbers];
}
