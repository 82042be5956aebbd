//! Reads the test file of a rule, `rules/<name>.test.ron`: a list of cases (reference: docs/rules.md).

use ron::{
    Options,
    error::{Error as RonError, SpannedError},
    extensions::Extensions,
};
use serde::de::DeserializeOwned;

use super::{compile::Problems, failure::lower, hints, scan, testcase::Case};

/// One case and where it stands.
pub(super) struct Placed {
    pub(super) case: Case,
    /// Line and column, from 1.
    pub(super) place: (u32, u32),
    /// Its text.
    pub(super) text: String,
}

/// Reads all cases; reports every case that cannot be read.
pub(super) fn read(text: &str, problems: &mut Problems<'_>) -> Vec<Placed> {
    let text = text.trim_start_matches('\u{feff}');
    let parts = split(text);
    let broken = match parse::<Vec<Case>>(text) {
        Ok(cases) => {
            // Should the places not fit the cases, all stand at the top of the file.
            let fits = parts.len() == cases.len();
            let place =
                |n: usize| parts.get(n).filter(|_| fits).map_or(((1, 1), ""), |part| (part.place, part.text));
            return cases
                .into_iter()
                .enumerate()
                .map(|(n, case)| Placed { case, place: place(n).0, text: place(n).1.to_owned() })
                .collect();
        }
        Err(error) => error,
    };
    if let Some((place, message, hint)) = not_a_list(text, &broken) {
        problems.error(place, "syntax", message, hint);
        return Vec::new();
    }
    let before = problems.found.len();
    for part in &parts {
        if let Err(error) = parse::<Case>(part.text) {
            explain(&error, part.place, part.text, problems);
        }
    }
    if problems.found.len() == before {
        explain(&broken, (1, 1), text, problems);
    }
    Vec::new()
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, SpannedError> {
    Options::default().with_default_extension(Extensions::IMPLICIT_SOME).from_str(text)
}

/// What is wrong with the file as a whole, when its cases cannot be told apart.
fn not_a_list(text: &str, broken: &SpannedError) -> Option<((u32, u32), String, String)> {
    if matches!(broken.code, RonError::ExpectedStringEnd) {
        let message = "the text that begins here does not end".to_owned();
        return Some((at(broken), message, "put `\"` at its end".to_owned()));
    }
    let first = scan::code(text).find(|found| !found.letter.is_whitespace());
    if first.is_none_or(|first| first.letter != '[' && first.letter != '#') {
        let message = "a test file is a list of cases".to_owned();
        return Some((first.map_or((1, 1), |first| first.place), message, EXAMPLE.to_owned()));
    }
    let open = scan::unclosed(text)?;
    let message = format!("the `{}` opened here is not closed", open.letter);
    let hint =
        format!("put `{}` at the end of what begins in line {}", scan::closing(open.letter), open.place.0);
    Some((open.place, message, hint))
}

/// One item of the list, as text.
struct Part<'a> {
    text: &'a str,
    place: (u32, u32),
}

/// The items of the list that the file is.
fn split(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut depth = 0_u32;
    let mut begun: Option<scan::Code> = None;
    for found in scan::code(text) {
        let ends = depth == 1 && matches!(found.letter, ',' | ']');
        if ends && let Some(first) = begun.take() {
            let part = text.get(first.offset..found.offset).unwrap_or("").trim_end();
            parts.push(Part { text: part, place: first.place });
        }
        if depth == 1 && begun.is_none() && !ends && !found.letter.is_whitespace() {
            begun = Some(found);
        }
        match found.letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    parts
}

/// Reports an error of RON in words; `first` is where the text begins in the file.
fn explain(error: &SpannedError, first: (u32, u32), text: &str, problems: &mut Problems<'_>) {
    let within = behind_blanks(text, at(error));
    let place = match within {
        (1, column) => (first.0, first.1 + column - 1),
        (line, column) => (first.0 + line - 1, column),
    };
    let listed = |names: &[&str]| names.join(", ");
    let (place, code, message, hint) = match &error.code {
        RonError::NoSuchStructField { expected, found, .. } => {
            let hint = hints::nearest_of(found, expected, "the fields here are");
            (place, "unknown-field", format!("there is no field `{found}`"), hint)
        }
        RonError::NoSuchEnumVariant { expected, found, .. } => {
            (place, "wrong-value", format!("`{found}` is not one of {}", listed(expected)), String::new())
        }
        RonError::MissingStructField { field, .. } => {
            (first, "missing-field", format!("the case that begins here has no `{field}`"), String::new())
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
            let (message, hint) = syntax(other, &scan::word_at(text, within));
            (place, "syntax", message, hint)
        }
    };
    problems.error(place, code, message, hint);
}

fn at(error: &SpannedError) -> (u32, u32) {
    let number = |n: usize| u32::try_from(n).unwrap_or(1).max(1);
    (number(error.span.start.line), number(error.span.start.col))
}

/// RON stops before the blanks, people look behind them.
fn behind_blanks(text: &str, place: (u32, u32)) -> (u32, u32) {
    let is_blank = scan::word_at(text, place).chars().all(char::is_whitespace);
    let next = scan::code(text).find(|found| found.place >= place && !found.letter.is_whitespace());
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
        RonError::ExpectedIdentifier | RonError::InvalidIdentifier(_) | RonError::SuggestRawIdentifier(_) => {
            ("a name", "names of fields, and Charge, Rest, Keep and Nothing, stand without quotes")
        }
        RonError::ExpectedString => ("a text", "texts stand between double quotes: \"05:30\""),
        RonError::ExpectedBoolean => ("true or false", ""),
        RonError::ExpectedInteger => ("a whole number", ""),
        RonError::ExpectedFloat => ("a number", ""),
        RonError::ExpectedArray => ("`[`", "lists are written [\"old\", \"lab\"]"),
        RonError::ExpectedMap => ("`{`", "parameters are written {\"high\": 60}"),
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

const EXAMPLE: &str = "write [(name: \"full\", battery: (level: 90), expect: Rest)]";

/// How a group is written, by the type that reads it.
fn group(name: &str) -> &'static str {
    match name {
        "BatteryCase" => "write battery: (level: 60)",
        "PortCase" => "write port: (on: false)",
        "HistoryCase" => "write history: (charge_per_hour: 20)",
        "DeviceCase" => "write device: (kind: \"phone\")",
        "StationCase" => "write station: (ports_on: 4)",
        _ => "a case stands between ( and ), with nothing before it",
    }
}
