// The text of a rule with the way through it: what was taken stands out, what was not is dim, and values stand beside.
import { html, useMemo } from '../../../vendor/ui.mjs';
import { shown } from '../../parts/value.js';
import { t } from '../../words.js';
import { wayThrough } from './way.js';

const SIGN = { said: '●', taken: '✓', passed: '–', '': '' };

function Line({ line }) {
  return html`<li class=${`why-code-line is-${line.mark || 'plain'}`}>
    <span class="why-code-number" aria-hidden="true">${line.number}</span>
    <span class="why-code-sign" aria-hidden="true">${SIGN[line.mark]}</span>
    <code>${line.mark && html`<span class="visually-hidden">${t(`why.line_${line.mark}`)} </span>`}${line.parts.map((part, n) =>
      part.kind ? html`<span key=${n} class=${`is-${part.kind}`}>${part.text}</span>` : part.text)}${'\n'}</code>
    ${line.values.length > 0 && html`<span class="why-code-values">${line.values.map(({ input, value }) => html`<span key=${input}><bdi>${input} = ${shown(value)}</bdi></span>`)}</span>`}
  </li>`;
}

export function Source({ asked, text }) {
  const lines = useMemo(() => wayThrough(text, asked), [text, asked]);
  return html`<div class="why-code" tabindex="0" role="region" aria-label=${t('why.source', { rule: asked.rule })}>
    <ol>${lines.map((line) => html`<${Line} key=${line.number} line=${line} />`)}</ol>
  </div>`;
}
