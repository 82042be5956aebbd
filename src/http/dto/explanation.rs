//! Why a port is as it is.

use poem_openapi::{Enum, Object, types::Any};
use serde::Serialize;

use super::super::wire::Time;
use super::decision::{DecisionOut, FactsOut, OpinionOut};
use crate::{
    model::{Decision, RuleName, Value},
    workshop::explain::{
        Asked, Because, Condition, Explanation, Input, Kind, Origin, ParameterSaid, Place, Role, Term,
        TraceStep,
    },
};

/// A decision explained: what part each rule had in it, and the way through each.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Explanation")]
pub(in crate::http) struct ExplanationOut {
    /// The decision. In the explanation of a port it is the one that holds, with the time and the version of now.
    decision: DecisionOut,
    /// Who decided what, and why, in one sentence.
    summary: String,
    /// What should be known besides, for example that no rule could be asked.
    #[oai(nullable)]
    note: Option<String>,
    /// What the rules saw; null when there was no report yet to decide by.
    #[oai(nullable)]
    facts: Option<FactsOut>,
    /// Every guard and rule in the order of asking; empty when none could be asked.
    asked: Vec<AskedOut>,
}

impl ExplanationOut {
    /// Shows an explanation of a decision.
    pub(in crate::http) fn new(decision: &Decision, explanation: &Explanation) -> Self {
        Self {
            decision: decision.into(),
            summary: explanation.summary.clone(),
            note: explanation.note.clone(),
            facts: decision.facts.as_deref().map(FactsOut::from),
            asked: explanation.asked.iter().map(AskedOut::from).collect(),
        }
    }
}

/// One guard or rule.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "RuleExplained")]
struct AskedOut {
    /// The rule.
    rule: RuleName,
    /// True when it is asked as a guard.
    guard: bool,
    /// What part it had in the decision.
    role: RoleOut,
    /// What it wants, if it has an opinion.
    #[oai(nullable)]
    opinion: Option<OpinionOut>,
    /// Its part in one sentence.
    summary: String,
    /// Why, step by step.
    why: Vec<BecauseOut>,
    /// Its parameters, in the order of the script.
    parameters: Vec<ParameterOut>,
    /// Every value that it read of the world, in the order of reading.
    inputs: Vec<InputOut>,
    /// Every comparison that it came by.
    comparisons: Vec<ComparisonOut>,
    /// Every `if` that it came by.
    branches: Vec<BranchOut>,
    /// True when the way was so long that the rest of it is not told.
    cut: bool,
}

/// What part a rule had in a decision.
#[derive(Clone, Copy, Debug, Serialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename = "RuleRole", rename_all = "lowercase")]
enum RoleOut {
    /// It had the first opinion.
    Decided,
    /// It has an opinion, but somebody before it had decided.
    Overruled,
    /// It has no opinion.
    Silent,
    /// It could not answer.
    Failed,
}

/// One step of the way through a rule.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Because")]
struct BecauseOut {
    /// The line in the file of the rule, from 1.
    line: u32,
    /// What happened there.
    text: String,
}

/// A parameter with the value that counted.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "ParameterUsed")]
struct ParameterOut {
    /// Its name.
    name: String,
    /// The value: a number, a text, true or false.
    value: Any<Value>,
    /// Where the value comes from.
    from: OriginOut,
    /// Who set it, when a person did.
    #[oai(nullable)]
    by: Option<String>,
    /// When a person set it.
    #[oai(nullable)]
    at: Option<Time>,
}

/// Where the value of a parameter comes from.
#[derive(Clone, Copy, Debug, Serialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename = "ParameterOrigin", rename_all = "lowercase")]
enum OriginOut {
    /// The rule itself.
    Rule,
    /// The station file.
    Station,
    /// A person, while the service ran.
    Person,
}

/// A value that a rule read of the world.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "InputRead")]
struct InputOut {
    /// The file that reads it: the rule, or one of the library.
    file: String,
    /// Line, from 1.
    line: u32,
    /// Column, from 1.
    column: u32,
    /// What is read, as the rule writes it.
    input: String,
    /// The value; null when it could not be read.
    value: Any<Option<Value>>,
}

