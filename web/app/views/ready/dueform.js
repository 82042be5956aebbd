// Says by when a device is to be ready, and with which level: on days of the week, once, or at no time.
import { html, useId, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Failed } from '../../parts/failed.js';
import { Icon } from '../../parts/icon.js';
import { Loading } from '../../parts/loading.js';
import { act } from '../../state/acts.js';
import { path } from '../../state/api.js';
import { localText, serviceNow } from '../../state/clock.js';
import { port as portSignal, portsOf, station as stationSignal, stations } from '../../state/live.js';
import { restoreParameter, setParameters } from '../../state/parameters.js';
import { askPlan, planOf } from '../../state/plans.js';
import { useResource } from '../../state/resource.js';
import { date as dateWords, names, pct, t, weekday, when } from '../../words.js';
import { LevelField } from '../stations/modeform.js';
import { stationTitle } from '../stations/say.js';
import { RULE, canBeTold, dueProblem, dueValues, readDue } from './due.js';

const KINDS = ['days', 'once', 'never'];
/** Less is no aim. */
const LEAST = 5;

/** All ports of which a time can be said. */
const tellable = () =>
  stations.value.flatMap((name) => (portsOf(name).value ?? []).map((number) => portSignal(name, number).value)).filter(canBeTold);

/** What was chosen, as a sentence says it. */
function dueWords({ kind, time, date, days, level }) {
  if (kind === 'never') return t('ready.due_said_never');
  const which = days.every(Boolean) ? t('ready.due_every_day') : names(days.flatMap((on, day) => (on ? [weekday(day)] : [])));
  const day = kind === 'once' ? dateWords(`${date}T12:00Z`, 'UTC') : which;
  return t('ready.due_said', { day, time, level: pct(level) });
}

function save({ place, name, parameters, values, say }) {
  const changed = parameters.filter((one) => one.name in values && one.value !== values[one.name]);
  // The time goes last: with it the others begin to count.
  const order = Object.keys(values);
  changed.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return tell({ place, name, say, changes: changed.map((parameter) => ({ parameter, value: values[parameter.name] })) });
}

async function tell({ place, name, say, changes }) {
  const done = await act({
    say: t('ready.due_did', { name, what: say }),
    doing: () => setParameters(place, changes),
    undo: async () => {
      for (const { parameter } of changes) await restoreParameter(place, parameter);
      askPlan(place.station);
    },
  });
  askPlan(place.station);
  return done;
}

function Days({ days, choose }) {
  return html`<fieldset class="ready-days"><legend>${t('ready.due_days')}</legend>
    ${days.map((on, day) => html`<label key=${day} class=${`stations-kind${on ? ' is-chosen' : ''}`}>
      <input type="checkbox" checked=${on} onChange=${() => choose(days.map((other, n) => (n === day ? !on : other)))} /><span>${weekday(day)}</span></label>`)}
  </fieldset>`;
}

function Choice({ due, set, zone }) {
  const group = useId();
  const field = (key, type, label) => html`<label class="field"><span>${label}</span>
    <input type=${type} required value=${due[key]} onInput=${(event) => set({ [key]: event.currentTarget.value })} /></label>`;
  return html`<fieldset class="stations-kinds"><legend class="visually-hidden">${t('ready.due_when')}</legend>
      ${KINDS.map((kind) => html`<label key=${kind} class=${`stations-kind${kind === due.kind ? ' is-chosen' : ''}`}>
        <input type="radio" name=${group} value=${kind} checked=${kind === due.kind} onChange=${() => set({ kind })} /><span>${t(`ready.due_kind_${kind}`)}</span></label>`)}
    </fieldset>
    ${due.kind === 'days' && html`<${Days} days=${due.days} choose=${(days) => set({ days })} />`}
    ${due.kind !== 'never' && html`<div class="stations-end">
      ${due.kind === 'once' && field('date', 'date', t('ready.due_date'))}
      ${field('time', 'time', t('stations.end_clock', { zone }))}
    </div>
    <${LevelField} label=${t('ready.due_level')} value=${due.level} least=${LEAST} onInput=${(level) => set({ level })} />`}`;
}

