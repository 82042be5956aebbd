// What a person chose in the form of a mode, as the API takes it.

/** The level that one usually means. */
export const USUAL = { once: 100, hold: 50 };
/** Lengths of time that can be chosen, in the words of the service. */
export const LENGTHS = { h1: '1 h', h2: '2 h', h4: '4 h', d1: '1 day' };

/** What is asked of the API. */
export function wish({ kind, level, end, clock, keep }) {
  const asked = { mode: kind };
  if (kind in USUAL) asked.level = level;
  if (kind === 'auto') return asked;
  if (end in LENGTHS) asked.for = LENGTHS[end];
  else if (end === 'time') asked.until = clock;
  else if (end === 'unplugged') asked.until = 'unplugged';
  else if (end === 'keep') asked.until = keep;
  return asked;
}
