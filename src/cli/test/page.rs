//! How the results of tests look.

use std::fmt::Write as _;

use super::suites::Suite;
use crate::{
    cli::look::{Look, Paint, count, plain},
    rules::RuleCoverage,
    trial::testing::{TestKind, TestResult},
};

/// A line per rule, details of every case that failed, and the sum.
pub(super) fn text(suites: &[Suite], look: Look) -> String {
    let wide = suites.iter().map(|suite| suite.rule.as_str().len()).max().unwrap_or(0);
    let mut text = String::new();
    for suite in suites {
        let (paint, word) = match (&suite.file, suite.failed()) {
            (None, _) => (Paint::Yellow, "none"),
            (_, 0) => (Paint::Green, "ok"),
            _ => (Paint::Red, "FAIL"),
        };
        let word = look.paint(paint, &format!("{word:<4}"));
        let cases = match suite.file {
            Some(_) => count(suite.done.len(), "test"),
            None => format!("no tests: write rules/{}.test.ron", suite.rule),
        };
        let _ = writeln!(text, "{word}  {:<wide$}  {cases}", suite.rule.as_str());
        let file = suite.file.as_deref().unwrap_or_default();
        for done in suite.done.iter().filter(|done| !done.result.passed) {
            text += &failure(file, &done.result, look);
        }
    }
    let cases: usize = suites.iter().map(|suite| suite.done.len()).sum();
    let failed: usize = suites.iter().map(Suite::failed).sum();
    let of = format!("{} of {}", count(cases, "test"), count(suites.len(), "rule"));
    let sum = if failed == 0 {
        look.paint(Paint::Green, &format!("passed: {of}"))
    } else {
        look.paint(Paint::Red, &format!("failed: {failed} of {of}"))
    };
    let _ = writeln!(text, "\n{sum}");
    text
}

fn failure(file: &str, case: &TestResult, look: Look) -> String {
    let mut text = String::new();
    let place = look.paint(Paint::Faint, &format!("{file}:{}", case.line));
    let _ = writeln!(text, "      {}  {place}", plain(&case.name));
    let _ = writeln!(text, "        expected  {}", plain(&case.expected));
    let _ = writeln!(text, "        got       {}", plain(&case.got));
    if case.kind == TestKind::Case && !case.reason.is_empty() && !case.got.contains(&case.reason) {
        let _ = writeln!(text, "        reason    {}", plain(&case.reason));
    }
    if let Some(opinion) = case.opinion.as_ref().filter(|_| case.kind == TestKind::Case) {
        let _ = writeln!(text, "        said by   rules/{}.rhai:{}", opinion.rule, opinion.line);
    }
    if case.kind != TestKind::Case {
        for (n, (at, what)) in case.values.iter().enumerate() {
            let _ =
                writeln!(text, "        {:<8}  {at}  {}", if n == 0 { "course" } else { "" }, plain(what));
        }
    } else if !case.values.is_empty() {
        let values: Vec<String> =
            case.values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let _ = writeln!(text, "        with      {}", plain(&values.join(", ")));
    }
    for (n, step) in case.way.iter().enumerate() {
        let head = if n == 0 { "way" } else { "" };
        let _ = writeln!(text, "        {head:<8}  line {}: {}", step.line, plain(&step.text));
    }
    text
}

