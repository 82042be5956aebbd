// What the doctor finds on this machine: what is wrong first, what is well folded away.
import { html } from '../../../vendor/ui.mjs';
import { CopyBox } from '../../parts/copy.js';
import { Icon } from '../../parts/icon.js';
import { useResource } from '../../state/resource.js';
import { can } from '../../state/session.js';
import { t } from '../../words.js';
import { Section } from './section.js';

const LOOKS = { wrong: ['warn', 'is-bad'], note: ['question', 'is-warn'], ok: ['check', 'is-good'] };

function Finding({ one }) {
  const [icon, kind] = LOOKS[one.state] ?? LOOKS.note;
  return html`<li class=${`setup-finding ${kind}`}>
    <${Icon} name=${icon} />
    <div><p><span class="visually-hidden">${t(`setup.doctor_${one.state}`)}: </span><bdi>${one.text}</bdi></p>
      ${one.hint && html`<p class="soft"><bdi>${one.hint}</bdi></p>`}</div>
  </li>`;
}

/** The card with the findings. */
export function Doctor() {
  const may = can.value.operate;
  const resource = useResource(may ? 'doctor' : null);
  if (!may) return html`<${Section} title=${t('setup.doctor')}><p class="soft">${t('setup.needs_operate')}</p><//>`;
  const button = html`<button class="button is-small" onClick=${() => resource.loading || resource.again()} aria-disabled=${resource.loading ? 'true' : undefined}>${t('setup.doctor_again')}</button>`;
  return html`<${Section} title=${t('setup.doctor')} aside=${resource.data && button} resource=${resource}>${({ checks, commands }) => {
    const told = (state) => checks.filter((one) => one.state === state);
    const wrong = told('wrong');
    const fine = told('ok');
    return html`
      <p class=${wrong.length ? 'setup-sum is-bad' : 'setup-sum is-good'}>
        ${wrong.length ? t('setup.doctor_wrong_count', { count: wrong.length }) : t('setup.doctor_well')}</p>
      <ul class="setup-list">${[...wrong, ...told('note')].map((one) => html`<${Finding} key=${one.check + one.text} one=${one} />`)}</ul>
      ${commands && html`<p>${t('setup.doctor_type')}</p><${CopyBox} text=${commands} label=${t('setup.doctor_commands')} />`}
      ${fine.length > 0 && html`<details class="setup-more"><summary>${t('setup.doctor_fine', { count: fine.length })}</summary>
        <ul class="setup-list">${fine.map((one) => html`<${Finding} key=${one.check + one.text} one=${one} />`)}</ul></details>`}`;
  }}<//>`;
}
