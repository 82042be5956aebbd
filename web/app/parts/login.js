// Asks for a token where the service wants one, and tries it before it is kept.
import { html, useEffect, useRef, useState } from '../../vendor/ui.mjs';
import { setToken, token } from '../state/session.js';
import { t } from '../words.js';
import { sentence } from './failed.js';

const PATIENCE_MS = 15_000;

// Not by state/api.js: that asks with the token that is kept already.
async function isKnown(text) {
  let answer;
  try {
    const headers = { authorization: `Bearer ${text}` };
    answer = await fetch('api/v1/service', { headers, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return { code: 'unreachable' };
  }
  if (answer.ok) return null;
  return answer.status === 401 ? { code: 'unknown_token' } : { code: `http_${answer.status}` };
}

/** The form alone. */
export function EnterToken({ focus = false }) {
  const [text, setText] = useState('');
  const [remember, setRemember] = useState(true);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const input = useRef(null);
  useEffect(() => void (focus && input.current.focus()), []);
  const enter = async (event) => {
    event.preventDefault();
    setBusy(true);
    // A header holds no other characters, and a token has none.
    const wanted = text.trim();
    const found = /^[\x21-\x7e]+$/.test(wanted) ? await isKnown(wanted) : { code: 'unknown_token' };
    setBusy(false);
    setProblem(found);
    if (found) input.current.focus();
    else setToken(wanted, remember);
  };
  return html`<form class="login-form" onSubmit=${enter}>
    <label class="field"><span>${t('app.token')}</span>
      <input ref=${input} type="password" autocomplete="current-password" spellcheck=${false} required value=${text}
        aria-invalid=${problem ? 'true' : undefined} onInput=${(e) => setText(e.currentTarget.value)} /></label>
    <p class="login-problem" role="alert">${problem && sentence(problem)}</p>
    <label class="check"><input type="checkbox" checked=${remember} onChange=${(e) => setRemember(e.currentTarget.checked)} /> ${t('app.token_remember')}</label>
    <button class="button is-main" disabled=${busy} aria-busy=${busy}>${t('app.token_enter')}</button>
  </form>`;
}

/** In place of a view. */
export function Login() {
  return html`<section class="login card">
    <h1>${t('app.token_title')}</h1>
    ${token.value && html`<p class="login-problem">${t('problem.unknown_token')}</p>`}
    <p>${t('app.token_text')}</p>
    <p><code>scs token add NAME --role operate</code></p>
    <${EnterToken} focus=${true} />
  </section>`;
}
