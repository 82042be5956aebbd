//! Reads the test file of a rule, `rules/<name>.test.ron`: a list of cases, series and nights (reference:
//! docs/rule-tests.md).

use ron::{
    Options,
    error::{Error as RonError, SpannedError},
    extensions::Extensions,
};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{
    case::Case,
    explain::{EXAMPLE, at, explain},
    night::Night,
    problems::Problems,
    series::Series,
};
use crate::rules::{Code, closing, code, unclosed};

/// One entry of the list.
#[derive(Debug)]
pub(super) enum Entry {
    Case(Box<Case>),
    Series(Box<Series>),
    Night(Box<Night>),
}

/// One entry and where it stands.
pub(super) struct Placed {
    pub(super) entry: Entry,
    /// Line and column, from 1.
    pub(super) place: (u32, u32),
    /// Its text.
    pub(super) text: String,
}

impl Placed {
    /// Where a word in double quotes stands, as near as it can be found, and how long it is with them.
    pub(super) fn place_of(&self, word: &str) -> ((u32, u32), u32) {
        let quoted = format!("\"{word}\"");
        let Some(offset) = self.text.find(&quoted) else { return (self.place, 0) };
        let before = self.text.get(..offset).unwrap_or("");
        let count = |n: usize| u32::try_from(n).unwrap_or(0);
        let lines = count(before.matches('\n').count());
        let column = count(before.rsplit('\n').next().unwrap_or("").chars().count());
        let length = count(quoted.chars().count());
        if lines == 0 {
            ((self.place.0, self.place.1 + column), length)
        } else {
            ((self.place.0 + lines, column + 1), length)
        }
    }
}

/// Reads all entries; reports every one that cannot be read.
pub(super) fn read(text: &str, problems: &mut Problems<'_>) -> Vec<Placed> {
    let text = text.trim_start_matches('\u{feff}');
    let parts = split(text);
    let whole = parse::<Vec<IgnoredAny>>(text);
    if let Err(broken) = &whole
        && let Some((place, message, hint)) = not_a_list(text, broken)
    {
        problems.error(place, 1, "syntax", message, hint);
        return Vec::new();
    }
    let before = problems.found.len();
    let mut entries = Vec::new();
    for part in &parts {
        match entry(part.text) {
            Ok(entry) => entries.push(Placed { entry, place: part.place, text: part.text.to_owned() }),
            Err(error) => explain(&error, part.place, part.text, problems),
        }
    }
    if problems.found.len() == before {
        match whole {
            Err(broken) => explain(&broken, (1, 1), text, problems),
            Ok(items) if items.len() != parts.len() => {
                let hint = "write texts between plain double quotes";
                problems.error(
                    (1, 1),
                    0,
                    "syntax",
                    "the tests of this file cannot be told apart".to_owned(),
                    hint,
                );
            }
            Ok(_) => return entries,
        }
    }
    Vec::new()
}

fn entry(text: &str) -> Result<Entry, SpannedError> {
    let names = field_names(text);
    let has = |wanted: &[&str]| names.iter().any(|name| wanted.contains(name));
    if has(&["hours", "days", "model", "start"]) {
        return parse(text).map(|night| Entry::Night(Box::new(night)));
    }
    if has(&["levels", "temps", "rules", "guards"]) {
        return parse(text).map(|series| Entry::Series(Box::new(series)));
    }
    parse(text).map(|case| Entry::Case(Box::new(case)))
}

/// The names of the fields of a group, not of those within.
fn field_names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let (mut depth, mut word): (u32, Option<(usize, usize)>) = (0, None);
    for found in code(text) {
        let end = found.offset + found.letter.len_utf8();
        match found.letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ':' if depth == 1 => names.extend(word.take().and_then(|(from, to)| text.get(from..to))),
            letter if letter.is_alphanumeric() || letter == '_' => {
                word = Some(match word {
                    Some((from, to)) if to == found.offset => (from, end),
                    _ => (found.offset, end),
                });
            }
            _ => {}
        }
    }
    names
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
    let first = code(text).find(|found| !found.letter.is_whitespace());
    if first.is_none_or(|first| first.letter != '[' && first.letter != '#') {
        let message = "a test file is a list of cases".to_owned();
        return Some((first.map_or((1, 1), |first| first.place), message, EXAMPLE.to_owned()));
    }
    let open = unclosed(text)?;
    let message = format!("the `{}` opened here is not closed", open.letter);
    let hint = format!("put `{}` at the end of what begins in line {}", closing(open.letter), open.place.0);
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
    let mut begun: Option<Code> = None;
    for found in code(text) {
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
