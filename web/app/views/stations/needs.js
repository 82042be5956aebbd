// What of a port needs a person, worst first. Nothing of it is guessed: it is what the service says.

/** `{kind: 'bad' | 'warn', key, values, since, message}` of a port; `plan` is its entry in the station's plan. */
export function needsOf(port, plan) {
  const needs = [];
  const add = (kind, key, more = {}) => needs.push({ kind, key: `stations.need_${key}`, values: {}, ...more });
  const { alarm, problem, fault, unwell, unknown_device: unknown, battery } = port;
  if (alarm) add('bad', `alarm_${alarm.wanted}`, alarm);
  else if (problem) add('bad', problem.code === 'hub_missing' ? 'no_hub' : 'problem', { message: problem.message });
  if (fault) add('bad', fault.code, fault);
  if (plan?.in_time === false && plan.deadline) {
    // Who holds the switch knows of it.
    add(port.held_by ? 'warn' : 'bad', 'late', { values: { level: plan.deadline.level, at: plan.deadline.at }, message: plan.reason });
  }
  if (unknown) add('warn', 'unknown', { message: unknown.name || unknown.serial });
  if (unwell && !fault) add('warn', 'unwell', unwell);
  if (battery && !port.online) add('warn', 'silent', { since: battery.measured_at });
  return needs;
}

/** What of all ports needs a person: `[{port, ...the worst need}]`, bad ones first, then in the order of the ports. */
export function worst(ports, planFor) {
  const all = ports.flatMap((port) => needsOf(port, planFor(port)).slice(0, 1).map((need) => ({ port, ...need })));
  return [...all.filter((one) => one.kind === 'bad'), ...all.filter((one) => one.kind === 'warn')];
}

/** More ports of a station than this, all with the same problem, have it from their hub. */
const ALONE = 2;

/** The same list with one entry where many ports of a station have the same problem: `ports` says how many it stands for. */
export function gathered(needs) {
  const sames = new Map();
  const keyOf = ({ port, key, message }) => (key === 'stations.need_problem' ? `${port.station} ${message}` : `${port.station}/${port.port}`);
  for (const need of needs) {
    const key = keyOf(need);
    if (!sames.has(key)) sames.set(key, []);
    sames.get(key).push(need);
  }
  return [...sames.values()].flatMap((list) => (list.length > ALONE ? [{ ...list[0], ports: list.length }] : list.map((need) => ({ ...need, ports: 1 }))));
}

/** How warm a device is: null where it is not worth a word, else `warm` or `hot`. */
export function heat(port) {
  const temperature = port.battery?.temperature;
  if (port.decision?.safeguard === 'too_hot' || temperature >= 45) return 'hot';
  return temperature >= 38 ? 'warm' : null;
}
