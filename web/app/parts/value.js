// Values of rules and their parameters, as one reads them.
import { deg, n, pct, t } from '../words.js';

/** Units that each language writes in its own way. */
const OWN = { '%': pct, '°C': (value) => deg(value, 2) };

/** A number with its unit, a text, yes or no, or that it is not known. */
export function shown(value, unit = '') {
  if (value === null || value === undefined) return t('part.unknown');
  if (typeof value === 'boolean') return t(value ? 'part.yes' : 'part.no');
  if (typeof value === 'number') return OWN[unit]?.(value) ?? (unit ? `${n(value, 2)} ${unit}` : n(value, 2));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
