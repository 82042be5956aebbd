// How the way through a rule is laid over its text, what would have changed a decision, and how one becomes a test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare, withCase } from '../../../web/app/views/why/code.js';
import { otherwise } from '../../../web/app/views/why/otherwise.js';
import { wayThrough } from '../../../web/app/views/why/way.js';

const asked = (more) => ({ rule: 'mine', role: 'silent', opinion: null, why: [], parameters: [], inputs: [], comparisons: [], branches: [], cut: false, ...more });
const branch = (line, column, taken, condition = '') => ({ file: 'rules/mine.rhai', line, column, taken, condition });
const gone = (lines) => lines.map((line) => line.parts.filter((part) => part.kind === 'gone').map((part) => part.text.trim()).join(' '));

test('what is in quotes and in comments is no code', () => {
  const text = 'let a = "}"; // }\nlet b = `x ${ if a { "}" } else { 1 } } }`; /* { /* } */ */ c';
  const code = bare(text);
  assert.equal(code.length, text.length);
  assert.equal(code.replace(/ +/g, ' '), 'let a = " ; \nlet b = " ; c');
  assert.equal(bare('"never closed').length, 13);
});

test('a block that was passed over is gone, and one that was taken is not', () => {
  const text = 'if a < 1 { charge("x"); }\nif a > 1 {\n    rest(`} ${a}`);\n}\n';
  const said = asked({ role: 'decided', opinion: { verdict: 'rest', line: 3 }, branches: [branch(1, 1, false), branch(2, 1, true)] });
  const lines = wayThrough(text, said);
  assert.deepEqual(gone(lines), ['charge("x");', '', '', '']);
  assert.deepEqual(lines.map((line) => line.mark), ['passed', 'taken', 'said', '']);
});

test('behind what ended the way nothing was gone through, but comments are only comments', () => {
  const lines = wayThrough('if a { return; }\n// why\nrest("b");', asked({ branches: [branch(1, 1, true)] }));
  assert.deepEqual(gone(lines), ['', '', 'rest("b");']);
  assert.equal(lines[1].parts[0].kind, 'comment');
});

test('the other side of a branch is gone, with the chain behind it', () => {
  const text = 'if a { let x = 1; } else if b { charge("b"); } else { rest("c"); }\nlet y = 2;';
  const [first, second] = gone(wayThrough(text, asked({ branches: [branch(1, 1, true)] })));
  assert.match(first, /^if b .*rest\("c"\); \}$/);
  assert.equal(second, '');
});

test('a function that is only declared does not end the way', () => {
  const lines = wayThrough('fn twice(a) { return a * 2; }\nlet b = 1;', asked());
  assert.deepEqual(gone(lines), ['', '']);
});

test('values stand at the line that read them, once each; those of another file do not', () => {
  const inputs = [['rules/mine.rhai', 3], ['rules/mine.rhai', 4], ['rules/lib/other.rhai', 5]]
    .map(([file, value]) => ({ file, line: 1, column: 1, input: 'battery.level', value }));
  assert.deepEqual(wayThrough('battery.level', asked({ inputs }))[0].values, [{ input: 'battery.level', value: 4 }]);
});

test('a text that does not fit the way is shown as it is', () => {
  const lines = wayThrough('', asked({ branches: [branch(99, 1, false)], opinion: { line: 99 } }));
  assert.equal(lines.length, 1);
});

const comparison = (text, left, right, a, b, holds) => ({ file: 'rules/mine.rhai', line: 2, column: 4, text, left, right, left_value: a, right_value: b, holds });

test('a value that was not reached would have changed it', () => {
  const one = asked({
    why: [{ line: 2, text: 'does not say rest, because battery.level is 55, not at or over 80 (high)' }],
    comparisons: [comparison('battery.level >= high', 'battery.level', 'high', 55, 80, false)],
    branches: [branch(2, 1, false, 'battery.level >= high')],
  });
  const [found] = otherwise({ decision: { by: 'nobody', verdict: 'keep' }, asked: [one] });
  assert.deepEqual([found.subject, found.needs, found.limit_value, found.was, found.verdict, found.sure], ['battery.level', 'at_least', 80, 55, 'rest', true]);
});

test('what decided comes first, turned round, and what was overruled last', () => {
  const decided = asked({
    role: 'decided', opinion: { verdict: 'charge', line: 2 },
    comparisons: [comparison('20 >= battery.level', '20', 'battery.level', 20, 15, true)],
    branches: [branch(2, 1, true, '20 >= battery.level')],
  });
  const overruled = asked({ rule: 'other', role: 'overruled', opinion: { verdict: 'rest', reason: 'night', line: 1 } });
  const list = otherwise({ decision: { by: 'policy', verdict: 'charge' }, asked: [decided, overruled] });
  assert.deepEqual([list[0].subject, list[0].needs, list[0].then], ['battery.level', 'over', 'not']);
  assert.deepEqual(list.at(-1), { kind: 'without', rule: 'other', verdict: 'rest', reason: 'night' });
});

test('where a person decided, no value would have changed it', () => {
  const one = asked({ comparisons: [comparison('a.b > 1', 'a.b', '1', 0, 1, false)], branches: [branch(2, 1, false, 'a.b > 1')] });
  assert.deepEqual(otherwise({ decision: { by: 'mode', verdict: 'charge' }, asked: [one] }), [{ kind: 'without', rule: null }]);
});

test('a port that waits for power, as a person wants it: no rule would have decided', () => {
  const overruled = asked({ role: 'overruled', opinion: { verdict: 'rest', reason: 'night', line: 1 } });
  const told = (rule) => otherwise({ decision: { by: 'budget', verdict: 'rest', rule }, asked: [overruled] });
  assert.deepEqual(told(null), [{ kind: 'without', rule: null }]);
  assert.equal(told('keep')[0].verdict, 'rest');
});

test('a case goes to the end of its file, whatever stands there', () => {
  assert.equal(withCase(null, '(x)'), '[\n    (x),\n]\n');
  assert.equal(withCase('[\n    (a: "]"), // ]\n]\n// end', '(x)'), '[\n    (a: "]"), // ]\n    (x),\n]\n// end');
  assert.equal(withCase('[(a: 1) /* last */]', '(x)'), '[(a: 1), /* last */\n    (x),\n]');
  assert.equal(withCase('{}', '(x)'), null);
});
