// The rules of the device's port with their parameters: set at run time, taken back, or given the file's value again.
import { html, useEffect, useId, useRef, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Failed } from '../../parts/failed.js';
import { Icon } from '../../parts/icon.js';
import { shown } from '../../parts/value.js';
import { useAgo } from '../../parts/when.js';
import { href } from '../../router.js';
import { act } from '../../state/acts.js';
import { path } from '../../state/api.js';
import { restoreParameter, setParameter } from '../../state/parameters.js';
import { useResource } from '../../state/resource.js';
import { can } from '../../state/session.js';
import { t } from '../../words.js';
import { knob, purpose } from './knob.js';

/** Each key on a slider is a change: it is saved when the hand rests. */
const SETTLED_MS = 500;

/** Sets a value, or gives the file's back; undone by whatever was there before. */
function change(place, parameter, device, take, value) {
  const unit = knob(parameter)?.unit;
  return act({
    say: value === null
      ? t('device.parameter_reset', { name: parameter.name, value: shown(parameter.file ?? parameter.default, unit) })
      : t('device.parameter_set', { name: parameter.name, value: shown(value, unit), device }),
    doing: async () => take(await setParameter(place, parameter, value)),
    undo: async () => take(await restoreParameter(place, parameter)),
  });
}

function NumberInput({ parameter, look, draft, setDraft, commit, id, disabled, described }) {
  const common = { min: look.low, max: look.high, step: look.step, disabled, 'aria-describedby': described };
  const input = (event) => event.currentTarget.value !== '' && setDraft(Number(event.currentTarget.value));
  return html`<div class="device-knob">
    <input type="range" ...${common} id=${id} value=${draft} onInput=${input} onChange=${(event) => commit(Number(event.currentTarget.value))} />
    <span class="device-number"><input type="number" ...${common} step=${parameter.type === 'integer' ? 1 : 'any'} min=${null} max=${null}
      aria-label=${t('device.parameter_exact', { name: parameter.name })} value=${draft} onInput=${input}
      onChange=${(event) => (event.currentTarget.value === '' ? setDraft(parameter.value) : commit(Number(event.currentTarget.value)))} />
      <span>${look.unit}</span></span>
  </div>`;
}

function Input(props) {
  const { parameter, look, draft, setDraft, commit, id, disabled, described, refused } = props;
  if (look) return html`<${NumberInput} ...${props} />`;
  if (parameter.type === 'boolean') {
    return html`<label class="check"><input type="checkbox" id=${id} checked=${draft} disabled=${disabled} aria-describedby=${described}
      onChange=${(event) => commit(event.currentTarget.checked)} /> ${shown(draft)}</label>`;
  }
  return html`<input type="text" id=${id} value=${draft} disabled=${disabled} aria-describedby=${described} aria-invalid=${refused}
    onInput=${(event) => setDraft(event.currentTarget.value)} onChange=${(event) => commit(event.currentTarget.value)} />`;
}

const SetBy = ({ by, at }) => html`<span class="tag is-warn"><bdi>${t('device.set_by', { by, ago: useAgo(at) })}</bdi></span>`;

/** Where the value comes from, and the way back. */
function Origin({ parameter, look, reset, id }) {
  const { set, file } = parameter;
  const under = file ?? parameter.default;
  const from = t(file == null ? 'device.from_rule' : 'device.from_file', { value: shown(under, look?.unit) });
  if (!set) return html`<p class="soft device-small" id=${id}>${from}</p>`;
  return html`<div class="device-origin"><p class="device-small" id=${id}>
      <${SetBy} ...${set} /> <span class="soft">${from}</span>
      ${set.problem && html` <bdi class="device-wrong">${set.problem}</bdi>`}</p>
    <${Button} kind="is-small" does=${reset} disabled=${!can.value.operate}><${Icon} name="undo" /> ${t('device.reset')}<//></div>`;
}

