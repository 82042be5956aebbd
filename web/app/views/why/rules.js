// Who was asked, in order: who decided, who was overruled, who said nothing, and the way through each.
import { html, useState } from '../../../vendor/ui.mjs';
import { shown } from '../../parts/value.js';
import { Verdict } from '../../parts/verdict.js';
import { href } from '../../router.js';
import { dateTime, t } from '../../words.js';
import { Source } from './source.js';

const LOOK = { decided: 'is-good', overruled: 'is-warn', failed: 'is-bad', silent: '' };

function Steps({ asked }) {
  return html`<ol class="why-steps">${asked.why.map((step, n) => html`<li key=${n}><span class="why-line soft number">${t('why.line_short', { line: String(step.line) })}</span> <bdi>${step.text}</bdi></li>`)}</ol>`;
}

function Used({ asked, zone }) {
  const from = ({ from: origin, by, at }) =>
    origin === 'person' ? t('why.from_person', { by, at: dateTime(at, zone) }) : t(`why.from_${origin}`);
  return asked.parameters.length > 0 && html`<table class="why-values"><caption>${t('why.parameters')}</caption>
    <tbody>${asked.parameters.map((one) => html`<tr key=${one.name}><th scope="row"><code>${one.name}</code></th>
      <td><bdi>${shown(one.value)}</bdi></td><td class="soft">${from(one)}</td></tr>`)}</tbody></table>`;
}

function Read({ asked }) {
  const seen = new Map(asked.inputs.map((one) => [one.input, one]));
  return seen.size > 0 && html`<table class="why-values"><caption>${t('why.inputs')}</caption>
    <tbody>${[...seen.values()].map((one) => html`<tr key=${one.input}><th scope="row"><code>${one.input}</code></th>
      <td><bdi>${shown(one.value)}</bdi></td><td class="soft number">${t('why.line_short', { line: String(one.line) })}</td></tr>`)}</tbody></table>`;
}

function Way({ asked, source, loading, zone }) {
  return html`<div class="why-way">
    <${Steps} asked=${asked} />
    ${source !== undefined && html`<${Source} asked=${asked} text=${source} />`}
    ${source === undefined && !loading && html`<p class="soft">${t('why.no_source')}</p>`}
    ${asked.cut && html`<p class="soft">${t('why.cut')}</p>`}
    <div class="why-tables"><${Read} asked=${asked} /><${Used} asked=${asked} zone=${zone} /></div>
    <p><a href=${href`rules/${asked.rule}`}>${t('why.to_rule')}</a></p>
  </div>`;
}

function Rule({ asked, source, loading, zone }) {
  const [open, setOpen] = useState(asked.role === 'decided' || asked.role === 'failed');
  return html`<li class=${`card why-rule is-${asked.role}`}><details open=${open} onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary>
      <span class="why-name">${asked.rule}</span>
      <span class=${`tag ${LOOK[asked.role]}`}>${t(`why.role_${asked.role}`)}</span>
      ${asked.guard && html`<span class="tag">${t('why.guard')}</span>`}
      ${asked.opinion && asked.role === 'overruled' && html`<span class="why-wanted"><${Verdict} decision=${asked.opinion} /> <bdi>${asked.opinion.reason}</bdi></span>`}
      ${asked.role === 'failed' && html`<bdi class="why-wanted">${asked.summary}</bdi>`}
    </summary>
    ${open && html`<${Way} asked=${asked} source=${source} loading=${loading} zone=${zone} />`}
  </details></li>`;
}

/** `sources` are the texts of the rules, by name; null while they are fetched. */
export function Rules({ told, sources, zone }) {
  if (told.asked.length === 0) return null;
  return html`<section aria-labelledby="why-asked"><h2 id="why-asked">${t('why.asked')}</h2>
    <ol class="why-rules">${told.asked.map((asked) => html`<${Rule} key=${`${asked.guard}/${asked.rule}/${asked.role}`} asked=${asked}
      source=${sources?.get(asked.rule)} loading=${sources === null} zone=${zone} />`)}</ol></section>`;
}
