// Who uses this page: the token of this browser, and what the service lets it do.
import { computed, signal } from '../../vendor/ui.mjs';
import { TOKEN_KEY, tokenKept } from '../early.js';

/** The bearer token, or an empty text. */
export const token = signal(tokenKept());

/** What the service says of itself and of us: `GET /api/v1/service`; null until it is known. */
export const service = signal(null);

/** True while the service wants a token that we do not have. */
export const tokenNeeded = signal(false);

/** What this browser may do. Without an answer of the service nothing is forbidden: the service decides anyway. */
export const can = computed(() => {
  const role = service.value?.caller?.role ?? 'edit';
  return { operate: role === 'operate' || role === 'edit', edit: role === 'edit' };
});

/** Takes a token for this browser; `remember` keeps it when the browser is closed. */
export function setToken(text, remember) {
  try {
    localStorage.removeItem(TOKEN_KEY);
    sessionStorage.removeItem(TOKEN_KEY);
    if (text) (remember ? localStorage : sessionStorage).setItem(TOKEN_KEY, text);
  } catch {
    // A browser that keeps nothing still works until it is closed.
  }
  token.value = text;
  tokenNeeded.value = false;
}
