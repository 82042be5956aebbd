//! The values that station files give to the parameters of rules.

use rhai::{Dynamic, ImmutableString};

use crate::{
    model::{RuleUse, Value},
    rules::{
        check::{hints, sweep},
        compile::{Parameter, Rule, RuleSet},
        host::verbs::Override,
    },
};

/// What is wrong with one use of a rule in a station file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseProblem {
    /// The parameter, when it is about one.
    pub parameter: Option<String>,
    /// A stable code: `unknown-rule`, `unknown-parameter`, `wrong-kind`, `rule-fails`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl RuleSet {
    /// Every problem of one use of a rule: an unknown rule or parameter, a value of the wrong kind, a value with
    /// which the rule fails.
    pub fn check_use(&self, usage: &RuleUse) -> Vec<UseProblem> {
        let mut problems = self.check_values(usage);
        let Some(rule) = self.rules.get(&usage.rule) else { return problems };
        if problems.is_empty() && !usage.with.is_empty() {
            let overrides: Vec<Override> = overrides(rule, usage).filter_map(Result::ok).collect();
            if let Some(failure) = sweep::values(&self.host, rule, &overrides, usage.with.values()) {
                problems.push(UseProblem {
                    parameter: named_in(&failure, usage),
                    code: "rule-fails",
                    message: format!("with these values `{}` {failure}", usage.rule),
                    hint: String::new(),
                });
            }
        }
        problems
    }

    /// As [`RuleSet::check_use`], but the rule is not tried: for tests, which find out by themselves whether it fails.
    pub(crate) fn check_values(&self, usage: &RuleUse) -> Vec<UseProblem> {
        let Some(rule) = self.rules.get(&usage.rule) else {
            let known: Vec<&str> = self.rules.keys().map(crate::model::RuleName::as_str).collect();
            return vec![UseProblem {
                parameter: None,
                code: "unknown-rule",
                message: format!("there is no rule `{}`", usage.rule),
                hint: hints::nearest_of(usage.rule.as_str(), &known, "the rules are"),
            }];
        };
        usage.with.iter().filter_map(|(name, value)| problem(rule, name, value)).collect()
    }
}

/// The parameter whose text stands in a message.
fn named_in(message: &str, usage: &RuleUse) -> Option<String> {
    let mut texts = usage.with.iter().filter_map(|(name, value)| match value {
        Value::Text(text) => Some((name, text)),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => None,
    });
    texts.find(|(_, text)| message.contains(&format!("`{text}`"))).map(|(name, _)| name.clone())
}

fn problem(rule: &Rule, name: &str, value: &Value) -> Option<UseProblem> {
    let parameters = &rule.info.parameters;
    let Some(parameter) = parameters.iter().find(|parameter| parameter.name == name) else {
        let known: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let hint = if known.is_empty() {
            "it has no parameters".to_owned()
        } else {
            hints::nearest_of(name, &known, "its parameters are")
        };
        return Some(UseProblem {
            parameter: Some(name.to_owned()),
            code: "unknown-parameter",
            message: format!("`{}` has no parameter `{name}`", rule.info.name),
            hint,
        });
    };
    fitted(parameter, value).err().map(|message| UseProblem {
        parameter: Some(name.to_owned()),
        code: "wrong-kind",
        message,
        hint: format!("the rule's own value is {}", words(&parameter.default)),
    })
}

/// The values of one use, fitted to the kinds that the rule declares.
pub(in crate::rules) fn overrides<'a>(
    rule: &'a Rule,
    usage: &'a RuleUse,
) -> impl Iterator<Item = Result<Override, String>> + 'a {
    usage.with.iter().filter_map(|(name, value)| {
        let parameter = rule.info.parameters.iter().find(|parameter| parameter.name == *name)?;
        Some(fitted(parameter, value).map(|value| (ImmutableString::from(name.as_str()), value)))
    })
}

/// The value as the rule wants it: 42 is taken for 42.0, and 20.0 for 20, but not 20.5.
fn fitted(parameter: &Parameter, value: &Value) -> Result<Dynamic, String> {
    match (&parameter.default, value) {
        (Value::Int(_), Value::Int(number)) => Ok((*number).into()),
        (Value::Float(_), Value::Int(number)) => Ok(crate::rules::inputs::float(*number).into()),
        (Value::Float(_), Value::Float(number)) if number.is_finite() => Ok((*number).into()),
        (Value::Int(_), Value::Float(number)) if number.fract() == 0.0 && number.abs() < 1e15 => {
            #[expect(clippy::cast_possible_truncation, reason = "whole and small, checked just above")]
            let whole = *number as i64;
            Ok(whole.into())
        }
        (Value::Text(_), Value::Text(text)) => Ok(text.clone().into()),
        (Value::Bool(_), Value::Bool(answer)) => Ok((*answer).into()),
        (wanted, got) => {
            Err(format!("parameter `{}` wants a {}, not {}", parameter.name, kind(wanted), words(got)))
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "value of true or false",
        Value::Int(_) | Value::Float(_) | Value::Text(_) => value.kind(),
    }
}

/// A value as one writes it in a station file.
pub(crate) fn words(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Text(text) => format!("\"{text}\""),
        Value::Bool(answer) => answer.to_string(),
    }
}
