// Who shall hold a switch, at which level, and until when.
import { html, useId, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { serviceNow } from '../../state/clock.js';
import { pct, t, when } from '../../words.js';
import { LENGTHS, USUAL, wish } from './wish.js';

const KINDS = ['auto', 'on', 'off', 'once', 'hold'];
const LEAST = 5;

function Kinds({ kind, choose }) {
  const name = useId();
  return html`<fieldset class="stations-kinds"><legend class="visually-hidden">${t('stations.who_decides')}</legend>
    ${KINDS.map((one) => html`<label key=${one} class=${`stations-kind${one === kind ? ' is-chosen' : ''}`}>
      <input type="radio" name=${name} value=${one} checked=${one === kind} onChange=${() => choose(one)} />
      <span>${t(`stations.kind_${one}`)}</span></label>`)}
  </fieldset>`;
}

/** A level with a slider. */
export function LevelField({ label, value, least = 0, most = 100, disabled = false, onInput, onChange }) {
  const read = (event) => Number(event.currentTarget.value);
  return html`<label class="stations-level"><span>${label}</span><span class="number stations-level-value" aria-hidden="true">${pct(value)}</span>
    <input type="range" min=${least} max=${most} step="1" value=${value} disabled=${disabled} aria-valuetext=${pct(value)}
      onInput=${(event) => onInput?.(read(event))} onChange=${(event) => onChange?.(read(event))} /></label>`;
}

function End({ end, choose, clock, setClock, unplug, keep, zone }) {
  const ends = ['none', ...(keep ? ['keep'] : []), ...Object.keys(LENGTHS), 'time', ...(unplug ? ['unplugged'] : [])];
  const word = (one) => t(`stations.end_${one}`, { time: keep ? when(keep, serviceNow(), zone) : '' });
  return html`<div class="stations-end">
    <label class="field"><span>${t('stations.end')}</span>
      <select value=${end} onChange=${(event) => choose(event.currentTarget.value)}>
        ${ends.map((one) => html`<option key=${one} value=${one} selected=${one === end}>${word(one)}</option>`)}
      </select></label>
    ${end === 'time' && html`<label class="field"><span>${t('stations.end_clock', { zone })}</span>
      <input type="time" required value=${clock} onInput=${(event) => setClock(event.currentTarget.value)} /></label>`}
  </div>`;
}

function startEnd(mode) {
  if (mode.until_unplugged) return 'unplugged';
  return mode.until ? 'keep' : 'none';
}

/** `mode` is the one at work, `unplug` allows that end, `does(wish)` may answer a promise. */
export function ModeForm({ mode, zone, unplug = false, does }) {
  const [kind, setKind] = useState(mode.mode);
  const [level, setLevel] = useState(mode.level ?? USUAL[mode.mode] ?? 100);
  const [end, setEnd] = useState(startEnd(mode));
  const [clock, setClock] = useState('18:00');
  const choose = (one) => {
    setKind(one);
    if (one in USUAL) setLevel(one === mode.mode ? mode.level : USUAL[one]);
  };
  const ready = kind === 'auto' ? mode.mode !== 'auto' : end !== 'time' || clock !== '';
  return html`<form class="stations-form" onSubmit=${(event) => event.preventDefault()}>
    <${Kinds} kind=${kind} choose=${choose} />
    ${kind in USUAL && html`<${LevelField} label=${t(`stations.level_${kind}`)} value=${level} least=${LEAST} onInput=${setLevel} />`}
    ${kind !== 'auto' && html`<${End} end=${end} choose=${setEnd} clock=${clock} setClock=${setClock} unplug=${unplug} keep=${mode.until} zone=${zone} />`}
    <${Button} kind="is-main" disabled=${!ready} does=${() => does(wish({ kind, level, end, clock, keep: mode.until }))}>
      ${t(`stations.do_${kind}`, { level: pct(level) })}<//>
  </form>`;
}
