// Opens the sheet of the device's port: the same as among the stations.
import { html, useState } from '../../../vendor/ui.mjs';
import { Icon } from '../../parts/icon.js';
import { t } from '../../words.js';
import { PortSheet } from '../stations/sheet.js';

export function Act({ station, port }) {
  const [open, setOpen] = useState(false);
  return html`<button type="button" class="button is-main device-act" aria-haspopup="dialog" onClick=${() => setOpen(true)}>
      <${Icon} name="hand" /> ${t('device.act')}</button>
    ${open && html`<${PortSheet} station=${station} number=${port} onClose=${() => setOpen(false)} />`}`;
}
