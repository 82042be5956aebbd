// The parts of the rules' view that need no browser.
import assert from 'node:assert/strict';
import test from 'node:test';
import { made, there, words } from '../reference.mjs';
import { rhai, ron } from '../../../web/app/views/rules/grammar.js';
import { counts, difference, hunks, merge } from '../../../web/app/views/rules/lines.js';
import { begin, wrongName } from '../../../web/app/views/rules/template.js';
import { completions, explained, parameters } from '../../../web/app/views/rules/words.js';

const REFERENCE = JSON.parse(there());

test('what the editor knows is what the program can', () => {
  assert.equal(there(), made(), 'run `node tests/web/reference.mjs`');
  assert.throws(() => words('# nothing'));
});

test('the difference of two texts', () => {
  const rows = difference('a\nb\nc\n', 'a\nx\nc\nd\n');
  assert.deepEqual(rows.map((row) => `${row.kind} ${row.text}`), ['same a', 'out b', 'in x', 'same c', 'in d']);
  assert.deepEqual(rows.map((row) => [row.old, row.new]), [[1, 1], [2, null], [null, 2], [3, 3], [null, 4]]);
  assert.deepEqual(counts(rows), { in: 2, out: 1 });
  assert.deepEqual(counts(difference('', '')), { in: 0, out: 0 });
  assert.deepEqual(counts(difference('', 'a')), { in: 1, out: 0 });
});

test('texts with nothing in common do not hang the page', () => {
  const many = (word) => Array.from({ length: 6000 }, (_, n) => `${word} ${n}`).join('\n');
  assert.deepEqual(counts(difference(many('a'), many('b'))), { in: 6000, out: 6000 });
});

test('only what changed is shown, with lines around it', () => {
  const before = Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n');
  const shown = hunks(difference(before, before.replace('line 15', 'other')), 2);
  assert.deepEqual(shown.map((row) => row.kind), ['gap', 'same', 'same', 'out', 'in', 'same', 'same', 'gap']);
  assert.equal(shown[0].count, 13);
});

test('two changes in one', () => {
  const base = 'a\nb\nc\nd\n';
  assert.equal(merge(base, 'A\nb\nc\nd\n', 'a\nB\nc\nd\n'), 'A\nB\nc\nd\n', 'neighbours');
  assert.equal(merge(base, 'a\nb\nc\nd\ne\n', '0\na\nb\nc\nd\n'), '0\na\nb\nc\nd\ne\n');
  assert.equal(merge(base, 'a\nX\nc\nd\n', 'a\nY\nc\nd\n'), null);
  assert.equal(merge(base, 'a\nX\nc\nd\n', 'a\nX\nc\nD\n'), 'a\nX\nc\nD\n', 'the same change twice');
  assert.equal(merge(base, 'a\nd\n', 'a\nb\nC\nd\n'), null, 'removed and changed');
  assert.equal(merge(base, base, 'z\n'), 'z\n');
});

test('parameters of a text', () => {
  const text = 'let low = param("low", 20);   // percent: low\n// param("no", 1);\nlet by = param("by", "07:00, \\"x\\"");';
  assert.deepEqual(parameters(text), [
    { name: 'low', value: '20', about: 'percent: low', line: 1 },
    { name: 'by', value: '"07:00, \\"x\\""', about: '', line: 3 },
  ]);
});

test('what is completed', () => {
  const labels = (before, text = '', kind = 'rule') => completions(REFERENCE, kind, before, text)?.options.map((option) => option.label) ?? null;
  assert.ok(labels('if battery.').includes('has_temp'));
  assert.ok(labels('if !battery.has_temp && clock.mi').includes('minutes_until'));
  assert.equal(labels('nothing.'), null);
  assert.ok(labels('ch').includes('charge'));
  assert.ok(labels('lo', 'let lowest = 3;').includes('lowest'));
  assert.equal(labels('charge("lo'), null, 'not in a text');
  assert.ok(labels('charge(`${lo', 'let low = 1;').includes('low'), 'but in an expression in a text');
  assert.equal(labels('// lo'), null, 'not in a comment');
  assert.ok(labels('exp', '', 'test').includes('expect'));
  assert.equal(completions(REFERENCE, 'rule', 'if battery.le', '').from, 11);
});

