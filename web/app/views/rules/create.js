// A new rule: its name, and what it begins with.
import { html, useState } from '../../../vendor/ui.mjs';
import { Dialog } from '../../parts/dialog.js';
import { go, href } from '../../router.js';
import { t } from '../../words.js';
import { drafted } from './drafts.js';
import { wrongName } from './template.js';

export function Create({ rules, onClose }) {
  const [name, setName] = useState('');
  const [like, setLike] = useState('');
  const [asked, setAsked] = useState(false);
  const wrong = wrongName(name, [...rules.map((rule) => rule.name), ...drafted.value]);
  const make = (event) => {
    event.preventDefault();
    setAsked(true);
    if (wrong) return;
    onClose();
    go(href`rules/${name}` + (like ? `?${new URLSearchParams({ like })}` : '?like='));
  };
  return html`<${Dialog} title=${t('rules.new')} onClose=${onClose}>
    <form class="rules-form" onSubmit=${make} novalidate>
      <label class="field"><span>${t('rules.name')}</span>
        <input autofocus required maxlength="64" autocapitalize="off" spellcheck=${false} value=${name} aria-invalid=${asked && !!wrong}
          aria-describedby="rules-name-hint" onInput=${(event) => setName(event.currentTarget.value.trim().toLowerCase())} /></label>
      <p id="rules-name-hint" class=${asked && wrong ? 'rules-wrong' : 'soft'} role=${asked && wrong ? 'alert' : undefined}>${t(asked && wrong ? wrong : 'rules.name_hint')}</p>
      <label class="field"><span>${t('rules.begin_with')}</span>
        <select value=${like} onChange=${(event) => setLike(event.currentTarget.value)}>
          <option value="">${t('rules.begin_template')}</option>
          ${rules.map((rule) => html`<option key=${rule.name} value=${rule.name}>${t('rules.begin_copy', { rule: rule.name })}</option>`)}
        </select></label>
      <div class="rules-actions"><button type="button" class="button" onClick=${onClose}>${t('rules.cancel')}</button>
        <button class="button is-main">${t('rules.begin')}</button></div>
    </form>
  <//>`;
}
