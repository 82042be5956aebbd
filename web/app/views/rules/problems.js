// What is wrong, in a line and as a list.
import { html } from '../../../vendor/ui.mjs';
import { sentence } from '../../parts/failed.js';
import { Icon } from '../../parts/icon.js';
import { t } from '../../words.js';

function checkedWords({ failed, checking, errors, rule, others, tests }) {
  if (failed) return ['bad', t('rules.check_failed', { why: sentence(failed) })];
  if (errors) return ['bad', t('rules.errors', { count: errors })];
  if (checking) return ['', t('rules.checking')];
  const warnings = rule.length + others.length + tests.length;
  return warnings ? ['warn', t('rules.warnings', { count: warnings })] : ['good', t('rules.well')];
}

function testedWords({ results, testing, failed }) {
  if (failed || (!results && !testing)) return ['', t('rules.tests_not_run')];
  if (testing) return ['', t('rules.testing')];
  const bad = results.filter((result) => !result.passed).length;
  if (!results.length) return ['warn', t('rules.untested')];
  return bad ? ['bad', t('rules.tests_fail', { count: bad, all: results.length })] : ['good', t('rules.tests_pass', { count: results.length })];
}

const ICONS = { good: 'check', bad: 'warn', warn: 'warn' };

/** One line: is it well, do the tests hold. Always of the same height. */
export function Status({ checking }) {
  return html`<p class="rules-status" role="status">
    ${[checkedWords(checking), testedWords(checking)].map(([kind, words]) => html`<span class=${`tag${kind ? ` is-${kind}` : ''}`}>
      ${kind && html`<${Icon} name=${ICONS[kind]} />`} <bdi>${words}</bdi></span>`)}
  </p>`;
}

/** Every problem; a press goes to its place, if it is in the text beside it (`own`). */
export function Problems({ problems, own, onGo, old = false }) {
  if (!problems.length) return null;
  return html`<ul class=${`rules-problems${old ? ' is-old' : ''}`}>${problems.map((problem) => {
    const here = own.includes(problem);
    const where = here ? t('rules.line', { line: problem.line ?? 1 }) : `${problem.file}${problem.line ? `:${problem.line}` : ''}`;
    const words = html`<span class="rules-where"><bdi>${where}</bdi></span>
      <span><bdi>${problem.message}</bdi>${problem.hint && html` <bdi class="soft">${problem.hint}</bdi>`}</span>`;
    return html`<li class=${`is-${problem.severity}`}>
      ${here ? html`<button onClick=${() => onGo({ line: problem.line ?? 1, column: problem.column ?? 1 })}>${words}</button>` : html`<div>${words}</div>`}
    </li>`;
  })}</ul>`;
}
