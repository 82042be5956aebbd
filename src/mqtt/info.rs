//! What a port's `info` says, as JSON: what needs more than one value. Nothing depends on it; the keys are stable and all
//! of them are always there (docs/mqtt.md).
//!
//! Pure. Holds nothing that moves by itself, such as minutes that are left, or it would be published all the time.

use jiff::{Unit, fmt::temporal::DateTimePrinter, tz::TimeZone};
use serde::Serialize;

use crate::{
    controller::{Bounds, PortState, View},
    model::{Layer, Level, ModeKind, ModeScope, RuleName, Span, Timestamp, Verdict},
};

const WHOLE_SECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(0));
/// The begin of charging for a deadline is planned anew with every report; it is told in steps of five minutes.
const BEGIN_STEP: Span = Span::from_mins(5);

/// Everything about a port that has no topic of its own.
#[derive(Serialize)]
pub(super) struct Info<'a> {
    /// The hub as `uhubctl` names it, by the station file.
    pub(super) hub: &'a str,
    /// The number on that hub.
    pub(super) hub_port: u8,
    /// Where the hub really is, when that is elsewhere.
    pub(super) hub_at: Option<String>,
    /// The mode that counts; `None`: the rules decide.
    pub(super) mode: Option<Held>,
    /// The last decision.
    pub(super) decision: Option<Decided<'a>>,
    /// Which parameters of which rule `minlevel` and `maxlevel` are.
    pub(super) levels: Option<Levels>,
    /// What is wrong, the worst first; `fault` is `ON` while this is not empty.
    pub(super) faults: Vec<&'static str>,
    /// The worst in words.
    pub(super) message: Option<&'a str>,
    /// When the device is to be ready.
    pub(super) deadline: Option<Ready<'a>>,
}

/// A mode other than `auto`.
#[derive(Serialize)]
pub(super) struct Held {
    of: ModeScope,
    mode: ModeKind,
    level: Option<Level>,
    until: Option<String>,
    until_unplugged: bool,
    by: String,
}

/// Who decided what.
#[derive(Serialize)]
pub(super) struct Decided<'a> {
    by: Layer,
    verdict: Verdict,
    rule: Option<&'a RuleName>,
    since: Option<String>,
}

/// The parameters behind `minlevel` and `maxlevel`.
#[derive(Serialize)]
pub(super) struct Levels {
    rule: RuleName,
    min: Option<&'static str>,
    max: &'static str,
}

/// The next deadline.
#[derive(Serialize)]
pub(super) struct Ready<'a> {
    at: String,
    level: Level,
    source: &'a str,
    in_time: bool,
    begins: String,
}

impl<'a> Info<'a> {
    /// Looks at one port; `bounds` are its two levels.
    pub(super) fn new(view: &'a View, state: &'a PortState, bounds: Option<&Bounds>) -> Self {
        let zone = &view.station.zone;
        let time = |at: Timestamp| moment(at, zone);
        let (faults, message) = faults(state);
        let held = view.held_by(state).map(|(of, mode)| Held {
            of,
            mode: mode.kind,
            level: mode.goal(),
            until: mode.until.map(time),
            until_unplugged: mode.unplugged,
            by: mode.by.to_string(),
        });
        let decision = state.decision.as_deref().map(|decision| Decided {
            by: decision.by,
            verdict: decision.verdict,
            rule: decision.rule.as_ref(),
            since: state.decided_since.map(time),
        });
        let deadline = view.plan.get(&state.plan.id).map(|planned| Ready {
            at: time(planned.deadline.at),
            level: planned.deadline.level,
            source: &planned.deadline.source,
            in_time: planned.in_time,
            begins: time(in_steps(planned.start)),
        });
        Self {
            hub: state.plan.socket.hub().as_str(),
            hub_port: state.plan.socket.port(),
            hub_at: state.hub_at.as_ref().map(ToString::to_string),
            mode: held,
            decision,
            levels: bounds.map(|bounds| Levels {
                rule: bounds.rule.clone(),
                min: bounds.low.as_ref().map(|low| low.parameter),
                max: bounds.high.parameter,
            }),
            faults,
            message,
            deadline,
        }
    }

    /// True when something is wrong.
    pub(super) fn is_faulty(&self) -> bool {
        !self.faults.is_empty()
    }

