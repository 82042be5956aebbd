// The view of a device: how it is, what it went through, and what it is charged by.
import { html, useEffect, useState } from '../../../vendor/ui.mjs';
import { Empty } from '../../parts/empty.js';
import { Failed } from '../../parts/failed.js';
import { Loading } from '../../parts/loading.js';
import { path } from '../../state/api.js';
import { port as portOf, station as stationOf } from '../../state/live.js';
import { followPlans } from '../../state/plans.js';
import { useResource } from '../../state/resource.js';
import { t } from '../../words.js';
import { Care } from './care.js';
import { Devices } from './devices.js';
import { Head } from './head.js';
import { History } from './history.js';
import { Learned } from './learned.js';
import { Parameters } from './parameters.js';
import { Sessions } from './sessions.js';

/** The service takes no longer name, in characters. */
const LONGEST_NAME = 64;

/** What is known of the device now: its own answer, and what its port said since. */
function fresh(device, port) {
  if (!port || port.device !== device.device) return device;
  const heard = port.battery?.measured_at;
  const later = heard && (!device.heard_at || Date.parse(heard) > Date.parse(device.heard_at));
  return { ...device, battery: port.battery, online: port.online, heard_at: later ? heard : device.heard_at };
}

function Gone({ name }) {
  return html`<header class="card device-head"><div class="device-title"><h1><bdi>${name}</bdi></h1>
    <p class="soft">${t('device.in_no_port')}</p></div></header>`;
}

function Device({ name }) {
  const { data, problem, again } = useResource(path`devices/${name}`);
  const [never, setNever] = useState(false);
  const place = data && { station: data.station, port: data.port };
  const port = place ? portOf(place.station, place.port).value : null;
  const moved = port != null && port.device !== name;
  useEffect(() => {
    if (moved) again();
  }, [moved]);
  useEffect(() => followPlans(), []);
  const zone = place ? stationOf(place.station).value?.zone : undefined;
  const gone = problem?.code === 'unknown_device';
  if (gone && never) return html`<${Empty} whole=${true} title=${t('device.no_such')} />`;
  if (problem && !data && !gone) return html`<${Failed} whole=${true} problem=${problem} again=${again} />`;
  if (!data && !gone) return html`<${Loading} />`;
  return html`<div class="device">
    ${gone ? html`<${Gone} name=${name} />` : html`<${Head} device=${fresh(data, port)} port=${moved ? null : port} zone=${zone} />`}
    <${History} device=${name} place=${place} zone=${zone} onNothing=${() => setNever(true)} />
    <div class="device-columns">
      ${!gone && html`<div class="device-column"><${Parameters} place=${place} device=${name} adjusted=${port?.adjusted} /></div>`}
      <div class="device-column">
        ${!gone && html`<${Learned} device=${name} level=${port?.battery?.level} />`}
        <${Care} device=${name} zone=${zone} />
      </div>
    </div>
    <${Sessions} device=${name} charging=${port?.battery?.charging} zone=${zone} />
  </div>`;
}

export default function View({ rest: [name] }) {
  if (name === undefined) return html`<${Devices} />`;
  if ([...name].length > LONGEST_NAME) return html`<${Empty} whole=${true} title=${t('device.no_such')} />`;
  return html`<${Device} key=${name} name=${name} />`;
}
