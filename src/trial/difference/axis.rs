//! In what situations differ: one axis for each thing that a rule may ask for, with the values that are tried, and how a
//! part of an axis is said in words.

use std::collections::BTreeSet;

use crate::{
    model::{RuleName, RuleUse, Value},
    rules::Reads,
};

/// A value that is missing: no temperature, charging not said, not known since when.
pub(super) const NONE: i64 = i64::MIN;
/// Signals that one rule is tried with; each is an axis of its own.
const SIGNALS: usize = 3;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// In what situations differ. The order is the order in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// Percent.
    Level,
    /// Tenths of a degree, or none.
    Temperature,
    /// 0, 1, or none.
    Charging,
    /// Whether the port is on: 0 or 1.
    Power,
    /// Who made the present state: 0 is nobody who asks, else the number of a rule.
    Holder,
    /// Days since Monday.
    Weekday,
    /// Minutes since midnight.
    Time,
    /// Minutes in the present state, or none.
    PortMinutes,
    /// Minutes since the report.
    Age,
    /// Minutes for which the level has not been lower.
    LevelMinutes,
    /// Minutes for which the temperature has not been lower.
    HeatMinutes,
    /// Ports of the station that are on.
    PortsOn,
    /// Hours since the device was full, or none.
    SinceFull,
    /// Thousandths of a signal's value, or none.
    Signal(String),
}

/// One axis: what differs, and the values that are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) kind: Kind,
    /// Rising, each once.
    pub(super) values: Vec<i64>,
    /// Those that are never left out to save time.
    firm: BTreeSet<i64>,
}

impl Kind {
    /// True when neighbours belong together, so that a part is told by its ends.
    pub(super) fn ordered(&self) -> bool {
        !matches!(self, Self::Charging | Self::Power | Self::Holder)
    }

    /// True when the last value is followed by the first.
    pub(super) fn cyclic(&self) -> bool {
        matches!(self, Self::Time | Self::Weekday)
    }

    /// How close two values may be that still have others between them; none: all values are tried.
    pub(super) fn resolution(&self) -> Option<i64> {
        match self {
            Self::Charging | Self::Power | Self::Holder | Self::Weekday => None,
            Self::Signal(_) => Some(10),
            _ => Some(1),
        }
    }

    /// The values to begin with, and the numbers and texts of the rule as values of this axis.
    fn values(&self, reads: &Written) -> (Vec<i64>, Vec<i64>) {
        const MINUTES: [i64; 9] = [0, 1, 5, 15, 30, 60, 180, 480, 1440];
        let around = |scale: f64, from: f64, to: f64| -> Vec<i64> {
            let near = reads.numbers.iter().filter(|n| (from..=to).contains(*n));
            near.flat_map(|n| [-1, 0, 1].map(|step| whole(n * scale) + step)).collect()
        };
        let with_none = |values: &[i64]| [NONE].into_iter().chain(values.iter().copied()).collect();
        match self {
            Self::Level => ((0..=100).collect(), vec![0, 100]),
            Self::Temperature => (
                with_none(&[-100, 0, 100, 200, 250, 300, 350, 400, 450, 500, 600]),
                around(10.0, -50.0, 90.0),
            ),
            Self::Charging => (vec![NONE, 0, 1], vec![NONE, 0, 1]),
            Self::Power => (vec![0, 1], vec![0, 1]),
            Self::Holder => (vec![0], vec![0]),
            Self::Weekday => ((0..7).collect(), (0..7).collect()),
            Self::Time => ((0..48).map(|half| half * 30).collect(), reads.times.clone()),
            Self::PortMinutes => (with_none(&MINUTES), around(1.0, 1.0, 10_000.0)),
            Self::Age | Self::LevelMinutes | Self::HeatMinutes => {
                (MINUTES.to_vec(), around(1.0, 1.0, 10_000.0))
            }
            Self::PortsOn => ((0..=16).collect(), around(1.0, 1.0, 64.0)),
            Self::SinceFull => (with_none(&[0, 1, 12, 24, 72, 168, 336, 720]), around(1.0, 1.0, 9_000.0)),
            Self::Signal(_) => (with_none(&[0, 100, 200, 500, 1_000, 10_000]), around(1000.0, -1e6, 1e6)),
        }
    }
}

