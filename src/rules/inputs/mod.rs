//! What a rule may see, read-only: `battery`, `device`, `port`, `station`, `rule`, `history`, `clock`,
//! `signal`, `deadline`.
//!
//! Every input is a window on the same facts. What is missing is an error that says what to ask first, never a
//! quiet zero. Nothing here may change anything or ask for anything that is not in the facts.

pub(in crate::rules) mod calendar;
pub(in crate::rules) mod clock;

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Scope};

use crate::model::{DeadlineFacts, Facts, RuleName, Signal, Span, Timestamp};
use calendar::Days;

type Answer<T> = Result<T, Box<EvalAltResult>>;

/// One input: its name and what can be asked of it.
pub(in crate::rules) struct Input {
    pub(in crate::rules) name: &'static str,
    pub(in crate::rules) values: &'static [&'static str],
    /// Each with the number of values that it wants; who takes one more or less stands there twice.
    pub(in crate::rules) questions: &'static [(&'static str, usize)],
}

/// Every input, as the check of a rule knows it.
pub(in crate::rules) const INPUTS: [Input; 9] = [
    Input {
        name: "battery",
        values: &["level", "has_temp", "temp", "has_charging", "charging", "age_minutes"],
        questions: &[],
    },
    Input { name: "device", values: &["name", "kind", "tags"], questions: &[] },
    Input { name: "port", values: &["number", "on", "has_minutes", "minutes"], questions: &[] },
    Input { name: "station", values: &["name", "ports_on"], questions: &[] },
    Input { name: "rule", values: &["name", "holds"], questions: &[] },
    Input {
        name: "history",
        values: &[
            "charge_per_hour",
            "knows_rate",
            "sure",
            "knows_drain",
            "drain_per_hour",
            "has_full",
            "hours_since_full",
        ],
        questions: &[("minutes_to_charge", 2), ("minutes_above", 2)],
    },
    Input {
        name: "clock",
        values: &["time", "hour", "weekday", "date"],
        questions: &[
            ("minutes_until", 1),
            ("minutes_until", 2),
            ("is_between", 2),
            ("is_on", 1),
            ("hour_in", 1),
        ],
    },
    Input { name: "signal", values: &[], questions: &[("has", 1), ("value", 1), ("age_minutes", 1)] },
    Input {
        name: "deadline",
        values: &["has_next", "minutes_left", "target", "starts_in", "in_time", "source"],
        questions: &[],
    },
];

#[derive(Clone)]
struct Battery(Arc<Facts>);
#[derive(Clone)]
struct Device(Arc<Facts>);
#[derive(Clone)]
struct Port(Arc<Facts>);
#[derive(Clone)]
struct Station(Arc<Facts>);
#[derive(Clone)]
struct History(Arc<Facts>);
#[derive(Clone)]
struct Clock(Arc<Facts>);
#[derive(Clone)]
struct Signals(Arc<Facts>);
#[derive(Clone)]
struct Deadline(Arc<Facts>);
#[derive(Clone)]
struct Rule {
    name: RuleName,
    holds: bool,
}

/// The variables by which a script is compiled: the names, in the order of [`scope`].
pub(in crate::rules) fn names() -> Scope<'static> {
    let mut scope = Scope::new();
    for input in &INPUTS {
        scope.push_constant(input.name, ());
    }
    scope
}

/// The variables of one evaluation.
pub(in crate::rules) fn scope(facts: &Arc<Facts>, rule: &RuleName) -> Scope<'static> {
    let mut scope = Scope::new();
    scope.push_constant("battery", Battery(Arc::clone(facts)));
    scope.push_constant("device", Device(Arc::clone(facts)));
    scope.push_constant("port", Port(Arc::clone(facts)));
    scope.push_constant("station", Station(Arc::clone(facts)));
    scope.push_constant("rule", Rule { name: rule.clone(), holds: facts.holder.as_ref() == Some(rule) });
    scope.push_constant("history", History(Arc::clone(facts)));
    scope.push_constant("clock", Clock(Arc::clone(facts)));
    scope.push_constant("signal", Signals(Arc::clone(facts)));
    scope.push_constant("deadline", Deadline(Arc::clone(facts)));
    scope
}

