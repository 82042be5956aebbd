//! Whether a text is RON at all, and in plain words why not.
//!
//! The crate `ron` decides; this module only explains. It gives one problem per file, the first.

use ron::{Options, error::SpannedError, extensions::Extensions};
use serde::de::IgnoredAny;

use super::{
    problems::error,
    tokens::{Kind, Place, Token, tokens},
};
use crate::model::Diagnostic;

/// The problem that makes the text no RON, if there is one.
pub(crate) fn check(file: &str, text: &str) -> Result<(), Diagnostic> {
    let options = Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    match options.from_str::<IgnoredAny>(text) {
        Ok(_) => Ok(()),
        Err(problem) => Err(explain(file, text, &problem)),
    }
}

/// RON that the tree cannot hold; nobody writes this by accident.
pub(crate) fn unreadable(file: &str, at: Place) -> Diagnostic {
    let message = "this cannot be read".to_owned();
    error(file, at, "syntax", message, "compare with the files in stations/ and with settings.ron")
}

fn explain(file: &str, text: &str, problem: &SpannedError) -> Diagnostic {
    let tokens = tokens(text);
    if tokens.is_empty() {
        let at = Place { line: 1, column: 1 };
        return error(
            file,
            at,
            "empty-file",
            "the file is empty".into(),
            "a file is one `( … )` with `name: value` in it",
        );
    }
    let at = place(problem);
    let open = open_brackets(&tokens, at);
    let spot = Spot {
        at,
        here: char_at(text, at),
        before: tokens.iter().rfind(|token| token.at < at).copied(),
        name: name_at(&tokens, at),
        open: open.last().copied(),
        opened: open.iter().map(|token| token.text).collect(),
    };
    let known = spot.not_closed(problem).or_else(|| spot.habit(problem));
    let (at, code, message, hint) = known.unwrap_or_else(|| spot.plain(problem));
    error(file, at, code, message, &hint)
}

/// What stands where the reading stopped.
struct Spot<'t> {
    at: Place,
    here: Option<char>,
    before: Option<Token<'t>>,
    /// The name with a colon that begins or has just been read here.
    name: Option<Token<'t>>,
    /// The innermost bracket that is open.
    open: Option<Token<'t>>,
    /// All that are open, from the outermost.
    opened: Vec<&'t str>,
}

