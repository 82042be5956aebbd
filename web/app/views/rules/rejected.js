// Above the list: that files on disk are not taken, and why. The rules before work on, so nobody would see it otherwise.
import { html, useEffect } from '../../../vendor/ui.mjs';
import { Ago } from '../../parts/when.js';
import { href } from '../../router.js';
import { onEvent } from '../../state/live.js';
import { useResource } from '../../state/resource.js';
import { t } from '../../words.js';

const PAUSE_MS = 2000;
const TELLING = ['config_loaded', 'config_rejected', 'snapshot'];

// A problem in a rule or its tests leads into the editor.
function Problem({ problem: { file, line, message, hint } }) {
  const rule = /([a-z][a-z0-9_-]*)\.(rhai|test\.ron)$/.exec(file);
  const words = html`<span class="rules-where"><bdi>${file}${line && `:${line}`}</bdi></span>
    <span><bdi>${message}</bdi>${hint && html` <bdi class="soft">${hint}</bdi>`}</span>`;
  if (!rule) return html`<div>${words}</div>`;
  const at = line && rule[2] === 'rhai' ? `?line=${line}` : '';
  return html`<a href=${href`rules/${rule[1]}` + at}>${words}</a>`;
}

export function Rejected() {
  const { data, again } = useResource('config', PAUSE_MS);
  useEffect(() => onEvent((code) => TELLING.includes(code) && again()), []);
  const rejected = data?.rejected;
  if (!rejected) return null;
  return html`<section class="card rules-shadow" role="alert" aria-labelledby="rules-rejected-title">
    <h2 id="rules-rejected-title">${t('rules.rejected_title')}</h2>
    <p>${t('rules.rejected_text')} <span class="soft"><${Ago} at=${rejected.since} /></span></p>
    <ul class="rules-problems">${rejected.problems.map((problem, at) => html`<li key=${at} class=${`is-${problem.severity}`}><${Problem} problem=${problem} /></li>`)}</ul>
  </section>`;
}