/// Makes the inputs known.
pub(in crate::rules) fn register(engine: &mut Engine) {
    register_battery(engine);
    register_places(engine);
    register_history(engine);
    register_clock(engine);
    register_signals(engine);
    register_deadline(engine);
}

fn register_battery(engine: &mut Engine) {
    engine
        .register_type_with_name::<Battery>("battery")
        .register_get("level", |b: &mut Battery| i64::from(b.0.battery.level.percent()))
        .register_get("has_temp", |b: &mut Battery| b.0.battery.temperature.is_some())
        .register_get("temp", |b: &mut Battery| -> Answer<f64> {
            let temperature = b.0.battery.temperature;
            temperature
                .map(crate::model::Celsius::degrees)
                .ok_or_else(|| "this device reports no temperature; ask battery.has_temp first".into())
        })
        .register_get("has_charging", |b: &mut Battery| b.0.battery.charging.is_some())
        .register_get("charging", |b: &mut Battery| -> Answer<bool> {
            b.0.battery.charging.ok_or_else(|| {
                "this device does not report whether it charges; ask battery.has_charging first".into()
            })
        })
        .register_get("age_minutes", |b: &mut Battery| {
            whole_minutes(b.0.at.duration_since(b.0.battery.measured_at))
        });
}

fn register_places(engine: &mut Engine) {
    engine
        .register_type_with_name::<Device>("device")
        .register_get("name", |d: &mut Device| ImmutableString::from(d.0.device.name.as_str()))
        .register_get("kind", |d: &mut Device| ImmutableString::from(d.0.device.kind.as_str()))
        .register_get("tags", |d: &mut Device| -> rhai::Array {
            d.0.device.tags.iter().map(|tag| Dynamic::from(tag.clone())).collect()
        });
    engine
        .register_type_with_name::<Port>("port")
        .register_get("number", |p: &mut Port| i64::from(p.0.port.number.get()))
        .register_get("on", |p: &mut Port| p.0.port.on)
        .register_get("has_minutes", |p: &mut Port| p.0.port.since.is_some())
        .register_get("minutes", |p: &mut Port| -> Answer<i64> {
            let since =
                p.0.port.since.ok_or(
                    "since when the port is in this state is not known yet; ask port.has_minutes first",
                )?;
            Ok(whole_minutes(p.0.at.duration_since(since)))
        });
    engine
        .register_type_with_name::<Station>("station")
        .register_get("name", |s: &mut Station| ImmutableString::from(s.0.station.name.as_str()))
        .register_get("ports_on", |s: &mut Station| i64::from(s.0.station.ports_on));
    engine
        .register_type_with_name::<Rule>("rule")
        .register_get("name", |r: &mut Rule| ImmutableString::from(r.name.as_str()))
        .register_get("holds", |r: &mut Rule| r.holds);
}

