//! Who wants a device to be ready, and when next.
//!
//! Pure. Deadlines come from the station file and from the rule `ready-by` of the policy, whose parameters are one.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use crate::{
    model::{Care, Deadline, Due, Level, Policy, RuleUse, Span, Timestamp, Told, Value, instant},
    rules::{self, RuleSet},
};

/// The rule that promises to be ready; its parameters, and what they are where nobody says otherwise.
const READY_BY: &str = "ready-by";
const EVERY_DAY: &str = "Mon-Sun";

/// So many days ahead is looked for a day of the week: a week, and two days for zones that once skipped a whole one.
const DAYS: usize = 10;

/// One who wants the device to be ready at some time.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    due: Due,
    /// The level to be reached.
    pub level: Level,
    /// Minutes to be ready earlier at least.
    pub spare: f64,
    words: Arc<str>,
}

/// All who want the device of such a port to be ready.
pub fn sources(care: &Care, policy: &Policy, rules: &RuleSet) -> Vec<Source> {
    let by_file = care.deadlines.iter().map(|plan| {
        let words = words(&plan.due).into();
        Source { due: plan.due.clone(), level: plan.level, spare: 0.0, words }
    });
    let uses = policy.guards.iter().chain(&policy.rules);
    let by_rule =
        uses.filter(|usage| usage.rule.as_str() == READY_BY).filter_map(|usage| promised(usage, rules));
    by_file.chain(by_rule).collect()
}

fn promised(usage: &RuleUse, rules: &RuleSet) -> Option<Source> {
    let text = |name: &str| match value(usage, rules, name)? {
        Value::Text(text) => Some(text),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => None,
    };
    let number = |name: &str| match value(usage, rules, name)? {
        #[expect(clippy::cast_precision_loss, reason = "minutes and percent are far below 2^53")]
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Text(_) | Value::Bool(_) => None,
    };
    // A text that the rule cannot read is told when the rule is asked.
    let due = rules::due(text("by")?, text("days").map_or(EVERY_DAY, String::as_str)).ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to percent")]
    let target = number("target").unwrap_or(100.0).clamp(0.0, 100.0) as i64;
    let words = format!("{} ({READY_BY})", words(&due)).into();
    let spare = number("spare_minutes").filter(|spare| spare.is_finite()).unwrap_or(0.0).clamp(0.0, 10_080.0);
    Some(Source { due, level: Level::new(target).ok()?, spare, words })
}

/// What the rule is told in the policy, or its own value.
fn value<'a>(usage: &'a RuleUse, rules: &'a RuleSet, name: &str) -> Option<&'a Value> {
    let default = || {
        let parameters = &rules.rule(usage.rule.as_str())?.parameters;
        parameters.iter().find(|parameter| parameter.name == name).map(|parameter| &parameter.default)
    };
    usage.with.get(name).or_else(default)
}

fn words(due: &Due) -> String {
    match due {
        Due::Weekly { at, days } if days == EVERY_DAY => format!("daily {}", clock(*at)),
        Due::Weekly { at, days } => format!("{days} {}", clock(*at)),
        Due::Once(when) => format!("{} {}", when.date(), clock(when.time())),
        Due::Calendar { file, .. } => format!("calendar {file}"),
        Due::Topic(topic) => format!("topic {topic}"),
    }
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

impl Source {
    /// When it is next, not before `from`; `None`: not within the next years, or never again.
    pub fn next(&self, from: Timestamp, zone: &TimeZone, told: &BTreeMap<String, Told>) -> Option<Deadline> {
        let at = match &self.due {
            Due::Weekly { at, days } => daily(from, zone, *at, |day| rules::on_days(days, day.weekday())),
            Due::Once(when) => instant(*when, zone).filter(|at| *at >= from),
            Due::Calendar { before, events, .. } => {
                let from = from.checked_add(*before).ok()?;
                let next = events.iter().filter_map(|event| event.next(from, zone)).min();
                next.and_then(|at| at.checked_sub(*before).ok())
            }
            Due::Topic(topic) => match told.get(topic)? {
                Told::At(at) => Some(*at).filter(|at| *at >= from),
                Told::Daily(time) => daily(from, zone, *time, |_| true),
            },
        };
        Some(Deadline { at: at?, level: self.level, source: Arc::clone(&self.words) })
    }
}

/// When the clock shows this time next on such a day. A time that it skips counts as moved on by what is skipped; of one
/// that it shows twice the first counts.
fn daily(from: Timestamp, zone: &TimeZone, time: Time, counts: impl Fn(Date) -> bool) -> Option<Timestamp> {
    let today = zone.to_datetime(from).date();
    let days = std::iter::successors(Some(today), |day| day.tomorrow().ok()).take(DAYS);
    let moments = days.filter(|day| counts(*day)).filter_map(|day| instant(day.to_datetime(time), zone));
    moments.into_iter().find(|at| *at >= from)
}

/// The minute in which a moment lies: a deadline counts to the end of its minute.
pub(super) fn minute(now: Timestamp) -> Timestamp {
    let second = now.as_second();
    Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(now)
}

/// Reads what others say on the topic of a deadline: a moment (RFC 3339), a local day and time, or a time of day, which
/// counts every day until something else is said. Nothing takes it back.
pub(super) fn read(text: &str, zone: &TimeZone) -> Result<Option<Told>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Some(Told::At(at)));
    }
    let local = text.replacen('T', " ", 1);
    let told = match rules::due(&local, EVERY_DAY) {
        Ok(Due::Once(when)) => moment(when, zone),
        Ok(Due::Weekly { at, .. }) => Some(Told::Daily(at)),
        Ok(Due::Calendar { .. } | Due::Topic(_)) | Err(_) => None,
    };
    told.map(Some).ok_or_else(|| {
        let shown: String =
            text.chars().take(40).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        format!(
            "`{shown}` is not a time: write \"07:30\", \"2026-11-24 07:30\" or \"2026-11-24T07:30:00+01:00\""
        )
    })
}

fn moment(when: DateTime, zone: &TimeZone) -> Option<Told> {
    instant(when, zone).map(Told::At)
}

/// All deadlines of a source from `start` on for `length`, at most `most`.
pub fn within(
    source: &Source,
    start: Timestamp,
    length: Span,
    zone: &TimeZone,
    most: usize,
) -> Vec<Deadline> {
    let end = start.checked_add(length).unwrap_or(Timestamp::MAX);
    let told = BTreeMap::new();
    let next = |at: Timestamp| {
        let after = at.checked_add(Span::from_mins(1)).ok()?;
        source.next(minute(after), zone, &told).filter(|next| next.at <= end)
    };
    std::iter::successors(next(start), |last| next(last.at)).take(most).collect()
}
