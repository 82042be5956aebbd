// All rules at a glance: what each is for, who uses it, whether it is tried and well.
import { html, useEffect, useRef, useState } from '../../../vendor/ui.mjs';
import { Empty } from '../../parts/empty.js';
import { Failed } from '../../parts/failed.js';
import { Icon } from '../../parts/icon.js';
import { Loading } from '../../parts/loading.js';
import { useAgo } from '../../parts/when.js';
import { href } from '../../router.js';
import { onEvent } from '../../state/live.js';
import { useResource } from '../../state/resource.js';
import { can } from '../../state/session.js';
import { dateTime, pct, t } from '../../words.js';
import { Create } from './create.js';
import { drafted } from './drafts.js';
import { Rejected } from './rejected.js';
import { ShadowCard } from './shadow.js';

const COVERAGE_MS = 4000;
const COVERAGE_MOST_MS = 60_000;
/** A rule that fails may do so at every port, every time. */
const PAUSE_MS = 2000;

function Coverage({ rule }) {
  if (rule.coverage) return html`<span title=${t('rules.coverage_hint')}>${t('rules.coverage', { part: pct(share(rule.coverage)) })}</span>`;
  if (rule.tested) return html`<span>${t('rules.tested')}</span>`;
  return html`<span class="rules-untested">${t('rules.untested')}</span>`;
}

const share = ({ tried, all }) => (all ? Math.floor((100 * tried) / all) : 100);

// What stands between backticks is code, as in the comment that it comes from.
const coded = (text) => text.split('`').map((part, at) => (at % 2 ? html`<code>${part}</code>` : part));

const Spoke = ({ at }) => html`<span title=${dateTime(at)}>${t('rules.spoke', { ago: useAgo(at) })}</span>`;

function Row({ rule }) {
  const draft = drafted.value.includes(rule.name);
  return html`<li><a class="rules-row card" href=${href`rules/${rule.name}`}>
    <span class="rules-row-name"><bdi>${rule.name}</bdi></span>
    <span class="rules-row-what"><bdi>${rule.description ? coded(rule.description) : t('rules.no_description')}</bdi></span>
    <span class="rules-row-tags">
      ${draft && html`<span class="tag is-warn">${t('rules.draft')}</span>`}
      ${rule.errors > 0 && html`<span class="tag is-bad" title=${rule.last_error}><${Icon} name="warn" /> ${t('rules.errors_day', { count: rule.errors })}</span>`}
      ${rule.warnings.length > 0 && html`<span class="tag is-warn" title=${rule.warnings.map((one) => one.message).join('\n')}>${t('rules.warnings', { count: rule.warnings.length })}</span>`}
      ${rule.used_by.map((station) => html`<span class="tag is-good" key=${station}><bdi>${station}</bdi></span>`)}
    </span>
    <span class="rules-row-facts soft">
      <${Coverage} rule=${rule} />
      ${rule.last_spoke && html`<${Spoke} at=${rule.last_spoke} />`}
      ${rule.used_by.length === 0 && html`<span>${t('rules.unused')}</span>`}
      <code title=${t('rules.version')}>${rule.version}</code>
    </span>
    <${Icon} name="next" />
  </a></li>`;
}

// What was begun here and never saved under its name.
function NewDrafts({ known }) {
  const fresh = drafted.value.filter((name) => !known.includes(name));
  if (!fresh.length) return null;
  return html`<ul class="rules-rows">${fresh.map((name) => html`<li key=${name}><a class="rules-row card" href=${href`rules/${name}`}>
    <span class="rules-row-name"><bdi>${name}</bdi></span>
    <span class="rules-row-what">${t('rules.draft_new')}</span>
    <span class="rules-row-tags"><span class="tag is-warn">${t('rules.draft')}</span></span>
    <${Icon} name="next" /></a></li>`)}</ul>`;
}

// Those that are used first, each part by name.
const parts = (rules) => [
  ['rules.at_work', rules.filter((rule) => rule.used_by.length)],
  ['rules.not_used', rules.filter((rule) => !rule.used_by.length)],
].filter(([, list]) => list.length);

export function List() {
  const { data, problem, loading, again } = useResource('rules', PAUSE_MS);
  const [making, setMaking] = useState(false);
  useEffect(() => onEvent((code) => ['config_loaded', 'rule_failed', 'snapshot'].includes(code) && again()), []);
  // Coverage is worked out behind the answer.
  const patience = useRef(COVERAGE_MS);
  const waits = data?.some((rule) => rule.tested && rule.coverage === null);
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setTimeout(again, patience.current);
    // Tests that cannot be read are never covered.
    patience.current = Math.min(2 * patience.current, COVERAGE_MOST_MS);
    return () => clearTimeout(timer);
  }, [waits, data]);
  if (problem && !data) return html`<${Failed} whole=${true} problem=${problem} again=${again} />`;
  if (loading && !data) return html`<${Loading} />`;
  const names = data.map((rule) => rule.name);
  return html`<div class="rules-list">
    <header class="rules-head">
      <h1>${t('app.rules')}</h1>
      ${can.value.edit && html`<button class="button is-main" onClick=${() => setMaking(true)}><${Icon} name="plus" /> ${t('rules.new')}</button>`}
    </header>
    <p class="soft rules-lead">${t('rules.lead')}</p>
    <${Rejected} />
    <${ShadowCard} />
    <${NewDrafts} known=${names} />
    ${data.length === 0 && html`<${Empty} title=${t('rules.none')}>${t('rules.none_text')}<//>`}
    ${parts(data).map(([key, rules]) => html`<section key=${key}><h2>${t(key)}</h2>
      <ul class="rules-rows">${rules.map((rule) => html`<${Row} key=${rule.name} rule=${rule} />`)}</ul></section>`)}
    ${making && html`<${Create} rules=${data} onClose=${() => setMaking(false)} />`}
  </div>`;
}
