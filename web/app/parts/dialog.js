// A dialog over the page; on a phone it comes from below. Esc and a click beside it close it, the focus goes back.
import { html, useEffect, useId, useRef, useState } from '../../vendor/ui.mjs';
import { dialogs } from '../state/acts.js';
import { t } from '../words.js';
import { Icon } from './icon.js';
import { Toasts } from './toast.js';

// An editor stands in a shadow root of its own.
function focused() {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one;
}

// What opened the dialog may have been drawn anew meanwhile: then what stands there under the same name takes its place.
function giveBack(before) {
  const one = before?.isConnected || !before?.id ? before : document.getElementById(before.id);
  one?.focus?.();
  return focused() === one;
}

/** `title` is a text or markup; `onClose` is called when it is closed in any way. */
export function Dialog({ title, onClose, children, wide = false }) {
  const box = useRef(null);
  const leaving = useRef(false);
  const pressedBeside = useRef(false);
  const label = useId();
  // While it is open, messages are shown in it: what is behind it cannot be used.
  const [level, setLevel] = useState(0);
  useEffect(() => {
    const before = focused();
    const dialog = box.current;
    dialog.showModal();
    setLevel((dialogs.value += 1));
    return () => {
      leaving.current = true;
      dialogs.value -= 1;
      // An open dialog would keep the focus from what is behind it.
      dialog.close();
      // What is behind it may still be out of reach until the page is drawn.
      if (!giveBack(before)) requestAnimationFrame(() => document.activeElement === document.body && giveBack(before));
    };
  }, []);
  // A browser closes it by itself at a second Esc.
  const closed = () => !leaving.current && onClose();
  // A text that is marked beyond the edge is no click beside it.
  const isBeside = (event) => event.target === box.current;
  const press = (event) => void (pressedBeside.current = isBeside(event));
  const beside = (event) => isBeside(event) && pressedBeside.current && onClose();
  return html`<dialog ref=${box} class=${wide ? 'dialog is-wide' : 'dialog'} aria-labelledby=${label}
      onCancel=${(event) => { event.preventDefault(); onClose(); }} onClose=${closed} onPointerDown=${press} onClick=${beside}>
    <div class="dialog-inner">
      <header class="dialog-head">
        <h2 id=${label}>${title}</h2>
        <button class="button is-plain" onClick=${onClose} aria-label=${t('app.close')}><${Icon} name="close" /></button>
      </header>
      ${children}
    </div>
    ${level > 0 && html`<${Toasts} level=${level} />`}
  </dialog>`;
}
