// A field for the name of a device: those that are known are offered, any other may be written.
import { html, useId } from '../../../vendor/ui.mjs';
import { port, portsOf, stations } from '../../state/live.js';

const names = () => {
  const all = stations.value.flatMap((one) => (portsOf(one).value ?? []).map((number) => port(one, number).value?.device));
  return [...new Set(all.filter(Boolean))].sort();
};

export function DeviceField({ label, value, onValue, required = false }) {
  const list = useId();
  return html`<label class="field"><span>${label}</span>
    <input list=${list} maxlength="64" autocomplete="off" required=${required} value=${value} onInput=${(e) => onValue(e.currentTarget.value)} />
    <datalist id=${list}>${names().map((name) => html`<option key=${name} value=${name} />`)}</datalist>
  </label>`;
}
