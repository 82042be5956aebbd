//! Runs a rule in some four hundred situations, to find before it is at work what fails only sometimes.
//!
//! Every level comes with and without a temperature and with the port on and off; the rest alternates in steps
//! that are prime to each other, so that neighbours differ. Takes some ten milliseconds.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    compile::{Problems, Rule},
    host::{Failure, Host},
    verbs::{self, Override},
};
use crate::model::{
    Battery, Celsius, DeviceFacts, DeviceName, Facts, HistoryFacts, Level, PortFacts, PortId, RuleName, Span,
    Spells, StationFacts, StationName, Timestamp,
};

/// One run may take so long here: the number of operations bounds it, a slow machine must not reject a rule.
const ONE_RUN: Duration = Duration::from_secs(2);
/// A sweep ends without a word once all its runs together have taken so many steps; the shipped rules take
/// 16 000. Counted in steps, so that a busy machine finds the same as an idle one.
const ALL_RUNS: u64 = 100_000;
/// Whatever happens, a sweep ends after this long.
const WHOLE_SWEEP: Duration = Duration::from_secs(1);
/// So many different failures of one rule are told.
const TOLD: usize = 3;
/// Situations per level.
const VARIANTS: i64 = 4;
/// For one use of a rule in a station file every 51st situation is enough, eight of them: many ports may use it.
const SAMPLE: usize = 51;

/// A failure and the situations in which it came up.
struct Found {
    failure: Failure,
    /// What all of them have in common, in words.
    shared: Vec<String>,
    times: usize,
}

/// Reports the ways in which the rule fails, and in which situations.
pub(super) fn rule(host: &Host, rule: &Rule, problems: &mut Problems<'_>) {
    for (message, failure) in run(host, rule, &[], 1) {
        problems.error((failure.line, failure.column), "rule-fails", message, "");
    }
}

/// The first way in which the rule fails with these values, in words.
pub(super) fn values(host: &Host, rule: &Rule, overrides: &[Override]) -> Option<String> {
    run(host, rule, overrides, SAMPLE).into_iter().next().map(|(message, _)| message)
}

/// Runs the rule in every `step`th situation; gives the failures in words.
fn run(host: &Host, rule: &Rule, overrides: &[Override], step: usize) -> Vec<(String, Failure)> {
    let began = Instant::now();
    let name = &rule.info.name;
    let mut found: Vec<Found> = Vec::new();
    let (mut runs, mut steps) = (0, 0);
    let variants = (0..=100).flat_map(|level| (0..VARIANTS).map(move |variant| (level, variant)));
    for (level, variant) in variants.step_by(step) {
        // INVARIANT: all values of a situation are in range, so there is one.
        let Some(facts) = situation(name, level, variant).map(Arc::new) else { continue };
        runs += 1;
        if let Err(failure) = host.evaluate(&rule.script, name, overrides.iter().cloned(), &facts, ONE_RUN) {
            let hopeless = failure.limit;
            note(&mut found, failure, &facts);
            if hopeless {
                break;
            }
        }
        steps += verbs::steps_taken();
        if steps > ALL_RUNS || began.elapsed() > WHOLE_SWEEP {
            break;
        }
    }
    let words = |found: &Found| match (found.failure.limit, found.times == runs, found.shared.is_empty()) {
        (true, ..) => found.failure.message.clone(),
        (_, true, _) => format!("always fails: {}", found.failure.message),
        (_, _, true) => format!("fails sometimes: {}", found.failure.message),
        _ => format!("fails {}: {}", found.shared.join(", "), found.failure.message),
    };
    found.iter().map(|found| (words(found), found.failure.clone())).collect()
}

fn note(found: &mut Vec<Found>, failure: Failure, facts: &Facts) {
    if let Some(known) = found.iter_mut().find(|known| known.failure == failure) {
        let words = describe(facts);
        known.times += 1;
        known.shared.retain(|word| words.contains(word));
    } else if found.len() < TOLD {
        found.push(Found { failure, shared: describe(facts), times: 1 });
    }
}

/// A situation in words, one for each part that may matter.
fn describe(facts: &Facts) -> Vec<String> {
    let time = super::clock::local_time(facts.at, &facts.zone);
    let mut words = vec![format!("at level {}", facts.battery.level)];
    words.push(
        if facts.battery.temperature.is_some() { "with a temperature" } else { "with no temperature" }
            .to_owned(),
    );
    words.push(if facts.port.on { "with the port on" } else { "with the port off" }.to_owned());
    if facts.port.since.is_none() {
        words.push("since an unknown time".to_owned());
    }
    if facts.battery.charging.is_none() {
        words.push("with charging not reported".to_owned());
    }
    words.push(
        if facts.holder.is_some() { "while the rule holds" } else { "while the rule does not hold" }
            .to_owned(),
    );
    words.push(format!("at {:02}:{:02}", time.hour(), time.minute()));
    words
}

/// One of the situations; `None` cannot happen, all values are in range.
fn situation(rule: &RuleName, level: i64, variant: i64) -> Option<Facts> {
    const TEMPERATURES: [f64; 7] = [-5.0, 21.5, 34.0, 36.0, 39.5, 42.0, 48.0];
    // Monday 2026-01-05 00:00 UTC.
    const MONDAY: i64 = 1_767_571_200;
    let n = level * VARIANTS + variant;
    let pick = |among: i64| usize::try_from((n * 5 + level) % among).unwrap_or(0);
    let hour = (n * 5 + 7) % 24;
    let minute = (n * 7) % 60;
    let at = Timestamp::from_second(MONDAY + (level % 7) * 86_400 + hour * 3600 + minute * 60).ok()?;
    let temperature = if variant % 2 == 0 { None } else { TEMPERATURES.get(pick(7)).copied() };
    let on = variant >= 2;
    let known = (level + variant) % 3 != 0;
    let holds = (level + variant / 2) % 2 == 0;
    let charging = (n % 5 != 0).then_some(on);
    let earlier = |minutes: i64| at.checked_sub(Span::from_mins(minutes)).ok();
    let measured_at = earlier(n % 4)?;
    let percent = Level::new(level).ok()?;
    Some(Facts {
        at,
        zone: jiff::tz::TimeZone::UTC,
        station: StationFacts { name: StationName::new("station").ok()?, ports_on: u32::from(on) },
        port: PortFacts {
            number: PortId::new(1).ok()?,
            on,
            since: if known { earlier(1 + n * 3 % 600) } else { None },
        },
        device: DeviceFacts {
            name: DeviceName::new("device").ok()?,
            kind: if variant == 1 { "phone".to_owned() } else { String::new() },
            tags: if variant == 2 { vec!["old".to_owned()] } else { Vec::new() },
        },
        battery: Battery {
            level: percent,
            charging,
            temperature: temperature.and_then(|degrees| Celsius::new(degrees).ok()),
            measured_at,
        },
        holder: holds.then(|| rule.clone()),
        history: history(percent, temperature, measured_at),
        signals: BTreeMap::new(),
    })
}

fn history(level: Level, temperature: Option<f64>, since: Timestamp) -> HistoryFacts {
    let mut levels = Spells::default();
    levels.push(f64::from(level.percent()), since);
    let mut temperatures = Spells::default();
    if let Some(degrees) = temperature {
        temperatures.push(degrees, since);
    }
    HistoryFacts { charge_per_hour: 40.0, level: levels, temperature: temperatures, full_at: None }
}
