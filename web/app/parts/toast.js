// What was done, with a way back, and what failed.
import { html } from '../../vendor/ui.mjs';
import { act, attend, dialogs, dismiss, toasts } from '../state/acts.js';
import { t } from '../words.js';
import { sentence } from './failed.js';
import { Icon } from './icon.js';

function Toast({ toast }) {
  const undo = () => {
    dismiss(toast.id);
    return act({ say: t('app.undone'), doing: toast.undo });
  };
  return html`<li class=${`toast is-${toast.kind}`}>
    <${Icon} name=${toast.kind === 'done' ? 'check' : 'warn'} />
    <span class="toast-text"><bdi>${toast.kind === 'done' ? toast.text : sentence(toast.problem)}</bdi></span>
    ${toast.undo && html`<button class="button is-small" onClick=${undo}><${Icon} name="undo" /> ${t('app.undo')}</button>`}
    <button class="button is-plain" onClick=${() => dismiss(toast.id)} aria-label=${t('app.close')}><${Icon} name="close" /></button>
  </li>`;
}

/**
 * `level` is the number of the dialog that they are in; the topmost one shows them. The place for them is always there: readers
 * of the screen do not tell what comes together with its place.
 */
export function Toasts({ level = 0 }) {
  const shown = level === dialogs.value ? toasts.value : [];
  return html`<div class="toasts" role="status" aria-live="polite" onPointerMove=${attend}><ul>
    ${shown.map((toast) => html`<${Toast} key=${toast.id} toast=${toast} />`)}
  </ul></div>`;
}