test('what is explained', () => {
  assert.equal(explained(REFERENCE, 'if battery.level < 3', 12, '').write, 'battery.level');
  assert.match(explained(REFERENCE, 'clock.minutes_until("07:00")', 8, '').write, /days/);
  assert.equal(explained(REFERENCE, 'low', 1, 'let low = param("low", 20); // why').what, 'why');
  assert.equal(explained(REFERENCE, 'x + 1', 4, ''), null);
});

/** Enough of the editor's stream for the grammars. */
class Stream {
  constructor(line) {
    Object.assign(this, { string: line, pos: 0, start: 0 });
  }
  eol() { return this.pos >= this.string.length; }
  peek() { return this.string[this.pos]; }
  next() { return this.eol() ? undefined : this.string[this.pos++]; }
  skipToEnd() { this.pos = this.string.length; }
  eatSpace() { return Boolean(this.match(/^\s+/)); }
  match(what, take = true) {
    const rest = this.string.slice(this.pos);
    const found = typeof what === 'string' ? rest.startsWith(what) && [what] : what.exec(rest);
    if (found && take) this.pos += found[0].length;
    return found || null;
  }
}

function tokens(grammar, text) {
  const state = grammar.startState();
  return text.split('\n').flatMap((line) => {
    const stream = new Stream(line);
    const found = [];
    while (!stream.eol()) {
      stream.start = stream.pos;
      const kind = grammar.token(stream, state);
      assert.ok(stream.pos > stream.start, `stands still at ${line}:${stream.pos}`);
      if (kind) found.push(`${kind} ${line.slice(stream.start, stream.pos)}`);
    }
    return found;
  });
}

test('the pieces of a line', () => {
  assert.deepEqual(tokens(rhai, 'charge(`a ${if x { 1 } else { b }} c`);'), [
    'labelName charge', 'punctuation (', 'string `a ', 'punctuation ${', 'keyword if', 'variableName x', 'punctuation {', 'number 1',
    'punctuation }', 'keyword else', 'punctuation {', 'variableName b', 'punctuation }', 'punctuation }', 'string  c`', 'punctuation )', 'punctuation ;',
  ]);
  assert.deepEqual(tokens(rhai, '/* a\nb */ battery.level'), ['comment /* a', 'comment b */', 'typeName battery', 'operator .', 'variableName level']);
  assert.deepEqual(tokens(ron, '(name: "x", expect: Charge) // y'), [
    'punctuation (', 'typeName name', 'punctuation :', 'string "x"', 'punctuation ,', 'typeName expect', 'punctuation :', 'labelName Charge', 'punctuation )', 'comment // y',
  ]);
});

test('whatever is typed, the grammars go on', () => {
  for (const text of ['`', '"', '"\\', '${', '}', '`${`${', '/*', '*/', '👩‍💻 = "é"', '\\', '`${{}', '\u0000\u202e']) {
    tokens(rhai, text);
    tokens(ron, text);
  }
});

test('a new rule', () => {
  assert.match(begin('evening').tests, /rule: "evening"/);
  assert.match(begin('b', { name: 'a', text: 'x', tests: '[(rule: "a")]' }).tests, /"b"/);
  assert.equal(wrongName('', []), 'rules.name_form');
  assert.equal(wrongName('Ä', []), 'rules.name_form');
  assert.equal(wrongName('a'.repeat(65), []), 'rules.name_form');
  assert.equal(wrongName('check', []), 'rules.name_reserved');
  assert.equal(wrongName('a', ['a']), 'rules.name_taken');
  assert.equal(wrongName('evening-2', ['a']), null);
});
