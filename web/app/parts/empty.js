// Nothing is there, and what that means.
import { html } from '../../vendor/ui.mjs';

/** `whole`: in place of a view, so its title is the heading of the page. */
export function Empty({ title, whole = false, children }) {
  const said = whole ? html`<h1 class="empty-title">${title}</h1>` : html`<p class="empty-title">${title}</p>`;
  return html`<div class="empty">${said}${children && html`<p>${children}</p>`}</div>`;
}
