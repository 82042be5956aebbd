// Small drawings of one colour. They say nothing to a screen reader: the text beside them does.
import { html } from '../../vendor/ui.mjs';

const PATHS = {
  plug: 'M9 3v5M15 3v5M6 8h12v4a6 6 0 0 1-12 0zM12 18v3',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2',
  rule: 'M5 5h14M5 12h9M5 19h6M17 14l2 2 3-4',
  wrench: 'M14 6a4 4 0 0 1 5-1l-3 3 1 2 2 1 3-3a4 4 0 0 1-6 5l-8 8-3-3 8-8',
  gear: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2',
  cut: 'M4 4l16 16M9 9a4 4 0 0 0 0 6M15 15a4 4 0 0 0 0-6',
  bolt: 'M13 3 5 14h6l-1 7 8-11h-6z',
  heat: 'M10 4a2 2 0 0 1 4 0v9a4 4 0 1 1-4 0zM12 9v7',
  warn: 'M12 4 2.5 20h19zM12 10v5M12 17.5v.5',
  check: 'M5 12.5l4.5 4.5L19 7',
  close: 'M6 6l12 12M18 6 6 18',
  undo: 'M9 7H15a5 5 0 0 1 0 10H7M9 7l-3-3M9 7l-3 3',
  hand: 'M8 12V6a1.5 1.5 0 0 1 3 0v4-6a1.5 1.5 0 0 1 3 0v6-4a1.5 1.5 0 0 1 3 0v8a6 6 0 0 1-6 6c-3 0-4-2-6-6 1-1.500 2-1 3 0',
  next: 'M9 5l7 7-7 7',
  back: 'M15 5l-7 7 7 7',
  plus: 'M12 5v14M5 12h14',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  device: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M11 18h2',
  moon: 'M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.5',
  same: 'M6 9h12M6 15h12',
  question: 'M9 9a3 3 0 1 1 4 3c-1 .500-1 1-1 2M12 17.500v.500',
};

/** `name` is one of the drawings above. */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