    /// As it is published.
    pub(super) fn json(&self) -> String {
        // INVARIANT: texts and numbers in a struct are always JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A port that cannot be brought to what is wanted says more than what a device says of it.
fn faults(state: &PortState) -> (Vec<&'static str>, Option<&str>) {
    let alarm = state.alarm.as_ref().map(|alarm| ("alarm", alarm.message.as_str()));
    let fault = state.fault.as_ref().map(|fault| (fault.kind.code(), fault.message.as_str()));
    let unwell = state.unwell.as_ref().map(|unwell| ("unwell", unwell.message.as_str()));
    let all: Vec<_> = [alarm, fault, unwell].into_iter().flatten().collect();
    (all.iter().map(|(word, _)| *word).collect(), all.first().map(|(_, message)| *message))
}

/// RFC 3339 to the second, with the offset of the station's zone.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    WHOLE_SECONDS.timestamp_with_offset_to_string(&at, zone.to_offset(at))
}

fn in_steps(at: Timestamp) -> Timestamp {
    let step = jiff::TimestampRound::new()
        .smallest(Unit::Minute)
        .increment(BEGIN_STEP.as_mins())
        .mode(jiff::RoundMode::Floor);
    at.round(step).unwrap_or(at)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A port at which these things are wrong.
    pub(in crate::mqtt) fn info(faults: &[&'static str]) -> Info<'static> {
        Info {
            hub: "1-1.4",
            hub_port: 3,
            hub_at: None,
            mode: None,
            decision: None,
            levels: None,
            faults: faults.to_vec(),
            message: None,
            deadline: None,
        }
    }

    #[test]
    fn all_keys_are_always_there() {
        insta::assert_snapshot!(info(&[]).json(), @r#"{"hub":"1-1.4","hub_port":3,"hub_at":null,"mode":null,"decision":null,"levels":null,"faults":[],"message":null,"deadline":null}"#);
    }

    #[test]
    fn everything_that_may_stand_there() {
        let rule = RuleName::new("keep-between").unwrap();
        let until = moment("2026-11-22T17:00:00Z".parse().unwrap(), &TimeZone::get("Europe/Berlin").unwrap());
        let full = Info {
            hub_at: Some("1-1.2".to_owned()),
            mode: Some(Held {
                of: ModeScope::Device,
                mode: ModeKind::Once,
                level: Level::new(90).ok(),
                until: Some(until.clone()),
                until_unplugged: false,
                by: "MQTT".to_owned(),
            }),
            decision: Some(Decided {
                by: Layer::Policy,
                verdict: Verdict::Rest,
                rule: Some(&rule),
                since: Some(until.clone()),
            }),
            levels: Some(Levels { rule: rule.clone(), min: Some("low"), max: "high" }),
            message: Some("the hub does not cut the power"),
            deadline: Some(Ready {
                at: until.clone(),
                level: Level::saturating(100),
                source: "Mon-Fri 08:00",
                in_time: true,
                begins: until,
            }),
            ..info(&["power_leak", "unwell"])
        };
        insta::assert_snapshot!(full.json(), @r#"{"hub":"1-1.4","hub_port":3,"hub_at":"1-1.2","mode":{"of":"device","mode":"once","level":90,"until":"2026-11-22T18:00:00+01:00","until_unplugged":false,"by":"MQTT"},"decision":{"by":"policy","verdict":"rest","rule":"keep-between","since":"2026-11-22T18:00:00+01:00"},"levels":{"rule":"keep-between","min":"low","max":"high"},"faults":["power_leak","unwell"],"message":"the hub does not cut the power","deadline":{"at":"2026-11-22T18:00:00+01:00","level":100,"source":"Mon-Fri 08:00","in_time":true,"begins":"2026-11-22T18:00:00+01:00"}}"#);
        assert!(full.is_faulty());
    }

    #[test]
    fn a_begin_that_moves_by_seconds_stays_the_same() {
        let at = |text: &str| in_steps(text.parse().unwrap()).to_string();
        assert_eq!(at("2026-11-22T05:14:59.5Z"), "2026-11-22T05:10:00Z");
        assert_eq!(at("2026-11-22T05:10:00Z"), "2026-11-22T05:10:00Z");
    }
}
