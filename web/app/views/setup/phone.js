// A phone that shall report: which, by which program, with a token for it alone; lines to copy, and a code to take them along.
import { html, useEffect, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { CopyBox, CopyButton } from '../../parts/copy.js';
import { can, service, setToken, token as ownToken } from '../../state/session.js';
import { has, t } from '../../words.js';
import { makeToken } from './access.js';
import { DeviceField } from './device_field.js';
import { Qr } from './qr.js';
import { PROGRAMS, isLocal, phoneLink, recipe } from './recipes.js';
import { Section } from './section.js';

const ADDRESS = 'scs.address';

function keptAddress() {
  try {
    return localStorage.getItem(ADDRESS);
  } catch {
    return null;
  }
}

const here = () => location.origin + location.pathname.replace(/\/$/, '');

function startAddress() {
  return isLocal(here()) ? keptAddress() || here() : here();
}

// The phone shows what it got from the code, and no secret stays in its address or history.
function useCarried(query) {
  const [carried] = useState(query.get('token') ?? '');
  useEffect(() => {
    if (carried) history.replaceState(null, '', location.hash.split('?')[0]);
  }, []);
  return carried;
}

function guess() {
  if (/android/i.test(navigator.userAgent)) return 'tasker';
  return /iphone|ipad/i.test(navigator.userAgent) ? 'shortcuts' : 'curl';
}

function Step({ step }) {
  return html`<li class="setup-step">
    <p>${t(`setup.${step.key}`)}</p>
    ${step.fields && html`<dl class="setup-fields">${step.fields.map(({ label, text }) => html`<div key=${label}>
      <dt>${label}</dt><dd><code>${text}</code><${CopyButton} text=${text} label=${label} /></dd></div>`)}</dl>`}
    ${step.block && html`<${CopyBox} text=${step.block} label=${t(`setup.${step.key}`)} />`}
  </li>`;
}

function Address({ value, onValue }) {
  const keep = (text) => {
    onValue(text);
    try {
      localStorage.setItem(ADDRESS, text);
    } catch {
      // It counts until the page is left.
    }
  };
  return html`<div class="setup-address">
    <label class="field"><span>${t('setup.address')}</span>
      <input type="url" inputmode="url" required value=${value} onInput=${(e) => keep(e.currentTarget.value)} /></label>
    ${isLocal(value) && html`<p class="setup-caution">${t('setup.address_local')}</p>`}
  </div>`;
}

function TokenStep({ device, secret, onMade }) {
  if (secret) return html`<p class="setup-sum is-good" role="status">${t('setup.phone_token_there')}</p>`;
  const make = async () => {
    const name = `${[...device].slice(0, 58).join('').trim()}-${Date.now().toString(36).slice(-5)}`;
    const made = await makeToken({ name, role: 'report', device });
    if (made) onMade({ device, secret: made });
  };
  const mayMake = can.value.edit && device !== '';
  return html`<div class="setup-token">
    <p class="soft">${t('setup.phone_token_about')}</p>
    <${Button} kind="is-main" disabled=${!mayMake} does=${make}>${t('setup.phone_token_make')}<//>
  </div>`;
}

function Lines({ program, address, device, secret }) {
  const steps = recipe(program, { address, device, token: secret });
  const title = t('setup.phone_steps', { program: t(`setup.program_${program}`) });
  return html`<${Section} title=${title} about=${has(`setup.about_${program}`) && t(`setup.about_${program}`)}>
    <ol class="setup-steps">${steps.map((step) => html`<${Step} key=${step.key} step=${step} />`)}</ol>
  <//>`;
}

function TakeAlong({ address, device, program, secret }) {
  const link = phoneLink(address, { device, program, token: secret });
  if (isLocal(address)) return null;
  return html`<${Section} title=${t('setup.qr')} about=${t(secret ? 'setup.qr_secret' : 'setup.qr_about')}>
    <${Qr} text=${link} label=${t('setup.qr_label', { device })} />
  <//>`;
}

/** The part "phones". `name` is the device when the address says it. */
export function Phone({ name, query }) {
  const carried = useCarried(query);
  const [device, setDevice] = useState(name ?? '');
  const [program, setProgram] = useState(PROGRAMS.includes(query.get('program')) ? query.get('program') : guess());
  const [address, setAddress] = useState(startAddress());
  // A token is for one device alone, and the field may be changed before the answer comes.
  const [made, setMade] = useState({ device: name, secret: carried });
  const wanted = device.trim();
  const secret = made.device === wanted ? made.secret : '';
  const offer = carried && !ownToken.value && !service.value;
  return html`
    <${Section} title=${t('setup.phone')} about=${t('setup.phone_about')}>
      <div class="setup-form">
        <${DeviceField} label=${t('setup.phone_device')} value=${device} onValue=${setDevice} required=${true} />
        <label class="field"><span>${t('setup.phone_program')}</span>
          <select value=${program} onChange=${(e) => setProgram(e.currentTarget.value)}>
            ${PROGRAMS.map((one) => html`<option key=${one} value=${one}>${t(`setup.program_${one}`)}</option>`)}
          </select></label>
      </div>
      <${Address} value=${address} onValue=${setAddress} />
      ${wanted && html`<${TokenStep} device=${wanted} secret=${secret} onMade=${setMade} />`}
      ${offer && html`<button class="button" onClick=${() => setToken(carried, true)}>${t('setup.phone_use_token')}</button>`}
    <//>
    ${wanted && html`<div class="setup-two">
      <${Lines} program=${program} address=${address} device=${wanted} secret=${secret} />
      ${!carried && html`<${TakeAlong} address=${address} device=${wanted} program=${program} secret=${secret} />`}
    </div>`}`;
}
