// What was decided, why, by whom and when, in big words.
import { html, useState } from '../../../vendor/ui.mjs';
import { Icon } from '../../parts/icon.js';
import { Verdict } from '../../parts/verdict.js';
import { Ago } from '../../parts/when.js';
import { href } from '../../router.js';
import { can } from '../../state/session.js';
import { dateTime, t } from '../../words.js';
import { reasonWords } from '../stations/say.js';
import { Keep } from './keep.js';

const LOOK = { safety: 'warn', mode: 'hand', policy: 'rule', budget: 'plug', nobody: 'question' };

/** Who decided, with a link where there is one. */
function By({ decision }) {
  const { by, rule, line, safeguard } = decision;
  let words = t(`why.by_${by}`);
  if (by === 'policy' && rule) words = html`${t('why.by_rule')} <a href=${href`rules/${rule}`}>${rule}</a>${line && t('why.line', { line: String(line) })}`;
  if (by === 'safety' && safeguard) words = html`${words} ${t(`why.safeguard_${safeguard}`)}`;
  return html`<p class="why-by"><${Icon} name=${LOOK[by] ?? 'question'} /> ${words}</p>`;
}

function When({ decision, now, zone }) {
  if (now) return html`<p class="soft">${t('why.now')} <a href=${href`why/${decision.station}/${decision.id}`}>${t('why.as_decided')}</a></p>`;
  return html`<p class="soft number">${dateTime(decision.at, zone)} · <${Ago} at=${decision.at} zone=${zone} /> · <a href=${href`why/${decision.station}/port/${decision.port}`}>${t('why.to_now')}</a></p>`;
}

/** `now`: the port as it is now, not a decision of the past. */
export function Head({ told, now, zone }) {
  const { decision, note, asked, facts } = told;
  const [keeps, setKeeps] = useState(false);
  const where = t('why.where', { station: decision.station, port: decision.port });
  return html`<header class=${`card why-head is-${decision.verdict}`}>
    <p class="why-subject">${decision.device ? html`<a href=${href`devices/${decision.device}`}><bdi>${decision.device}</bdi></a> · ` : ''}<span class="soft">${where}</span></p>
    <h1><${Verdict} decision=${decision} /> <bdi>${reasonWords(decision, facts && (facts.port_on ? 'on' : 'off'))}</bdi></h1>
    <${By} decision=${decision} />
    <${When} decision=${decision} now=${now} zone=${zone} />
    ${note && html`<p class="why-note"><${Icon} name="warn" /> <bdi>${note}</bdi></p>`}
    ${!now && asked.length > 0 && can.value.edit && html`<p><button type="button" class="button" onClick=${() => setKeeps(true)}><${Icon} name="check" /> ${t('why.keep')}</button></p>`}
    ${keeps && html`<${Keep} told=${told} onClose=${() => setKeeps(false)} />`}
  </header>`;
}
