//! What some situations have in common, in words: `at level 21 to 25, with no temperature`.

use std::sync::Arc;

use crate::rules::{
    inputs::clock,
    situations::{
        Situation, Situations,
        axes::{Axis, Choice, MONDAY},
        grid::Part,
    },
};

/// A list in words may have so many members.
const MOST_LISTED: usize = 3;

/// A part of the situations: which choices came up in it.
#[derive(Clone, Debug)]
pub struct Region {
    axes: Arc<Vec<Axis>>,
    seen: Vec<Vec<bool>>,
    /// How many situations are in it.
    pub count: usize,
}

impl Region {
    /// An empty part of these situations.
    pub fn of(situations: &Situations) -> Self {
        let seen = situations.axes.iter().map(|axis| vec![false; axis.choices.len()]).collect();
        Self { axes: Arc::clone(&situations.axes), seen, count: 0 }
    }

    /// Adds a situation.
    pub fn add(&mut self, situation: &Situation) {
        self.count += 1;
        for (seen, pick) in self.seen.iter_mut().zip(&situation.picks) {
            if let Some(seen) = seen.get_mut(*pick) {
                *seen = true;
            }
        }
    }

    /// What its situations have in common and others do not, the level first; empty when there is nothing.
    pub fn words(&self) -> Vec<String> {
        self.axes.iter().zip(&self.seen).filter_map(|(axis, seen)| axis_words(axis, seen)).collect()
    }
}

impl Situation {
    /// The situation in words, as far as it was chosen.
    pub fn words(&self, of: &Situations) -> Vec<String> {
        let mut region = Region::of(of);
        region.add(self);
        region.words()
    }
}

fn axis_words(axis: &Axis, seen: &[bool]) -> Option<String> {
    if !seen.contains(&false) || !seen.contains(&true) {
        return None;
    }
    let chosen = |n: &usize| seen.get(*n).copied().unwrap_or(false);
    let (first, missing) = match axis.choices.first() {
        Some(Choice::Nothing) => (1, true),
        _ => (0, false),
    };
    let nothing = missing && chosen(&0);
    let rest: Vec<usize> = (first..axis.choices.len()).collect();
    let picked: Vec<usize> = rest.iter().copied().filter(chosen).collect();
    if picked.is_empty() {
        return Some(absent(axis));
    }
    if !nothing && picked.len() == rest.len() {
        return match picked.as_slice() {
            [only] if missing && axis.part != Part::Holder => {
                Some(phrase(axis, &value(axis.part, axis.choices.get(*only)?)))
            }
            _ => missing.then(|| present(axis)),
        };
    }
    let value = |n: usize| axis.choices.get(n).map(|choice| value(axis.part, choice)).unwrap_or_default();
    let (lowest, highest) = (picked.first().copied()?, picked.last().copied()?);
    let (at_start, at_end) = (rest.first() == Some(&lowest), rest.last() == Some(&highest));
    let is_number = matches!(axis.choices.get(lowest), Some(Choice::Number(_)));
    let in_a_row = highest - lowest + 1 == picked.len();
    let span = match () {
        () if picked.len() == rest.len() => return None,
        () if picked.len() == 1 => value(lowest),
        () if is_number && in_a_row && at_start => format!("{} or {}", value(highest), less(axis.part)),
        () if is_number && in_a_row && at_end => format!("{} or {}", value(lowest), more(axis.part)),
        () if is_number && in_a_row => format!("{} to {}", value(lowest), value(highest)),
        () if picked.len() <= MOST_LISTED => {
            picked.iter().map(|n| value(*n)).collect::<Vec<_>>().join(" or ")
        }
        () => return over_midnight(axis, &rest, &picked),
    };
    let words = phrase(axis, &span);
    Some(if nothing { format!("{words} or {}", absent(axis)) } else { words })
}

/// `from 22:00 to 05:00`, when only one stretch of the day is left out.
fn over_midnight(axis: &Axis, rest: &[usize], picked: &[usize]) -> Option<String> {
    let out: Vec<usize> = rest.iter().copied().filter(|n| !picked.contains(n)).collect();
    let (first, last) = (out.first().copied()?, out.last().copied()?);
    if axis.part != Part::Time || last - first + 1 != out.len() {
        return None;
    }
    let value = |n: usize| axis.choices.get(n).map(|choice| value(axis.part, choice));
    Some(format!("from {} to {}", value(last + 1)?, value(first.checked_sub(1)?)?))
}

fn less(part: Part) -> &'static str {
    if matches!(part, Part::Time | Part::Day) { "earlier" } else { "less" }
}

fn more(part: Part) -> &'static str {
    if matches!(part, Part::Time | Part::Day) { "later" } else { "more" }
}

fn absent(axis: &Axis) -> String {
    of_presence(axis).0
}

fn present(axis: &Axis) -> String {
    of_presence(axis).1
}

