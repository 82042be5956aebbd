// What can be completed and explained in the editor, from the reference and from the text itself. Knows nothing of the editor.
const KEYWORDS = ['let', 'if', 'else', 'switch', 'return', 'fn', 'in', 'true', 'false', 'throw'];

/** Whole pieces of a rule, with places to fill in: `#{…}`. */
const RULE_PIECES = [
  { label: 'if … charge', text: 'if ${battery.level <= low} {\n\tcharge(`\\${battery.level}% is at or under \\${low}%`);\n}' },
  { label: 'if … rest', text: 'if ${battery.level >= high} {\n\trest(`\\${battery.level}% is at or over \\${high}%`);\n}' },
  { label: 'let … param', text: 'let ${name} = param("${name}", ${80});    // ${percent: what it is for}' },
  { label: 'if it reports a temperature', text: 'if battery.has_temp && battery.temp >= ${40} {\n\trest(`\\${battery.temp} °C is warm`);\n}' },
  { label: 'from … to', text: 'if clock.is_between("${22:00}", "${06:00}") {\n\t${}\n}' },
  { label: 'if there is a deadline', text: 'if deadline.has_next && deadline.minutes_left < ${60} {\n\t${}\n}' },
];

/** Whole tests. */
const TEST_PIECES = [
  { label: 'case', text: '(name: "${charges when low}", with: {${}}, battery: (level: ${20}), expect: ${Charge}),' },
  { label: 'series', text: '(name: "${falls slowly}", from: "${06:00}", levels: "${70-1x10}", expect: [Last(${Charge})]),' },
  { label: 'night', text: '(name: "${a whole night}", rules: ["${rule}"], from: "${22:00}", hours: ${12}, start: (level: ${60}),\n\texpect: [AtLeast("${07:00}", ${98}), Switches(max: ${4})]),' },
];
const TEST_WORDS = [
  'name', 'with', 'at', 'weekday', 'date', 'zone', 'battery', 'level', 'temp', 'charging', 'age_minutes', 'port', 'on', 'minutes', 'holds',
  'history', 'charge_per_hour', 'drain_per_hour', 'signals', 'deadline', 'device', 'station', 'expect', 'because', 'rules', 'guards', 'from',
  'levels', 'temps', 'every_minutes', 'hours', 'days', 'start', 'model', 'deadlines', 'seed', 'Charge', 'Rest', 'Keep', 'Nothing', 'AtLeast',
  'AtMost', 'On', 'Off', 'At', 'Last', 'NeverUnder', 'NeverOver', 'NeverHotter', 'HoursAbove', 'Switches', 'Said', 'NeverSaid',
];

const bare = (write) => write.replace(/\(.*$/, '');

/** The parameters that a rule's text declares: `{name, value, about, line}`. */
export function parameters(text) {
  const found = [];
  text.split('\n').forEach((line, n) => {
    const code = line.replace(/^\s*\/\/.*$/, '');
    const match = /param\(\s*"([a-z0-9_]+)"\s*,\s*("(?:[^"\\]|\\.)*"|[^)\s]+)\s*\)\s*;?\s*(?:\/\/\s*(.*))?/.exec(code);
    if (match) found.push({ name: match[1], value: match[2], about: (match[3] ?? '').trim(), line: n + 1 });
  });
  return found;
}

function variables(text) {
  return [...text.matchAll(/\b(?:let|const)\s+([a-z_]\w*)/gi)].map((match) => match[1]);
}

function members(reference, of) {
  const unique = new Map();
  for (const { write, what } of reference) {
    if (!write.startsWith(`${of}.`)) continue;
    const label = bare(write).slice(of.length + 1);
    if (!unique.has(label)) unique.set(label, { label, type: write.includes('(') ? 'method' : 'property', info: what, call: write.includes('(') });
  }
  return [...unique.values()];
}

const placed = (option) => (option.call ? { ...option, piece: `${option.label}(\${})` } : option);

/**
 * What may stand where the text is written: `{from, options}`, or null. `before` is the line up to the cursor, `from` counts in it.
 * An option has a `piece` when more than its label is put in.
 */
export function completions(reference, kind, before, text, explicit) {
  const member = /\b([a-z]+)\.(\w*)$/.exec(before);
  if (kind === 'rule' && member) {
    const options = members(reference, member[1]).map(placed);
    return options.length ? { from: before.length - member[2].length, options } : null;
  }
  if (inText(before)) return null;
  const word = /[A-Za-z_]\w*$/.exec(before)?.[0] ?? '';
  if (!word && !explicit) return null;
  const from = before.length - word.length;
  return { from, options: kind === 'rule' ? ruleOptions(reference, text, word) : testOptions() };
}

function ruleOptions(reference, text, word) {
  const names = new Map();
  for (const { write, kind, what } of reference) {
    if (kind === 'input') names.set(write.split('.')[0], { label: write.split('.')[0], type: 'namespace' });
    else names.set(bare(write), placed({ label: bare(write), type: kind === 'verb' ? 'keyword' : 'function', info: what, call: true, boost: kind === 'verb' ? 2 : 0 }));
  }
  for (const label of variables(text)) if (label !== word) names.set(label, { label, type: 'variable', boost: 1 });
  const pieces = RULE_PIECES.map(({ label, text: piece }) => ({ label, piece, type: 'text', boost: -1 }));
  return [...names.values(), ...KEYWORDS.map((label) => ({ label, type: 'keyword' })), ...pieces];
}

function testOptions() {
  const pieces = TEST_PIECES.map(({ label, text: piece }) => ({ label, piece, type: 'text', boost: 1 }));
  return [...pieces, ...TEST_WORDS.map((label) => ({ label, type: /^[A-Z]/.test(label) ? 'keyword' : 'property' }))];
}

// Between quotes nothing is completed; in `${…}` it is.
function inText(before) {
  const code = before.replace(/`[^`]*\$\{[^}`]*$/, '').replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '');
  return /["`]/.test(code) || /\/\//.test(code);
}

/** What the word at `column` (from 0) of a line is: `{from, to, write, what}`, or null. */
export function explained(reference, line, column, text) {
  for (const match of line.matchAll(/[A-Za-z_]\w*(?:\.\w+)*/g)) {
    const [from, to] = [match.index, match.index + match[0].length];
    if (column < from || column > to) continue;
    const all = reference.filter(({ write }) => bare(write) === match[0]);
    if (all.length) return { from, to, write: all.map((one) => one.write).join('\n'), what: all.map((one) => one.what).join('\n') };
    const own = parameters(text).find((parameter) => parameter.name === match[0]);
    if (own) return { from, to, write: `param("${own.name}", ${own.value})`, what: own.about };
  }
  return null;
}
