// One device on its way to be ready.
import { html } from '../../../vendor/ui.mjs';
import { Battery } from '../../parts/battery.js';
import { Icon } from '../../parts/icon.js';
import { modeWords } from '../../parts/mode.js';
import { href } from '../../router.js';
import { serviceNow } from '../../state/clock.js';
import { port as portSignal, station as stationSignal, stations } from '../../state/live.js';
import { can } from '../../state/session.js';
import { pct, span, t, when } from '../../words.js';
import { stationTitle } from '../stations/say.js';
import { canBeTold } from './due.js';
import { doubtful, expected, obstacle } from './readiness.js';

function way(port, entry, zone) {
  const stands = obstacle(port, entry);
  if (stands?.held) return t('ready.held', { mode: modeWords(stands.held, serviceNow(), zone) });
  if (stands?.readyAt) return t('ready.too_late', { span: span(entry.minutes * 60), time: when(stands.readyAt, serviceNow(), zone) });
  if (stands?.key) return t(stands.key);
  if (stands) return stands.text;
  if (entry.level >= entry.deadline.level) return t('ready.there');
  return entry.minutes == null ? entry.reason : t('ready.takes', { span: span(entry.minutes * 60) });
}

function begins(port, entry, now, zone) {
  const stands = obstacle(port, entry);
  if (entry.level >= entry.deadline.level || !entry.start || stands?.held || stands?.key) return '–';
  const start = Date.parse(entry.start);
  return start <= now ? t('ready.begun') : when(start, now, zone);
}

function Cell({ name, label, children }) {
  return html`<span class=${`ready-cell ready-${name}`}><span class="ready-label">${label}</span> <span>${children}</span></span>`;
}

/** The time, which one changes where it stands. */
function Due({ deadline, said, onChange }) {
  const time = html`<time datetime=${deadline.at} title=${deadline.source}>${said}</time>`;
  if (!onChange) return time;
  return html`<button type="button" class="button is-small ready-change" aria-haspopup="dialog" aria-label=${t('ready.due_change', { time: said })} onClick=${onChange}>${time}</button>`;
}

/** `onOpen` shows the port's sheet, `onDue` the form for its time. */
export function Row({ station, entry, onOpen, onDue }) {
  const port = portSignal(station, entry.port).value;
  const zone = stationSignal(station).value?.zone;
  const now = serviceNow();
  const kind = entry.in_time === false ? 'late' : doubtful(port, entry) ? 'doubt' : 'fine';
  const { deadline, device } = entry;
  const will = expected(entry, now);
  return html`<div class=${`ready-row is-${kind}`}>
    <span class="ready-icon"><${Icon} name=${kind === 'fine' ? 'check' : 'warn'} /><span class="visually-hidden">${t(`ready.is_${kind}`)}</span></span>
    <span class="ready-who"><a href=${href`devices/${device}`} title=${device}><bdi>${device}</bdi></a>${stations.value.length > 1 && html`<bdi class="soft ready-station">${stationTitle(station)}</bdi>`}</span>
    <${Cell} name="at" label=${t('ready.at')}><${Due} deadline=${deadline} said=${when(deadline.at, now, zone)} onChange=${can.value.operate && canBeTold(port) && onDue} /><//>
    <${Cell} name="start" label=${t('ready.start')}>${begins(port, entry, now, zone)}<//>
    <span class="ready-cell ready-level"><${Battery} level=${entry.level} charging=${port?.battery?.charging} high=${deadline.level < 100 ? deadline.level : null} />
      <span class=${`ready-then${will == null ? '' : ' is-known'}`}><span class="ready-label">${t('ready.then')}</span> <span aria-hidden="true">→</span> ${will == null ? html`<span aria-hidden="true">?</span><span class="visually-hidden">${t('ready.nobody_knows')}</span>` : pct(will)}</span></span>
    <span class="ready-way" title=${entry.reason}><bdi>${way(port, entry, zone)}</bdi></span>
    <button type="button" class="button is-small ready-open" aria-haspopup="dialog" onClick=${onOpen}>${t('stations.port', { port: entry.port })}</button>
  </div>`;
}
