// What was known when it was decided.
import { html } from '../../../vendor/ui.mjs';
import { shown } from '../../parts/value.js';
import { dateTime, deg, n, pct, span, t, when } from '../../words.js';

function rows(facts, zone) {
  const at = Date.parse(facts.at);
  const { battery, deadline } = facts;
  const row = (key, value) => (value === null || value === undefined ? null : [t(`why.fact_${key}`), value]);
  return [
    row('level', pct(battery.level)),
    row('charging', battery.charging == null ? null : shown(battery.charging)),
    row('temperature', battery.temperature == null ? null : deg(battery.temperature)),
    row('measured', dateTime(battery.measured_at, zone)),
    row('port', facts.port_since
      ? t(facts.port_on ? 'why.port_on_for' : 'why.port_off_for', { span: span((at - Date.parse(facts.port_since)) / 1000) })
      : t(facts.port_on ? 'why.port_on' : 'why.port_off')),
    row('holder', facts.holder),
    row('ports_on', n(facts.ports_on)),
    row('pace', t('why.per_hour', { rate: pct(facts.charge_per_hour) })),
    row('drain', facts.drain_per_hour == null ? null : t('why.per_hour', { rate: n(facts.drain_per_hour, 1) })),
    row('full', facts.full_at ? dateTime(facts.full_at, zone) : null),
    row('deadline', deadline ? t('why.deadline', { level: pct(deadline.level), at: when(deadline.at, at, zone), source: deadline.source }) : null),
    row('start', deadline ? when(deadline.start, at, zone) : null),
    ...facts.signals.map((one) => [one.name, shown(one.value)]),
  ].filter(Boolean);
}

/** The section; `facts` may be null. */
export function Facts({ facts, zone }) {
  return html`<section class="card" aria-labelledby="why-facts"><h2 id="why-facts">${t('why.facts')}</h2>
    ${facts
      ? html`<dl class="why-facts">${rows(facts, zone ?? facts.zone).map(([name, value]) => html`<div key=${name}><dt><bdi>${name}</bdi></dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>`
      : html`<p class="soft">${t('why.no_facts')}</p>`}
  </section>`;
}
