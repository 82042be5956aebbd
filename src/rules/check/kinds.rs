//! What kind of value an expression has, as far as that can be known without running it.
//!
//! Light: it follows inputs, parameters and variables in the order of the script. What it does not know it says
//! nothing of; the sweep is still to come.

use rhai::{AST, ASTNode, Expr, FnCallExpr, ScriptFuncDef, Stmt};

use crate::rules::host::place;

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Kind {
    Number,
    Bool,
    Text,
    List,
    Map,
    Range,
    Nothing,
    /// A whole input, such as `battery`.
    Input,
    /// Not known.
    Any,
}

impl Kind {
    /// In words, for messages.
    pub(in crate::rules) fn words(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Range => "a range",
            Self::Nothing => "nothing",
            Self::Input => "a whole input",
            Self::Any => "something",
        }
    }

    /// What both are, if they are the same.
    pub(in crate::rules) fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Any }
    }
}

/// The kind of a value or an answer of an input; [`Kind::Any`] when it is not known here.
pub(in crate::rules) fn of_input(input: &str, name: &str) -> Kind {
    match (input, name) {
        (
            "battery" | "port" | "station" | "history" | "signal" | "clock",
            "level" | "temp" | "age_minutes" | "number" | "minutes" | "ports_on" | "charge_per_hour" | "sure"
            | "drain_per_hour" | "minutes_to_charge" | "minutes_above" | "hour" | "minutes_until"
            | "hours_since_full" | "value",
        )
        | ("deadline", "minutes_left" | "target" | "starts_in") => Kind::Number,
        ("device" | "station" | "rule" | "clock", "name" | "kind" | "time" | "weekday" | "date")
        | ("deadline", "source") => Kind::Text,
        ("device", "tags") => Kind::List,
        ("port", "on")
        | ("battery", "charging")
        | ("rule", "holds")
        | ("history", "knows_rate" | "knows_drain")
        | ("clock", "is_between" | "is_on" | "hour_in")
        | ("deadline", "in_time")
        | ("signal", "has") => Kind::Bool,
        (_, name) if name.starts_with("has_") => Kind::Bool,
        _ => Kind::Any,
    }
}

/// The kind of what a function gives back.
pub(in crate::rules) fn of_function(name: &str) -> Kind {
    match name {
        "abs" | "min" | "max" | "round" | "floor" | "ceiling" | "to_int" | "to_float" | "len" => Kind::Number,
        "to_string" | "to_lower" | "to_upper" | "trim" => Kind::Text,
        "contains" | "starts_with" | "ends_with" => Kind::Bool,
        _ => Kind::Any,
    }
}

/// What a question wants to be asked with; empty when that is not known here.
pub(in crate::rules) fn wanted(question: &str) -> &'static [Kind] {
    match question {
        "minutes_to_charge" => &[Kind::Number, Kind::Number],
        "minutes_above" => &[Kind::Text, Kind::Number],
        "minutes_until" | "is_between" => &[Kind::Text, Kind::Text],
        _ => &[],
    }
}

/// The kind of a value that is written out.
pub(in crate::rules) fn of_literal(expression: &Expr) -> Option<Kind> {
    Some(match expression {
        Expr::IntegerConstant(..) | Expr::FloatConstant(..) => Kind::Number,
        Expr::BoolConstant(..) | Expr::And(..) | Expr::Or(..) => Kind::Bool,
        Expr::StringConstant(..) | Expr::InterpolatedString(..) => Kind::Text,
        Expr::Array(..) => Kind::List,
        Expr::Map(..) => Kind::Map,
        Expr::Unit(_) => Kind::Nothing,
        _ => return None,
    })
}

/// The sign of an operator with two sides, and these.
pub(in crate::rules) fn operation(call: &FnCallExpr) -> Option<(&str, &Expr, &Expr)> {
    match call.args.as_slice() {
        [left, right] if call.is_operator_call() => Some((call.name.as_str(), left, right)),
        _ => None,
    }
}

/// True for an operator that compares.
pub(in crate::rules) fn compares(sign: &str) -> bool {
    matches!(sign, "<" | "<=" | ">" | ">=" | "==" | "!=")
}

/// The functions of a script: what they take, and their statements. Rhai shows a body only by walking over it.
pub(in crate::rules) fn functions(ast: &AST) -> Vec<(Vec<String>, Vec<Stmt>)> {
    let mut statements: Vec<Stmt> = Vec::new();
    let mut begun = 0;
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let [ASTNode::Stmt(statement)] = path {
            begun += 1;
            if begun > ast.statements().len() {
                statements.push((*statement).clone());
            }
        }
        true
    });
    let within = |function: &ScriptFuncDef, statement: &Stmt| {
        let at = place(statement.position());
        place(function.body.start_position()) <= at && at <= place(function.body.end_position())
    };
    let functions = ast.iter_fn_def().map(|function| {
        let params = function.params.iter().map(ToString::to_string).collect();
        let body = statements.iter().filter(|statement| within(function, statement)).cloned().collect();
        (params, body)
    });
    functions.collect()
}

/// An expression as it stands in the script, when it is short.
pub(in crate::rules) fn shown(expression: &Expr) -> String {
    match expression {
        Expr::IntegerConstant(number, _) => number.to_string(),
        Expr::FloatConstant(number, _) => format!("{:?}", **number),
        Expr::BoolConstant(answer, _) => answer.to_string(),
        Expr::StringConstant(text, _) => format!("\"{}\"", text.chars().take(30).collect::<String>()),
        Expr::Variable(variable, ..) => variable.1.to_string(),
        Expr::Property(property, _) => property.2.to_string(),
        Expr::MethodCall(call, _) => format!("{}(…)", call.name),
        Expr::FnCall(call, _) if !call.is_operator_call() => format!("{}(…)", call.name),
        Expr::Dot(pair, ..) => format!("{}.{}", shown(&pair.lhs), shown(&pair.rhs)),
        Expr::Unit(_) => "()".to_owned(),
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::{
        model::{Celsius, RuleName},
        rules::{example, host::Host, inputs::INPUTS},
    };

    #[test]
    fn every_value_of_an_input_is_of_the_kind_that_the_check_thinks() {
        let (host, rule) = (Host::new(), RuleName::new("x").unwrap());
        let mut facts = example::facts();
        facts.battery.temperature = Some(Celsius::new(30.0).unwrap());
        facts.battery.charging = Some(true);
        facts.history.full_at = Some(facts.at);
        facts.history.drain_per_hour = Some(2.5);
        facts.deadline = Some(example::deadline(facts.at));
        let facts = Arc::new(facts);
        for input in &INPUTS {
            for value in input.values {
                let like = match of_input(input.name, value) {
                    Kind::Number => "1",
                    Kind::Bool => "true",
                    Kind::Text => "\"x\"",
                    Kind::List => continue,
                    other => panic!("say in of_input what `{}.{value}` is, not {other:?}", input.name),
                };
                let script = host.compile(&format!("{}.{value} == {like}", input.name)).unwrap();
                let ran = host.evaluate(&script, &rule, [], &facts, Duration::from_secs(5));
                assert!(ran.is_ok(), "`{}.{value}`: {}", input.name, ran.err().unwrap().message);
            }
        }
    }
}
