//! What verbs, functions and questions may be given.

use rhai::{Expr, FnCallExpr, Position};

use crate::rules::{
    compile::Problems,
    host::{place, verbs},
    inputs::{calendar, clock},
};

/// A verb wants one value that may be a text.
pub(in crate::rules) fn reason(call: &FnCallExpr, at: Position, problems: &mut Problems<'_>) {
    let (wrong, hint) = match call.args.as_slice() {
        [Expr::StringConstant(reason, _)] => (reason.trim().is_empty(), ""),
        [Expr::CharConstant(..)] => (true, "write texts with double quotes"),
        [
            Expr::IntegerConstant(..)
            | Expr::FloatConstant(..)
            | Expr::BoolConstant(..)
            | Expr::Unit(_)
            | Expr::Array(..)
            | Expr::Map(..)
            | Expr::DynamicConstant(..),
        ] => (true, ""),
        values => (values.len() != 1, ""),
    };
    if wrong {
        problems.error(place(at), "no-reason", verbs::reason_wanted(&call.name), hint);
    }
}

/// Texts written out in a question can be checked without asking it.
pub(in crate::rules) fn literals(call: &FnCallExpr, problems: &mut Problems<'_>) {
    steps(call, problems);
    for (nth, value) in call.args.iter().enumerate() {
        let Expr::StringConstant(text, at) = value else { continue };
        let wrong = match (call.name.as_str(), nth) {
            ("is_between", _) => clock::time_of_day(text).err(),
            ("minutes_until", 0) => calendar::moment(text).err(),
            ("minutes_until" | "is_on", _) => calendar::days(text).err(),
            ("hour_in", _) => calendar::hour_in(0, text).err(),
            ("minutes_above", _) if !matches!(text.as_str(), "level" | "temp") => {
                Some(format!("minutes_above knows \"level\" and \"temp\", not `{text}`"))
            }
            _ => None,
        };
        if let Some(message) = wrong {
            let hours = text.parse::<u8>().ok().filter(|hours| *hours < 24);
            let hint = hours.map(|hours| format!("did you mean \"{hours:02}:00\"?")).unwrap_or_default();
            problems.error(place(*at), "wrong-values", message, hint);
        }
    }
}

/// Spells of the level are remembered in steps.
fn steps(call: &FnCallExpr, problems: &mut Problems<'_>) {
    if let [Expr::StringConstant(what, _), Expr::IntegerConstant(level, at)] = call.args.as_slice()
        && call.name == "minutes_above"
        && what == "level"
        && level % 5 != 0
    {
        let (below, above) = (level - level.rem_euclid(5), level - level.rem_euclid(5) + 5);
        let message = format!("levels are remembered in steps of 5 %: `{level}` is as good as {above}");
        problems.warning(place(*at), "between-steps", message, format!("ask for {below} or {above}"));
    }
}

pub(in crate::rules) fn values(number: usize) -> String {
    match number {
        0 => "no value".to_owned(),
        1 => "one value".to_owned(),
        more => format!("{more} values"),
    }
}

pub(in crate::rules) fn example(question: &str) -> &'static str {
    match question {
        "minutes_to_charge" => "for example history.minutes_to_charge(battery.level, 100)",
        "minutes_above" => "for example history.minutes_above(\"temp\", 40)",
        "minutes_until" => "for example clock.minutes_until(\"07:00\")",
        "is_on" => "for example clock.is_on(\"Mon-Fri\")",
        "hour_in" => "for example clock.hour_in(\"0-5, 13\")",
        "has" | "value" | "age_minutes" => "for example signal.value(\"price\")",
        _ => "for example clock.is_between(\"22:00\", \"06:00\")",
    }
}
