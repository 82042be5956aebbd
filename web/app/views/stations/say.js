// Names and needs of ports in words.
import { serviceNow } from '../../state/clock.js';
import { station, stations } from '../../state/live.js';
import { pct, t, when } from '../../words.js';

/** What a port is called: its device, else what is plugged in, else that it is free. */
export function portName(port) {
  if (port.device) return port.device;
  if (port.unknown_device) return port.unknown_device.name || port.unknown_device.serial;
  return port.plugged?.name || t('stations.free');
}

/** What a station is called. */
export const stationTitle = (name) => station(name).value?.title || name;

/** Where a port is: of one among several stations with its name. */
export function placeWords(name, number) {
  const words = t('stations.port', { port: number });
  return stations.value.length > 1 ? t('stations.port_of', { port: words, station: stationTitle(name) }) : words;
}

/** A need in words. */
export function needWords({ key, values }, zone) {
  if (!values.at) return t(key);
  return t(key, { level: pct(values.level), time: when(values.at, serviceNow(), zone) });
}

/** The state of a port in one line: what is wrong with it, else why it is as it is. */
export function line(port, need, zone) {
  if (need) return needWords(need, zone);
  if (port.waits_since) return t('stations.waits');
  if (!port.device && !port.held_by) return '';
  return port.decision ? reasonWords(port.decision, port.power) : '';
}

/** Why it was decided so: the rule's own words; ours where nobody had a reason. `power` is that of the port then, if it is known. */
export function reasonWords({ by, verdict, reason }, power) {
  return by === 'nobody' && verdict === 'keep' && power ? t(`stations.nobody_${power}`) : reason;
}
