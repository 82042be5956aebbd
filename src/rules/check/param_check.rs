//! Reads the parameters of a rule from its `param` calls, so that they are known without running it.

use rhai::{Expr, FnCallExpr, Position};

use crate::{
    model::Value,
    rules::{
        compile::{Parameter, Problems},
        host::place,
    },
};

const EXAMPLE: &str = "for example let low = param(\"low\", 20);";

/// The parameter that one call declares; reports what is wrong with it.
pub(in crate::rules) fn declaration(
    call: &FnCallExpr,
    at: Position,
    earlier: &[Parameter],
    problems: &mut Problems<'_>,
) -> Option<Parameter> {
    let [name, default] = call.args.as_slice() else {
        let message = "`param` wants a name and a default value".to_owned();
        problems.error(place(at), "wrong-parameter", message, EXAMPLE);
        return None;
    };
    let Expr::StringConstant(text, _) = name else {
        let message = "the name of a parameter must be written out".to_owned();
        problems.error(place(name.start_position()), "wrong-parameter", message, EXAMPLE);
        return None;
    };
    let (line, column) = place(name.start_position());
    if !is_name(text) {
        let message =
            format!("`{text}` is not a name for a parameter: use 1 to 64 of a-z, 0-9 and _, a letter first");
        problems.error((line, column), "wrong-parameter", message, EXAMPLE);
        return None;
    }
    if let Some(first) = earlier.iter().find(|parameter| parameter.name == text.as_str()) {
        let message = format!("parameter `{text}` is declared twice, first in line {}", first.line);
        problems.error((line, column), "wrong-parameter", message, "keep its value in a variable");
        return None;
    }
    let Some(default) = value(default) else {
        let message = format!("the default of `{text}` must be written out: a number, a text, true or false");
        problems.error(place(default.start_position()), "wrong-parameter", message, EXAMPLE);
        return None;
    };
    Some(Parameter { name: text.to_string(), default, description: String::new(), line: place(at).0 })
}

fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn value(expression: &Expr) -> Option<Value> {
    match expression {
        Expr::IntegerConstant(number, _) => Some(Value::Int(*number)),
        Expr::FloatConstant(number, _) => Some(Value::Float(**number)),
        Expr::BoolConstant(answer, _) => Some(Value::Bool(*answer)),
        Expr::StringConstant(text, _) => Some(Value::Text(text.to_string())),
        _ => None,
    }
}
