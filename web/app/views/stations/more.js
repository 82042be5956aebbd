// What one seldom does to a port: say which device is in it, and let it start anew.
import { html, useEffect, useId, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { act } from '../../state/acts.js';
import { del, get, path, post, put } from '../../state/api.js';
import { t } from '../../words.js';
import { portName } from './say.js';

/** The longest name that the service takes. */
const LONGEST = 64;

function useUnplaced() {
  const [names, setNames] = useState([]);
  useEffect(() => {
    get('unknown-devices').then(({ unplaced }) => setNames(unplaced.map((one) => one.device)), () => setNames([]));
  }, []);
  return names;
}

const nameIt = (port, device) => put(path`stations/${port.station}/ports/${port.port}/device`, { device });

function Name({ port }) {
  const [name, setName] = useState(port.device ?? '');
  const list = useId();
  const unplaced = useUnplaced();
  const before = port.named_at_run_time ? port.device : null;
  const save = (device) =>
    act({
      say: (now) => t('stations.did_name', { port: port.port, name: portName(now) }),
      doing: () => nameIt(port, device),
      undo: () => nameIt(port, before),
    });
  const enter = (event) => event.preventDefault();
  const wanted = name.trim();
  return html`<form class="stations-name-form" onSubmit=${enter}>
    <label class="field"><span>${t('stations.device_in_port')}</span>
      <input value=${name} list=${list} maxlength=${LONGEST} autocomplete="off" dir="auto" onInput=${(event) => setName(event.currentTarget.value)} />
      <datalist id=${list}>${unplaced.map((one) => html`<option key=${one} value=${one}></option>`)}</datalist></label>
    <${Button} disabled=${!wanted || wanted === port.device} does=${() => save(wanted)}>${t('stations.name_save')}<//>
    ${port.named_at_run_time && html`<${Button} kind="is-small" does=${() => save(null)}>
      ${port.file_device ? t('stations.name_file', { name: port.file_device }) : t('stations.name_none')}<//>`}
  </form>`;
}

function cycle(port) {
  const where = path`stations/${port.station}/ports/${port.port}`;
  return act({
    say: t('stations.did_cycle', { name: portName(port) }),
    doing: () => post(`${where}/cycle`),
    undo: () => del(`${where}/probe`),
  });
}

/** Both, folded away. */
export function More({ port }) {
  return html`<details class="stations-more"><summary>${t('stations.more')}</summary>
    <div class="stations-more-inner">
      <${Name} key=${port.device} port=${port} />
      <div class="stations-cycle"><${Button} disabled=${port.power !== 'on' || port.probe != null} does=${() => cycle(port)}>${t('stations.cycle')}<//>
        <p class="soft stations-note">${t('stations.cycle_note')}</p></div>
    </div></details>`;
}