/// The same for programs.
pub(super) fn json(suites: &[Suite], covered: Option<&[RuleCoverage]>) -> serde_json::Value {
    let cases = suites.iter().flat_map(|suite| {
        suite.done.iter().map(move |done| {
            let case = &done.result;
            let values: Vec<_> = case
                .values
                .iter()
                .map(|(name, value)| serde_json::json!({ "name": name, "value": value }))
                .collect();
            let way = case.way.iter();
            let way = way.map(|step| serde_json::json!({ "line": step.line, "text": step.text }));
            let way: Vec<_> = way.collect();
            serde_json::json!({
                "rule": suite.rule,
                "file": suite.file,
                "line": case.line,
                "name": case.name,
                "passed": case.passed,
                "expected": case.expected,
                "got": case.got,
                "reason": case.reason,
                "values": values,
                "way": way,
                "seconds": done.took.as_secs_f64(),
            })
        })
    });
    let untested = suites.iter().filter(|suite| suite.file.is_none()).map(|suite| &suite.rule);
    let mut told = serde_json::json!({
        "ok": suites.iter().all(|suite| suite.failed() == 0),
        "tests": cases.collect::<Vec<_>>(),
        "untested": untested.collect::<Vec<_>>(),
    });
    if let (Some(covered), Some(told)) = (covered, told.as_object_mut()) {
        told.insert("coverage".to_owned(), serde_json::json!(covered));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::test::suites::Done,
        model::{Opinion, RuleName, Verdict},
        trial::explain::Because,
    };

    fn suites() -> Vec<Suite> {
        let rule = |name| RuleName::new(name).unwrap();
        let reason = "81% is at or over 80%";
        let good = TestResult {
            name: "rests when it is full".into(),
            line: 4,
            kind: TestKind::Case,
            passed: true,
            expected: "rest".into(),
            got: "rest".into(),
            reason: reason.into(),
            opinion: None,
            values: Vec::new(),
            way: Vec::new(),
        };
        let opinion =
            Opinion { verdict: Verdict::Rest, reason: reason.into(), rule: rule("keep-between"), line: 6 };
        let bad = TestResult {
            name: "goes on charging".into(),
            line: 12,
            passed: false,
            expected: "charge".into(),
            opinion: Some(opinion),
            values: vec![("battery.level".into(), "81".into()), ("high".into(), "80".into())],
            way: vec![
                Because { line: 5, text: "does not say charge, because battery.level is 81".into() },
                Because { line: 6, text: "says rest, because battery.level is 81".into() },
            ],
            ..good.clone()
        };
        let night = TestResult {
            name: "a night".into(),
            line: 20,
            kind: TestKind::Night,
            expected: "at least 98 % at 07:00".into(),
            got: "80 % at 07:00".into(),
            values: vec![
                ("22:00".into(), "85 %, off: 85% is at or over 80%".into()),
                ("10:00".into(), "49 %, off at the end".into()),
            ],
            way: Vec::new(),
            ..bad.clone()
        };
        let took = std::time::Duration::from_millis(2);
        let done =
            |results: Vec<TestResult>| results.into_iter().map(|result| Done { result, took }).collect();
        vec![
            Suite {
                rule: rule("cool-down"),
                file: Some("rules/cool-down.test.ron".into()),
                done: done(vec![good.clone()]),
            },
            Suite {
                rule: rule("keep-between"),
                file: Some("rules/keep-between.test.ron".into()),
                done: done(vec![good, bad, night]),
            },
            Suite { rule: rule("mine"), file: None, done: Vec::new() },
        ]
    }

    #[test]
    fn a_failed_case_tells_all_that_is_needed_to_mend_it() {
        assert_eq!(
            text(&suites(), Look { width: 100, colour: false }),
            "ok    cool-down     1 test
FAIL  keep-between  3 tests
      goes on charging  rules/keep-between.test.ron:12
        expected  charge
        got       rest
        reason    81% is at or over 80%
        said by   rules/keep-between.rhai:6
        with      battery.level = 81, high = 80
        way       line 5: does not say charge, because battery.level is 81
                  line 6: says rest, because battery.level is 81
      a night  rules/keep-between.test.ron:20
        expected  at least 98 % at 07:00
        got       80 % at 07:00
        course    22:00  85 %, off: 85% is at or over 80%
                  10:00  49 %, off at the end
none  mine          no tests: write rules/mine.test.ron

failed: 2 of 4 tests of 3 rules
"
        );
    }

    #[test]
    fn when_all_is_well_little_is_said() {
        let text = text(&suites()[..1], Look { width: 100, colour: false });
        assert_eq!(text, "ok    cool-down  1 test\n\npassed: 1 test of 1 rule\n");
    }

    #[test]
    fn programs_are_told_the_same() {
        let told = json(&suites(), None);
        assert_eq!(told["ok"], false);
        assert_eq!(told["tests"].as_array().unwrap().len(), 4);
        assert_eq!(told["tests"][2]["line"], 12);
        assert_eq!(told["untested"][0], "mine");
    }
}
