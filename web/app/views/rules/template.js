// A rule to begin with, and tests that pass: the same as `scs rules new` makes.
const RULE = `//! Say here in one line what NAME is for.
let low    = param("low", 30);       // percent: charges at this level and below
let enough = param("enough", 60);    // percent: once charging, charges to this level

let busy = rule.holds && port.on;
if battery.level <= low { charge(\`\${battery.level}% is at or under \${low}%\`); }
if busy && battery.level >= enough { rest(\`\${battery.level}% is enough\`); }
// Where it says nothing, the next rule is asked.
`;

const TESTS = `// Each case gives the parameters that it relies on.
[
    (name: "charges when low", with: {"low": 30}, battery: (level: 30), expect: Charge, because: "30%"),
    (name: "says nothing above that", with: {"low": 30, "enough": 60}, battery: (level: 31), expect: Nothing),
    (name: "rests when it is enough", with: {"low": 30, "enough": 60}, battery: (level: 60), holds: true,
        expect: Rest, because: "60% is enough"),
    (name: "does not end what others began", with: {"enough": 60}, battery: (level: 60), expect: Nothing),

    // The rule alone with a battery that does not exist, for a day. It begins low: the rule takes over at once.
    (name: "a day", rules: [(rule: "NAME", with: {"low": 30, "enough": 60})], from: "08:00", hours: 24,
        start: (level: 30), model: (charge_per_hour: 40, drain_per_hour: 5),
        expect: [NeverUnder(28), NeverOver(62), Switches(max: 10)]),
]
`;

const RESERVED = ['check', 'test', 'try'];

/** The texts of a new rule: our own, or those of another one under the new name. */
export function begin(name, from = null) {
  if (!from) return { text: RULE.replaceAll('NAME', name), tests: TESTS.replaceAll('NAME', name) };
  const renamed = (from.tests ?? '').replaceAll(`"${from.name}"`, `"${name}"`);
  return { text: from.text, tests: renamed };
}

/** Why a rule cannot have this name: the key of a sentence, or null. */
export function wrongName(name, taken) {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) return 'rules.name_form';
  if (RESERVED.includes(name)) return 'rules.name_reserved';
  return taken.includes(name) ? 'rules.name_taken' : null;
}