/// The numbers and texts by which a rule may compare, those of the station file among them.
pub(super) struct Written {
    numbers: Vec<f64>,
    times: Vec<i64>,
    signals: Vec<String>,
    /// True when a day of the week is named.
    days: bool,
}

impl Written {
    pub(super) fn new(reads: &Reads, usage: &RuleUse) -> Self {
        let mut numbers = reads.numbers.clone();
        let mut texts: Vec<&str> = reads.texts.iter().map(String::as_str).collect();
        for value in usage.with.values() {
            match value {
                #[expect(clippy::cast_precision_loss, reason = "thresholds are far below 2^53")]
                Value::Int(number) => numbers.push(*number as f64),
                Value::Float(number) => numbers.push(*number),
                Value::Text(text) => texts.push(text),
                Value::Bool(_) => {}
            }
        }
        let times = texts.iter().filter_map(|text| minute_of_day(text)).flat_map(|m| [m, (m + 1) % 1440]);
        let times = times.collect();
        let named =
            reads.signal_parameters.iter().map(|(parameter, default)| match usage.with.get(parameter) {
                Some(Value::Text(name)) => name,
                _ => default,
            });
        let mut signals: Vec<String> = reads.signals.iter().chain(named).cloned().collect();
        signals.sort();
        signals.dedup();
        signals.truncate(SIGNALS);
        let days = texts.iter().any(|text| DAYS.iter().any(|day| text.contains(day)));
        Self { numbers, times, signals, days }
    }
}

