// The difference between two texts, as people know it: what goes in red, what comes in green, signs beside the colours.
import { html, useMemo } from '../../../vendor/ui.mjs';
import { t } from '../../words.js';
import { counts, difference, hunks } from './lines.js';

const SIGN = { same: ' ', out: '−', in: '+' };

function Line({ row }) {
  if (row.kind === 'gap') return html`<tr class="is-gap"><td colspan="4">${t('rules.same_lines', { count: row.count })}</td></tr>`;
  return html`<tr class=${`is-${row.kind}`}>
    <td class="rules-diff-number">${row.old}</td><td class="rules-diff-number">${row.new}</td>
    <td class="rules-diff-sign">${SIGN[row.kind]}${row.kind !== 'same' && html`<span class="visually-hidden">${t(`rules.diff_${row.kind}`)}</span>`}</td>
    <td><code>${row.text || ' '}</code></td></tr>`;
}

/** `title` says what the text is; nothing is shown where both are the same, but the sentence `same`. */
function Difference({ title, before, after, same }) {
  const rows = useMemo(() => difference(before, after), [before, after]);
  const shown = useMemo(() => hunks(rows), [rows]);
  const { in: come, out: gone } = counts(rows);
  if (!come && !gone) return same ? html`<p class="soft">${same}</p>` : null;
  return html`<figure class="rules-diff"><figcaption>${title}${' '}
      <span class="rules-diff-in">+${come}</span> <span class="rules-diff-out">−${gone}</span></figcaption>
    <div class="rules-diff-box" tabindex="0" role="region" aria-label=${title}><table><tbody>
      ${shown.map((row, at) => html`<${Line} key=${at} row=${row} />`)}
    </tbody></table></div></figure>`;
}

/** Text and tests of a rule, both. */
export function RuleDifference({ before, after, same }) {
  const nothing = before.text === after.text && before.tests === after.tests;
  if (nothing) return html`<p class="soft">${same ?? t('rules.no_difference')}</p>`;
  return html`<div class="rules-diffs">
    <${Difference} title=${t('rules.text')} before=${before.text} after=${after.text} />
    <${Difference} title=${t('rules.tests')} before=${before.tests} after=${after.tests} />
  </div>`;
}
