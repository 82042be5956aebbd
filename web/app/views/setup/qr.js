// A QR code as one path: dark on light in both themes, because cameras want it so.
import { html, useEffect, useState } from '../../../vendor/ui.mjs';

const QUIET = 4;
/** Cameras read what is not smaller: a long name makes a code of many squares. */
const SQUARE_PX = 4;
const LEAST_PX = 280;

/** `text` is what the camera reads; `label` says what it is. */
export function Qr({ text, label }) {
  const [code, setCode] = useState(null);
  useEffect(() => {
    let gone = false;
    import('../../../vendor/qr.mjs').then(({ default: make }) => {
      if (gone) return;
      // Version 0 takes the smallest that holds the text. Bytes, because names may be in any script.
      const qr = make(0, 'M');
      qr.addData(String.fromCharCode(...new TextEncoder().encode(text)), 'Byte');
      qr.make();
      setCode(drawing(qr));
    });
    return () => {
      gone = true;
    };
  }, [text]);
  if (!code) return html`<div class="setup-qr"></div>`;
  const wide = `min(100%, ${Math.max(LEAST_PX, code.size * SQUARE_PX)}px)`;
  return html`<svg class="setup-qr" style=${{ width: wide }} viewBox=${`0 0 ${code.size} ${code.size}`} role="img" aria-label=${label} shape-rendering="crispEdges"><path d=${code.path} /></svg>`;
}

function drawing(qr) {
  const count = qr.getModuleCount();
  let path = '';
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (qr.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  return { size: count + 2 * QUIET, path };
}
