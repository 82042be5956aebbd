// The stretches in which a device was charged.
import { html, useEffect, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Failed } from '../../parts/failed.js';
import { complain } from '../../state/acts.js';
import { Problem, get, path } from '../../state/api.js';
import { serviceNow } from '../../state/clock.js';
import { useResource } from '../../state/resource.js';
import { deg, pct, span, t, when } from '../../words.js';

const PAGE = 12;

function Row({ one, zone }) {
  const cell = (key, content, kind = '') => html`<td class=${kind} data-label=${t(key)}>${content}</td>`;
  return html`<tr class=${one.ended_at ? '' : 'is-running'}>
    <th scope="row">${when(one.began_at, serviceNow(), zone)}${!one.ended_at && html` <span class="tag is-good">${t('device.session_running')}</span>`}</th>
    ${cell('device.session_long', span(one.minutes * 60), 'number')}
    ${cell('device.session_levels', `${pct(one.from)} → ${pct(one.to)}`, 'number')}
    ${cell('device.session_rate', one.per_hour == null ? '–' : t('device.per_hour', { rate: pct(one.per_hour) }), 'number')}
    ${cell('device.session_hottest', one.hottest == null ? '–' : deg(one.hottest), 'number')}
    ${cell('device.session_above_80', one.minutes_above_80 > 0.5 ? span(one.minutes_above_80 * 60) : '–', 'number')}
    ${cell('device.session_port', html`<bdi>${one.station}</bdi> ${one.port}`)}
  </tr>`;
}

const HEADS = ['device.session_began', 'device.session_long', 'device.session_levels', 'device.session_rate', 'device.session_hottest', 'device.session_above_80', 'device.session_port'];

/** The section; more are fetched when they are wanted. `charging` is whether it charges now: then a session begins or ends. */
export function Sessions({ device, charging, zone }) {
  const first = `${path`devices/${device}/sessions`}?limit=${PAGE}`;
  const { data, problem, again } = useResource(first);
  const [more, setMore] = useState({ list: [], next: undefined });
  useEffect(() => setMore({ list: [], next: undefined }), [data]);
  useEffect(() => {
    if (data) again();
  }, [charging]);
  const next = more.next === undefined ? data?.next : more.next;
  const fetchMore = async () => {
    try {
      const page = await get(`${first}&before=${encodeURIComponent(next)}`);
      setMore({ list: [...more.list, ...page.sessions], next: page.next ?? null });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      complain(error);
    }
  };
  const list = data ? [...(data.running ? [data.running] : []), ...data.sessions, ...more.list] : [];
  return html`<section class="card" aria-labelledby="device-sessions">
    <h2 id="device-sessions">${t('device.sessions')}</h2>
    ${problem && !data && html`<${Failed} problem=${problem} again=${again} />`}
    ${data && list.length === 0 && html`<p class="soft">${t('device.no_sessions')}</p>`}
    ${list.length > 0 && html`<table class="device-table device-sessions">
      <thead><tr>${HEADS.map((key) => html`<th key=${key} scope="col">${t(key)}</th>`)}</tr></thead>
      <tbody>${list.map((one) => html`<${Row} key=${one.number ?? 'running'} one=${one} zone=${zone} />`)}</tbody>
    </table>`}
    ${next != null && html`<${Button} does=${fetchMore}>${t('device.more')}<//>`}
  </section>`;
}
