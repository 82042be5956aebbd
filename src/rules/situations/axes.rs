//! The choices for each part of the world: usual ones, and those around what stands in the rules.

use jiff::civil::Date;

use crate::{
    model::DeviceName,
    rules::{
        inputs::clock,
        situations::grid::{Grid, Part},
    },
};

/// Choices for one part, without those of the level: more would only thin out the others.
const MOST_CHOICES: usize = 24;
/// The day that the others are counted from, a Monday.
pub(in crate::rules) const MONDAY: Date = Date::constant(2026, 1, 5);
/// Dates in rules are looked at when they are not further away than this, in days: a hundred years.
const FURTHEST: i32 = 36_525;

/// One thing that a situation may have.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::rules) enum Choice {
    /// It is missing, or nobody.
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// A number: percent, degrees, minutes, days after [`MONDAY`].
    Number(f64),
    /// A word.
    Word(String),
}

/// One part of the world and its choices, numbers ascending.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::rules) struct Axis {
    pub(in crate::rules) part: Part,
    /// The signal, for [`Part::Signals`].
    pub(in crate::rules) name: String,
    pub(in crate::rules) choices: Vec<Choice>,
}

/// One axis for each part that matters, the level first.
pub(in crate::rules) fn of(grid: &Grid) -> Vec<Axis> {
    let mut axes = Vec::new();
    for part in &grid.parts {
        if *part == Part::Signals {
            axes.extend(grid.signals.iter().map(|name| {
                let choices = around(grid, &[0.0, 20.0], (-1e9, 1e9), 1.0, true);
                Axis { part: *part, name: name.clone(), choices }
            }));
        } else {
            axes.push(Axis { part: *part, name: String::new(), choices: choices(grid, *part) });
        }
    }
    axes
}

fn choices(grid: &Grid, part: Part) -> Vec<Choice> {
    match part {
        Part::Level => (0..=100).map(|level| Choice::Number(f64::from(level))).collect(),
        Part::Temperature => {
            around(grid, &[-5.0, 21.5, 34.0, 36.0, 39.5, 42.0, 48.0], (-40.0, 90.0), 0.5, true)
        }
        Part::Charging => vec![Choice::Nothing, Choice::Flag(false), Choice::Flag(true)],
        Part::Age => around(grid, &[0.0, 3.0, 30.0, 300.0], (0.0, 10_000.0), 1.0, false),
        Part::Power => vec![Choice::Flag(false), Choice::Flag(true)],
        Part::Since => around(grid, &[0.0, 5.0, 60.0, 600.0], (0.0, 100_000.0), 1.0, true),
        Part::Holder => words(grid.holders.iter().map(ToString::to_string)),
        Part::Day => days(grid),
        Part::Time => times(grid),
        Part::Rate => around(grid, &[5.0, 40.0, 120.0], (0.5, 1000.0), 1.0, false),
        Part::Sure => around(grid, &[30.0, 60.0, 90.0], (1.0, 100.0), 1.0, true),
        Part::Drain => around(grid, &[0.0, 1.0, 4.0, 20.0], (0.0, 1000.0), 0.5, true),
        Part::Spell => around(grid, &[0.0, 30.0, 600.0], (0.0, 10_000.0), 1.0, false),
        Part::Full => around(grid, &[0.0, 24.0, 1000.0], (0.0, 10_000.0), 1.0, true),
        Part::Kind => words(grid.words.iter().cloned()),
        Part::Tags => words(grid.words.iter().cloned()),
        Part::Names => words(grid.words.iter().filter(|word| DeviceName::new(word).is_ok()).cloned()),
        Part::Number => around(grid, &[1.0, 2.0, 16.0], (1.0, 1000.0), 1.0, false),
        Part::PortsOn => around(grid, &[0.0, 1.0, 4.0, 16.0], (0.0, 1000.0), 1.0, false),
        Part::Signals => Vec::new(),
        Part::DeadlineLeft => around(grid, &[0.0, 90.0, 600.0], (0.0, 10_000.0), 1.0, true),
        // None: it will not make it.
        Part::DeadlineStart => around(grid, &[0.0, 60.0], (0.0, 10_000.0), 1.0, true),
        Part::DeadlineTarget => around(grid, &[80.0, 100.0], (1.0, 100.0), 1.0, false),
    }
}

/// Nobody, and each of these.
fn words(words: impl Iterator<Item = String>) -> Vec<Choice> {
    [Choice::Nothing].into_iter().chain(words.map(Choice::Word)).take(MOST_CHOICES).collect()
}

/// The usual numbers, and each of the rules' own with its neighbours, as far as they are in range.
fn around(grid: &Grid, usual: &[f64], range: (f64, f64), step: f64, may_be_missing: bool) -> Vec<Choice> {
    let own = grid.numbers.iter().flat_map(|number| [number - step, *number, number + step]);
    let mut all: Vec<f64> =
        usual.iter().copied().chain(own).filter(|n| (range.0..=range.1).contains(n)).collect();
    if step >= 1.0 && range.0 >= 0.0 {
        all.iter_mut().for_each(|number| *number = number.round());
    }
    let numbers = thinned(all).into_iter().map(Choice::Number);
    may_be_missing.then_some(Choice::Nothing).into_iter().chain(numbers).collect()
}

/// Ascending, each once, and not too many.
fn thinned(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let step = numbers.len().div_ceil(MOST_CHOICES).max(1);
    numbers.into_iter().step_by(step).collect()
}

/// Every full hour, and each time of day in the rules with the minutes beside it.
fn times(grid: &Grid) -> Vec<Choice> {
    const DAY: i32 = 1440;
    let own = grid.words.iter().filter_map(|word| {
        let time = word.rsplit(' ').next().unwrap_or(word);
        clock::time_of_day(time).ok()
    });
    let own = own.take(MOST_CHOICES).flat_map(|time| {
        let minute = i32::from(time.hour()) * 60 + i32::from(time.minute());
        [(minute + DAY - 1) % DAY, minute, (minute + 1) % DAY]
    });
    let mut minutes: Vec<i32> = (0..24).map(|hour| hour * 60).chain(own).collect();
    minutes.sort_unstable();
    minutes.dedup();
    minutes.into_iter().map(|minute| Choice::Number(f64::from(minute))).collect()
}

/// A week, and each date in the rules with the days beside it.
fn days(grid: &Grid) -> Vec<Choice> {
    let own = grid.words.iter().filter_map(|word| {
        let days = MONDAY.until(date(word)?).ok()?.get_days();
        (days.abs() < FURTHEST).then_some(days)
    });
    let own = own.flat_map(|day| [day - 1, day, day + 1]).take(MOST_CHOICES);
    let mut days: Vec<i32> = (0..7).chain(own).collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter().map(|day| Choice::Number(f64::from(day))).collect()
}

/// The date that a word begins with.
pub(in crate::rules) fn date(word: &str) -> Option<Date> {
    word.get(..10)?.parse().ok()
}