fn register_history(engine: &mut Engine) {
    engine
        .register_type_with_name::<History>("history")
        .register_get("charge_per_hour", |h: &mut History| h.0.history.charge_per_hour)
        .register_get("knows_rate", |h: &mut History| h.0.history.paces.is_some())
        .register_get("sure", |h: &mut History| i64::from(h.0.history.sure))
        .register_get("knows_drain", |h: &mut History| h.0.history.drain_per_hour.is_some())
        .register_get("drain_per_hour", |h: &mut History| -> Answer<f64> {
            h.0.history.drain_per_hour.ok_or_else(|| {
                "what this device uses without power is not known yet; ask history.knows_drain first".into()
            })
        })
        .register_get("has_full", |h: &mut History| h.0.history.full_at.is_some())
        .register_get("hours_since_full", |h: &mut History| -> Answer<i64> {
            let full_at =
                h.0.history.full_at.ok_or(
                    "when this device was last at 100 % is not known yet; ask history.has_full first",
                )?;
            Ok(h.0.at.duration_since(full_at).as_hours().max(0))
        })
        .register_fn("minutes_to_charge", |h: &mut History, from: i64, to: i64| {
            minutes_to_charge(h, float(from), float(to))
        })
        .register_fn("minutes_to_charge", |h: &mut History, from: i64, to: f64| {
            minutes_to_charge(h, float(from), to)
        })
        .register_fn("minutes_to_charge", |h: &mut History, from: f64, to: i64| {
            minutes_to_charge(h, from, float(to))
        })
        .register_fn("minutes_to_charge", |h: &mut History, from: f64, to: f64| {
            minutes_to_charge(h, from, to)
        })
        .register_fn("minutes_above", |h: &mut History, what: &str, limit: i64| {
            minutes_above(h, what, float(limit))
        })
        .register_fn("minutes_above", |h: &mut History, what: &str, limit: f64| {
            minutes_above(h, what, limit)
        });
}

fn register_clock(engine: &mut Engine) {
    engine
        .register_type_with_name::<Clock>("clock")
        .register_get("time", |c: &mut Clock| {
            let time = clock::local_time(c.0.at, &c.0.zone);
            ImmutableString::from(format!("{:02}:{:02}", time.hour(), time.minute()))
        })
        .register_get("hour", |c: &mut Clock| i64::from(clock::local_time(c.0.at, &c.0.zone).hour()))
        .register_get("weekday", |c: &mut Clock| {
            ImmutableString::from(clock::weekday_name(c.0.zone.to_datetime(c.0.at).weekday()))
        })
        .register_get("date", |c: &mut Clock| {
            ImmutableString::from(c.0.zone.to_datetime(c.0.at).date().to_string())
        })
        .register_fn("minutes_until", |c: &mut Clock, moment: &str| -> Answer<i64> {
            Ok(clock::minutes_until(c.0.at, &c.0.zone, calendar::moment(moment)?, Days::ALL)?)
        })
        .register_fn("minutes_until", |c: &mut Clock, moment: &str, days: &str| -> Answer<i64> {
            let (moment, days) = (calendar::moment(moment)?, calendar::days(days)?);
            Ok(clock::minutes_until(c.0.at, &c.0.zone, moment, days)?)
        })
        .register_fn("is_on", |c: &mut Clock, days: &str| -> Answer<bool> {
            Ok(calendar::days(days)?.contains(c.0.zone.to_datetime(c.0.at).weekday()))
        })
        .register_fn("hour_in", |c: &mut Clock, hours: &str| -> Answer<bool> {
            Ok(calendar::hour_in(clock::local_time(c.0.at, &c.0.zone).hour(), hours)?)
        })
        .register_fn("is_between", |c: &mut Clock, from: &str, to: &str| -> Answer<bool> {
            let now = clock::local_time(c.0.at, &c.0.zone);
            Ok(clock::is_between(now, clock::time_of_day(from)?, clock::time_of_day(to)?))
        });
}

fn register_signals(engine: &mut Engine) {
    engine
        .register_type_with_name::<Signals>("signal")
        .register_fn("has", |s: &mut Signals, name: &str| s.0.signals.contains_key(name))
        .register_fn("value", |s: &mut Signals, name: &str| -> Answer<f64> { Ok(received(s, name)?.value) })
        .register_fn("age_minutes", |s: &mut Signals, name: &str| -> Answer<i64> {
            Ok(whole_minutes(s.0.at.duration_since(received(s, name)?.at)))
        });
}

fn register_deadline(engine: &mut Engine) {
    engine
        .register_type_with_name::<Deadline>("deadline")
        .register_get("has_next", |d: &mut Deadline| d.0.deadline.is_some())
        .register_get("minutes_left", |d: &mut Deadline| -> Answer<i64> {
            Ok(minutes_to(next(d)?.at, d.0.at))
        })
        .register_get("target", |d: &mut Deadline| -> Answer<i64> { Ok(i64::from(next(d)?.level.percent())) })
        .register_get("starts_in", |d: &mut Deadline| -> Answer<i64> {
            Ok(minutes_to(next(d)?.start, d.0.at))
        })
        .register_get("in_time", |d: &mut Deadline| -> Answer<bool> { Ok(next(d)?.in_time) })
        .register_get("source", |d: &mut Deadline| -> Answer<ImmutableString> {
            Ok(ImmutableString::from(&*next(d)?.source))
        });
}

