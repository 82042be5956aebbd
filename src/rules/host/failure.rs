//! What went wrong in a running script, in words for people who edit rules.

use rhai::{EvalAltResult, Position};

use crate::rules::host::{Failure, functions::type_word, innermost, place};

/// Rhai broke on this script. The message does not show the panic: it is about Rhai's insides.
pub(in crate::rules) fn panicked() -> Failure {
    Failure {
        message: "the script broke the rule engine itself; the service goes on, please report this script"
            .to_owned(),
        line: 0,
        column: 0,
        limit: true,
    }
}

/// Puts an error of a running script into words.
pub(in crate::rules) fn of(error: &EvalAltResult) -> Failure {
    let inner = innermost(error);
    let (line, column) = place(inner.position());
    let limit = inner.is_system_exception();
    let message = message(inner);
    match library(error) {
        // The rule is told of where it called the function; the rest stands in the message.
        Some((file, called)) => {
            let message = format!("`{file}`, line {line}: {message}");
            let (line, column) = place(called);
            Failure { message, line, column, limit }
        }
        None => Failure { message, line, column, limit },
    }
}

/// The library file in which it happened, and where the rule called that.
fn library(error: &EvalAltResult) -> Option<(String, Position)> {
    match error {
        // Rules are compiled without the name of their file: the outermost name is that of a library.
        EvalAltResult::ErrorInFunctionCall(_, file, inner, at) => {
            if file.is_empty() {
                library(inner)
            } else {
                Some((file.clone(), *at))
            }
        }
        _ => None,
    }
}

fn message(error: &EvalAltResult) -> String {
    match error {
        EvalAltResult::ErrorTooManyOperations(..) => {
            "took more than 10000 steps: does a function call itself without end?".to_owned()
        }
        EvalAltResult::ErrorTerminated(..) => "took longer than 5 ms".to_owned(),
        EvalAltResult::ErrorStackOverflow(..) => {
            "functions call each other more than 8 deep: does one call itself?".to_owned()
        }
        EvalAltResult::ErrorDataTooLarge(..) => {
            "a value grew too large: texts may have 1024 bytes, lists 64 items, maps 32".to_owned()
        }
        EvalAltResult::ErrorTooManyVariables(_) => "has more than 64 variables".to_owned(),
        EvalAltResult::ErrorRuntime(value, _) => {
            if value.is_unit() {
                "stopped by `throw`".to_owned()
            } else {
                value.to_string().chars().take(400).collect()
            }
        }
        EvalAltResult::ErrorFunctionNotFound(signature, _) => call(signature),
        EvalAltResult::ErrorMismatchDataType(wanted, got, _) => {
            format!("wants {}, got {}", type_word(wanted), type_word(got))
        }
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            format!("`{name}` is not known here: a function sees only what is passed to it")
        }
        EvalAltResult::ErrorIndexingType(what, _) => {
            let what = what.split(' ').next().unwrap_or(what);
            format!("`[ ]` does not work with {}: write a point, as in battery.level", type_word(what))
        }
        EvalAltResult::ErrorDotExpr(text, _) if text.starts_with("No writable") => {
            "this is read-only: a rule sees the world and does not change it".to_owned()
        }
        EvalAltResult::ErrorArithmetic(text, _) => lower(text),
        other => lower(&without_position(other)),
    }
}

/// `+ ((), i64)` as `+` with nothing and a whole number.
fn call(signature: &str) -> String {
    let (name, rest) = signature.split_once(" (").unwrap_or((signature, ""));
    let values: Vec<&str> = rest
        .trim_end_matches(')')
        .split(", ")
        .filter(|part| !part.is_empty())
        .map(|part| type_word(if part == "(" { "()" } else { part }))
        .collect();
    if values.is_empty() {
        return format!("there is no function `{name}` without values");
    }
    let hint = if name == "+" && values.contains(&"a text") {
        "; put values into texts like this: `${battery.level}%`, between backticks"
    } else {
        ""
    };
    format!("`{name}` does not work with {}{hint}", values.join(" and "))
}

fn without_position(error: &EvalAltResult) -> String {
    let text = error.to_string();
    let place = format!(" ({})", error.position());
    text.strip_suffix(&place).map_or(text.clone(), str::to_owned)
}

/// With a small first letter, as all messages.
pub(crate) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
