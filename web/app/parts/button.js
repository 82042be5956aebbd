// A button that shows that what it does is under way.
import { html, useState } from '../../vendor/ui.mjs';

/** `does` may answer a promise; until it is settled the button cannot be pressed again, and keeps the focus. */
export function Button({ does, kind = '', disabled = false, children, ...more }) {
  const [busy, setBusy] = useState(false);
  const press = async (event) => {
    if (busy) return;
    setBusy(true);
    try {
      await does(event);
    } finally {
      setBusy(false);
    }
  };
  return html`<button type="button" ...${more} class=${`button ${kind}`} disabled=${disabled && !busy} aria-disabled=${busy ? 'true' : undefined} aria-busy=${busy} onClick=${press}>${children}</button>`;
}
