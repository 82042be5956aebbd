//! How changes and parts of axes are said in words.

use super::{
    Outcome, VerdictChange,
    axis::{Axis, DAYS, Kind, NONE},
};
use crate::model::RuleName;

/// A change in all situations of which `when` holds.
pub(super) fn told(
    (from, to): (Outcome, Outcome),
    when: Vec<String>,
    silent: Vec<RuleName>,
) -> VerdictChange {
    let place = if when.is_empty() { "in every situation".to_owned() } else { when.join(", ") };
    let text = format!("{place}: {from} → {to}{}", unless(&silent));
    VerdictChange { text, from, to, when, unless: silent, exact: true, examples: Vec::new() }
}

/// What must not be, behind a sentence.
pub(super) fn unless(silent: &[RuleName]) -> String {
    let names: Vec<&str> = silent.iter().map(RuleName::as_str).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!(" (unless {one} speaks before)"),
        several => format!(" (unless {} speak before)", several.join(" or ")),
    }
}

impl Kind {
    /// How far apart values are, in words: `time of day to 30 min`.
    pub(super) fn gap(&self, gap: i64) -> String {
        match self {
            Self::Level => format!("level to {gap} %"),
            Self::Temperature => format!("temperature to {} °C", tenths(gap)),
            Self::Charging | Self::Power | Self::Holder => String::new(),
            Self::Weekday => format!("weekday to {gap} days"),
            Self::Time => format!("time of day to {gap} min"),
            Self::PortMinutes => format!("time in this state to {gap} min"),
            Self::Age => format!("age of the report to {gap} min"),
            Self::LevelMinutes => format!("time at this level to {gap} min"),
            Self::HeatMinutes => format!("time this warm to {gap} min"),
            Self::PortsOn => format!("ports on to {gap}"),
            Self::Sure => format!("how sure the rate is to {gap} %"),
            Self::Drain => format!("what the device uses to {} %/h", tenths(gap)),
            Self::SinceFull => format!("time since it was full to {gap} h"),
            Self::DeadlineLeft => format!("time to the deadline to {gap} min"),
            Self::DeadlineStart => format!("time to begin for it to {gap} min"),
            Self::Signal(name) => format!("{name} to {}", thousandths(gap)),
        }
    }
}

impl Axis {
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
            Kind::Sure => self.scale(part, "rate not learned", "rate learned, sure to ", " %", &plain),
            Kind::Drain => self.scale(part, "use not learned", "uses ", " %/h", &tenths),
            Kind::SinceFull => self.scale(part, "full at an unknown time", "full ", " h ago", &plain),
            Kind::DeadlineLeft => self.scale(part, "no deadline", "deadline in ", " min", &plain),
            Kind::DeadlineStart => self.scale(part, "", "to begin in ", " min", &plain),
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
    use crate::{model::RuleUse, rules::Reads, trial::difference::axis::Written};

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
