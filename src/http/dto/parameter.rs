//! Parameters of rules, so that a form can be made from them.

use poem_openapi::{
    Object,
    types::{Any, Example},
};
use serde::{Deserialize, Serialize};

use super::{
    super::{fields, wire::Time},
    rule::kind,
};
use crate::{
    controller::{PortState, View},
    model::{Adjustment, RuleName, RuleUse, Value},
};

/// A value that somebody set at run time.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Adjusted")]
pub(in crate::http) struct AdjustedOut {
    /// The rule.
    rule: RuleName,
    /// The parameter.
    name: String,
    /// The value: a number, a text, true or false.
    value: Any<Value>,
    /// Who set it.
    by: String,
    /// When.
    at: Time,
    /// Why it is not applied; null: it is. It is kept, and counts when it fits the files again.
    #[oai(nullable)]
    problem: Option<String>,
}

impl AdjustedOut {
    /// All values that people set for the device in a port.
    pub(in crate::http) fn all(state: &PortState) -> Vec<Self> {
        let rules = state.memory.adjusted.0.iter();
        let values = rules.flat_map(|(rule, values)| values.iter().map(move |(name, set)| (rule, name, set)));
        values.map(|(rule, name, set)| Self::new(state, rule, name, set)).collect()
    }

    fn new(state: &PortState, rule: &RuleName, name: &str, set: &Adjustment) -> Self {
        let unfit = state.unfit().iter().find(|unfit| unfit.rule == *rule && unfit.parameter == *name);
        Self {
            rule: rule.clone(),
            name: name.to_owned(),
            value: Any(set.value.clone()),
            by: set.by.to_string(),
            at: set.at.into(),
            problem: unfit.map(|unfit| unfit.message.clone()),
        }
    }
}

/// A parameter of a rule, as it counts for the device in a port.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Parameter")]
pub(in crate::http) struct ParameterOut {
    /// The rule.
    rule: RuleName,
    /// True when the rule is asked as a guard, before all others.
    guard: bool,
    /// The parameter.
    name: String,
    /// The kind of value: `integer`, `number`, `text` or `boolean`.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: String,
    /// What it is for, in the words of the rule; may be empty.
    description: String,
    /// The rule's own value.
    default: Any<Value>,
    /// The station file's value; null: it gives none.
    #[oai(nullable)]
    file: Option<Any<Value>>,
    /// The value that somebody set at run time; null: nobody did.
    #[oai(nullable)]
    set: Option<AdjustedOut>,
    /// The value that counts.
    value: Any<Value>,
}

impl ParameterOut {
    /// The parameters of all rules that are asked for a port, in the order in which they are asked.
    pub(in crate::http) fn all(view: &View, state: &PortState) -> Vec<Self> {
        let (file, now) = (&state.care().policy, state.policy());
        let guards = file.guards.iter().zip(&now.guards).map(|(file, now)| (file, now, true));
        let rules = file.rules.iter().zip(&now.rules).map(|(file, now)| (file, now, false));
        guards
            .chain(rules)
            .flat_map(|(file, now, guard)| Self::of_use(view, state, file, now, guard))
            .collect()
    }

    fn of_use(view: &View, state: &PortState, file: &RuleUse, now: &RuleUse, guard: bool) -> Vec<Self> {
        let set = state.memory.adjusted.0.get(&file.rule);
        let parameters = view.rules.rule(file.rule.as_str()).map(|rule| rule.parameters.as_slice());
        let shown = parameters.unwrap_or_default().iter().map(|parameter| {
            let name = &parameter.name;
            let adjusted = set.and_then(|set| set.get(name));
            Self {
                rule: file.rule.clone(),
                guard,
                name: name.clone(),
                kind: kind(&parameter.default).to_owned(),
                description: parameter.description.clone(),
                default: Any(parameter.default.clone()),
                file: file.with.get(name).cloned().map(Any),
                set: adjusted.map(|set| AdjustedOut::new(state, &file.rule, name, set)),
                value: Any(now.with.get(name).unwrap_or(&parameter.default).clone()),
            }
        });
        shown.collect()
    }
}

/// A value for a parameter.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields, expecting = "a JSON object such as {\"value\": 70}")]
#[oai(rename = "ParameterWish", example)]
pub(in crate::http) struct ValueIn {
    /// A number, a text, true or false: of the kind that the rule declares.
    #[serde(deserialize_with = "in_any")]
    pub(in crate::http) value: Any<Value>,
}

fn in_any<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Any<Value>, D::Error> {
    fields::value(deserializer).map(Any)
}

impl Example for ValueIn {
    fn example() -> Self {
        Self { value: Any(Value::Int(70)) }
    }
}
