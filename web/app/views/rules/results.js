// What came of the tests, each with what was expected, what came, and what the rule saw.
import { html } from '../../../vendor/ui.mjs';
import { Icon } from '../../parts/icon.js';
import { t } from '../../words.js';

function Result({ result, onGo }) {
  return html`<li class=${result.passed ? 'is-good' : 'is-bad'}><details open=${!result.passed}>
    <summary><${Icon} name=${result.passed ? 'check' : 'warn'} /> <bdi>${result.name}</bdi>
      <span class="visually-hidden">${t(result.passed ? 'rules.passed' : 'rules.failed')}</span>
      <span class="tag">${t(`rules.kind_${result.kind}`)}</span></summary>
    <dl>
      <dt>${t('rules.expected')}</dt><dd><bdi>${result.expected}</bdi></dd>
      <dt>${t('rules.got')}</dt><dd><bdi>${result.got}</bdi></dd>
    </dl>
    ${result.values.length > 0 && html`<dl class="rules-values">${result.values.map(({ name, value }) => html`<dt><bdi>${name}</bdi></dt><dd><bdi>${value}</bdi></dd>`)}</dl>`}
    <button class="button is-small" onClick=${() => onGo({ line: result.line })}>${t('rules.go_line', { line: result.line })}</button>
  </details></li>`;
}

/** Those that fail at once; those that hold behind one line. */
export function Results({ checking, onGo }) {
  const { results } = checking;
  if (!results?.length) return null;
  const list = (passed) => results.filter((result) => result.passed === passed);
  const rows = (all) => html`<ul class=${`rules-results${checking.testing ? ' is-old' : ''}`} aria-label=${t('rules.results')}>
    ${all.map((result) => html`<${Result} key=${`${result.name} ${result.passed}`} result=${result} onGo=${onGo} />`)}</ul>`;
  const [good, bad] = [list(true), list(false)];
  return html`${bad.length > 0 && rows(bad)}
    ${good.length > 0 && html`<details class="rules-hold"><summary><${Icon} name="check" /> ${t('rules.tests_pass', { count: good.length })}</summary>${rows(good)}</details>`}`;
}

const MOST_LINES = 12;

/** How much of the rule at work its tests come by, and which lines they do not. */
export function Covered({ coverage, onGo }) {
  if (!coverage?.all) return null;
  const missed = coverage.missed_lines;
  return html`<p class="soft rules-covered">${t('rules.coverage_long', { tried: coverage.tried, all: coverage.all })}
    ${missed.length > 0 && html` ${t('rules.missed')} ${missed.slice(0, MOST_LINES).map((line) => html`<button class="button is-small" key=${line} onClick=${() => onGo({ line })}>${line}</button> `)}`}</p>`;
}