/// Two values held against each other.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "ComparisonMade")]
struct ComparisonOut {
    /// The file, the rule or one of the library.
    file: String,
    /// Line, from 1.
    line: u32,
    /// Column, from 1.
    column: u32,
    /// The comparison, as the rule writes it.
    text: String,
    /// The left side, as the rule writes it.
    left: String,
    /// What it came to; null when it was not reached, failed, or is a range.
    left_value: Any<Option<Value>>,
    /// The right side, as the rule writes it.
    right: String,
    /// What it came to; null when it was not reached, failed, or is a range.
    right_value: Any<Option<Value>>,
    /// The answer; null when it was not reached, because what stands before it had settled the matter, or failed.
    #[oai(nullable)]
    holds: Option<bool>,
}

/// An `if` that a rule came by.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "BranchTaken")]
struct BranchOut {
    /// The file, the rule or one of the library.
    file: String,
    /// Line, from 1.
    line: u32,
    /// Column, from 1.
    column: u32,
    /// What is asked, as the rule writes it.
    condition: String,
    /// True: the block was entered; false: it was passed over; null: the question failed.
    #[oai(nullable)]
    taken: Option<bool>,
}

impl From<&Asked> for AskedOut {
    fn from(asked: &Asked) -> Self {
        let trace = &asked.trace;
        let mut comparisons = Vec::new();
        let mut branches = Vec::new();
        for step in &trace.steps {
            match step {
                TraceStep::Asked(question) => {
                    compared(&question.condition, &mut comparisons);
                    let (file, line, column) = at(&question.place);
                    let (condition, taken) = (question.condition.text.clone(), question.condition.holds);
                    branches.push(BranchOut { file, line, column, condition, taken });
                }
                TraceStep::Set(setting) => {
                    if let Some(condition) = &setting.condition {
                        compared(condition, &mut comparisons);
                    }
                }
                TraceStep::Chosen { .. } | TraceStep::Left { .. } => {}
            }
        }
        Self {
            rule: asked.rule.clone(),
            guard: asked.guard,
            role: asked.role.into(),
            opinion: asked.opinion.as_ref().map(OpinionOut::from),
            summary: asked.summary.clone(),
            why: asked.why.iter().map(BecauseOut::from).collect(),
            parameters: asked.parameters.iter().map(ParameterOut::from).collect(),
            inputs: trace.inputs.iter().map(InputOut::from).collect(),
            comparisons,
            branches,
            cut: trace.cut,
        }
    }
}

impl From<Role> for RoleOut {
    fn from(role: Role) -> Self {
        match role {
            Role::Decided => Self::Decided,
            Role::Overruled => Self::Overruled,
            Role::Silent => Self::Silent,
            Role::Failed => Self::Failed,
        }
    }
}

impl From<&Because> for BecauseOut {
    fn from(because: &Because) -> Self {
        Self { line: because.line, text: because.text.clone() }
    }
}

impl From<&ParameterSaid> for ParameterOut {
    fn from(said: &ParameterSaid) -> Self {
        let (from, by, at) = match &said.origin {
            Origin::Rule => (OriginOut::Rule, None, None),
            Origin::Station => (OriginOut::Station, None, None),
            Origin::Person { by, at } => (OriginOut::Person, Some(by.to_string()), Some(Time(*at))),
        };
        Self { name: said.name.clone(), value: Any(said.value.clone()), from, by, at }
    }
}

impl From<&Input> for InputOut {
    fn from(input: &Input) -> Self {
        let (file, line, column) = at(&input.place);
        Self { file, line, column, input: input.input.clone(), value: Any(input.value.clone()) }
    }
}

/// Collects the comparisons that a condition is made of, in the order of the text.
fn compared(condition: &Condition, told: &mut Vec<ComparisonOut>) {
    let side = |term: &Term| (term.text.clone(), Any(term.value.clone()));
    match &condition.kind {
        Kind::All(parts) | Kind::Any(parts) => parts.iter().for_each(|part| compared(part, told)),
        Kind::Not(inner) => compared(inner, told),
        Kind::Plain(_) => {}
        Kind::Compared { left, right, .. } => {
            let (file, line, column) = at(&condition.place);
            let ((left, left_value), (right, right_value)) = (side(left), side(right));
            let (text, holds) = (condition.text.clone(), condition.holds);
            told.push(ComparisonOut {
                file,
                line,
                column,
                text,
                left,
                left_value,
                right,
                right_value,
                holds,
            });
        }
    }
}

fn at(place: &Place) -> (String, u32, u32) {
    (place.file.to_string(), place.line, place.column)
}
