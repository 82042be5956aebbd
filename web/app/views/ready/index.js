// Who will be ready, and first of all who will not.
import { html, useEffect, useState } from '../../../vendor/ui.mjs';
import { Empty } from '../../parts/empty.js';
import { Failed } from '../../parts/failed.js';
import { Icon } from '../../parts/icon.js';
import { Loading } from '../../parts/loading.js';
import { Rows } from '../../parts/rows.js';
import { href } from '../../router.js';
import { now } from '../../state/clock.js';
import { known, link, port, station as stationSignal, stations } from '../../state/live.js';
import { askPlan, followPlans, planOf } from '../../state/plans.js';
import { can } from '../../state/session.js';
import { n, names, t, when } from '../../words.js';
import { Opened } from '../stations/opened.js';
import { canBeTold } from './due.js';
import { DueDialog } from './dueform.js';
import { sorted } from './readiness.js';
import { Row } from './row.js';

/** From here on a device has one line. The same as in the style. */
const WIDE = '(min-width: 64em)';
/** Heights of a row in rem. */
const LINE = 3.6;
const CARD = 12.4;
/** So many names fit into the sentence. */
const NAMED = 2;
const one = () => 1;
/** A card needs so much width, in rem. */
const CARD_WIDTH = 19;
const cards = (count, width) => Math.max(1, Math.min(count, Math.floor(width / CARD_WIDTH)));

function useWide() {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const turn = () => setWide(query.matches);
    query.addEventListener('change', turn);
    return () => query.removeEventListener('change', turn);
  }, []);
  return wide;
}

const HEAD_ICON = { bad: 'warn', warn: 'warn', good: 'check', old: 'clock' };

const nameOf = ({ entry }) => entry.device;

function sentence({ late, doubt, day, later }) {
  if (late.length > NAMED) return t('ready.late_many', { count: late.length });
  if (late.length) return t('ready.late', { count: late.length, names: names(late.map(nameOf)) });
  if (doubt.length > NAMED) return t('ready.doubt_many', { count: doubt.length });
  if (doubt.length) return t('ready.doubt', { count: doubt.length, names: names(doubt.map(nameOf)) });
  return day.length + later.length ? t('ready.all') : t('ready.nobody');
}

function Head({ groups, onDue }) {
  const next = [...groups.day, ...groups.later][0];
  const kind = groups.late.length ? 'bad' : groups.doubt.length ? 'warn' : next ? 'good' : 'old';
  const zone = next && stationSignal(next.station).value?.zone;
  return html`<section class=${`stations-verdict is-${kind}`}><div class="stations-verdict-head">
    <span class="stations-verdict-icon"><${Icon} name=${HEAD_ICON[kind]} /></span>
    <div><h1 aria-live="polite"><bdi>${sentence(groups)}</bdi></h1>
      ${next && html`<p class="soft"><bdi>${t('stations.next_ready', { name: next.entry.device, time: when(next.entry.deadline.at, now.peek(), zone) })}</bdi></p>`}</div>
    ${can.value.operate && html`<button type="button" class="button ready-say" aria-haspopup="dialog" onClick=${onDue}><${Icon} name="clock" />${t('ready.due_say')}</button>`}
  </div></section>`;
}

function Group({ title, list, wide, onOpen, onDue }) {
  if (!list.length) return null;
  const row = (at) => {
    const { station, entry } = list[at];
    return html`<${Row} station=${station} entry=${entry} onOpen=${() => onOpen({ station, port: entry.port })}
      onDue=${() => onDue({ station, port: entry.port })} />`;
  };
  return html`<section class="ready-group">
    <h2>${title} <span class="soft number">${n(list.length)}</span></h2>
    ${wide && html`<div class="ready-row ready-heads" aria-hidden="true"><span></span><span>${t('app.device')}</span><span>${t('ready.at')}</span>
      <span>${t('ready.start')}</span><span>${t('ready.level')}</span><span>${t('ready.way')}</span></div>`}
    <${Rows} count=${list.length} columnsFor=${wide ? one : cards} height=${wide ? LINE : CARD} gap=${wide ? 0 : 8} label=${title}
      keyOf=${(at) => `${list[at].station}/${list[at].entry.port}`} item=${row} />
  </section>`;
}

function Never({ list, onDue }) {
  const [open, setOpen] = useState(false);
  if (!list.length) return null;
  const told = (place) => can.value.operate && canBeTold(port(place.station, place.port).value);
  return html`<details class="ready-never" onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${t('ready.never', { count: list.length })}</summary>
    ${open && html`<ul>${list.map(({ station, entry }) => html`<li key=${`${station}/${entry.port}`}>
      <span class="ready-none"><a href=${href`devices/${entry.device}`}><bdi>${entry.device}</bdi></a> <bdi class="soft">${entry.reason}</bdi></span>
      ${told({ station, port: entry.port }) && html`<button type="button" class="button is-small" aria-haspopup="dialog"
        onClick=${() => onDue({ station, port: entry.port })}>${t('ready.due_say')}<span class="visually-hidden"> ${entry.device}</span></button>`}</li>`)}</ul>`}</details>`;
}

export default function Ready() {
  const [open, setOpen] = useState(null);
  const [due, setDue] = useState(null);
  const wide = useWide();
  useEffect(() => followPlans(), []);
  const all = stations.value.map((name) => ({ station: name, plan: planOf(name).value }));
  const failed = all.find(({ plan }) => plan && !plan.entries);
  if (failed) {
    return html`<h1 class="visually-hidden">${t('app.ready')}</h1><${Failed} problem=${failed.plan.problem} again=${() => askPlan(failed.station)} />`;
  }
  if (!known.value && link.value.state === 'lost') {
    return html`<h1 class="visually-hidden">${t('app.ready')}</h1><${Failed} problem=${{ code: 'unreachable' }} />`;
  }
  if (!known.value || all.some(({ plan }) => !plan)) return html`<${Loading} />`;
  const groups = sorted(all.map(({ station, plan }) => ({ station, entries: plan.entries })), now.peek(), (station, number) => port(station, number).value);
  const { late, doubt, day, later, never } = groups;
  const none = late.length + doubt.length + day.length + later.length === 0;
  return html`<div class="stations ready">
    <${Head} groups=${groups} onDue=${() => setDue({})} />
    ${none && html`<${Empty} title=${t('ready.none')}>${t('ready.none_text')}<//>`}
    <${Group} title=${t('ready.group_late')} list=${late} wide=${wide} onOpen=${setOpen} onDue=${setDue} />
    <${Group} title=${t('ready.group_doubt')} list=${doubt} wide=${wide} onOpen=${setOpen} onDue=${setDue} />
    <${Group} title=${t('ready.group_day')} list=${day} wide=${wide} onOpen=${setOpen} onDue=${setDue} />
    <${Group} title=${t('ready.group_later')} list=${later} wide=${wide} onOpen=${setOpen} onDue=${setDue} />
    <${Never} list=${never} onDue=${setDue} />
    ${due && html`<${DueDialog} place=${due} onClose=${() => setDue(null)} />`}
    <${Opened} open=${open} onClose=${() => setOpen(null)} />
  </div>`;
}
