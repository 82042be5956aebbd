// What would have changed a decision, worked out from the comparisons that the rules made on their way.

const HOLDS = { '<=': 'at_most', '<': 'under', '>=': 'at_least', '>': 'over', '==': 'equal', '!=': 'other' };
const FAILS = { '<=': 'over', '<': 'at_least', '>=': 'under', '>': 'at_most', '==': 'other', '!=': 'equal' };
const TURNED = { '<=': '>=', '<': '>', '>=': '<=', '>': '<', '==': '==', '!=': '!=' };
/** More than this nobody reads. */
const MOST = 8;

const isInput = (text) => /^[a-z_]+\.[\w.]+(\(.*\))?$/i.test(text);

/** `{subject, is, limit, limit_value}` with the operator as seen from the subject; null for what cannot be told so. */
function seen({ text, left, right, left_value: a, right_value: b }) {
  if (!text.startsWith(left) || a === null || b === null) return null;
  const operator = text.slice(left.length).trim().match(/^(<=|>=|==|!=|<|>)/)?.[1];
  if (!operator) return null;
  if (!isInput(left) && isInput(right)) return { subject: right, was: b, limit: left, limit_value: a, operator: TURNED[operator] };
  return { subject: left, was: a, limit: right, limit_value: b, operator };
}

/** What a rule would have said at a line, as its way tells it; null when that is not told. */
function wouldSay(asked, line) {
  const found = asked.why.find((step) => step.line === line)?.text.match(/^does not say (charge|rest|keep)\b/);
  return found ? found[1] : null;
}

function fromComparison(asked, comparison) {
  if (comparison.holds == null) return null;
  const branch = asked.branches.find((one) => one.line === comparison.line && one.file === comparison.file && one.condition.includes(comparison.text));
  const told = seen(comparison);
  if (!branch || !told || branch.taken == null) return null;
  const sure = branch.condition.trim() === comparison.text.trim();
  const { subject, was, limit, limit_value, operator } = told;
  const base = { rule: asked.rule, line: comparison.line, subject, was, limit, limit_value, sure };
  // A part of a longer condition that is as it has to be is not what would have changed it.
  if (!branch.taken && !comparison.holds) return { ...base, needs: HOLDS[operator], then: 'would', verdict: wouldSay(asked, comparison.line) };
  if (branch.taken && comparison.holds) return { ...base, needs: FAILS[operator], then: asked.role === 'decided' ? 'not' : 'on', verdict: null };
  return null;
}

/**
 * What would have changed a decision: `{kind: 'value', …}` for a value that a rule looked at, and
 * `{kind: 'without', rule, verdict, reason}` for what would have been said, had the one who decided said nothing; no rule: nothing.
 */
export function otherwise({ decision, asked }) {
  const out = [];
  const decider = asked.findIndex((one) => one.role === 'decided');
  const before = decision.by === 'policy' && decider >= 0 ? asked.slice(0, decider + 1) : decision.by === 'nobody' ? asked : [];
  for (const one of before) {
    for (const comparison of one.comparisons) {
      const found = fromComparison(one, comparison);
      // What the decider would have said at another line counts less than why it said this.
      if (found && !(one.role === 'decided' && found.then === 'would' && found.verdict === decision.verdict)) out.push({ kind: 'value', ...found });
    }
  }
  const next = asked.find((one) => one.role === 'overruled' && one.opinion);
  // A port that waits for power with no rule is wished on by a person, whom no rule overrules.
  if (decision.by === 'budget' && !decision.rule) out.push({ kind: 'without', rule: null });
  else if (next) out.push({ kind: 'without', rule: next.rule, verdict: next.opinion.verdict, reason: next.opinion.reason });
  // Where a person or a safeguard decided, the rules may have had nothing to say.
  else if (['mode', 'safety'].includes(decision.by)) out.push({ kind: 'without', rule: null });
  return out.sort((a, b) => weight(a) - weight(b)).slice(0, MOST);
}

/** Why it said this comes first, then what is certain, then what is so only together with something else. */
function weight({ kind, then, sure }) {
  if (kind === 'without') return 3;
  if (then === 'not') return sure ? 0 : 1;
  return sure ? 1 : 2;
}
