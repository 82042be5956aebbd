// Light or dark: as the system has it, or as the reader chose.
import { signal } from '../vendor/ui.mjs';

const KEY = 'scs.theme';

/** `auto`, `light` or `dark`. */
export const theme = signal(kept());

function kept() {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}

/** Shows the page in a theme and keeps it for this browser. */
export function setTheme(value) {
  theme.value = value;
  document.documentElement.dataset.theme = value;
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // It counts until the browser is closed.
  }
}

document.documentElement.dataset.theme = theme.value;
