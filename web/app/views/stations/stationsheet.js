// Who decides in a whole station.
import { html } from '../../../vendor/ui.mjs';
import { Dialog } from '../../parts/dialog.js';
import { modeWords } from '../../parts/mode.js';
import { path } from '../../state/api.js';
import { serviceNow } from '../../state/clock.js';
import { station as stationSignal } from '../../state/live.js';
import { can } from '../../state/session.js';
import { t } from '../../words.js';
import { ModeForm } from './modeform.js';
import { stationTitle } from './say.js';
import { setMode } from './sheet.js';

/** The sheet of a station. */
export function StationSheet({ station: name, onClose }) {
  const station = stationSignal(name).value;
  if (!station) return html`<${Dialog} title=${t('stations.gone')} onClose=${onClose}><p>${t('stations.gone_text')}</p><//>`;
  const { mode, zone } = station;
  const title = stationTitle(name);
  const set = async (wish) => {
    if (await setMode({ where: path`stations/${name}/mode`, name: title, before: mode, wish, zone })) onClose();
  };
  return html`<${Dialog} title=${html`<bdi>${title}</bdi>`} onClose=${onClose}>
    <div class="stations-sheet">
      <p>${t('stations.mode_now', { mode: modeWords(mode, serviceNow(), zone) })}</p>
      <p class="soft stations-note">${t('stations.mode_note')}${station.ports_manual > 0 && ` ${t('stations.mode_held', { count: station.ports_manual })}`}</p>
      ${can.value.operate
        ? html`<${ModeForm} key=${JSON.stringify(mode)} mode=${mode} zone=${zone} does=${set} />`
        : html`<p class="soft">${t('stations.may_not')}</p>`}
    </div>
  <//>`;
}
