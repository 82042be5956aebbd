// What is around every view: the head with the areas, and whether the service is heard.
import { html } from '../vendor/ui.mjs';
import { Icon } from './parts/icon.js';
import { now } from './state/clock.js';
import { link } from './state/live.js';
import { service } from './state/session.js';
import { ago, t } from './words.js';

const TABS = [
  ['', 'plug', 'app.stations'],
  ['ready', 'clock', 'app.ready'],
  ['rules', 'rule', 'app.rules'],
  ['setup', 'wrench', 'app.setup'],
];

function Tab({ area, icon, label, here }) {
  return html`<a class="shell-tab" href=${`#/${area}`} aria-current=${here ? 'page' : undefined}>
    <${Icon} name=${icon} /><span>${label}</span>
  </a>`;
}

function LinkLost() {
  const { state, since } = link.value;
  if (state !== 'lost') return null;
  now.value;
  // The time goes on, and is not told again and again.
  return html`<p class="shell-lost"><span role="alert"><${Icon} name="cut" /> ${t('app.lost')}</span> ${t('app.lost_since', { ago: ago(since, Date.now()) })}</p>`;
}

/** The frame of the page. */
export function Shell({ area, children }) {
  const lost = link.value.state === 'lost';
  return html`
    <a class="skip" href="#main" onClick=${focusMain}>${t('app.skip')}</a>
    <header class="shell-head">
      <a class="shell-name" href="#/" aria-label="Smart Charging Station"><img src="icon.svg" alt="" width="28" height="28" /><span>Smart Charging Station</span></a>
      <nav class="shell-tabs" aria-label=${t('app.areas')}>
        ${TABS.map(([tab, icon, key]) => html`<${Tab} key=${tab} area=${tab} icon=${icon} label=${t(key)} here=${tab === area} />`)}
      </nav>
      <a class="shell-more" href="#/settings" aria-label=${t('app.settings')} title=${t('app.settings')}><${Icon} name="gear" /></a>
    </header>
    <${LinkLost} />
    ${service.value?.demo && html`<aside class="shell-demo">${t('app.demo')}</aside>`}
    <main id="main" class=${lost ? 'is-old' : ''} tabindex="-1">${children}</main>`;
}

function focusMain(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}
