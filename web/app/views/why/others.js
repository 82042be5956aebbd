// What would have changed it, in sentences.
import { html } from '../../../vendor/ui.mjs';
import { shown } from '../../parts/value.js';
import { t } from '../../words.js';
import { otherwise } from './otherwise.js';

function limitWords({ limit, limit_value: value }) {
  return /^[\d."]/.test(limit) ? shown(value) : `${shown(value)} (${limit})`;
}

function ValueSentence({ one }) {
  const needs = t(`why.needs_${one.needs}`, { limit: limitWords(one) });
  const then = one.then === 'would'
    ? one.verdict ? t('why.then_says', { rule: one.rule, verdict: t(`why.says_${one.verdict}`) }) : t('why.then_way', { rule: one.rule, line: String(one.line) })
    : t(`why.then_${one.then}`, { rule: one.rule });
  return html`<li><code>${one.subject}</code> <strong>${needs}</strong> <span class="soft">(${t('why.was', { value: shown(one.was) })})</span>
    <span class="why-then">→ ${then}${!one.sure && html` <span class="soft">${t('why.together')}</span>`}</span></li>`;
}

function Sentence({ one, by }) {
  if (one.kind === 'value') return html`<${ValueSentence} one=${one} />`;
  const then = one.rule ? html`${t('why.then_says', { rule: one.rule, verdict: t(`why.says_${one.verdict}`) })}: <bdi>${one.reason}</bdi>` : t(by === 'budget' ? 'why.then_wished' : 'why.then_nobody');
  return html`<li>${t(`why.without_${by}`)} <span class="why-then">→ ${then}</span></li>`;
}

/** The section. */
export function Otherwise({ told }) {
  const list = otherwise(told);
  if (told.asked.length === 0) return null;
  return html`<section class="card" aria-labelledby="why-otherwise"><h2 id="why-otherwise">${t('why.otherwise')}</h2>
    ${list.length === 0 ? html`<p class="soft">${t('why.otherwise_none')}</p>`
      : html`<ul class="why-others">${list.map((one, n) => html`<${Sentence} key=${n} one=${one} by=${told.decision.by} />`)}</ul>`}
  </section>`;
}
