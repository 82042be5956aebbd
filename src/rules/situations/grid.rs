//! Which situations tell rules apart: those around every number, time and word that stands in them.
//!
//! A rule that never looks at the clock is the same at all hours; one that compares with 80 may change at 79, 80 and 81.
//! So the situations are made for the rules: only what they read varies. Pure and bounded: the same rules always give the same situations.

use std::collections::BTreeSet;

use rhai::{AST, ASTNode, Expr, FnCallExpr, Stmt};

use crate::{
    model::{RuleName, RuleUse, Value},
    rules::{
        check::scan,
        compile::RuleSet,
        situations::{
            LEVELS, Lines, Situations,
            axes::{self, Axis},
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
    Spell,
    Full,
    Kind,
    Tags,
    Names,
    Number,
    PortsOn,
    Signals,
}

impl Part {
    pub(in crate::rules) const ALL: [Self; 18] = [
        Self::Level,
        Self::Temperature,
        Self::Charging,
        Self::Age,
        Self::Power,
        Self::Since,
        Self::Holder,
        Self::Day,
        Self::Time,
        Self::Rate,
        Self::Spell,
        Self::Full,
        Self::Kind,
        Self::Tags,
        Self::Names,
        Self::Number,
        Self::PortsOn,
        Self::Signals,
    ];

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
            "minutes_above" => &[Self::Spell, Self::Level, Self::Temperature],
            "has_full" | "hours_since_full" => &[Self::Full],
            "kind" => &[Self::Kind],
            "tags" => &[Self::Tags],
            "name" => &[Self::Names],
            "number" => &[Self::Number],
            "ports_on" => &[Self::PortsOn],
            "has" | "value" => &[Self::Signals],
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
    /// What matters to one script.
    pub(in crate::rules) fn of(rule: &RuleName, script: &AST, text: &str) -> Self {
        let mut grid = Self::default();
        script.walk(&mut |path: &[ASTNode<'_>]| {
            match path.last() {
                Some(ASTNode::Expr(Expr::Property(property, _))) => grid.read(&property.2),
                Some(ASTNode::Expr(Expr::MethodCall(call, _))) => grid.ask(call),
                Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)))
                    if !call.namespace.is_empty() =>
                {
                    // What a function of another file reads is not known here.
                    grid.parts.extend(Part::ALL);
                }
                _ => {}
            }
            true
        });
        for number in scan::numbers(text) {
            grid.number(number);
        }
        for word in scan::texts(text) {
            grid.word(word);
        }
        if grid.parts.contains(&Part::Time) && grid.words.iter().any(|word| axes::date(word).is_some()) {
            grid.parts.insert(Part::Day);
        }
        if grid.parts.contains(&Part::Holder) {
            grid.holders.insert(rule.clone());
        }
        grid
    }

    fn read(&mut self, name: &str) {
        self.parts.extend(Part::of(name).unwrap_or_default());
    }

    fn ask(&mut self, call: &FnCallExpr) {
        self.read(&call.name);
        if call.name == "minutes_until" && call.args.len() > 1 {
            self.parts.insert(Part::Day);
        }
        let of_signal = matches!(Part::of(&call.name), Some([Part::Signals] | [_, Part::Signals]));
        match call.args.first().filter(|_| of_signal) {
            Some(Expr::StringConstant(name, _)) => self.signal(name),
            Some(_) => self.names_signals = true,
            None => {}
        }
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

    /// What matters to these rules or to those.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.parts.extend(&other.parts);
        self.names_signals |= other.names_signals;
        for number in &other.numbers {
            self.number(*number);
        }
        for word in &other.words {
            self.word(word);
        }
        self.holders.extend(other.holders.iter().cloned());
        self.signals.extend(other.signals.iter().cloned());
        self
    }

    /// At most so many situations: all there are, or a sample of them that is spread evenly.
    pub fn situations(&self, most: usize) -> Situations {
        Situations::new(self.axes(), most)
    }

    /// At most so many rows of situations; those of one row differ in nothing but the level, from 0 to 100.
    pub fn lines(&self, most: usize) -> Lines {
        let axes = self.axes();
        Lines::new(axes.into_iter().filter(|axis| axis.part != Part::Level).collect(), most)
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
    /// What matters to these uses of rules; rules that are not there matter nothing.
    pub fn grid<'u>(&self, uses: impl IntoIterator<Item = &'u RuleUse>) -> Grid {
        let known = uses.into_iter().filter_map(|usage| Some((self.rules.get(&usage.rule)?, usage)));
        known.fold(Grid::default(), |grid, (rule, usage)| {
            grid.and(&rule.grid.clone().with(usage.with.values()))
        })
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
