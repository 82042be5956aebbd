// Removes a rule and its tests.
import { html } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { beforeLeaving, go } from '../../router.js';
import { act } from '../../state/acts.js';
import { t } from '../../words.js';
import { dropDraft } from './drafts.js';
import { removeRule, saveRule } from './store.js';

export function Remove({ name, draft, onClose }) {
  const used = draft.rule?.used_by ?? [];
  const { base } = draft;
  const remove = async () => {
    const done = await act({
      say: t('rules.removed', { rule: name }),
      doing: () => removeRule(name, base.etag),
      undo: () => saveRule(name, base, null),
    });
    onClose();
    if (!done) return;
    beforeLeaving(null);
    dropDraft(name);
    go('#/rules');
  };
  return html`<${Dialog} title=${t('rules.remove_title', { rule: name })} onClose=${onClose}>
    <p>${used.length ? t('rules.remove_used', { stations: used.join(', ') }) : t('rules.remove_text')}</p>
    <div class="rules-actions"><button class="button" onClick=${onClose}>${t('rules.cancel')}</button>
      <${Button} kind="is-bad" does=${remove} disabled=${used.length > 0}>${t('rules.remove')}<//></div>
  <//>`;
}
