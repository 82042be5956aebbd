//! What an explanation tells.

use crate::{
    model::{Author, Opinion, RuleName, Timestamp, Value},
    rules::Trace,
};

/// Why a port is as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Who decided what, and why, in one sentence.
    pub summary: String,
    /// What should be known besides, for example that no rule could be asked.
    pub note: Option<String>,
    /// Every guard and rule in the order of asking; empty when none could be asked.
    pub asked: Vec<Asked>,
}

/// One guard or rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The rule.
    pub rule: RuleName,
    /// True when it is asked as a guard.
    pub guard: bool,
    /// What part it had in the decision.
    pub role: Role,
    /// What it wants, if it has an opinion.
    pub opinion: Option<Opinion>,
    /// Its part in one sentence.
    pub summary: String,
    /// Why, step by step.
    pub why: Vec<Because>,
    /// Its parameters, in the order of the script.
    pub parameters: Vec<ParameterSaid>,
    /// The whole way through it, for machines.
    pub trace: Trace,
}

/// What part a rule had in a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It had the first opinion.
    Decided,
    /// It has an opinion, but somebody before it had decided.
    Overruled,
    /// It has no opinion.
    Silent,
    /// It could not answer.
    Failed,
}

/// One step of the way through a rule, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The line in the file of the rule, from 1.
    pub line: u32,
    /// What happened there.
    pub text: String,
}

/// A parameter with the value that counted.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterSaid {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: Value,
    /// Where that comes from.
    pub origin: Origin,
}

/// Where the value of a parameter comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// The rule itself.
    Rule,
    /// The station file.
    Station,
    /// A person, while the service ran.
    Person {
        /// Who.
        by: Author,
        /// When.
        at: Timestamp,
    },
}
