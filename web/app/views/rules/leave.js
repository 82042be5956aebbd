// Asked when somebody goes away from a change that is not saved.
import { html } from '../../../vendor/ui.mjs';
import { Dialog } from '../../parts/dialog.js';
import { beforeLeaving, go } from '../../router.js';
import { t } from '../../words.js';

export function Leave({ target, onStay, onDrop }) {
  const leave = (drop) => {
    beforeLeaving(null);
    if (drop) onDrop();
    go(target);
  };
  return html`<${Dialog} title=${t('rules.leave_title')} onClose=${onStay}>
    <p>${t('rules.leave_text')}</p>
    <div class="rules-actions">
      <button class="button" onClick=${onStay}>${t('rules.leave_stay')}</button>
      <button class="button is-bad" onClick=${() => leave(true)}>${t('rules.leave_drop')}</button>
      <button class="button is-main" onClick=${() => leave(false)}>${t('rules.leave_keep')}</button>
    </div>
  <//>`;
}
