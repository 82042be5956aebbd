//! What a series or a night shall come to: levels at times, switches, what was said.

use jiff::{civil, tz::TimeZone};
use serde::Deserialize;

use super::{
    case::Expect,
    values::{Date, Percent, Weekday, short},
};
use crate::{
    model::{Celsius, Power, RuleName, Timestamp, Verdict},
    rules,
    trial::world::Track,
};

/// One expectation as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Wanted {
    /// The level at a time.
    AtLeast(When, Percent),
    AtMost(When, Percent),
    /// The port at a time.
    On(When),
    Off(When),
    /// The verdict at a time, and the last of all.
    At(When, Expect),
    Last(Expect),
    /// The whole time.
    NeverUnder(Percent),
    NeverOver(Percent),
    NeverHotter(Celsius),
    HoursAbove {
        level: Percent,
        max: Percent,
    },
    Switches {
        #[serde(default)]
        min: u32,
        max: Option<u32>,
    },
    /// What a rule said, or never.
    Said(RuleName, Says),
    NeverSaid(RuleName, Says),
}

/// What a rule may have said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Says {
    Charge,
    Rest,
    Keep,
}

impl Says {
    pub(super) fn verdict(self) -> Verdict {
        match self {
            Self::Charge => Verdict::Charge,
            Self::Rest => Verdict::Rest,
            Self::Keep => Verdict::Keep,
        }
    }
}

/// A time within a run: `"07:00"` of every day, `"Monday 07:00"`, `"2026-12-24 07:00"`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct When {
    day: Day,
    time: civil::Time,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Day {
    Every,
    Week(civil::Weekday),
    Date(civil::Date),
}

impl TryFrom<String> for When {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let (day, time) = match text.rsplit_once(' ') {
            None => (Day::Every, text.as_str()),
            Some((day, time)) => {
                let week = Weekday::try_from(day.to_owned()).map(|day| Day::Week(day.0));
                let date = || Date::try_from(day.to_owned()).map(|date| Day::Date(date.0));
                let day = week.or_else(|_| date()).map_err(|_| {
                    format!(
                        "`{}` is not a time: write \"07:00\", \"Monday 07:00\" or \"2026-12-24 07:00\"",
                        short(&text)
                    )
                })?;
                (day, time)
            }
        };
        Ok(Self { day, time: rules::time_of_day(time)?, text: text.clone() })
    }
}

impl When {
    /// All moments from `start` to `end` at which the local clock shows this.
    pub(super) fn moments(&self, start: Timestamp, end: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
        let mut found = Vec::new();
        let mut date = zone.to_datetime(start).date();
        let last = zone.to_datetime(end).date();
        while date <= last {
            let right = match self.day {
                Day::Every => true,
                Day::Week(day) => date.weekday() == day,
                Day::Date(day) => date == day,
            };
            let at = zone.to_timestamp(date.to_datetime(self.time)).ok();
            found.extend(at.filter(|at| right && (start..=end).contains(at)));
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        found
    }
}

/// A run that is over: from when to when, in which zone, and its course.
pub(super) struct Course<'a> {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) zone: &'a TimeZone,
    pub(super) track: &'a Track,
}

/// What came of one expectation, in words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) passed: bool,
    pub(super) expected: String,
    pub(super) got: String,
}

impl Wanted {
    /// The times that it is about and that the run never reaches.
    pub(super) fn never_reached(&self, start: Timestamp, end: Timestamp, zone: &TimeZone) -> Option<&str> {
        let when = match self {
            Self::AtLeast(when, _) | Self::AtMost(when, _) | Self::On(when) | Self::Off(when) => when,
            Self::At(when, _) => when,
            Self::Last(_)
            | Self::NeverUnder(_)
            | Self::NeverOver(_)
            | Self::NeverHotter(_)
            | Self::HoursAbove { .. }
            | Self::Switches { .. }
            | Self::Said(..)
            | Self::NeverSaid(..) => return None,
        };
        when.moments(start, end, zone).is_empty().then_some(when.text.as_str())
    }

    /// Holds the course against it.
    pub(super) fn check(&self, course: &Course<'_>) -> Checked {
        match self {
            Self::AtLeast(when, level) => {
                course.level(when, &format!("at least {} %", level.0), |got| got >= level.0)
            }
            Self::AtMost(when, level) => {
                course.level(when, &format!("at most {} %", level.0), |got| got <= level.0)
            }
            Self::On(when) => course.power(when, Power::On),
            Self::Off(when) => course.power(when, Power::Off),
            Self::At(when, expect) => course.each(
                when,
                expect.words(),
                |at| course.verdict(at).map(|(verdict, _)| verdict) == expect.verdict(),
                |at| course.said(course.verdict(at)),
            ),
            Self::Last(expect) => {
                let last = course.verdict(course.end);
                let passed = last.as_ref().map(|(verdict, _)| *verdict) == expect.verdict();
                Checked { passed, expected: format!("{} at the end", expect.words()), got: course.said(last) }
            }
            Self::NeverUnder(level) => course.extreme(
                &format!("never under {} %", level.0),
                |sample| sample.level.round() < level.0,
                |sample| -sample.level,
            ),
            Self::NeverOver(level) => course.extreme(
                &format!("never over {} %", level.0),
                |sample| sample.level.round() > level.0,
                |sample| sample.level,
            ),
            Self::NeverHotter(limit) => course.extreme(
                &format!("never hotter than {} °C", limit.degrees()),
                |sample| sample.temperature > limit.degrees(),
                |sample| sample.temperature,
            ),
            Self::HoursAbove { level, max } => course.hours_above(level.0, max.0),
            Self::Switches { min, max } => course.switches(*min, *max),
            Self::Said(rule, expect) => course.said_by(rule, expect.verdict(), true),
            Self::NeverSaid(rule, expect) => course.said_by(rule, expect.verdict(), false),
        }
    }
}
