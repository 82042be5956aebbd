// A station: what it is, who decides there, its power budget, and its ports as the hub has them.
import { html } from '../../../vendor/ui.mjs';
import { Icon } from '../../parts/icon.js';
import { modeWords } from '../../parts/mode.js';
import { Rows } from '../../parts/rows.js';
import { serviceNow } from '../../state/clock.js';
import { portsOf, station as stationSignal } from '../../state/live.js';
import { n, t } from '../../words.js';
import { columnsFor, rowsOf } from './layout.js';
import { stationTitle } from './say.js';
import { Tile } from './tile.js';

/** Height of a port, in rem. */
const TILE = 9;

function limitWords(limit) {
  const what = limit.of === 'station' ? t('stations.budget_station') : limit.name;
  if (limit.max_on != null) return t('stations.budget_ports', { what, on: limit.on, most: limit.max_on });
  return t('stations.budget_watts', { what, watts: n(limit.watts), most: n(limit.max_watts) });
}

function Budget({ budget }) {
  if (!budget) return null;
  return html`<span class="stations-budget">
    ${budget.limits.map((limit) => html`<span class="tag" key=${`${limit.of}/${limit.name}`}><bdi>${limitWords(limit)}</bdi></span>`)}
    ${budget.waiting.length > 0 && html`<span class="tag">${t('stations.budget_waiting', { count: budget.waiting.length })}</span>`}
  </span>`;
}

/** One station. `onPort(number)` opens a port, `onMode()` the station's mode. */
export function Station({ name, onPort, onMode }) {
  const one = stationSignal(name).value;
  const numbers = portsOf(name).value ?? [];
  if (!one) return null;
  const rows = rowsOf(one.hub?.rows, numbers);
  const mode = modeWords(one.mode, serviceNow(), one.zone);
  return html`<section class="stations-station" aria-labelledby=${`station-${name}`}>
    <header class="stations-station-head">
      <div class="stations-title">
        <h2 id=${`station-${name}`}><bdi>${stationTitle(name)}</bdi></h2>
        <p class="soft number">${t('stations.ports_on', { on: one.ports_on, all: one.ports })}${one.hub && html` · <bdi>${one.hub.title}</bdi>`}</p>
      </div>
      <${Budget} budget=${one.budget} />
      <button type="button" class=${`button stations-mode${one.mode.mode === 'auto' ? '' : ' is-chosen'}`} aria-haspopup="dialog" onClick=${onMode}>
        <${Icon} name=${one.mode.mode === 'auto' ? 'rule' : 'hand'} /><span class="visually-hidden">${t('stations.mode_of')} </span>${mode}
      </button>
    </header>
    <div class="stations-hub">
      ${rows.map((row, n_) => html`<${Rows} key=${n_} count=${row.length} columnsFor=${columnsFor} height=${TILE}
        label=${rows.length > 1 ? t('stations.row', { row: n_ + 1 }) : t('stations.ports')} keyOf=${(at) => row[at]}
        item=${(at) => html`<${Tile} station=${name} number=${row[at]} zone=${one.zone} onOpen=${() => onPort(row[at])} />`} />`)}
    </div>
  </section>`;
}
