//! Puts the errors of RON into words for people who write tests.

use ron::error::{Error as RonError, SpannedError};

use super::problems::Problems;
use crate::rules::{code, lower, nearest_of, word_at};

/// Reports an error of RON in words; `first` is where the text begins in the file.
pub(super) fn explain(error: &SpannedError, first: (u32, u32), text: &str, problems: &mut Problems<'_>) {
    let within = behind_blanks(text, at(error));
    let place = match within {
        (1, column) => (first.0, first.1 + column - 1),
        (line, column) => (first.0 + line - 1, column),
    };
    let listed = |names: &[&str]| names.join(", ");
    let (place, code, message, hint) = match &error.code {
        RonError::NoSuchStructField { expected, found, .. } => {
            let hint = nearest_of(found, expected, "the fields here are");
            (place, "unknown-field", format!("there is no field `{found}`"), hint)
        }
        RonError::NoSuchEnumVariant { expected, found, .. } => {
            (place, "wrong-value", format!("`{found}` is not one of {}", listed(expected)), String::new())
        }
        RonError::MissingStructField { field, outer } => {
            let (place, what) = match outer.as_deref().map(what) {
                Some(what) if !what.is_empty() => {
                    (first, format!("the {what} that begins here has no `{field}`"))
                }
                _ => (place, format!("`{field}` is missing here")),
            };
            let hint =
                if *field == "levels" { "a series has `levels`, a night has `hours` or `days`" } else { "" };
            (place, "missing-field", what, hint.to_owned())
        }
        RonError::DuplicateStructField { field, .. } => {
            (place, "duplicate-field", format!("`{field}` is given twice"), String::new())
        }
        RonError::Message(message) => (place, "wrong-value", message.clone(), String::new()),
        RonError::ExpectedAttribute => (
            place,
            "syntax",
            "`#` is not part of this language".to_owned(),
            "comments begin with //".to_owned(),
        ),
        other => {
            let (message, hint) = syntax(other, &word_at(text, within));
            (place, "syntax", message, hint)
        }
    };
    let word = word_at(text, within);
    let length = if word.chars().all(|c| c.is_alphanumeric() || c == '_') { word.chars().count() } else { 1 };
    problems.error(place, u32::try_from(length).unwrap_or(0), code, message, hint);
}

/// What people call an entry of the file, by the type that reads it.
fn what(name: &str) -> &'static str {
    match name {
        "Case" => "case",
        "Series" => "series",
        "Night" => "night",
        _ => "",
    }
}

/// Where RON stopped.
pub(super) fn at(error: &SpannedError) -> (u32, u32) {
    let number = |n: usize| u32::try_from(n).unwrap_or(1).max(1);
    (number(error.span.start.line), number(error.span.start.col))
}

/// RON stops before the blanks, people look behind them.
fn behind_blanks(text: &str, place: (u32, u32)) -> (u32, u32) {
    let is_blank = word_at(text, place).chars().all(char::is_whitespace);
    let next = code(text).find(|found| found.place >= place && !found.letter.is_whitespace());
    next.filter(|_| is_blank).map_or(place, |next| next.place)
}

/// What was expected, and how it is written. RON's own words name types of this program.
fn syntax(error: &RonError, word: &str) -> (String, String) {
    let found = match word {
        "" => "the end".to_owned(),
        "\"" => "a text".to_owned(),
        word => format!("`{word}`"),
    };
    let (wanted, hint) = match error {
        RonError::ExpectedNamedStructLike(name) => ("`(`", group(name)),
        RonError::ExpectedDifferentStructName { expected, .. } => ("`(`", group(expected)),
        RonError::ExpectedStructLike | RonError::ExpectedStructName(_) => ("`(`", ""),
        RonError::ExpectedIdentifier if word == "[" => (
            "a name",
            "a single case expects one answer; series have `levels`, nights have `hours` or `days`",
        ),
        RonError::ExpectedIdentifier | RonError::InvalidIdentifier(_) | RonError::SuggestRawIdentifier(_) => {
            ("a name", "names of fields, and Charge, Rest, Keep and Nothing, stand without quotes")
        }
        RonError::ExpectedString => ("a text", "texts stand between double quotes: \"05:30\""),
        RonError::ExpectedBoolean => ("true or false", ""),
        RonError::ExpectedInteger => ("a whole number", ""),
        RonError::ExpectedFloat => ("a number", ""),
        RonError::ExpectedArray if VERDICTS.contains(&word) => {
            ("`[`", "a series or a night expects a list: [Last(Charge)]")
        }
        RonError::ExpectedArray => ("`[`", "lists are written [\"old\", \"lab\"]"),
        RonError::ExpectedMap => (
            "`{`",
            "parameters are written {\"high\": 60}, signals of a night {\"price\": {\"00:00\": 0.12}}",
        ),
        RonError::ExpectedMapColon => ("`:`", "write name: value"),
        RonError::ExpectedComma if word == "." => ("a whole number", "write it without a point"),
        RonError::ExpectedComma => ("`,`", "put a comma before this"),
        RonError::IntegerOutOfBounds => return ("the number is out of range".to_owned(), String::new()),
        RonError::TrailingCharacters if word == "(" => ("`,`", "put a comma between cases"),
        RonError::TrailingCharacters => ("the end", "nothing stands behind the last bracket"),
        RonError::InvalidValueForType { expected, found } if !expected.contains("struct") => {
            return (format!("expected {expected}, found {found}"), String::new());
        }
        RonError::InvalidValueForType { .. } => ("something else", EXAMPLE),
        other => return (lower(&other.to_string()), String::new()),
    };
    (format!("expected {wanted}, found {found}"), hint.to_owned())
}

const VERDICTS: [&str; 4] = ["Charge", "Rest", "Keep", "Nothing"];

/// What a test file looks like.
pub(super) const EXAMPLE: &str = "write [(name: \"full\", battery: (level: 90), expect: Rest)]";

/// How a group is written, by the type that reads it.
fn group(name: &str) -> &'static str {
    match name {
        "BatteryCase" => "write battery: (level: 60)",
        "PortCase" => "write port: (on: false)",
        "HistoryCase" => "write history: (charge_per_hour: 20)",
        "DeviceCase" => "write device: (kind: \"phone\")",
        "StartCase" => "write start: (level: 60)",
        "ModelCase" => "write model: (charge_per_hour: 40, drain_per_hour: 3)",
        "AwayCase" => "write away: [(days: \"Mon-Fri\", from: \"08:00\", to: \"17:00\")]",
        "DeadlineCase" => "write deadline: (minutes_left: 90, starts_in: 0)",
        "DeadlineEntry" => "write deadlines: [(at: \"08:00\", on: \"Mon-Fri\", level: 100)]",
        "StationCase" => "write station: (ports_on: 4)",
        _ => "a case stands between ( and ), with nothing before it",
    }
}
