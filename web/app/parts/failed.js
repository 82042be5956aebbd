// What went wrong, kindly: what it is, what it means, what to do.
import { html } from '../../vendor/ui.mjs';
import { has, t } from '../words.js';
import { Icon } from './icon.js';

/** The sentence for a problem: ours where there is one, else the service's own. */
export function sentence(problem) {
  if (has(`problem.${problem.code}`)) return t(`problem.${problem.code}`);
  return problem.detail || problem.title || t('problem.other');
}

/** A problem in place of what was asked for; `whole`: of a view, so it is the heading of the page. `again` tries once more. */
export function Failed({ problem, again, whole = false }) {
  const said = html`<bdi>${sentence(problem)}</bdi>`;
  return html`<div class="failed" role="alert">
    <${Icon} name="warn" />
    ${whole ? html`<h1 class="failed-said">${said}</h1>` : html`<p class="failed-said">${said}</p>`}
    ${again && html`<button class="button" onClick=${again}>${t('app.again')}</button>`}
  </div>`;
}
