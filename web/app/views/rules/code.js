// The editor of one text. It stands in a shadow root, because there its styles may be set without a style element, which
// the content security policy of this page forbids.
import { html, useEffect, useRef, useState } from '../../../vendor/ui.mjs';
import { Failed } from '../../parts/failed.js';
import { Loading } from '../../parts/loading.js';
import { t } from '../../words.js';
import { extensions, mark } from './setup.js';

/**
 * `text` is shown anew when the number `shown` changes, `onText(text)` told of each change; `problems` are marked; `source` makes the editor's own language,
 * completion and explanations. Esc leaves the text, where Tab indents. `go` is `{line, turn}`: goes there when it changes.
 */
export function Code({ label, text, shown, onText, problems, source, readOnly = false, go }) {
  const host = useRef(null);
  const after = useRef(null);
  const view = useRef(null);
  const latest = useRef({});
  const [state, setState] = useState('loading');
  const [turn, setTurn] = useState(0);
  const again = () => {
    setState('loading');
    setTurn((n) => n + 1);
  };
  latest.current = { onText, text, onLeave: () => after.current.focus() };

  useEffect(() => {
    let gone = false;
    open(host.current, { label, source, readOnly, latest }).then(
      (made) => {
        if (gone) return made.destroy();
        view.current = made;
        setState('ready');
        return undefined;
      },
      (error) => {
        console.error(error);
        if (!gone) setState('failed');
      },
    );
    return () => {
      gone = true;
      view.current?.destroy();
      view.current = null;
    };
  }, [source, readOnly, label, turn]);

  useEffect(() => {
    if (view.current) show(view.current, text);
  }, [shown, state]);
  useEffect(() => {
    if (view.current) mark(view.current, problems);
  }, [problems, state]);
  useEffect(() => {
    if (view.current && go) goTo(view.current, go);
  }, [go, state]);

  return html`<div class="rules-code">
    <div ref=${host} class="rules-code-host"></div>
    <p ref=${after} class="rules-code-after" tabindex="-1">${t('rules.left_text')}</p>
    ${state === 'loading' && html`<${Loading} />`}
    ${state === 'failed' && html`<${Failed} problem=${{ code: 'unreachable' }} again=${again} />`}
  </div>`;
}

async function open(host, { label, source, readOnly, latest }) {
  const editor = await import('../../../vendor/codemirror.mjs');
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  return new editor.EditorView({
    doc: latest.current.text,
    extensions: await extensions(editor, { label, source, readOnly, latest }),
    parent: root,
    root,
  });
}

// A text from elsewhere takes the place of what is shown; what was typed is already there.
function show(view, text) {
  const shown = view.state.doc.toString();
  if (shown !== text) view.dispatch({ changes: { from: 0, to: shown.length, insert: text } });
}

function goTo(view, { line, column = 1 }) {
  const { from, to } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  view.dispatch({ selection: { anchor: Math.min(from + column - 1, to) }, scrollIntoView: true });
  view.focus();
}
