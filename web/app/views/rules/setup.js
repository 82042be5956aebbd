// How the editor is set up: keys, colours, marks, completion, explanations.
import { t } from '../../words.js';
import { completions, explained } from './words.js';
import { rhai, ron } from './grammar.js';

const PHRASES = [
  'Find', 'Replace', 'next', 'previous', 'all', 'match case', 'by word', 'regexp', 'replace', 'replace all', 'close', 'Completions',
  'current match', 'on line', 'replaced match on line $', 'replaced $ matches', 'Selection deleted', 'Go to line', 'go', 'Diagnostics',
  'No diagnostics', 'Control character',
];
let reference = null;

async function fetchReference() {
  const answer = await fetch(new URL('reference.json', import.meta.url));
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

/** The reference of what a rule may say; loaded once. */
async function loadReference() {
  reference ??= fetchReference().catch((error) => {
    reference = null;
    throw error;
  });
  return reference;
}

/** Everything that an editor is made with. */
export async function extensions(editor, { label, source, readOnly, latest }) {
  const words = await loadReference();
  const kind = source === 'rule' ? 'rule' : 'test';
  const { EditorState, EditorView } = editor;
  return [
    editor.lineNumbers(), editor.history(), editor.highlightSpecialChars(), editor.drawSelection(), editor.indentOnInput(),
    editor.bracketMatching(), editor.closeBrackets(), editor.highlightActiveLine(), editor.highlightSelectionMatches(),
    editor.search({ top: true }), editor.lintGutter(), EditorView.lineWrapping, editor.indentUnit.of('    '),
    editor.StreamLanguage.define(kind === 'rule' ? rhai : ron), editor.syntaxHighlighting(colours(editor)), look(editor),
    EditorState.phrases.of(Object.fromEntries(PHRASES.map((phrase) => [phrase, t(`rules.code_${phrase.replaceAll(' ', '_')}`)]))),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false', autocapitalize: 'off', autocorrect: 'off' }),
    EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) latest.current.onText(update.state.doc.toString());
    }),
    editor.autocompletion({ override: [complete(editor, words, kind)], icons: false }),
    kind === 'rule' ? editor.hoverTooltip(hover(words), { hideOnChange: true }) : [],
    keys(editor, latest), EditorView.domEventHandlers({ beforeinput: (event, view) => typeOver(editor, event, view) }),
  ];
}

// Chromium types over a selection by way of a style attribute, which the content security policy forbids: it says so in its
// console at each letter. So the letter is put in here, by the same handlers that the editor asks.
function typeOver({ EditorView }, event, view) {
  const { from, to, empty } = view.state.selection.main;
  const many = view.state.selection.ranges.length > 1;
  if (event.inputType !== 'insertText' || !event.data || empty || many || event.isComposing || view.state.readOnly) return false;
  event.preventDefault();
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, event.data, insert));
  if (!handled) view.dispatch(insert());
  return true;
}

function keys(editor, latest) {
  // Last of all: Esc closes a list or the search first.
  const leave = [{ key: 'Escape', run: () => (latest.current.onLeave?.(), true) }];
  return [
    editor.keymap.of([
      ...editor.closeBracketsKeymap, ...editor.completionKeymap, ...editor.searchKeymap, ...editor.historyKeymap, ...editor.lintKeymap,
      ...editor.defaultKeymap.filter(({ key }) => key !== 'Escape'), { key: 'Tab', run: editor.acceptCompletion }, editor.indentWithTab,
    ]),
    editor.Prec.lowest(editor.keymap.of(leave)),
  ];
}

function complete(editor, words, kind) {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const found = completions(words, kind, line.text.slice(0, context.pos - line.from), context.state.doc.toString(), context.explicit);
    if (!found) return null;
    const options = found.options.map(({ piece, call, ...option }) => (piece ? editor.snippetCompletion(piece, option) : option));
    return { from: line.from + found.from, options, validFor: /^\w*$/ };
  };
}

function hover(words) {
  return (view, pos) => {
    const line = view.state.doc.lineAt(pos);
    const found = explained(words, line.text, pos - line.from, view.state.doc.toString());
    if (!found) return null;
    return { pos: line.from + found.from, end: line.from + found.to, above: true, create: () => ({ dom: explanation(found) }) };
  };
}

