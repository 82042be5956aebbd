// Reads the texts of rules and tests just enough to know what is code, and what is comment or text in quotes.

/** Offset behind a text in quotes that begins at `from`. */
function afterQuotes(source, from) {
  const quote = source[from];
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] === '\\' && quote !== '`') at += 1;
    else if (source[at] === quote) return at + 1;
    else if (quote === '`' && source.startsWith('${', at)) at = afterHole(source, at + 2) - 1;
  }
  return source.length;
}

/** Offset behind the `}` of a `${…}` whose inside begins at `from`. */
function afterHole(source, from) {
  let depth = 1;
  for (let at = from; at < source.length; at += 1) {
    if ('"`'.includes(source[at])) at = afterQuotes(source, at) - 1;
    else if (source[at] === '{') depth += 1;
    else if (source[at] === '}' && (depth -= 1) === 0) return at + 1;
  }
  return source.length;
}

function afterComment(source, from) {
  if (source[from + 1] === '/') {
    const end = source.indexOf('\n', from);
    return end < 0 ? source.length : end;
  }
  let depth = 1;
  for (let at = from + 2; at < source.length; at += 1) {
    if (source.startsWith('/*', at)) [depth, at] = [depth + 1, at + 1];
    else if (source.startsWith('*/', at) && (depth -= 1) === 0) return at + 2;
  }
  return source.length;
}

/** The source with spaces in place of what is in quotes, and `comment` in place of comments: every offset stays. */
export function bare(source, comment = ' ') {
  let out = '';
  for (let at = 0; at < source.length; ) {
    let end = at;
    if ('"`'.includes(source[at])) end = afterQuotes(source, at);
    else if (source.startsWith('//', at) || source.startsWith('/*', at)) end = afterComment(source, at);
    if (end > at) {
      // A text leaves its quotes behind: it is something, a comment is nothing.
      const quoted = '"`'.includes(source[at]);
      out += (quoted ? '"' : comment) + source.slice(at + 1, end).replace(/[^\n]/g, quoted ? ' ' : comment);
      at = end;
    } else {
      out += source[at];
      at += 1;
    }
  }
  return out;
}

/** The text of a test file with one more case at its end; without a file a new one. Null: the file is no list. */
export function withCase(file, text) {
  if (!file?.trim()) return `[\n    ${text},\n]\n`;
  const code = bare(file);
  const end = code.trimEnd().length - 1;
  if (code[end] !== ']') return null;
  const before = code.slice(0, end).trimEnd();
  const comma = /[,[]$/.test(before) ? '' : ',';
  const behind = before.length;
  return `${file.slice(0, behind)}${comma}${file.slice(behind, end).trimEnd()}\n    ${text},\n${file.slice(end)}`;
}
