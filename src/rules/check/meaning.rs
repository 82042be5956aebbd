//! What comparisons with inputs mean: which can never be true, and what was probably meant.

use rhai::Expr;

use crate::rules::{
    check::{
        cases::Case,
        hints,
        kinds::{Kind, operation, shown},
    },
    compile::Problems,
    host::place,
    inputs::{INPUTS, clock},
    situations::axes,
};

/// The days as `clock.weekday` names them.
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What to write in place of a whole input.
pub(in crate::rules) fn of_input(name: &str) -> String {
    match name {
        "battery" => "did you mean `battery.level`?".to_owned(),
        "port" => "did you mean `port.on`?".to_owned(),
        "rule" => "did you mean `rule.holds`?".to_owned(),
        "device" | "station" => format!("did you mean `{name}.name`?"),
        "clock" => "did you mean `clock.time` or `clock.hour`?".to_owned(),
        other => {
            let input = INPUTS.iter().find(|input| input.name == other);
            let values = input.map(|input| input.values.join(", ")).unwrap_or_default();
            if values.is_empty() { String::new() } else { format!("`{other}` has {values}") }
        }
    }
}

/// What was probably meant by a comparison of things that cannot be compared.
pub(in crate::rules) fn of_comparison(sign: &str, left: (&Expr, Kind), right: (&Expr, Kind)) -> String {
    let sides = [(left, right), (right, left)];
    let found = sides.into_iter().find_map(|((this, kind), (other, other_kind))| {
        let (what, against) = (shown(this), shown(other));
        Some(match (kind, other_kind) {
            (Kind::Nothing, _) => {
                "nothing is ever empty here; ask battery.has_temp, battery.has_charging or port.has_minutes"
                    .to_owned()
            }
            (Kind::Input, _) => of_input(&what),
            (Kind::Bool, Kind::Number) if what == "…" => "write `20 < x && x < 80`".to_owned(),
            (Kind::Bool, _) if what != "…" => format!("write `{what}` or `!{what}`"),
            (Kind::List, Kind::Text) => format!("write {against} in {what}"),
            (Kind::Text, Kind::Number) if what == "clock.time" => {
                "write clock.is_between(\"22:00\", \"06:00\"), or compare `clock.hour`".to_owned()
            }
            (Kind::Text, Kind::Number) if what == "clock.weekday" => {
                "days are texts, \"Monday\" to \"Sunday\"".to_owned()
            }
            (Kind::Text, Kind::Number) => {
                let number = what.trim_matches('"').trim_end_matches(['%', ' ', 'C', '°']);
                number.parse::<f64>().ok()?;
                format!("write {number}, without quotes")
            }
            _ => return None,
        })
    });
    found.unwrap_or_else(|| match sign {
        "==" | "!=" => "both sides of it must be numbers, or both texts, or both true or false".to_owned(),
        _ => "both sides of it must be numbers, or both texts".to_owned(),
    })
}

/// Reports a comparison that works and is always true, or never.
pub(in crate::rules) fn check(
    sign: &str,
    left: &Expr,
    right: &Expr,
    at: (u32, u32),
    problems: &mut Problems<'_>,
) {
    let (input, sign, value) = match (left, right) {
        (Expr::Dot(..), value) => (shown(left), sign, value),
        (value, Expr::Dot(..)) => (shown(right), turned(sign), value),
        _ => return,
    };
    match value {
        Expr::IntegerConstant(number, _) => {
            range(&input, sign, crate::rules::inputs::float(*number), at, problems);
        }
        Expr::FloatConstant(number, _) => range(&input, sign, **number, at, problems),
        Expr::StringConstant(text, _) => word(&input, sign, text, at, problems),
        _ => {}
    }
}

/// Values with a fraction; `switch` takes nothing but exactly the same value, of the same kind.
const FRACTIONS: [&str; 4] =
    ["battery.temp", "history.charge_per_hour", "history.drain_per_hour", "signal.value(…)"];

/// Reports cases of a `switch` that never come: what is of another kind is never the same.
pub(in crate::rules) fn of_cases((over, kind): (&Expr, Kind), cases: &[Case], problems: &mut Problems<'_>) {
    let what = shown(over);
    for Case { kind: of_case, text, place } in cases {
        let written = if *of_case == Kind::Text { format!("\"{text}\"") } else { text.clone() };
        if kind == Kind::Any {
            continue;
        }
        if kind != *of_case {
            let hint = match (kind, of_case) {
                (Kind::Input, _) => of_input(&what),
                (Kind::Number, Kind::Text) if text.parse::<f64>().is_ok() => {
                    format!("write {text}, without quotes")
                }
                _ => "what is of another kind is never the same".to_owned(),
            };
            let message =
                format!("this case never comes: {written} is {}, {}", of_case.words(), is(&what, kind));
            problems.error(*place, "wrong-kind", message, hint);
        } else if FRACTIONS.contains(&what.as_str()) && !text.contains('.') {
            let message = format!("this case never comes: `{what}` has a fraction, {text} has none");
            problems.warning(*place, "never-true", message, format!("write if {what} >= {text} {{ … }}"));
        } else if kind == Kind::Text {
            word(&what, "==", text, *place, problems);
        }
    }
}

