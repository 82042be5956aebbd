// Ports by whether something is known to be in them.
import { port, portsOf } from '../../state/live.js';

/** All ports of a station: `{port, device}`, free ones first. */
export function portChoices(station) {
  const all = (portsOf(station).value ?? []).map((number) => ({ port: number, device: port(station, number).value?.device ?? null }));
  return [...all.filter(({ device }) => device == null), ...all.filter(({ device }) => device != null)];
}

/** Numbers of the ports of a station in which nobody knows a device. */
export const freePorts = (station) => portChoices(station).filter(({ device }) => device == null).map((one) => one.port);
