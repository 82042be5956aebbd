// The answer is on its way.
import { html } from '../../vendor/ui.mjs';
import { t } from '../words.js';

export const Loading = () => html`<p class="loading" role="status">${t('app.loading')}</p>`;
