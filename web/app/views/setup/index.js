// The view "setup": what waits for a name, the hubs, what the doctor says; phones that shall report; who may come in.
import { html } from '../../../vendor/ui.mjs';
import { useResource } from '../../state/resource.js';
import { t } from '../../words.js';
import { Access } from './access.js';
import { Doctor } from './doctor.js';
import { Free } from './free.js';
import { Hubs } from './hubs.js';
import { Phone } from './phone.js';
import { Waiting } from './waiting.js';

const PARTS = [
  ['', 'setup.part_devices'],
  ['phone', 'setup.part_phone'],
  ['access', 'setup.part_access'],
];

function Devices() {
  const hubs = useResource('hubs');
  return html`<${Waiting} /><${Free} hubs=${hubs.data?.hubs} /><${Doctor} /><${Hubs} resource=${hubs} />`;
}

export default function View({ rest, query }) {
  const [part = '', name] = rest;
  return html`
    <div class="setup">
      <header class="setup-head">
        <h1>${t('app.setup')}</h1>
        <nav class="setup-parts" aria-label=${t('setup.parts')}>
          ${PARTS.map(([one, key]) => html`<a key=${one} class="setup-part" href=${one ? `#/setup/${one}` : '#/setup'}
            aria-current=${one === part ? 'page' : undefined}>${t(key)}</a>`)}
        </nav>
      </header>
      ${part === 'phone' ? html`<${Phone} name=${name} query=${query} />` : part === 'access' ? html`<${Access} />` : html`<${Devices} />`}
    </div>`;
}
