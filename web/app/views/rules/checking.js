// Asks the service what it thinks of a text while it is written. Only the newest answer counts.
import { useEffect, useMemo, useState } from '../../../vendor/ui.mjs';
import { post, Problem } from '../../state/api.js';

const CHECK_AFTER_MS = 300;
const TEST_AFTER_MS = 900;
const AGAIN_AFTER_MS = 2000;

const ruleFile = (name) => `rules/${name}.rhai`;
const testFile = (name) => `rules/${name}.test.ron`;
const endsWith = (problem, file) => problem.file === file || problem.file.endsWith(`/${file}`);

/** Problems by the file that they are in: `{rule, tests, others}`. */
export function sorted(name, problems) {
  const rule = problems.filter((problem) => endsWith(problem, ruleFile(name)));
  const tests = problems.filter((problem) => endsWith(problem, testFile(name)));
  return { rule, tests, others: problems.filter((problem) => !rule.includes(problem) && !tests.includes(problem)) };
}

const errors = (problems) => problems.filter((problem) => problem.severity === 'error').length;

function useNewest(wanted, ask, after, keys) {
  const [state, setState] = useState({ answer: null, problem: null, busy: true });
  useEffect(() => {
    if (!wanted) return undefined;
    const gone = new AbortController();
    setState((before) => ({ ...before, busy: true }));
    let timer;
    const attempt = async () => {
      try {
        const answer = await ask(gone.signal);
        setState({ answer, problem: null, busy: false });
      } catch (problem) {
        if (gone.signal.aborted) return;
        if (!(problem instanceof Problem)) throw problem;
        // The service tries one text after the other: soon it is our turn.
        const later = problem.status === 503;
        setState((before) => ({ ...before, problem: later ? before.problem : problem, busy: later }));
        if (later || problem.code === 'unreachable') timer = setTimeout(attempt, AGAIN_AFTER_MS);
      }
    };
    timer = setTimeout(attempt, after);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [wanted, ...keys]);
  return state;
}

/**
 * What the service says of the texts, if that is `wanted`: `{rule, tests, others}` problems, `results` of the tests or null, `errors` how many
 * errors there are, `failing` how many tests fail, `checking` and `testing` while an answer is awaited, `failed` a Problem when there is none.
 */
export function useChecking(wanted, name, text, tests) {
  const check = useNewest(wanted, (signal) => post('rules/check', { kind: 'rule', name, text }, { signal }), CHECK_AFTER_MS, [name, text]);
  const run = useNewest(wanted, (signal) => post('rules/test', { rule: name, text, tests }, { signal, patience: 60_000 }), TEST_AFTER_MS, [name, text, tests]);
  const all = useMemo(() => {
    const told = sorted(name, check.answer?.problems ?? []);
    // The tests that are written here count, not those in the files.
    return { ...told, tests: sorted(name, run.answer?.problems ?? []).tests };
  }, [name, check.answer, run.answer]);
  return {
    ...all,
    failing: run.busy ? 0 : (run.answer?.tests ?? []).filter((test) => !test.passed).length,
    results: run.answer?.problems.some((problem) => problem.severity === 'error') ? null : (run.answer?.tests ?? null),
    errors: errors([...all.rule, ...all.tests, ...all.others]),
    checking: check.busy,
    testing: run.busy,
    failed: check.problem ?? run.problem,
  };
}
