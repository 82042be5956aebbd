// The view of why: one decision opened, or a port as it is now.
import { html, useEffect, useRef } from '../../../vendor/ui.mjs';
import { Empty } from '../../parts/empty.js';
import { Failed } from '../../parts/failed.js';
import { Loading } from '../../parts/loading.js';
import { path } from '../../state/api.js';
import { port as portOf, station as stationOf } from '../../state/live.js';
import { useResource } from '../../state/resource.js';
import { t } from '../../words.js';
import { Facts } from './facts.js';
import { Head } from './head.js';
import { Otherwise } from './others.js';
import { Rules } from './rules.js';

/** However much happens at a port: an answer has the time to be read. */
const CALM_MS = 1500;

/** The files of a version, by rule; null while they are fetched, an empty map where they are gone. */
function useSources(version) {
  const { data, problem } = useResource(version ? path`versions/${version}` : null);
  if (data?.version === version) return new Map(data.files.filter((file) => file.kind === 'rule').map((file) => [file.name, file.text]));
  return problem ? new Map() : null;
}

function Explained({ told, now, zone }) {
  const sources = useSources(told.asked.length > 0 ? told.decision.version : null);
  return html`<div class="why">
    <${Head} told=${told} now=${now} zone=${zone} />
    <div class="why-columns">
      <div class="why-main"><${Rules} told=${told} sources=${sources} zone=${zone} /></div>
      <div class="why-side"><${Otherwise} told=${told} /><${Facts} facts=${told.facts} zone=${zone} /></div>
    </div>
  </div>`;
}

/** A decision whose files are not kept any more: what was written down of it. */
function Recorded({ station, id, zone, problem }) {
  const { data, problem: failed, again } = useResource(path`stations/${station}/decisions/${id}`);
  if (failed && !data) return html`<${Failed} whole=${true} problem=${failed} again=${again} />`;
  if (!data) return html`<${Loading} />`;
  return html`<${Explained} told=${{ decision: data, summary: '', note: problem.detail, facts: data.facts, asked: [] }} now=${false} zone=${zone} />`;
}

function Why({ station, where, id, port }) {
  const { data, problem, again } = useResource(`${path`stations/${station}`}/${where}/explanation`, CALM_MS);
  const zone = stationOf(station).value?.zone;
  const live = port ? portOf(station, port).value : null;
  const seen = live && `${live.decision?.id}/${live.battery?.measured_at}/${live.power}`;
  const before = useRef(null);
  useEffect(() => {
    const changed = before.current !== null && seen !== before.current;
    before.current = seen ?? before.current;
    if (changed) again();
  }, [seen]);
  if (problem?.code === 'version_not_kept') return html`<${Recorded} station=${station} id=${id} zone=${zone} problem=${problem} />`;
  if (problem?.code === 'undecided') return html`<${Empty} whole=${true} title=${t('why.undecided')}>${problem.detail}<//>`;
  if (problem?.status === 404 && !data) return html`<${Empty} whole=${true} title=${t('why.no_such')}><bdi>${problem.detail}</bdi><//>`;
  if (problem && !data) return html`<${Failed} whole=${true} problem=${problem} again=${again} />`;
  if (!data) return html`<${Loading} />`;
  return html`<${Explained} told=${data} now=${port != null} zone=${zone} />`;
}

export default function View({ rest: [station, one, number] }) {
  const port = one === 'port' ? Number(number) : null;
  const id = port === null ? one : null;
  const whole = (value) => /^\d{1,19}$/.test(value ?? '');
  if (!station || !(port === null ? whole(id) : whole(number))) return html`<${Empty} whole=${true} title=${t('why.no_such')} />`;
  const where = port === null ? path`decisions/${id}` : path`ports/${port}`;
  return html`<${Why} key=${`${station}/${where}`} station=${station} where=${where} id=${id} port=${port} />`;
}
