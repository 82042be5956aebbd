//! Finds verbs that a rule never says: an earlier line always speaks first, or their condition is never true.
//!
//! Says so only when it is certain: when all situations that the rule can tell apart, with all values that its parameters may
//! sensibly have, were tried.

use std::{collections::BTreeSet, time::Duration};

use rhai::{ASTNode, Dynamic, Stmt};

use crate::{
    model::{Severity, Value},
    rules::{
        check::{call, is_verb, scan},
        compile::{Parameter, Problems, Rule},
        host::{
            Host, place,
            verbs::{self, Override},
        },
        situations::grid::{Grid, Part},
    },
};

type Place = (u32, u32);

/// So many runs are tried; a rule that needs more is not spoken of.
const RUNS: usize = 10_000;
/// The same in steps: forty for each run.
const STEPS: u64 = 400_000;
/// With more numbers than these some situations between them would be left out.
const NUMBERS: usize = 6;
/// One run: bounded by its steps, a slow machine must not change what is found.
const ONE_RUN: Duration = Duration::from_secs(2);

/// Reports the verbs of a rule that works which are never said; `said` are those that were, already.
pub(in crate::rules) fn check(
    host: &Host,
    rule: &Rule,
    text: &str,
    said: &BTreeSet<Place>,
    problems: &mut Problems<'_>,
) {
    let mut missing: Vec<(Place, String)> = verbs(rule, problems);
    missing.retain(|(at, _)| !said.contains(at));
    if missing.is_empty() || !is_certain(&rule.grid, text) {
        return;
    }
    let Some(runs) = without(host, rule, &mut missing) else { return };
    for (at, verb) in missing {
        let message = format!("this `{verb}` is never said: none of {runs} situations leads here");
        let hint = "does a line before it always speak first, or is its condition never true?";
        problems.warning(at, "never-said", message, hint);
    }
}

/// Takes out what is said in some situation; gives how many were tried, or nothing when not all could be.
fn without(host: &Host, rule: &Rule, missing: &mut Vec<(Place, String)>) -> Option<usize> {
    let settings = settings(&rule.info.parameters)?;
    let (mut runs, mut steps) = (0, 0);
    for values in &settings {
        let grid = rule.grid.clone().with(values.iter().map(|(_, value)| value));
        if grid.numbers.len() > NUMBERS && !is_exact(&grid) || !grid.fits(RUNS) {
            return None;
        }
        let overrides: Vec<Override> = values.iter().map(|(name, value)| over(name, value)).collect();
        for situation in grid.situations(RUNS) {
            runs += 1;
            if runs > RUNS || steps > STEPS {
                return None;
            }
            let with = overrides.iter().cloned();
            let answer = host.evaluate(&rule.script, &rule.info.name, with, &situation.facts, ONE_RUN);
            steps += verbs::steps_taken();
            if let Ok(Some(spoken)) = answer {
                let at = place(spoken.position);
                missing.retain(|(known, _)| *known != at);
                if missing.is_empty() {
                    return None;
                }
            }
        }
    }
    Some(runs)
}

fn over(name: &str, value: &Value) -> Override {
    let value = match value {
        Value::Bool(flag) => Dynamic::from(*flag),
        Value::Int(number) => Dynamic::from(*number),
        Value::Float(number) => Dynamic::from(*number),
        Value::Text(word) => Dynamic::from(word.clone()),
    };
    (name.into(), value)
}

/// The values to try for the parameters together; `None` when those are too many, or may be any text.
fn settings(parameters: &[Parameter]) -> Option<Vec<Vec<(String, Value)>>> {
    let mut settings = vec![Vec::new()];
    for parameter in parameters {
        let values: Vec<Value> = match &parameter.default {
            Value::Bool(_) => vec![Value::Bool(false), Value::Bool(true)],
            Value::Int(number) => {
                [*number, 0, 100, number / 2, number.saturating_mul(2)].map(Value::Int).into()
            }
            Value::Float(number) => {
                [*number, 0.0, 100.0, number / 2.0, number * 2.0].map(Value::Float).into()
            }
            Value::Text(_) => return None,
        };
        let longer = |with: &Value| {
            settings
                .iter()
                .map(|known| {
                    let mut known: Vec<(String, Value)> = known.clone();
                    known.push((parameter.name.clone(), with.clone()));
                    known
                })
                .collect::<Vec<_>>()
        };
        settings = values.iter().flat_map(longer).collect();
        // Each takes a hundred runs at least.
        if settings.len() > RUNS / 100 {
            return None;
        }
    }
    Some(settings)
}

/// True when every value of all that is read is among the situations.
fn is_exact(grid: &Grid) -> bool {
    grid.parts.iter().all(|part| is_exact_part(*part))
}

fn is_exact_part(part: Part) -> bool {
    let exact = [Part::Level, Part::Charging, Part::Power, Part::Holder, Part::Day, Part::Time];
    exact.contains(&part)
}

/// True when the situations hold all that can make a difference. Of what has many values only those around the numbers of the
/// rule are there: enough for comparisons, not for sums.
fn is_certain(grid: &Grid, text: &str) -> bool {
    if text.contains("minutes_until") || grid.is_open() {
        return false;
    }
    if is_exact(grid) {
        return true;
    }
    let around = [Part::Temperature, Part::Since, Part::Full, Part::Number, Part::PortsOn];
    let numbers = &grid.numbers;
    let apart = numbers.iter().zip(numbers.iter().skip(1)).all(|(low, high)| high - low >= 1.0);
    let whole = numbers.iter().all(|number| number.fract().abs() <= f64::EPSILON);
    let sums = scan::code(text).any(|found| "+-*/%".contains(found.letter));
    let known = grid.parts.iter().all(|part| around.contains(part) || is_exact_part(*part));
    known && apart && whole && !sums && numbers.len() <= NUMBERS
}

/// The verbs in the script, without those of which a warning tells already why nothing gets there.
fn verbs(rule: &Rule, problems: &Problems<'_>) -> Vec<(Place, String)> {
    let told = problems
        .found
        .iter()
        .filter(|problem| problem.file == problems.file && problem.severity == Severity::Warning);
    let told: Vec<(&str, Place)> =
        told.map(|problem| (problem.code.as_str(), (problem.line, problem.column))).collect();
    let mut found = Vec::new();
    rule.script.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some((call, at)) = path.last().and_then(call).filter(|(call, _)| is_verb(&call.name)) {
            let at = place(at);
            let known = told.iter().any(|(code, where_told)| match *code {
                "unreachable" | "always-true" => *where_told <= at,
                "never-true" => path.iter().any(|node| asks(node, *where_told)),
                _ => false,
            });
            if !known && !found.iter().any(|(known, _)| *known == at) {
                found.push((at, call.name.to_string()));
            }
        }
        true
    });
    found
}

/// True for an `if` whose condition is at this place.
fn asks(node: &ASTNode<'_>, at: Place) -> bool {
    match node {
        ASTNode::Stmt(Stmt::If(flow, begin)) => place(*begin) <= at && at < place(flow.body.position()),
        _ => false,
    }
}
