// The way through a rule, laid over its text: which parts counted, and what each line read.
import { bare } from './code.js';

/** Stands where a comment is. */
const COMMENT = '\u0001';
const ENDS = /(?<![.\w])(?:(?:charge|rest|keep)\s*\(|return\b)/g;
const FUNCTIONS = /(?<![.\w])fn\s+\w+/g;

function offsets(source) {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** `[open, close]` of the block in braces that begins after `from`, both braces within; null without one. */
function block(code, from) {
  const open = code.indexOf('{', from);
  if (open < 0) return null;
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    if (code[at] === '{') depth += 1;
    else if (code[at] === '}' && (depth -= 1) === 0) return [open, at];
  }
  return null;
}

/** All of `else …` behind a block, with the chain that may follow; null without one. */
function otherwise(code, close) {
  const found = /^[\s\u0001]*else\b/.exec(code.slice(close + 1));
  if (!found) return null;
  const from = close + 1 + found[0].length;
  let part = block(code, from);
  while (part) {
    const more = otherwise(code, part[1]);
    if (!more) return [from, part[1] + 1];
    part = [from, more[1] - 1];
  }
  return null;
}

/** What the branches tell was not gone through: `[from, to)`. */
function passedOver(code, starts, branches) {
  const out = [];
  for (const { line, column, taken } of branches) {
    const from = (starts[line - 1] ?? code.length) + column - 1;
    const body = block(code, from);
    if (!body || taken == null) continue;
    if (!taken) out.push([body[0] + 1, body[1]]);
    else {
      const rest = otherwise(code, body[1]);
      if (rest) out.push(rest);
    }
  }
  return out;
}

const inside = (ranges, at) => ranges.some(([from, to]) => at >= from && at < to);

/** Where the way ended: behind the statement that said something, or that went back. */
function ending(code, starts, away, line) {
  const functions = [...code.matchAll(FUNCTIONS)].map((found) => block(code, found.index)).filter(Boolean);
  for (const { index } of code.matchAll(ENDS)) {
    const here = starts.findLastIndex((start) => start <= index) + 1;
    if (inside(away, index) || inside(functions, index) || (line != null && here < line)) continue;
    const behind = code.slice(index).search(/[;}]/);
    return behind < 0 ? code.length : index + behind + 1;
  }
  return code.length;
}

const ofRule = (rule) => ({ file }) => file === `${rule}.rhai` || file.endsWith(`/${rule}.rhai`);

function values(inputs, line) {
  const seen = new Map();
  for (const one of inputs) if (one.line === line) seen.set(one.input, one.value);
  return [...seen].map(([input, value]) => ({ input, value }));
}

/**
 * The lines of a rule: `{number, parts: [{text, kind}], mark: 'taken' | 'passed' | 'said' | '', values}`.
 * The `kind` of a part: `comment`, `gone` for what the way did not come by, else empty.
 */
export function wayThrough(source, asked) {
  const code = bare(source, COMMENT);
  const starts = offsets(source);
  const own = ofRule(asked.rule);
  const branches = asked.branches.filter(own);
  const inputs = asked.inputs.filter(own);
  const away = passedOver(code, starts, branches);
  const end = asked.cut ? source.length : ending(code, starts, away, asked.opinion?.line);
  const opens = openings(code);
  // A block that was entered is also left: its end goes with its beginning.
  const gone = (at) => {
    const from = opens.get(at) ?? at;
    return from >= end || inside(away, from);
  };
  return source.replace(/\n$/, '').split('\n').map((text, n) => ({
    number: n + 1,
    parts: split(text, starts[n], gone, code),
    mark: markOf(n + 1, asked, branches),
    values: values(inputs, n + 1),
  }));
}

/** Of every closing brace the offset of the one that opened it. */
function openings(code) {
  const out = new Map();
  const open = [];
  for (let at = 0; at < code.length; at += 1) {
    if (code[at] === '{') open.push(at);
    else if (code[at] === '}' && open.length) out.set(at, open.pop());
  }
  return out;
}

function markOf(line, asked, branches) {
  if (asked.opinion?.line === line) return 'said';
  const own = branches.filter((one) => one.line === line && one.taken != null);
  if (own.length === 0) return '';
  return own.some((one) => one.taken) ? 'taken' : 'passed';
}

function split(text, start, gone, code) {
  const parts = [];
  let kind = '';
  for (let n = 0; n < text.length; n += 1) {
    const letter = code[start + n];
    if (letter === COMMENT) kind = 'comment';
    // Spaces, and what is in quotes, go with what stands before them; the space at the head of a line with nothing.
    else if (letter !== ' ') kind = gone(start + n) ? 'gone' : '';
    if (parts.at(-1)?.kind === kind) parts.at(-1).text += text[n];
    else parts.push({ text: text[n], kind });
  }
  return parts;
}