fn next(deadline: &Deadline) -> Answer<&DeadlineFacts> {
    let next = deadline.0.deadline.as_ref();
    next.ok_or_else(|| "this device is not to be ready at any time; ask deadline.has_next first".into())
}

/// Whole minutes from `now` on, rounded up, so that 0 means that it is time; never less.
fn minutes_to(at: Timestamp, now: Timestamp) -> i64 {
    let seconds = at.duration_since(now).as_secs().max(0);
    seconds / 60 + i64::from(seconds % 60 > 0)
}

fn received<'s>(signals: &'s Signals, name: &str) -> Answer<&'s Signal> {
    signals.0.signals.get(name).ok_or_else(|| {
        let shown: String = name.chars().take(40).collect();
        format!("no signal `{shown}` was received yet; ask signal.has(\"{shown}\") first").into()
    })
}

/// Whole minutes of a span, cut, never less than 0.
fn whole_minutes(span: Span) -> i64 {
    span.as_mins().max(0)
}

/// Whole minutes, rounded up, so that they add to whole numbers and promise nothing too early.
fn minutes_to_charge(history: &History, from: f64, to: f64) -> Answer<i64> {
    // Ten years: more is no forecast, and the cast below stays in range.
    const MOST: f64 = 5_256_000.0;
    let minutes = history.0.history.minutes_to_charge(from, to).ceil();
    if !minutes.is_finite() {
        return Err("minutes_to_charge wants two levels in percent".into());
    }
    #[expect(clippy::cast_possible_truncation, reason = "clamped to ten years")]
    let whole = minutes.clamp(0.0, MOST) as i64;
    Ok(whole)
}

fn minutes_above(history: &History, what: &str, limit: f64) -> Answer<i64> {
    let facts = &history.0;
    let spells = match what {
        "level" => &facts.history.level,
        "temp" => &facts.history.temperature,
        other => {
            let shown: String = other.chars().take(40).collect();
            return Err(format!(
                "minutes_above knows \"level\" and \"temp\", not `{shown}`: for example history.minutes_above(\"temp\", 40)"
            )
            .into());
        }
    };
    Ok(whole_minutes(spells.above(limit, facts.at)))
}

/// A whole number as a number with a fraction.
#[expect(clippy::cast_precision_loss, reason = "percent and degrees are far below 2^53")]
pub(in crate::rules) fn float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::example;

    #[test]
    fn scripts_are_compiled_and_run_with_the_same_variables() {
        let rule = RuleName::new("x").unwrap();
        let facts = Arc::new(example::facts());
        let run: Vec<String> = scope(&facts, &rule).iter().map(|(name, ..)| name.to_owned()).collect();
        let compiled: Vec<String> = names().iter().map(|(name, ..)| name.to_owned()).collect();
        assert_eq!(run, compiled);
    }

    #[test]
    fn the_reference_tells_of_every_input_and_function() {
        let reference = include_str!("../../../docs/rules.md");
        for input in &INPUTS {
            let questions =
                input.questions.iter().map(|(question, _)| format!("`{}.{question}(", input.name));
            let values = input.values.iter().map(|value| format!("`{}.{value}`", input.name));
            for told in values.chain(questions) {
                assert!(reference.contains(&told), "docs/rules.md does not tell of {told}");
            }
        }
        let functions: Vec<&str> =
            crate::rules::host::functions::FUNCTIONS.iter().map(|(name, _)| *name).collect();
        assert!(reference.contains(&format!("`{}`", functions.join(" "))), "{functions:?}");
    }
}
