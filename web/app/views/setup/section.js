// One card of this view: a heading, what it is for, and what the API says, or why it says nothing.
import { html, useId } from '../../../vendor/ui.mjs';
import { Failed } from '../../parts/failed.js';
import { Loading } from '../../parts/loading.js';

/** `resource` is what useResource answers; `children` shows its data. Without a resource the children are shown. */
export function Section({ title, about, aside, resource, children }) {
  const label = useId();
  const { data, problem, loading, again } = resource ?? {};
  let content = children;
  if (resource && data == null) {
    content = problem
      ? html`<${Failed} problem=${problem} again=${again} />`
      : loading && html`<${Loading} />`;
  } else if (resource) content = children(data);
  return html`<section class="card setup-card" aria-labelledby=${label}>
    <header class="setup-card-head"><h2 id=${label}>${title}</h2>${aside}</header>
    ${about && html`<p class="soft">${about}</p>`}
    ${content}
  </section>`;
}
