// The parameters that the text declares, and which of them are not as before.
import { html, useMemo } from '../../../vendor/ui.mjs';
import { t } from '../../words.js';
import { parameters } from './words.js';

export function Parameters({ text, base, onGo }) {
  const now = useMemo(() => parameters(text), [text]);
  const before = useMemo(() => new Map(parameters(base).map((one) => [one.name, one.value])), [base]);
  if (!now.length) return null;
  const was = (one) => (before.size && before.get(one.name) !== one.value ? before.get(one.name) ?? null : undefined);
  return html`<details class="rules-parameters" open><summary>${t('rules.parameters')}</summary>
    <table><thead><tr><th scope="col">${t('rules.parameter')}</th><th scope="col">${t('rules.default')}</th><th scope="col">${t('rules.about')}</th></tr></thead>
    <tbody>${now.map((one) => html`<tr key=${one.name}>
      <th scope="row"><button onClick=${() => onGo({ line: one.line })}><code>${one.name}</code></button></th>
      <td class="number"><code class=${one.value.length < 24 ? 'is-short' : ''}>${one.value}</code>${was(one) !== undefined && html` <span class="tag is-warn">${was(one) === null ? t('rules.is_new') : t('rules.was', { value: was(one) })}</span>`}</td>
      <td class="soft"><bdi>${one.about}</bdi></td>
    </tr>`)}</tbody></table></details>`;
}