type Explained = (Place, &'static str, String, String);

impl Spot<'_> {
    /// Habits from other formats.
    fn habit(&self, problem: &SpannedError) -> Option<Explained> {
        let before = self.before.map(|token| token.kind);
        let found =
            |message: &str, hint: &str| Some((self.at, "syntax", message.to_owned(), hint.to_owned()));
        if matches!(problem.code, ron::Error::ExpectedChar) {
            return found("a text stands in double quotes", "write \"…\" instead of '…'");
        }
        if let ron::Error::InvalidIdentifier(name) | ron::Error::SuggestRawIdentifier(name) = &problem.code {
            let hint =
                format!("letters, digits and `_`, for example `{}`", name.replace(['-', '.', '+'], "_"));
            return found(&format!("`{}` cannot be a name", super::words::shown(name)), &hint);
        }
        match self.here? {
            '#' => found("`#` does not start a comment", "comments start with //"),
            '“' | '”' | '„' | '«' | '»' => {
                found("these quotation marks are not understood", "write plain double quotes: \"…\"")
            }
            '=' => {
                found("`=` is not understood here", "a colon stands between name and value: `name: value`")
            }
            ';' => found("`;` is not understood here", "a comma stands between entries"),
            ':' if before == Some(Kind::Text) => {
                let name = self.before?;
                let hint = format!("without quotes: `{}: …`", name.text.trim_matches('"'));
                Some((name.at, "syntax", format!("names of fields have no quotes: `{}`", name.text), hint))
            }
            ':' if self.open.is_none() => {
                found("the round brackets around the whole file are missing", "the file is one `( … )`")
            }
            c if c.is_alphabetic() && before == Some(Kind::Number) => {
                let number = self.before?;
                let message = format!("after `{}` stands a word", number.text);
                Some((number.at, "syntax", message, "lengths of time stand in quotes: \"3 min\"".into()))
            }
            _ => None,
        }
    }

    /// Entries of another bracket than the one that is open: that one should have been closed before.
    fn not_closed(&self, problem: &SpannedError) -> Option<Explained> {
        let open = self.open?;
        let (at, what) = match (open.text, self.name) {
            // In `[…]` and `{…}` no name with a colon can stand.
            ("[" | "{", Some(name)) => (name.at, format!("`{}`", name.text)),
            // In `(…)` nothing else can.
            ("(", None) if self.before.is_some_and(|token| token.kind == Kind::Mark(',')) => {
                let here =
                    self.here.filter(|here| matches!(here, '(' | '[' | '{') || here.is_ascii_digit())?;
                let wanted_name = matches!(
                    problem.code,
                    ron::Error::ExpectedIdentifier
                        | ron::Error::InvalidIdentifier(_)
                        | ron::Error::SuggestRawIdentifier(_)
                );
                if !wanted_name {
                    return None;
                }
                (self.at, format!("this `{here}`"))
            }
            _ => return None,
        };
        let Place { line, column } = open.at;
        let message = format!("`{}` of line {line}, column {column} is not closed before {what}", open.text);
        let closing = match open.text {
            "[" => ']',
            "{" => '}',
            _ => ')',
        };
        Some((at, "syntax", message, format!("put `{closing}` behind the last entry that belongs to it")))
    }

    fn plain(&self, problem: &SpannedError) -> Explained {
        let Some(here) = self.here else {
            let hint = self.open.map_or_else(
                || "a quote or a comment is not closed".to_owned(),
                |open| {
                    let Place { line, column } = open.at;
                    format!("the `{}` of line {line}, column {column} is never closed", open.text)
                },
            );
            return (self.at, "unfinished", "the file ends too early".into(), hint);
        };
        let closes = matches!(here, ')' | ']' | '}');
        let (message, hint) = match (&problem.code, self.open) {
            (_, None) if closes => (format!("this `{here}` closes nothing"), "remove it".to_owned()),
            (_, Some(_)) if closes && !self.opened.iter().any(|open| pairs(open, here)) => {
                let message = format!("this `{here}` closes nothing");
                (message, "open it where it should begin, or remove it".to_owned())
            }
            (_, Some(open)) if closes && !pairs(open.text, here) => {
                let Place { line, column } = open.at;
                let message = format!(
                    "`{}` of line {line}, column {column} is not closed before this `{here}`",
                    open.text
                );
                (message, "close it first".to_owned())
            }
            (ron::Error::ExpectedComma, _) => ("a comma is missing before this".to_owned(), self.comma()),
            (ron::Error::ExpectedMapColon, _) => {
                let key = self.before.map_or("key", |token| token.text);
                let hint = format!("write `{}: …`", super::words::shown(key));
                ("a colon is missing before this".to_owned(), hint)
            }
            (ron::Error::ExpectedStringEnd, _) => {
                ("this text is not closed".to_owned(), "a double quote is missing at its end".to_owned())
            }
            (ron::Error::UnclosedBlockComment, _) => {
                ("this comment is not closed".to_owned(), "end it with */, or use //".to_owned())
            }
            (ron::Error::InvalidEscape(_), _) => {
                ("this text has an unknown escape".to_owned(), "write \\\\ for one backslash".to_owned())
            }
            (ron::Error::TrailingCharacters, None) => (
                "the file goes on after its end".to_owned(),
                "the file is one `( … )`, nothing after it".to_owned(),
            ),
            (code, _) => (lower_first(&code.to_string()), String::new()),
        };
        (self.at, "syntax", message, hint)
    }

    fn comma(&self) -> String {
        match self.before {
            Some(token) if token.kind == Kind::Word && self.open.is_some_and(|open| open.text == "(") => {
                format!("put a comma, or a colon if it is a name, after `{}`", token.text)
            }
            Some(token) if token.kind == Kind::Text && token.text.contains([',', ':', '\n']) => {
                let Place { line, column } = token.at;
                format!("or a closing quote: the text before it starts in line {line}, column {column}")
            }
            Some(token) => {
                let Place { line, .. } = token.at;
                format!("put one after `{}` in line {line}", super::words::shown(token.text))
            }
            None => String::new(),
        }
    }
}

/// The name at the place or right before it, if a colon follows it.
fn name_at<'t>(tokens: &[Token<'t>], at: Place) -> Option<Token<'t>> {
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    let mut named = pairs.filter(|(name, colon)| name.kind == Kind::Word && colon.kind == Kind::Mark(':'));
    named.find(|(name, colon)| name.at == at || colon.at == at).map(|(name, _)| *name)
}

fn pairs(open: &str, closing: char) -> bool {
    matches!((open, closing), ("(", ')') | ("[", ']') | ("{", '}'))
}

/// The brackets that are open at the place, from the outermost.
fn open_brackets<'t>(tokens: &[Token<'t>], at: Place) -> Vec<Token<'t>> {
    let mut open = Vec::new();
    for token in tokens.iter().take_while(|token| token.at < at) {
        match token.kind {
            Kind::Mark('(' | '[' | '{') => open.push(*token),
            Kind::Mark(')' | ']' | '}') => drop(open.pop()),
            _ => {}
        }
    }
    open
}

/// Where to point: `ron` gives the cursor before and after the trouble.
fn place(problem: &SpannedError) -> Place {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let from_start = matches!(
        problem.code,
        ron::Error::ExpectedStringEnd
            | ron::Error::UnclosedBlockComment
            | ron::Error::InvalidEscape(_)
            | ron::Error::ExpectedChar
            | ron::Error::ExpectedAttribute
    );
    let position = if from_start { &problem.span.start } else { &problem.span.end };
    // The cursor stands behind the `#` of what might have become an attribute, and behind an opening quote.
    let behind = matches!(problem.code, ron::Error::ExpectedAttribute);
    let column = number(position.col).saturating_sub(u32::from(behind)).max(1);
    Place { line: number(position.line), column }
}

fn char_at(text: &str, at: Place) -> Option<char> {
    let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
    let line = text.split('\n').nth(index(at.line))?;
    let here = line.chars().nth(index(at.column));
    // A line break: something stands behind it, or the file ends.
    here.or_else(|| text.split('\n').nth(index(at.line) + 1).map(|_| '\n'))
}

/// The messages of `ron` start with a capital letter.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
