// What was decided, as a word with a colour.
import { html } from '../../vendor/ui.mjs';
import { t } from '../words.js';
import { Icon } from './icon.js';

const LOOK = { charge: ['is-good', 'bolt'], rest: ['', 'moon'], keep: ['', 'same'] };

/** `decision` has a `verdict`: charge, rest or keep. */
export function Verdict({ decision }) {
  const [kind, icon] = LOOK[decision.verdict] ?? LOOK.keep;
  return html`<span class=${`tag ${kind}`}><${Icon} name=${icon} />${t(`part.verdict_${decision.verdict}`)}</span>`;
}
