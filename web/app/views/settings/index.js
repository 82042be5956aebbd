// The view "settings": how this browser shows the page, with which token it asks, and what the service is.
import { html, useId } from '../../../vendor/ui.mjs';
import { LANGUAGES } from '../../early.js';
import { EnterToken } from '../../parts/login.js';
import { complain } from '../../state/acts.js';
import { Problem } from '../../state/api.js';
import { service, setToken, token } from '../../state/session.js';
import { setTheme, theme } from '../../theme.js';
import { ago, dateTime, language, n, speak, t } from '../../words.js';
import { serviceNow } from '../../state/clock.js';

async function choose(field) {
  try {
    await speak(field.value, true);
  } catch {
    field.value = language.peek();
    complain(new Problem({}));
  }
}
const THEMES = ['auto', 'light', 'dark'];

function Look() {
  const label = useId();
  return html`<section class="card setup-card" aria-labelledby=${label}>
    <h2 id=${label}>${t('setup.look')}</h2>
    <label class="field"><span>${t('setup.language')}</span>
      <select value=${language.value} onChange=${(e) => choose(e.currentTarget)}>
        ${Object.entries(LANGUAGES).map(([tag, name]) => html`<option key=${tag} value=${tag} lang=${tag}>${name}</option>`)}
      </select></label>
    <fieldset class="setup-themes"><legend>${t('setup.theme')}</legend>
      ${THEMES.map((one) => html`<label key=${one} class="check"><input type="radio" name="theme" value=${one} checked=${theme.value === one}
        onChange=${() => setTheme(one)} /> ${t(`setup.theme_${one}`)}</label>`)}
    </fieldset>
  </section>`;
}

function who(caller) {
  if (!caller) return t('setup.who_unknown');
  const role = caller.device ? t('setup.role_report_of', { device: caller.device }) : t(`setup.role_${caller.role}`);
  return caller.name ? t('setup.who_token', { name: caller.name, role }) : t('setup.who_nobody', { role });
}

function Own() {
  const label = useId();
  return html`<section class="card setup-card" aria-labelledby=${label}>
    <h2 id=${label}>${t('setup.own_token')}</h2>
    <p><bdi>${who(service.value?.caller)}</bdi></p>
    ${token.value && html`<div><button class="button" onClick=${() => setToken('', false)}>${t('setup.forget_token')}</button></div>`}
    <details class="setup-more"><summary>${t(token.value ? 'setup.other_token' : 'setup.enter_token')}</summary><${EnterToken} /></details>
  </section>`;
}

function About() {
  const label = useId();
  const told = service.value;
  return html`<section class="card setup-card" aria-labelledby=${label}>
    <h2 id=${label}>${t('setup.about')}</h2>
    ${told && html`<dl class="setup-facts">
      <div><dt>${t('setup.version')}</dt><dd>${told.version}</dd></div>
      <div><dt>${t('setup.started')}</dt><dd>${dateTime(told.started_at)} <span class="soft">(${ago(told.started_at, serviceNow())})</span></dd></div>
      <div><dt>${t('setup.service_time')}</dt><dd>${dateTime(told.now)}${told.speed !== 1 && html` <span class="soft">(${t('setup.speed', { speed: n(told.speed, 1) })})</span>`}</dd></div>
      ${told.mqtt && html`<div><dt>MQTT</dt><dd><bdi>${told.mqtt}</bdi></dd></div>`}
    </dl>`}
    <ul class="setup-links">
      <li><a href="docs">${t('setup.api_docs')}</a></li>
      <li><a href="vendor/LICENSES.md">${t('setup.licences')}</a></li>
    </ul>
  </section>`;
}

export default function View() {
  return html`<div class="setup"><h1>${t('app.settings')}</h1><${Look} /><${Own} /><${About} /></div>`;
}
