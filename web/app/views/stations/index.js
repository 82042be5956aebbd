// The first view: is all well, and each station with its ports.
import { html, useEffect, useState } from '../../../vendor/ui.mjs';
import { Empty } from '../../parts/empty.js';
import { Failed } from '../../parts/failed.js';
import { Loading } from '../../parts/loading.js';
import { known, link, stations } from '../../state/live.js';
import { followPlans } from '../../state/plans.js';
import { t } from '../../words.js';
import { Opened } from './opened.js';
import { Station } from './station.js';
import { Verdict } from './verdict.js';

export default function Stations() {
  const [open, setOpen] = useState(null);
  useEffect(() => followPlans(), []);
  const close = () => setOpen(null);
  if (!known.value) {
    if (link.value.state === 'lost') return html`<h1 class="visually-hidden">${t('app.stations')}</h1><${Failed} problem=${{ code: 'unreachable' }} />`;
    return html`<${Loading} />`;
  }
  if (!stations.value.length) {
    return html`<h1 class="visually-hidden">${t('app.stations')}</h1><${Empty} title=${t('stations.none')}>${t('stations.none_text')}<//>`;
  }
  return html`<div class="stations">
    <${Verdict} onOpen=${(station, port) => setOpen({ station, port })} />
    ${stations.value.map((name) => html`<${Station} key=${name} name=${name}
      onPort=${(port) => setOpen({ station: name, port })} onMode=${() => setOpen({ station: name })} />`)}
    <${Opened} open=${open} onClose=${close} />
  </div>`;
}