fn is(what: &str, kind: Kind) -> String {
    if what == "…" {
        format!("what is looked at is {}", kind.words())
    } else {
        format!("`{what}` is {}", kind.words())
    }
}

/// Reports sides of an `&&` that cannot all be true: no number is over 22 and under 6.
pub(in crate::rules) fn together(sides: &[Expr], problems: &mut Problems<'_>) {
    let mut bounds: Vec<(String, f64, f64)> = Vec::new();
    for side in sides {
        let Some((input, sign, number, at)) = bound(side) else { continue };
        let known = bounds.iter().position(|(known, ..)| *known == input);
        let index = known.unwrap_or_else(|| {
            bounds.push((input.clone(), f64::NEG_INFINITY, f64::INFINITY));
            bounds.len() - 1
        });
        let Some((_, lowest, highest)) = bounds.get_mut(index) else { continue };
        match sign {
            ">" | ">=" => *lowest = lowest.max(number),
            "<" | "<=" => *highest = highest.min(number),
            _ => {}
        }
        if lowest > highest {
            let message = format!("`{input}` is never over {lowest} and under {highest} at the same time");
            let hint = if input == "clock.hour" {
                "over midnight: clock.is_between(\"22:00\", \"06:00\")"
            } else {
                "write `||` if one of them is enough"
            };
            problems.warning(at, "never-true", message, hint);
            return;
        }
    }
}

/// A comparison of an input with a number, turned so that the input stands first.
fn bound(side: &Expr) -> Option<(String, &str, f64, (u32, u32))> {
    let Expr::FnCall(call, at) = side else { return None };
    let (sign, left, right) = operation(call)?;
    let (input, sign, value) = match (left, right) {
        (Expr::Dot(..), value) => (shown(left), sign, value),
        (value, Expr::Dot(..)) => (shown(right), turned(sign), value),
        _ => return None,
    };
    let number = match value {
        Expr::IntegerConstant(number, _) => crate::rules::inputs::float(*number),
        Expr::FloatConstant(number, _) => **number,
        _ => return None,
    };
    (!input.contains('…')).then_some((input, sign, number, place(*at)))
}

/// `20 < x` as `x > 20`.
fn turned(sign: &str) -> &str {
    match sign {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        same => same,
    }
}

fn range(input: &str, sign: &str, number: f64, at: (u32, u32), problems: &mut Problems<'_>) {
    let (lowest, highest, words) = match input {
        "battery.level" => (0.0, 100.0, "a level is 0 to 100 percent"),
        "history.sure" => (0.0, 100.0, "how sure it is goes from 0 to 100"),
        "clock.hour" => (0.0, 23.0, "hours are 0 to 23"),
        "battery.temp" => (-50.0, 150.0, "temperatures are degrees Celsius"),
        "port.number" => (1.0, 65_535.0, "ports are numbered from 1"),
        "battery.age_minutes" | "port.minutes" | "station.ports_on" => {
            (0.0, f64::MAX, "it is never less than 0")
        }
        _ => return,
    };
    let never = match sign {
        "<" => number <= lowest,
        "<=" => number < lowest,
        ">" => number >= highest,
        ">=" => number > highest,
        "==" => number < lowest || number > highest,
        _ => false,
    };
    let always = match sign {
        "<" => number > highest,
        "<=" => number >= highest,
        ">" => number < lowest,
        ">=" => number <= lowest,
        "!=" => number < lowest || number > highest,
        _ => false,
    };
    if never || always {
        let message = format!("`{input} {sign} {number}` is {} true", if never { "never" } else { "always" });
        problems.warning(at, if never { "never-true" } else { "always-true" }, message, words);
    }
}

fn word(input: &str, sign: &str, text: &str, at: (u32, u32), problems: &mut Problems<'_>) {
    let equal = matches!(sign, "==" | "!=");
    let shown: String = text.chars().take(30).collect();
    match input {
        "clock.weekday" if equal && !DAYS.contains(&text) => {
            let hint = match DAYS.iter().find(|day| is_short_for(text, day)) {
                Some(day) => format!("did you mean \"{day}\"?"),
                None => hints::nearest_of(text, &DAYS, "the days are"),
            };
            problems.error(at, "wrong-values", format!("`{shown}` is no day of the week"), hint);
        }
        "clock.weekday" if !equal => {
            let message = "days of the week are compared by their letters, not by their order".to_owned();
            problems.warning(at, "by-letters", message, "compare with == and ||");
        }
        "clock.time" if text.len() != 5 || clock::time_of_day(text).is_err() => {
            let message =
                format!("`clock.time` never looks like `{shown}`: it has two digits, a colon and two digits");
            problems.error(
                at,
                "wrong-values",
                message,
                "for example \"07:05\"; or ask clock.is_between(\"22:00\", \"06:00\")",
            );
        }
        "clock.date" if equal && (text.len() != 10 || axes::date(text).is_none()) => {
            let message = format!("`clock.date` never looks like `{shown}`: it is year, month and day");
            problems.error(at, "wrong-values", message, "for example \"2026-12-24\"");
        }
        _ => {}
    }
}

fn is_short_for(text: &str, day: &str) -> bool {
    let (text, day) = (text.trim_end_matches('.').to_lowercase(), day.to_lowercase());
    text.len() >= 2 && day.starts_with(&text)
}
