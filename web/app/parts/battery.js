// A battery as a filled shape, with the two levels between which it is kept.
import { html } from '../../vendor/ui.mjs';
import { pct, t } from '../words.js';

/** `level` in per cent or null; `charging` true, false or null; `low`, `high` per cent or null; `old` greys it. */
export function Battery({ level, charging, low, high, old = false, hot = false }) {
  const said = level == null ? t('app.level_unknown') : pct(level);
  const kind = level == null ? 'unknown' : level <= 15 ? 'low' : level > 80 ? 'high' : 'good';
  const words = charging ? t('app.level_charging', { level: said }) : said;
  return html`<span class=${`battery is-${kind}${charging ? ' is-charging' : ''}${old ? ' is-old' : ''}${hot ? ' is-hot' : ''}`}
      role="img" aria-label=${words}>
    <span class="battery-case" aria-hidden="true">
      <span class="battery-fill" style=${{ transform: `scaleX(${(level ?? 0) / 100})` }}></span>
      ${low != null && html`<span class="battery-mark" style=${{ left: `${low}%` }}></span>`}
      ${high != null && html`<span class="battery-mark" style=${{ left: `${high}%` }}></span>`}
    </span>
    <span class="battery-text" aria-hidden="true">${said}</span>
  </span>`;
}