function Parameter({ parameter, place, device, take }) {
  const [draft, setDraft] = useState(parameter.value);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(false);
  const pending = useRef(null);
  const id = useId();
  useEffect(() => {
    if (!pending.current) setDraft(parameter.value);
  }, [parameter.value]);
  const look = knob(parameter);
  const give = async (value) => {
    setBusy(true);
    const done = await change(place, parameter, device, take, value);
    // A slider does not show what was refused as if it counted; a text stays to be mended, and is marked.
    const kept = !done && parameter.type === 'text';
    if (!done && !kept && !pending.current) setDraft(parameter.value);
    setRefused(kept);
    setBusy(false);
  };
  const save = () => {
    const { timer, value } = pending.current;
    clearTimeout(timer);
    pending.current = null;
    if (value === parameter.value) setRefused(false);
    else if (!Number.isNaN(value)) give(value);
  };
  // The newest render's: what is saved is said of what is known then.
  const saving = useRef(save);
  saving.current = save;
  useEffect(() => () => pending.current && saving.current(), []);
  const commit = (wanted) => {
    const value = look?.unit === '%' ? Math.min(look.high, Math.max(look.low, wanted)) : wanted;
    setDraft(value);
    clearTimeout(pending.current?.timer);
    pending.current = { value, timer: setTimeout(() => saving.current(), SETTLED_MS) };
  };
  return html`<li class=${`device-parameter ${busy ? 'is-busy' : ''}`} aria-busy=${busy}>
    <label for=${id}><bdi>${parameter.name}</bdi>${parameter.description && html`<span class="soft"><bdi>${purpose(parameter.description)}</bdi></span>`}</label>
    <${Input} parameter=${parameter} look=${look} draft=${draft} setDraft=${setDraft} commit=${commit} id=${id}
      disabled=${!can.value.operate} described=${`${id}-from`} refused=${refused} />
    ${refused && html`<p class="device-wrong device-small">${t('device.refused', { value: shown(parameter.value) })}</p>`}
    <${Origin} parameter=${parameter} look=${look} reset=${() => give(null)} id=${`${id}-from`} />
  </li>`;
}

/** Parameters by rule, in the order in which the rules are asked. */
function byRule(parameters) {
  const rules = new Map();
  for (const one of parameters) {
    const key = `${one.guard ? 'guard' : 'rule'}/${one.rule}`;
    if (!rules.has(key)) rules.set(key, { rule: one.rule, guard: one.guard, list: [] });
    rules.get(key).list.push(one);
  }
  return [...rules.values()];
}

/** The section. `adjusted` is what was set at run time as the port tells it: when it changes, all is asked for again. */
export function Parameters({ place, device, adjusted }) {
  const { data, problem, again } = useResource(path`stations/${place.station}/ports/${place.port}/parameters`);
  const [mine, take] = useState(null);
  const told = JSON.stringify(adjusted ?? []);
  useEffect(() => take(null), [data]);
  useEffect(() => {
    if (data) again();
  }, [told]);
  const list = mine ?? data;
  return html`<section class="card" aria-labelledby="device-parameters">
    <h2 id="device-parameters">${t('device.parameters')}</h2>
    <p class="soft device-small">${t('device.parameters_for')}</p>
    ${problem && !list && html`<${Failed} problem=${problem} again=${again} />`}
    ${list?.length === 0 && html`<p class="soft">${t('device.no_parameters')}</p>`}
    ${list && byRule(list).map(({ rule, guard, list: own }) => html`<section key=${rule} class="device-rule">
      <h3><a href=${href`rules/${rule}`}>${rule}</a> ${guard && html`<span class="tag">${t('device.guard')}</span>`}</h3>
      <ul>${own.map((one) => html`<${Parameter} key=${one.name} parameter=${one} place=${place} device=${device} take=${take} />`)}</ul>
    </section>`)}
  </section>`;
}