/// How it is said that a value is not there, and that it is; nothing of values that are always there.
fn of_presence(axis: &Axis) -> (String, String) {
    let (absent, present) = match axis.part {
        Part::Temperature => ("with no temperature", "with a temperature"),
        Part::Charging => ("with charging not reported", "with charging reported"),
        Part::Since => ("since an unknown time", "since a known time"),
        Part::Holder => ("while the rule does not hold", "while the rule holds"),
        Part::Sure => ("with a rate that was not learned yet", "with a rate that was learned"),
        Part::Drain => ("when nobody knows what it uses", "when it is known what it uses"),
        Part::Full => ("when nobody knows since when it was full", "when it is known since when it was full"),
        Part::Kind => ("with a device of another kind", "with a device of a kind in the rule"),
        Part::Tags => ("with a device without these tags", "with a tag"),
        Part::Names => ("with another name", "with a name in the rule"),
        Part::DeadlineLeft => ("without a deadline", "with a deadline"),
        Part::DeadlineStart => ("when it will not make it", "when it will make it"),
        Part::Signals => {
            let name = &axis.name;
            return (format!("without the signal `{name}`"), format!("with the signal `{name}`"));
        }
        Part::Level
        | Part::Age
        | Part::Power
        | Part::Day
        | Part::Time
        | Part::Rate
        | Part::Spell
        | Part::Number
        | Part::PortsOn
        | Part::DeadlineTarget => ("", ""),
    };
    (absent.to_owned(), present.to_owned())
}

fn phrase(axis: &Axis, span: &str) -> String {
    match axis.part {
        Part::Level => format!("at level {span}"),
        Part::Temperature | Part::Time => format!("at {span}"),
        Part::Charging => format!("while it {span}"),
        Part::Age => format!("{span} after the report"),
        Part::Power => format!("with the port {span}"),
        Part::Since => format!("after {span} in this state"),
        Part::Holder => format!("while {span} holds"),
        Part::Day => format!("on {span}"),
        Part::Rate => format!("charging {span} per hour"),
        Part::Sure => format!("with a learned rate that is sure to {span}"),
        Part::Drain => format!("using {span} per hour"),
        Part::Spell => format!("with the same level and temperature for {span}"),
        Part::Full => format!("{span} after it was full"),
        Part::Kind => format!("with a device of the kind {span}"),
        Part::Tags => format!("with the tag {span}"),
        Part::Names => format!("with the name {span}"),
        Part::Number => format!("in port {span}"),
        Part::PortsOn => format!("with {span} ports on"),
        Part::DeadlineLeft => format!("{span} before the deadline"),
        Part::DeadlineStart => format!("{span} before it is to begin"),
        Part::DeadlineTarget => format!("with {span} to be reached"),
        Part::Signals => format!("with the signal `{}` at {span}", axis.name),
    }
}

fn value(part: Part, choice: &Choice) -> String {
    match (part, choice) {
        (Part::Charging, Choice::Flag(true)) => "charges".to_owned(),
        (Part::Charging, Choice::Flag(false)) => "does not charge".to_owned(),
        (_, Choice::Flag(true)) => "on".to_owned(),
        (_, Choice::Flag(false)) => "off".to_owned(),
        (_, Choice::Word(word)) => format!("`{word}`"),
        (_, Choice::Nothing) => String::new(),
        (Part::Temperature, Choice::Number(degrees)) => format!("{degrees} °C"),
        (Part::Time, Choice::Number(minute)) => {
            format!("{:02}:{:02}", (minute / 60.0).floor(), minute % 60.0)
        }
        (Part::Day, Choice::Number(day)) => day_name(*day),
        (Part::Rate | Part::Sure | Part::Drain, Choice::Number(percent)) => format!("{percent} %"),
        (Part::Full, Choice::Number(hours)) => format!("{hours} h"),
        (
            Part::Age | Part::Since | Part::Spell | Part::DeadlineLeft | Part::DeadlineStart,
            Choice::Number(minutes),
        ) => format!("{minutes} min"),
        (Part::DeadlineTarget, Choice::Number(level)) => format!("{level} %"),
        (
            Part::Level
            | Part::Charging
            | Part::Power
            | Part::Holder
            | Part::Kind
            | Part::Tags
            | Part::Names
            | Part::Number
            | Part::PortsOn
            | Part::Signals,
            Choice::Number(number),
        ) => number.to_string(),
    }
}

/// A day of the first week has a name, others have a date.
fn day_name(day: f64) -> String {
    let days = crate::rules::situations::whole(day);
    let date =
        i32::try_from(days).ok().and_then(|days| MONDAY.checked_add(jiff::Span::new().days(days)).ok());
    match date {
        Some(date) if (0..7).contains(&days) => clock::weekday_name(date.weekday()).to_owned(),
        Some(date) => date.to_string(),
        None => String::new(),
    }
}