fn minute_of_day(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

#[expect(clippy::cast_possible_truncation, reason = "callers pass numbers below ten million")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// The axes on which the answers of a rule may differ.
pub(super) fn axes(reads: &Reads, usage: &RuleUse) -> Vec<Axis> {
    let written = Written::new(reads, usage);
    let asks = |names: &[&str]| names.iter().any(|name| reads.names.contains(*name));
    let above = |what: &str| asks(&["minutes_above"]) && (reads.shared || reads.texts.contains(what));
    let mut kinds = vec![
        (Kind::Level, asks(&["level"]) || above("level")),
        (Kind::Temperature, asks(&["temp", "has_temp"]) || above("temp")),
        (Kind::Charging, asks(&["charging", "has_charging"])),
        (Kind::Power, asks(&["on"])),
        (Kind::Holder, asks(&["holds"])),
        (Kind::Weekday, asks(&["weekday", "is_on", "date"]) || (asks(&["minutes_until"]) && written.days)),
        (Kind::Time, asks(&["time", "hour", "minutes_until", "is_between", "hour_in"])),
        (Kind::PortMinutes, asks(&["minutes", "has_minutes"])),
        (Kind::Age, asks(&["age_minutes"])),
        (Kind::LevelMinutes, above("level")),
        (Kind::HeatMinutes, above("temp")),
        (Kind::PortsOn, asks(&["ports_on"])),
        (Kind::SinceFull, asks(&["has_full", "hours_since_full"])),
    ];
    kinds.extend(written.signals.iter().map(|name| (Kind::Signal(name.clone()), true)));
    let wanted = kinds.into_iter().filter(|(_, asked)| *asked);
    wanted.map(|(kind, _)| Axis::new(kind, &written)).collect()
}

impl Axis {
    fn new(kind: Kind, written: &Written) -> Self {
        let (mut values, firm) = kind.values(written);
        values.extend(&firm);
        Self { kind, values, firm: firm.into_iter().collect() }.sorted()
    }

    fn sorted(mut self) -> Self {
        self.values.sort_unstable();
        self.values.dedup();
        self
    }

    /// Adds values that are tried too and never left out.
    pub(super) fn add(&mut self, values: &[i64]) {
        self.values.extend(values);
        self.firm.extend(values);
        self.values.sort_unstable();
        self.values.dedup();
    }

    /// The same axis with the values of both.
    pub(super) fn joined(mut self, other: &Self) -> Self {
        self.values.extend(&other.values);
        self.firm.extend(&other.firm);
        self.sorted()
    }

    /// Leaves every second value out, but not the firm ones. False when nothing could be left out.
    pub(super) fn thin(&mut self) -> bool {
        let before = self.values.len();
        let mut keep = false;
        self.values.retain(|value| {
            keep = !keep;
            keep || self.firm.contains(value)
        });
        self.values.len() < before
    }

    /// A part of the axis in words; `None` when it is all of it. `part` has one entry for each value.
    pub(super) fn words(&self, part: &[bool], rules: &[RuleName]) -> Option<String> {
        if part.iter().all(|inside| *inside) {
            return None;
        }
        let inside: Vec<i64> =
            self.values.iter().zip(part).filter(|(_, inside)| **inside).map(|(value, _)| *value).collect();
        Some(match &self.kind {
            Kind::Level => format!("level {}", self.runs(part, |v| v.to_string(), false)),
            Kind::Temperature => self.scale(part, "no temperature", "", " °C", &tenths),
            Kind::Charging => choice(&inside, &["not charging", "charging"], "charging not reported"),
            Kind::Power => choice(&inside, &["port off", "port on"], ""),
            Kind::Holder => holder(&inside, &self.values, rules),
            Kind::Weekday => self.runs(part, day, false),
            Kind::Time => self.runs(part, clock, true),
            Kind::PortMinutes => {
                self.scale(part, "state since an unknown time", "in this state for ", " min", &plain)
            }
            Kind::Age => self.scale(part, "", "report ", " min old", &plain),
            Kind::LevelMinutes => self.scale(part, "", "at this level for ", " min", &plain),
            Kind::HeatMinutes => self.scale(part, "", "this warm for ", " min", &plain),
            Kind::PortsOn => self.scale(part, "", "", " ports on", &plain),
            Kind::SinceFull => self.scale(part, "full at an unknown time", "full ", " h ago", &plain),
            Kind::Signal(name) => {
                self.scale(part, &format!("no {name}"), &format!("{name} "), "", &thousandths)
            }
        })
    }

    /// Numbers that may be missing: "no temperature or 42 °C and more".
    fn scale(&self, part: &[bool], none: &str, before: &str, after: &str, show: &Show) -> String {
        let mut words = Vec::new();
        let without = self.values.first() == Some(&NONE);
        if without && part.first() == Some(&true) {
            words.push(none.to_owned());
        }
        let skip = usize::from(without);
        let numbers: Vec<i64> = self.values.iter().skip(skip).copied().collect();
        let part: Vec<bool> = part.iter().skip(skip).copied().collect();
        for (from, to) in runs(&part, false) {
            let at = |n: usize| numbers.get(n).map(|v| show(*v)).unwrap_or_default();
            words.push(match (from == 0, to + 1 == numbers.len()) {
                (true, true) => format!("{before}any{after}"),
                (true, false) => format!("{before}up to {}{after}", at(to)),
                (false, true) => format!("{before}{}{after} and more", at(from)),
                (false, false) if from == to => format!("{before}{}{after}", at(from)),
                (false, false) => format!("{before}{}–{}{after}", at(from), at(to)),
            });
        }
        words.join(" or ")
    }

    /// Parts told by their ends. `open`: the end is the beginning of what follows.
    fn runs(&self, part: &[bool], show: impl Fn(i64) -> String, open: bool) -> String {
        let at = |n: usize| self.values.get(n).map(|v| show(*v)).unwrap_or_default();
        let words = runs(part, self.kind.cyclic()).into_iter().map(|(from, to)| {
            let end = if open { (to + 1) % self.values.len().max(1) } else { to };
            if from == end { at(from) } else { format!("{}–{}", at(from), at(end)) }
        });
        words.collect::<Vec<_>>().join(" and ")
    }
}

type Show = dyn Fn(i64) -> String;

/// First and last of each run of true values; around the end when it is a circle.
fn runs(part: &[bool], cyclic: bool) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (n, _) in part.iter().enumerate().filter(|(_, inside)| **inside) {
        match found.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => found.push((n, n)),
        }
    }
    let around = cyclic && found.len() > 1 && part.first() == Some(&true) && part.last() == Some(&true);
    if around
        && let Some((from, _)) = found.pop()
        && let Some(first) = found.first_mut()
    {
        first.0 = from;
    }
    found
}

