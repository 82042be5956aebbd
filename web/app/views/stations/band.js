// Between which levels a port is kept, as the battery shows it.

/** A mode `hold` charges again when the level is so many points below. */
const HOLD_SPAN = 4;

/** The marks on the battery: `{low, high}` per cent; what a person wants goes before the rules. */
export function marks(port) {
  const held = port.held_by?.mode;
  if (held?.mode === 'hold') return { low: Math.max(0, held.level - HOLD_SPAN), high: held.level };
  if (held?.mode === 'once') return { low: null, high: mark(held.level) };
  if (held) return { low: null, high: null };
  return { low: mark(port.low), high: mark(port.high) };
}

const mark = (value) => (value > 0 && value < 100 ? value : null);
