// All devices, where no one is named.
import { html } from '../../../vendor/ui.mjs';
import { Battery } from '../../parts/battery.js';
import { Empty } from '../../parts/empty.js';
import { Failed } from '../../parts/failed.js';
import { Loading } from '../../parts/loading.js';
import { href } from '../../router.js';
import { useResource } from '../../state/resource.js';
import { t } from '../../words.js';

export function Devices() {
  const { data, problem, again } = useResource('devices');
  if (problem && !data) return html`<${Failed} whole=${true} problem=${problem} again=${again} />`;
  if (!data) return html`<${Loading} />`;
  if (data.length === 0) return html`<${Empty} whole=${true} title=${t('device.none')} />`;
  return html`<h1>${t('device.all')}</h1>
    <ul class="device-list">${data.map((one) => html`<li key=${`${one.station}/${one.port}`}>
      <a class="card" href=${href`devices/${one.device}`}><bdi>${one.device}</bdi>
        <${Battery} level=${one.battery?.level} charging=${one.battery?.charging} old=${!one.online} /></a></li>`)}</ul>`;
}
