//! What a trace tells.

use std::{collections::BTreeSet, sync::Arc};

use serde::Serialize;

use crate::model::{Opinion, RuleFailure, RuleName, Value, Verdict};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as the user would type it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// The way through one rule with one set of facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The rule.
    pub rule: RuleName,
    /// Its file.
    pub file: String,
    /// Every value that was read of the world, each place once, in the order of reading.
    pub inputs: Vec<Input>,
    /// The way, in the order of going.
    pub steps: Vec<TraceStep>,
    /// How it ended.
    pub end: TraceEnd,
    /// Where the statements and expressions stand that were reached.
    pub visited: BTreeSet<Place>,
    /// True when the way was so long that the rest of it is not told.
    pub cut: bool,
}

/// A value that was read of the world.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    /// Where it is read.
    pub place: Place,
    /// What is read, as the rule writes it: `battery.level`, `clock.minutes_until(by)`.
    pub input: String,
    /// The value; `None` when it could not be read, because the device does not report it.
    pub value: Option<Value>,
}

/// One step of the way.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceStep {
    /// A variable got a value.
    Set(Setting),
    /// An `if` was asked.
    Asked(Question),
    /// A `switch` chose.
    Chosen {
        /// Where it stands.
        place: Place,
        /// What it looks at, as the rule writes it.
        text: String,
        /// The value.
        value: Option<Value>,
    },
    /// A `return` was reached.
    Left {
        /// Where it stands.
        place: Place,
    },
}

/// A variable got a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Where.
    pub place: Place,
    /// The variable.
    pub name: String,
    /// What it was made from, as the rule writes it.
    pub text: String,
    /// The value; `None` when it could not be had.
    pub value: Option<Value>,
    /// The parameter that it is, when it is one.
    pub parameter: Option<String>,
    /// Why it is true or false, where it is one of them.
    pub condition: Option<Condition>,
}

/// An `if`, and what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Where the `if` stands.
    pub place: Place,
    /// What was asked, and what it came to.
    pub condition: Condition,
    /// What stands in the block that is entered when it is true.
    pub then: Leads,
    /// What stands in the block behind `else`.
    pub otherwise: Leads,
}

/// Where a block leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leads {
    /// The verbs in it, also those inside further `if`s and own functions, in their order.
    pub verbs: Vec<Verdict>,
    /// True when it ends the rule without a verb.
    pub leaves: bool,
    /// Line and column where it begins and where it ends; `None` when there is no such block.
    pub span: Option<((u32, u32), (u32, u32))>,
}

impl Leads {
    /// True when the place is inside the block.
    pub fn holds(&self, line: u32, column: u32) -> bool {
        self.span.is_some_and(|(from, to)| from <= (line, column) && (line, column) <= to)
    }
}

/// Something that is true or false, down to the comparisons that it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Where it begins.
    pub place: Place,
    /// As the rule writes it.
    pub text: String,
    /// What it came to; `None` when it was not reached, or failed.
    pub holds: Option<bool>,
    /// What it is made of.
    pub kind: Kind,
}

/// What a condition is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Two values held against each other.
    Compared {
        /// The left one.
        left: Term,
        /// How.
        comparison: Comparison,
        /// The right one.
        right: Term,
    },
    /// All must be true; those after the first that is false are not reached.
    All(Vec<Condition>),
    /// One must be true; those after it are not reached.
    Any(Vec<Condition>),
    /// The contrary of another.
    Not(Box<Condition>),
    /// A value that is true or false by itself.
    Plain(Term),
}

/// How two values are held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Under,
    /// `<=`
    AtOrUnder,
    /// `>`
    Over,
    /// `>=`
    AtOrOver,
    /// `==`
    Equal,
    /// `!=`
    Different,
    /// `in`
    Inside,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// As the rule writes it.
    pub text: String,
    /// What it came to; `None` when it failed, was not reached, or is a range.
    pub value: Option<Value>,
    /// What it is.
    pub kind: TermKind,
}

/// What one side of a comparison is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermKind {
    /// Written out: `20`.
    Literal,
    /// A variable: `low`.
    Variable,
    /// Read of the world: `battery.level`.
    Input,
    /// Made of others: `target - 3`.
    Computed,
}

/// How a rule ended.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceEnd {
    /// By a verb.
    Spoke(Opinion),
    /// Without one.
    Silent,
    /// It failed, and had no opinion.
    Failed(RuleFailure),
}
