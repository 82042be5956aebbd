// Parameters of the rules of a port, as they count for the device in it: set at run time, or as the files have them.
import { del, path, put } from './api.js';

const where = ({ station, port }, { rule, name }) => path`stations/${station}/ports/${port}/parameters/${rule}/${name}`;

/** Sets a value, or with null gives the file's back. `place` is `{station, port}`, `parameter` has its `rule` and `name`. */
export const setParameter = (place, parameter, value) =>
  (value === null ? del(where(place, parameter)) : put(where(place, parameter), { value }));

/** What `parameter` was when it was read counts again. */
export const restoreParameter = (place, parameter) => setParameter(place, parameter, parameter.set?.value ?? null);

/** Sets several, each `{parameter, value}`, or none: when one is refused, those before it are given back. */
export async function setParameters(place, changes) {
  const done = [];
  try {
    for (const { parameter, value } of changes) {
      await setParameter(place, parameter, value);
      done.push(parameter);
    }
  } catch (problem) {
    for (const parameter of done.reverse()) await restoreParameter(place, parameter).catch(() => {});
    throw problem;
  }
}
