// The sheet of what was chosen. It is loaded when the page has time for it, so that the first view is there sooner.
import { html, signal, useEffect } from '../../../vendor/ui.mjs';
import { complain } from '../../state/acts.js';
import { Problem } from '../../state/api.js';

const sheets = signal(null);
let loading = null;

async function load() {
  const [{ PortSheet }, { StationSheet }] = await Promise.all([import('./sheet.js'), import('./stationsheet.js')]);
  sheets.value = { PortSheet, StationSheet };
}

/** Loads the sheets; `Opened` does when one is wanted sooner. */
export function loadSheets() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** `open` is `{station, port}`, without a port for the station itself, or null. */
export function Opened({ open, onClose }) {
  useEffect(() => {
    if (!open) return;
    loadSheets().catch((error) => {
      console.error(error);
      complain(new Problem({}));
      onClose();
    });
  }, [open]);
  if (!open || !sheets.value) return null;
  const { PortSheet, StationSheet } = sheets.value;
  const { station, port } = open;
  if (port == null) return html`<${StationSheet} key=${station} station=${station} onClose=${onClose} />`;
  return html`<${PortSheet} key=${`${station}/${port}`} station=${station} number=${port} onClose=${onClose} />`;
}
