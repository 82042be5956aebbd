// How the texts of rules and tests are coloured: what each piece of a line is. Knows nothing of the editor.
const WORDS = new Set(['let', 'const', 'if', 'else', 'switch', 'return', 'fn', 'in', 'throw', 'true', 'false']);
const VERBS = new Set(['charge', 'rest', 'keep', 'param']);
const SEEN = new Set(['battery', 'device', 'port', 'station', 'rule', 'history', 'clock', 'signal', 'deadline']);

function stringRest(stream, end) {
  for (let char = stream.next(); char != null; char = stream.next()) {
    if (char === '\\') stream.next();
    else if (char === end) return true;
  }
  return false;
}

// A text between backticks holds expressions: `${…}`. `state.nested` counts the braces of each one that is open.
function template(stream, state) {
  while (!stream.eol()) {
    if (stream.match('${', false)) {
      if (stream.pos > stream.start) return 'string';
      stream.match('${');
      state.nested.push(0);
      state.inText = false;
      return 'punctuation';
    }
    if (stream.next() === '`') {
      state.inText = false;
      return 'string';
    }
  }
  return 'string';
}

function comment(stream, state) {
  while (!stream.eol()) {
    if (stream.match('*/')) {
      state.inComment -= 1;
      if (state.inComment === 0) return 'comment';
    } else if (stream.match('/*')) state.inComment += 1;
    else stream.next();
  }
  return 'comment';
}

function brace(stream, state) {
  const char = stream.next();
  const open = state.nested.length - 1;
  if (open < 0) return 'punctuation';
  if (char === '{') state.nested[open] += 1;
  else if (char === '}' && state.nested[open]-- === 0) {
    state.nested.pop();
    state.inText = true;
  }
  return 'punctuation';
}

function name(word, stream) {
  if (WORDS.has(word)) return 'keyword';
  if (VERBS.has(word)) return 'labelName';
  if (SEEN.has(word)) return 'typeName';
  return stream.match(/^\s*\(/, false) ? 'macroName' : 'variableName';
}

function rhaiToken(stream, state) {
  if (state.inComment) return comment(stream, state);
  if (state.inText) return template(stream, state);
  if (stream.eatSpace()) return null;
  if (stream.match('//')) {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match('/*')) {
    state.inComment = 1;
    return comment(stream, state);
  }
  if (stream.match('"')) {
    stringRest(stream, '"');
    return 'string';
  }
  if (stream.match('`')) {
    state.inText = true;
    return template(stream, state);
  }
  if (stream.match(/^\d[\d_]*(\.\d+)?/)) return 'number';
  const word = stream.match(/^[A-Za-z_]\w*/);
  if (word) return name(word[0], stream);
  if (/[{}]/.test(stream.peek())) return brace(stream, state);
  if (stream.match(/^[-+*/%<>=!&|.?]+/)) return 'operator';
  stream.next();
  return 'punctuation';
}

/** The language of rules. */
export const rhai = {
  name: 'rhai',
  startState: () => ({ inComment: 0, inText: false, nested: [] }),
  copyState: (state) => ({ ...state, nested: [...state.nested] }),
  token: rhaiToken,
  indent: (state, after, context) => indent(after, context),
  languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', '"', '`'] }, indentOnInput: /^\s*[}\])]$/ },
};

function ronToken(stream, state) {
  if (state.inComment) return comment(stream, state);
  if (stream.eatSpace()) return null;
  if (stream.match('//')) {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match('/*')) {
    state.inComment = 1;
    return comment(stream, state);
  }
  if (stream.match('"')) {
    stringRest(stream, '"');
    return 'string';
  }
  if (stream.match(/^-?\d[\d_]*(\.\d+)?/)) return 'number';
  const word = stream.match(/^[A-Za-z_]\w*/);
  if (word) return stream.match(/^\s*:/, false) ? 'typeName' : /^[A-Z]/.test(word[0]) ? 'labelName' : 'keyword';
  stream.next();
  return 'punctuation';
}

/** The language of tests. */
export const ron = {
  name: 'ron',
  startState: () => ({ inComment: 0 }),
  token: ronToken,
  indent: (state, after, context) => indent(after, context),
  languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', '"'] }, indentOnInput: /^\s*[}\])]$/ },
};

// As deep as the line before, one step more after an open bracket, one less before a closing one.
function indent(after, context) {
  let at = context.pos;
  let line = context.lineAt(at, -1);
  while (line.from > 0 && (line.from >= at || !line.text.trim())) {
    at = line.from - 1;
    line = context.lineAt(at, -1);
  }
  const before = /^\s*/.exec(line.text)[0].length;
  const opens = /[{([]\s*(\/\/.*)?$/.test(line.text) ? context.unit : 0;
  const closes = /^\s*[})\]]/.test(after) ? context.unit : 0;
  return Math.max(0, before + opens - closes);
}
