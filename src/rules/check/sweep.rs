//! Runs a rule in some thousand situations, to find before it is at work what fails only sometimes, and what never speaks.
//!
//! Which situations those are is made from what stands in the rule (see `grid`). Takes some ten milliseconds.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crate::{
    model::Value,
    rules::{
        check::unsaid,
        compile::{Problems, Rule},
        host::{
            Failure, Host, place,
            verbs::{self, Override},
        },
        situations::{Situation, Situations, grid::Grid, region::Region},
    },
};

/// One run may take so long here: the number of operations bounds it, a slow machine must not reject a rule.
const ONE_RUN: Duration = Duration::from_secs(2);
/// A sweep ends without a word once all its runs together have taken so many steps; the shipped rules take
/// 100 000. Counted in steps, so that a busy machine finds the same as an idle one.
const ALL_RUNS: u64 = 150_000;
/// Whatever happens, a sweep ends after this long.
const WHOLE_SWEEP: Duration = Duration::from_secs(1);
/// So many different failures of one rule are told.
const TOLD: usize = 3;
/// Situations of one rule: twenty-five for each level.
const SITUATIONS: usize = 2525;
/// Situations for one use of a rule in a station file: many ports may use it, each with its own values.
const SAMPLE: usize = 160;

/// A failure and the situations in which it came up.
struct Found {
    failure: Failure,
    region: Region,
    /// The first of them, in words.
    example: Vec<String>,
}

/// What came of all runs.
struct Swept {
    found: Vec<Found>,
    runs: usize,
    /// Where in the rule it spoke.
    said: BTreeSet<(u32, u32)>,
    /// False when it was ended before the last situation.
    whole: bool,
}

/// Reports the ways in which the rule fails, and in which situations; and when it never says anything.
pub(in crate::rules) fn rule(
    host: &Host,
    rule: &Rule,
    text: &str,
    speaks: bool,
    problems: &mut Problems<'_>,
) {
    let swept = run(host, rule, &[], &rule.grid, SITUATIONS);
    for found in &swept.found {
        let failure = &found.failure;
        problems.error((failure.line, failure.column), "rule-fails", swept.words(found), swept.hint(found));
    }
    if !speaks || !swept.found.is_empty() || !swept.whole {
        return;
    }
    if !swept.said.is_empty() {
        unsaid::check(host, rule, text, &swept.said, problems);
    } else if rule.grid.fits(SITUATIONS) && !rule.grid.is_open() {
        let message =
            format!("the rule said nothing in any of the {} situations that were tried", swept.runs);
        let hint = "look at its conditions: can they all be true at the same time?";
        problems.warning((1, 1), "never-speaks", message, hint);
    }
}

/// The first way in which the rule fails with these values, in words.
pub(in crate::rules) fn values<'v>(
    host: &Host,
    rule: &Rule,
    overrides: &[Override],
    with: impl IntoIterator<Item = &'v Value>,
) -> Option<String> {
    let swept = run(host, rule, overrides, &rule.grid.clone().with(with), SAMPLE);
    swept.found.first().map(|found| swept.words(found))
}

/// What the message says to ask first.
fn first_ask(message: &str) -> Option<&str> {
    message.split_once("; ask ")?.1.strip_suffix(" first")
}

fn run(host: &Host, rule: &Rule, overrides: &[Override], grid: &Grid, most: usize) -> Swept {
    let began = Instant::now();
    let situations = grid.situations(most);
    let mut swept = Swept { found: Vec::new(), runs: 0, said: BTreeSet::new(), whole: true };
    let mut steps = 0;
    for situation in situations.clone() {
        swept.runs += 1;
        let values = overrides.iter().cloned();
        match host.evaluate(&rule.script, &rule.info.name, values, &situation.facts, ONE_RUN) {
            Ok(spoken) => swept.said.extend(spoken.map(|spoken| place(spoken.position))),
            Err(failure) => {
                let hopeless = failure.limit;
                swept.note(failure, &situation, &situations);
                if hopeless {
                    swept.whole = false;
                    break;
                }
            }
        }
        steps += verbs::steps_taken();
        if steps > ALL_RUNS || began.elapsed() > WHOLE_SWEEP {
            swept.whole = false;
            break;
        }
    }
    swept
}

/// One mistake gives one message, though the numbers in it differ from situation to situation.
fn alike(a: &Failure, b: &Failure) -> bool {
    let letters = |failure: &Failure| -> String {
        failure
            .message
            .chars()
            .filter(|letter| !(letter.is_ascii_digit() || matches!(letter, '-' | '.')))
            .collect()
    };
    (a.line, a.column, a.limit) == (b.line, b.column, b.limit) && letters(a) == letters(b)
}

impl Swept {
    fn note(&mut self, failure: Failure, situation: &Situation, of: &Situations) {
        if let Some(known) = self.found.iter_mut().find(|known| alike(&known.failure, &failure)) {
            known.region.add(situation);
        } else if self.found.len() < TOLD {
            let mut region = Region::of(of);
            region.add(situation);
            self.found.push(Found { failure, region, example: situation.words(of) });
        }
    }

    fn words(&self, found: &Found) -> String {
        let message = &found.failure.message;
        if found.failure.limit {
            return message.clone();
        }
        if found.region.count == self.runs {
            return format!("always fails: {message}");
        }
        let shared = found.region.words();
        let when = if shared.is_empty() { "sometimes".to_owned() } else { shared.join(", ") };
        format!("fails {when}: {message}")
    }

    /// One situation to try, unless the message says it all.
    fn hint(&self, found: &Found) -> String {
        if let Some(question) = first_ask(&found.failure.message) {
            return format!("for example if {question} && … {{ … }}");
        }
        let said =
            found.failure.limit || found.region.count == self.runs || found.region.words() == found.example;
        if said { String::new() } else { format!("for example {}", found.example.join(", ")) }
    }
}