function explanation({ write, what }) {
  const dom = document.createElement('div');
  dom.className = 'scs-explain';
  const head = document.createElement('code');
  head.textContent = write;
  const text = document.createElement('p');
  text.textContent = what;
  dom.append(head, text);
  return dom;
}

/** Marks problems: `{line, column, length, severity, message, hint}`. */
export async function mark(view, problems) {
  const { setDiagnostics } = await import('../../../vendor/codemirror.mjs');
  // The view may have been left meanwhile.
  if (!view.dom.isConnected) return;
  const { doc } = view.state;
  const diagnostics = problems.map((problem) => {
    const line = doc.line(Math.min(Math.max(problem.line ?? 1, 1), doc.lines));
    const from = Math.min(line.from + codeUnits(line.text, (problem.column ?? 1) - 1), line.to);
    const to = problem.length == null ? line.to : Math.min(from + codeUnits(line.text.slice(from - line.from), problem.length), line.to);
    return {
      from, to, severity: problem.severity,
      message: problem.hint ? `${problem.message}\n${problem.hint}` : problem.message,
    };
  });
  view.dispatch(setDiagnostics(view.state, diagnostics.sort((a, b) => a.from - b.from)));
}

// The service counts characters, the editor code units: an emoji is one of the first and two of the second.
const codeUnits = (text, characters) => [...text].slice(0, characters).join('').length;

function colours({ HighlightStyle, tags }) {
  return HighlightStyle.define([
    { tag: tags.comment, color: 'var(--soft)', fontStyle: 'italic' },
    { tag: tags.keyword, color: 'var(--accent)' },
    { tag: tags.labelName, color: 'var(--good)', fontWeight: '650' },
    { tag: tags.typeName, color: 'var(--accent)', fontWeight: '600' },
    { tag: [tags.string, tags.number], color: 'var(--warn)' },
  ]);
}

function look({ EditorView }) {
  return EditorView.theme({
    '&': { backgroundColor: 'var(--card)', color: 'var(--text)', fontSize: 'var(--small)', maxHeight: 'var(--rules-code-height, 60vh)', height: '100%' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', overflow: 'auto' },
    '.cm-content': { caretColor: 'var(--text)', padding: '10px 0' },
    '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
    '.cm-gutters': { backgroundColor: 'var(--card)', color: 'var(--soft)', border: 'none' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--sunk) 55%, transparent)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--accent-soft)' },
    '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--warn-soft)' },
    '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--good-soft)' },
    '.cm-tooltip': { backgroundColor: 'var(--card)', color: 'var(--text)', border: '1px solid var(--line)', borderRadius: '8px', boxShadow: '0 6px 24px rgb(0 0 0 / 18%)', maxWidth: 'min(46ch, 90vw)' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '15em' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px' },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--text)' },
    '.cm-completionInfo': { padding: '8px 12px', whiteSpace: 'pre-line', fontFamily: 'system-ui, sans-serif' },
    '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
    '.cm-diagnostic': { whiteSpace: 'pre-line', padding: '6px 10px', fontFamily: 'system-ui, sans-serif', borderLeft: '4px solid var(--warn)' },
    '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
    '.cm-panels': { backgroundColor: 'var(--sunk)', color: 'var(--text)', borderColor: 'var(--line)' },
    '.cm-panel.cm-search': { padding: '8px 36px 8px 10px', fontFamily: 'system-ui, sans-serif' },
    '.cm-panel.cm-search label': { fontSize: 'var(--small)' },
    '.cm-panel.cm-search [name=close]': { width: '2rem', height: '2rem', fontSize: '1.1rem', color: 'var(--text)' },
    '.cm-textfield, .cm-button': { minHeight: '2rem', padding: '2px 10px', fontSize: 'var(--small)', fontFamily: 'inherit', color: 'var(--text)', background: 'var(--card)', border: '1px solid var(--soft)', borderRadius: '6px' },
    '.scs-explain': { padding: '8px 12px', fontFamily: 'system-ui, sans-serif' },
    '.scs-explain code': { fontFamily: 'var(--mono)', fontWeight: '600', whiteSpace: 'pre-line' },
    '.scs-explain p': { margin: '4px 0 0', whiteSpace: 'pre-line', color: 'var(--soft)' },
  });
}
