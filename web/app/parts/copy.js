// Text that one wants elsewhere: shown as it is, with a button that copies it.
import { html, useEffect, useRef, useState } from '../../vendor/ui.mjs';
import { t } from '../words.js';
import { Icon } from './icon.js';

const SAID_MS = 2500;

// Browsers give the clipboard only to pages that came encrypted or from this machine; the older way works everywhere.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text);
  }
}

function copyOldWay(text) {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

/** A button that copies `text`; `label` says of what, for who does not see it. */
export function CopyButton({ text, label, small = true }) {
  const [state, setState] = useState('');
  const timer = useRef();
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = async (event) => {
    const button = event.currentTarget;
    setState((await copy(text)) ? 'done' : 'failed');
    button.focus();
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState(''), SAID_MS);
  };
  const words = state === 'done' ? t('app.copied') : state === 'failed' ? t('app.copy_failed') : t('app.copy');
  return html`<button type="button" class=${`button copy-button${small ? ' is-small' : ''}`} onClick=${press} aria-label=${state ? words : `${t('app.copy')}: ${label}`}>
    <${Icon} name=${state === 'done' ? 'check' : 'copy'} /><span aria-live="polite">${words}</span>
  </button>`;
}

/** A text of one or many lines. */
export function CopyBox({ text, label }) {
  return html`<div class="copy-box"><pre tabindex="0" role="group" aria-label=${label}>${text}</pre><${CopyButton} text=${text} label=${label} /></div>`;
}
