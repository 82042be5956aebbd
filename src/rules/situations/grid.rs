//! Which situations tell rules apart: those around every number, time and word that stands in them.
//!
//! A rule that never looks at the clock is the same at all hours; one that compares with 80 may change at 79, 80 and 81.
//! So the situations are made for the rule: only what it reads varies. Pure and bounded: the same rule always gives the
//! same situations.
//!
//! These are for finding what fails, at every save: a spread sample, quickly. Whoever compares two rules needs the exact
//! ends of each part and takes its time: `trial::difference` has axes of its own, made from the same [`Reads`].

use std::collections::BTreeSet;

use crate::{
    model::{RuleName, RuleUse, Value},
    rules::{
        compile::RuleSet,
        inputs::calendar,
        situations::{
            LEVELS, Situations,
            axes::{self, Axis},
            reads::Reads,
        },
    },
};

/// So many different numbers or words of the rules are looked at; the shipped rules have five.
const MOST_WORDS: usize = 32;
/// Longer words are reasons, which nothing is compared with.
const LONGEST_WORD: usize = 40;

/// What a rule reads of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules) enum Part {
    Level,
    Temperature,
    Charging,
    Age,
    Power,
    Since,
    Holder,
    Day,
    Time,
    Rate,
    Sure,
    Drain,
    Spell,
    Full,
    Kind,
    Tags,
    Names,
    Number,
    PortsOn,
    Signals,
    DeadlineLeft,
    DeadlineStart,
    DeadlineTarget,
}

impl Part {
    /// What one value or question of an input depends on; `None`: it is not known here.
    pub(in crate::rules) fn of(name: &str) -> Option<&'static [Self]> {
        Some(match name {
            "level" => &[Self::Level],
            "temp" | "has_temp" => &[Self::Temperature],
            "charging" | "has_charging" => &[Self::Charging],
            "age_minutes" => &[Self::Age, Self::Signals],
            "on" => &[Self::Power],
            "minutes" | "has_minutes" => &[Self::Since],
            "holds" => &[Self::Holder],
            "time" | "hour" | "is_between" | "hour_in" | "minutes_until" => &[Self::Time],
            "weekday" | "date" | "is_on" => &[Self::Day],
            "charge_per_hour" | "minutes_to_charge" => &[Self::Rate],
            "knows_rate" | "sure" => &[Self::Sure],
            "knows_drain" | "drain_per_hour" => &[Self::Drain],
            "minutes_above" => &[Self::Spell, Self::Level, Self::Temperature],
            "has_full" | "hours_since_full" => &[Self::Full],
            "kind" => &[Self::Kind],
            "tags" => &[Self::Tags],
            "name" => &[Self::Names],
            "number" => &[Self::Number],
            "ports_on" => &[Self::PortsOn],
            "has" | "value" => &[Self::Signals],
            "has_next" | "source" | "minutes_left" => &[Self::DeadlineLeft],
            "starts_in" => &[Self::DeadlineStart],
            "target" => &[Self::DeadlineTarget],
            "in_time" => &[Self::DeadlineStart, Self::DeadlineLeft],
            _ => return None,
        })
    }
}

/// What matters to some rules: which parts of the world they read, and the numbers and words in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    pub(in crate::rules) parts: BTreeSet<Part>,
    /// Ascending, each once.
    pub(in crate::rules) numbers: Vec<f64>,
    pub(in crate::rules) words: BTreeSet<String>,
    /// The rules that ask whether they hold.
    pub(in crate::rules) holders: BTreeSet<RuleName>,
    pub(in crate::rules) signals: BTreeSet<String>,
    /// Some names of signals stand in parameters: any of the words may be one.
    names_signals: bool,
}

impl Grid {
    /// What matters to one rule.
    pub(in crate::rules) fn of(rule: &RuleName, reads: &Reads) -> Self {
        let mut grid = Self { names_signals: reads.names_signals, ..Self::default() };
        for name in &reads.names {
            grid.parts.extend(Part::of(name).unwrap_or_default());
        }
        for signal in &reads.signals {
            grid.signal(signal);
        }
        for number in &reads.numbers {
            grid.number(*number);
        }
        for word in &reads.texts {
            grid.word(word);
        }
        let names_a_day = |word: &String| axes::date(word).is_some() || calendar::days(word).is_ok();
        if grid.parts.contains(&Part::Time) && grid.words.iter().any(names_a_day) {
            grid.parts.insert(Part::Day);
        }
        if grid.parts.contains(&Part::Holder) {
            grid.holders.insert(rule.clone());
        }
        grid
    }

    fn signal(&mut self, name: &str) {
        if self.signals.len() < MOST_WORDS {
            self.signals.insert(name.to_owned());
        }
    }

    fn number(&mut self, number: f64) {
        let before = self.numbers.partition_point(|known| *known < number);
        let known = self.numbers.get(before).is_some_and(|known| *known <= number);
        if number.is_finite() && !known && self.numbers.len() < MOST_WORDS {
            self.numbers.insert(before, number);
        }
    }

    fn word(&mut self, word: &str) {
        if (1..=LONGEST_WORD).contains(&word.len()) && self.words.len() < MOST_WORDS {
            self.words.insert(word.to_owned());
            // `RuleName` has the same letters as the name of a signal in a station file.
            if self.names_signals && RuleName::new(word).is_ok() {
                self.signal(word);
            }
        }
    }

    /// The values that a station file gives matter, too.
    #[must_use]
    pub(in crate::rules) fn with<'v>(mut self, values: impl IntoIterator<Item = &'v Value>) -> Self {
        for value in values {
            match value {
                Value::Int(number) => self.number(crate::rules::inputs::float(*number)),
                Value::Float(number) => self.number(*number),
                Value::Text(word) => self.word(word),
                Value::Bool(_) => {}
            }
        }
        self
    }

    /// At most so many situations: all there are, or a sample of them that is spread evenly.
    pub fn situations(&self, most: usize) -> Situations {
        Situations::new(self.axes(), most)
    }

    /// True when so many situations are all that these rules can tell apart.
    pub fn fits(&self, most: usize) -> bool {
        self.situations(most).is_whole()
    }

    /// True when the rules ask for words that anybody may choose: of them only those in the rules are known.
    pub(in crate::rules) fn is_open(&self) -> bool {
        let open = [Part::Names, Part::Kind, Part::Tags, Part::Signals];
        open.iter().any(|part| self.parts.contains(part))
    }

    fn axes(&self) -> Vec<Axis> {
        let mut axes = axes::of(self);
        // A rule that does not ask for the level gets one.
        axes.retain(|axis| axis.choices.len() > 1);
        debug_assert!(axes.iter().all(|axis| axis.choices.len() <= LEVELS), "an axis is bounded");
        axes
    }
}

impl RuleSet {
    /// What matters to one use of a rule; to a rule that is not there matters nothing.
    pub fn grid(&self, usage: &RuleUse) -> Grid {
        let known = self.rules.get(&usage.rule);
        known.map(|rule| rule.grid.clone().with(usage.with.values())).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::inputs::INPUTS;

    #[test]
    fn every_input_is_known_to_the_grid() {
        for input in &INPUTS {
            let questions = input.questions.iter().map(|(question, _)| *question);
            for name in input.values.iter().copied().chain(questions) {
                assert!(
                    Part::of(name).is_some(),
                    "say in Part::of what `{}.{name}` depends on, and vary it in axes.rs",
                    input.name
                );
            }
        }
    }
}
