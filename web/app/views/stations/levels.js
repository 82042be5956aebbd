// The two levels between which a port is kept, set on top of the station file.
import { html, useEffect, useRef, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Icon } from '../../parts/icon.js';
import { act } from '../../state/acts.js';
import { restoreParameter, setParameter, setParameters } from '../../state/parameters.js';
import { pct, t } from '../../words.js';
import { LevelField } from './modeform.js';
import { portName } from './say.js';

/** Each key on a slider is a change: it is saved when the hand rests. */
const SETTLED_MS = 500;

/** One of the two: the parameter's rule and name, its value, and what people set it to at run time, if they did. */
function parameterOf(port, name, value) {
  const set = port.adjusted.find((one) => one.rule === port.levels.rule && one.name === name);
  return { rule: port.levels.rule, name, value, set };
}

function Level({ port, parameter, label, least, most, disabled }) {
  // What the hand says; null: what counts. And what was shown when the hand came.
  const [draft, setDraft] = useState(null);
  const from = useRef(null);
  const pending = useRef(null);
  const shown = draft ?? parameter.value;
  useEffect(() => {
    if (from.current === null) setDraft(null);
  }, [parameter.value]);
  const move = (wanted) => {
    from.current ??= shown;
    if (wanted === from.current) from.current = null;
    setDraft(wanted);
  };
  const save = async () => {
    const { timer, wanted } = pending.current;
    clearTimeout(timer);
    const before = from.current ?? wanted;
    pending.current = from.current = null;
    if (wanted === before) return;
    const say = t('stations.did_level', { name: portName(port), what: label, level: pct(wanted) });
    // Two changes that come to the same are told as none: what was undone is not left standing here.
    const undo = () => restoreParameter(port, parameter).then(() => setDraft(null));
    const done = await act({ say, doing: () => setParameter(port, parameter, wanted), undo });
    if (!done) setDraft(null);
  };
  // The newest render's: what is saved is said of what is known then.
  const saving = useRef(save);
  saving.current = save;
  useEffect(() => () => pending.current && saving.current(), []);
  const change = (wanted) => {
    clearTimeout(pending.current?.timer);
    pending.current = { wanted, timer: setTimeout(() => saving.current(), SETTLED_MS) };
  };
  return html`<${LevelField} label=${label} value=${shown} least=${least} most=${most} disabled=${disabled} onInput=${move} onChange=${change} />`;
}

function reset(port, changed) {
  return act({
    say: t('stations.did_reset', { name: portName(port) }),
    doing: () => setParameters(port, changed.map((parameter) => ({ parameter, value: null }))),
    undo: async () => {
      for (const parameter of changed) await restoreParameter(port, parameter);
    },
  });
}

/** Nothing where no rule of the port has such levels. */
export function Levels({ port, disabled }) {
  if (!port.levels) return null;
  const low = port.levels.low && parameterOf(port, port.levels.low, port.low);
  const high = parameterOf(port, port.levels.high, port.high);
  const changed = [low, high].filter((one) => one?.set);
  return html`<section class="stations-levels">
    <h3>${t('stations.levels')}</h3>
    ${low && html`<${Level} key=${low.name} port=${port} parameter=${low} label=${t('stations.level_low')} least=${0} most=${Math.max(1, high.value - 1)} disabled=${disabled} />`}
    <${Level} key=${high.name} port=${port} parameter=${high} label=${t(low ? 'stations.level_high' : 'stations.level_target')}
      least=${low ? Math.min(99, low.value + 1) : 5} most=${100} disabled=${disabled} />
    <p class="soft stations-note">${t('stations.levels_of')} <bdi>${port.levels.rule}</bdi>
      ${changed.length > 0 && !disabled && html` <${Button} kind="is-small" does=${() => reset(port, changed)}><${Icon} name="undo" />${t('stations.levels_reset')}<//>`}</p>
  </section>`;
}
