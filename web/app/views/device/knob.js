// What a slider of a parameter looks like: its unit and its ends, as the words of the rule tell them.

const UNITS = [
  [/^(per ?cent|%)/i, { unit: '%', low: 0, high: 100 }],
  [/^°C/, { unit: '°C', low: 0, high: 60 }],
  [/^minutes?\b/i, { unit: 'min', low: 0, high: 240 }],
  [/^hours?\b/i, { unit: 'h', low: 0, high: 24 }],
  [/^days?\b/i, { unit: 'd', low: 0, high: 31 }],
];

/** A round number that is at least so high. */
function round(value) {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return Math.ceil(value / size) * size;
}

/** `{unit, low, high, step}` for a number; null for a parameter that is none. */
export function knob({ type, description, default: own, file, value }) {
  if (type !== 'integer' && type !== 'number') return null;
  const values = [own, file, value].filter((one) => typeof one === 'number');
  const [, known] = UNITS.find(([says]) => says.test(description)) ?? [null, null];
  const most = Math.max(...values, 1);
  const low = Math.min(known?.low ?? 0, ...values);
  const high = Math.max(known?.high ?? round(most * 2), ...values);
  const fine = type === 'number' && high - low <= 100 && !(known?.unit === '%');
  return { unit: known?.unit ?? '', low, high, step: type === 'integer' ? 1 : fine ? 0.5 : 1 };
}

/** The words of the rule without the unit that stands before them. */
export function purpose(description) {
  const rest = description.replace(/^(per ?cent|%|°C|minutes?|hours?|days?):\s*/i, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