fn choice(inside: &[i64], words: &[&str; 2], none: &str) -> String {
    let word = |value: &i64| match *value {
        NONE => none.to_owned(),
        0 => words[0].to_owned(),
        _ => words[1].to_owned(),
    };
    inside.iter().map(word).collect::<Vec<_>>().join(" or ")
}

fn holder(inside: &[i64], all: &[i64], rules: &[RuleName]) -> String {
    let name = |value: &i64| {
        let rule = usize::try_from(*value - 1).ok().and_then(|n| rules.get(n));
        rule.map(ToString::to_string).unwrap_or_default()
    };
    let outside: Vec<String> = all.iter().filter(|value| !inside.contains(value)).map(name).collect();
    if inside.contains(&0) {
        let verb = if outside.len() == 1 { "does not hold" } else { "do not hold" };
        return format!("while {} {verb}", outside.join(" and "));
    }
    format!("while {} holds", inside.iter().map(name).collect::<Vec<_>>().join(" or "))
}

fn plain(value: i64) -> String {
    value.to_string()
}

fn day(value: i64) -> String {
    usize::try_from(value).ok().and_then(|day| DAYS.get(day)).copied().unwrap_or_default().to_owned()
}

fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn tenths(value: i64) -> String {
    let sign = if value < 0 { "−" } else { "" };
    format!("{sign}{}.{}", value.abs() / 10, value.abs() % 10)
}

#[expect(clippy::cast_precision_loss, reason = "signals are below a billion here")]
fn thousandths(value: i64) -> String {
    (value as f64 / 1000.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: Kind, inside: impl Fn(i64) -> bool) -> Option<String> {
        let rules = ["cool-down", "ready-by"].map(|name| RuleName::new(name).unwrap());
        let mut axis = Axis::new(kind, &Written::new(&Reads::default(), &usage()));
        if axis.kind == Kind::Holder {
            axis.add(&[1, 2]);
        }
        let part: Vec<bool> = axis.values.iter().map(|value| inside(*value)).collect();
        axis.words(&part, &rules)
    }

    fn usage() -> RuleUse {
        RuleUse { rule: RuleName::new("x").unwrap(), with: std::collections::BTreeMap::default() }
    }

    #[test]
    fn parts_are_told_by_their_ends() {
        assert_eq!(said(Kind::Level, |_| true), None);
        assert_eq!(said(Kind::Level, |v| (21..=25).contains(&v)).unwrap(), "level 21–25");
        assert_eq!(said(Kind::Level, |v| v == 7).unwrap(), "level 7");
        assert_eq!(said(Kind::Time, |v| !(360..1320).contains(&v)).unwrap(), "22:00–06:00");
        assert_eq!(said(Kind::Time, |v| v >= 1320).unwrap(), "22:00–00:00");
        assert_eq!(said(Kind::Weekday, |v| v < 5).unwrap(), "Mon–Fri");
        assert_eq!(said(Kind::Weekday, |v| v == 6 || v < 1).unwrap(), "Sun–Mon");
        assert_eq!(said(Kind::Temperature, |v| v >= 400).unwrap(), "40.0 °C and more");
        assert_eq!(said(Kind::Temperature, |v| v < 400).unwrap(), "no temperature or up to 35.0 °C");
        assert_eq!(said(Kind::Power, |v| v == 0).unwrap(), "port off");
        assert_eq!(said(Kind::Charging, |v| v != 1).unwrap(), "charging not reported or not charging");
        assert_eq!(said(Kind::Holder, |v| v == 1).unwrap(), "while cool-down holds");
        assert_eq!(said(Kind::Holder, |v| v != 1).unwrap(), "while cool-down does not hold");
        assert_eq!(said(Kind::Holder, |v| v == 0).unwrap(), "while cool-down and ready-by do not hold");
        assert_eq!(said(Kind::PortMinutes, |v| v > 30).unwrap(), "in this state for 60 min and more");
    }
}
