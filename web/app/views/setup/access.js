// Who may come in: tokens are made (and shown once), listed and removed.
import { html, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { CopyBox } from '../../parts/copy.js';
import { Dialog } from '../../parts/dialog.js';
import { act } from '../../state/acts.js';
import { del, path, post } from '../../state/api.js';
import { useResource } from '../../state/resource.js';
import { can } from '../../state/session.js';
import { date, t } from '../../words.js';
import { DeviceField } from './device_field.js';
import { Section } from './section.js';

const ROLES = ['report', 'operate', 'edit'];

/** Makes a token and answers its secret, or null; problems are shown. Who called shows the secret: a message would cover it. */
export async function makeToken(wish) {
  let secret = null;
  await act({
    doing: async () => void ({ secret } = await post('tokens', wish)),
  });
  return secret;
}

function New({ made }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('operate');
  const [device, setDevice] = useState('');
  const [busy, setBusy] = useState(false);
  const enter = async (event) => {
    event.preventDefault();
    setBusy(true);
    const wish = { name: name.trim(), role, ...(role === 'report' && device.trim() && { device: device.trim() }) };
    const secret = await makeToken(wish);
    setBusy(false);
    if (!secret) return;
    setName('');
    made({ name: wish.name, secret });
  };
  return html`<form class="setup-form" onSubmit=${enter}>
    <label class="field"><span>${t('setup.token_name')}</span>
      <input required maxlength="64" autocomplete="off" value=${name} onInput=${(e) => setName(e.currentTarget.value)} /></label>
    <label class="field"><span>${t('setup.token_role')}</span>
      <select value=${role} onChange=${(e) => setRole(e.currentTarget.value)}>
        ${ROLES.map((one) => html`<option key=${one} value=${one}>${t(`setup.role_${one}`)}</option>`)}
      </select></label>
    ${role === 'report' && html`<${DeviceField} label=${t('setup.token_device')} value=${device} onValue=${setDevice} />`}
    <button class="button is-main" disabled=${busy} aria-busy=${busy}>${t('setup.token_make')}</button>
  </form>`;
}

function Row({ token, remove }) {
  const role = token.device ? t('setup.role_report_of', { device: token.device }) : t(`setup.role_${token.role}`);
  return html`<li class="setup-waiting">
    <div><p class="setup-what"><bdi>${token.name}</bdi> ${token.own && html`<span class="tag is-good">${t('setup.token_own')}</span>`}</p>
      <p class="soft"><bdi>${role}</bdi> · ${t('setup.token_since', { date: date(token.created_at) })}</p></div>
    <button class="button is-bad" onClick=${() => remove(token)} aria-label=${t('setup.token_remove_of', { name: token.name })}>${t('setup.remove')}</button>
  </li>`;
}

function Remove({ token, onClose, removed }) {
  const remove = async () => {
    const done = await act({ say: t('setup.token_removed', { name: token.name }), doing: () => del(path`tokens/${token.name}`) });
    if (done) removed();
    onClose();
  };
  return html`<${Dialog} title=${t('setup.token_remove_title')} onClose=${onClose}>
    <p><bdi>${t(token.own ? 'setup.token_remove_own' : 'setup.token_remove_text', { name: token.name })}</bdi></p>
    <div class="setup-acts"><button class="button" onClick=${onClose}>${t('setup.keep')}</button>
      <${Button} kind="is-bad" does=${remove}>${t('setup.remove')}<//></div>
  <//>`;
}

/** The cards with the tokens. */
export function Access() {
  const [fresh, setFresh] = useState(null);
  const [leaving, setLeaving] = useState(null);
  const resource = useResource(can.value.edit ? 'tokens' : null);
  if (!can.value.edit) return html`<${Section} title=${t('setup.tokens')}><p class="soft">${t('setup.needs_edit')}</p><//>`;
  const made = (token) => {
    setFresh(token);
    resource.again();
  };
  return html`
    <${Section} title=${t('setup.token_new')} about=${t('setup.tokens_about')}><${New} made=${made} /><//>
    <${Section} title=${t('setup.tokens')} resource=${resource}>${(tokens) =>
      tokens.length === 0
        ? html`<p class="soft">${t('setup.tokens_none')}</p>`
        : html`<ul class="setup-list">${tokens.map((token) => html`<${Row} key=${token.name} token=${token} remove=${setLeaving} />`)}</ul>`}<//>
    ${leaving && html`<${Remove} token=${leaving} onClose=${() => setLeaving(null)} removed=${resource.again} />`}
    ${fresh && html`<${Dialog} title=${t('setup.token_fresh', { name: fresh.name })} onClose=${() => setFresh(null)}>
      <p>${t('setup.token_once')}</p>
      <${CopyBox} text=${fresh.secret} label=${t('app.token')} />
      <div class="setup-acts"><button class="button is-main" onClick=${() => setFresh(null)}>${t('setup.token_kept')}</button></div>
    <//>`}`;
}