/** Who else says a time; what is chosen here does not change that. */
function Others({ place, zone }) {
  const deadline = planOf(place.station).value?.entries?.find((one) => one.port === place.port)?.deadline;
  if (!deadline || deadline.source.endsWith(`(${RULE})`)) return null;
  return html`<p class="soft stations-note">${t('ready.due_others', { time: when(deadline.at, serviceNow(), zone), level: pct(deadline.level) })} <bdi>${deadline.source}</bdi></p>`;
}

function Form({ place, name, zone, parameters, onDone }) {
  const now = localText(serviceNow(), zone);
  const [due, setDue] = useState(() => readDue(Object.fromEntries(parameters.map((one) => [one.name, one.value])), now));
  const values = dueValues(due);
  const same = parameters.every((one) => !(one.name in values) || one.value === values[one.name]);
  const problem = dueProblem(due, now);
  const set = parameters.filter((one) => one.set && one.name !== 'spare_minutes');
  const keep = async () => (await save({ place, name, parameters, values, say: dueWords(due) })) && onDone();
  const reset = async () =>
    (await tell({ place, name, say: t('ready.due_file'), changes: set.map((parameter) => ({ parameter, value: null })) })) && onDone();
  return html`<form class="stations-form" onSubmit=${(event) => event.preventDefault()}>
    <${Choice} due=${due} set=${(more) => setDue({ ...due, ...more })} zone=${zone} />
    <p class="ready-problem" role="status">${problem && t(problem)}</p>
    <${Others} place=${place} zone=${zone} />
    <${Button} kind="is-main" disabled=${same || problem != null} does=${keep}>${t('ready.due_save')}<//>
    ${set.length > 0 && html`<${Button} does=${reset}><${Icon} name="undo" />${t('stations.levels_reset')}<//>`}
  </form>`;
}

function Told({ place, onDone }) {
  const { data, problem, again } = useResource(path`stations/${place.station}/ports/${place.port}/parameters`);
  const zone = stationSignal(place.station).value?.zone;
  const name = portSignal(place.station, place.port).value?.device;
  const parameters = data?.filter((one) => one.rule === RULE);
  if (problem && !data) return html`<${Failed} problem=${problem} again=${again} />`;
  if (!data) return html`<${Loading} />`;
  if (!name || parameters.length === 0) return html`<p>${t('stations.gone')}</p>`;
  return html`<${Form} key=${JSON.stringify(parameters.map((one) => one.value))} place=${place} name=${name} zone=${zone} parameters=${parameters} onDone=${onDone} />`;
}

function Who({ place, choose }) {
  const key = ({ station, port }) => `${station}/${port}`;
  const ports = tellable();
  if (ports.length === 0) return html`<p>${t('ready.due_nobody')}</p>`;
  return html`<label class="field"><span>${t('app.device')}</span>
    <select value=${place ? key(place) : ''} onChange=${(event) => choose(ports.find((one) => key(one) === event.currentTarget.value))}>
      ${!place && html`<option value="">${t('ready.due_choose')}</option>`}
      ${ports.map((one) => html`<option key=${key(one)} value=${key(one)} selected=${place && key(place) === key(one)}>${stations.value.length > 1 ? t('stations.port_of', { port: one.device, station: stationTitle(one.station) }) : one.device}</option>`)}
    </select></label>`;
}

/** `place` is `{station, port}`, or empty to let one choose. */
export function DueDialog({ place, onClose }) {
  const [chosen, choose] = useState(place.station ? place : null);
  return html`<${Dialog} title=${t('ready.due_title')} onClose=${onClose}>
    <${Who} place=${chosen} choose=${(one) => one && choose({ station: one.station, port: one.port })} />
    ${chosen && html`<${Told} key=${`${chosen.station}/${chosen.port}`} place=${chosen} onDone=${onClose} />`}
  <//>`;
}
