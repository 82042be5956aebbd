//! What is wrong with a script that cannot be read, and what to write instead.
//!
//! People bring habits from other languages; a hint for each is worth more than a grammar.

use rhai::{LexError, ParseError, ParseErrorType};

use crate::rules::{
    check::{
        habits::{declared, habit, in_place, inside_of, sign, unseen},
        scan,
    },
    compile::Problems,
    host::{
        failure::lower,
        place,
        verbs::{PARAM, VERBS},
    },
    inputs::INPUTS,
};

/// A problem in words: code, message, hint.
struct Words {
    code: &'static str,
    message: String,
    hint: String,
}

fn words(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Words {
    Words { code, message: message.into(), hint: hint.into() }
}

/// Reports why a script cannot be read, at the place where it should be mended.
pub(in crate::rules) fn explain(error: &ParseError, text: &str, problems: &mut Problems<'_>) {
    let at = place(error.position());
    let (at, found) = match error.err_type() {
        ParseErrorType::MissingToken(token, _) => missing(token, at, text, error),
        ParseErrorType::VariableUndefined(name) => (at, unknown(name, at, text)),
        ParseErrorType::MismatchedType(wanted, got) => (at, mismatched(wanted, got)),
        ParseErrorType::VariableExists(name) => (at, taken(name)),
        ParseErrorType::Reserved(word) => (at, reserved(word)),
        ParseErrorType::BadInput(bad) => (at, unreadable(bad, at, text)),
        ParseErrorType::UnknownOperator(sign) if sign == "?" => {
            (at, words("syntax", "`?` is not an operator here", "write if a { b } else { c }"))
        }
        ParseErrorType::UnknownOperator(found) if sign(found).is_some() => (
            at,
            words("syntax", format!("`{found}` is not an operator here"), sign(found).unwrap_or_default()),
        ),
        ParseErrorType::PropertyExpected => property_expected(at, text),
        ParseErrorType::UnknownOperator(sign) if habit(sign).is_some() => {
            (at, words("forbidden", format!("rules have no `{sign}`"), habit(sign).unwrap_or_default()))
        }
        ParseErrorType::UnexpectedEOF => open_end(at, text, error),
        ParseErrorType::ModuleUndefined(name) => {
            let message = format!("there is no module `{name}`");
            (
                at,
                words(
                    "unknown-name",
                    message,
                    format!(
                        "functions for many rules stand in rules/lib/{name}.rhai; a library file uses no other"
                    ),
                ),
            )
        }
        ParseErrorType::ExprTooDeep => (
            at,
            words("too-deep", "is nested more than 32 deep", "put parts of it into variables with `let`"),
        ),
        ParseErrorType::TooManyFunctions => (at, words("too-large", "has more than 16 functions", "")),
        ParseErrorType::LiteralTooLarge(what, most) if what.contains("string") => (at, too_long(*most)),
        ParseErrorType::LiteralTooLarge(what, most) => {
            (at, words("too-large", format!("{} has more than {most} parts", lower(what)), ""))
        }
        other => (at, words("syntax", lower(&other.to_string()), "")),
    };
    problems.error(at, found.code, found.message, found.hint);
}

fn property_expected(at: (u32, u32), text: &str) -> ((u32, u32), Words) {
    let word = scan::word_at(text, at);
    let hint = if matches!(word.as_str(), "call" | "curry") {
        "call functions by their name"
    } else {
        "for example battery.level"
    };
    (at, words("syntax", format!("a name belongs behind the point, not {}", shown(&word)), hint))
}

fn missing(token: &str, at: (u32, u32), text: &str, error: &ParseError) -> ((u32, u32), Words) {
    let word = scan::word_at(text, at);
    if token == "{" {
        if let Some(open) = scan::dangling(text).filter(|open| *open <= at) {
            let hint = "write what to compare with, for example battery.level < 20 {";
            return (open, words("syntax", "a value is missing before this `{`", hint));
        }
        if word.is_empty()
            && let Some(percent) = scan::percent(text)
        {
            return (percent, words("syntax", "`%` cannot stand here", "write numbers without %"));
        }
        let before = scan::piece_before(text, at);
        if word == ":" && is_hour(&before) {
            return time_of_day(&before, at);
        }
        let hint = match word.as_str() {
            _ if before == "else" => format!("write `else if {word} …`, or {{ after `else`"),
            "=" if scan::rest_of_line(text, at).starts_with("=>") => "write `>=`".to_owned(),
            "between" => "write battery.level in 20..=80".to_owned(),
            "and" => "write `&&` for and".to_owned(),
            "or" => "write `||` for or".to_owned(),
            "is" => "write `==` for is".to_owned(),
            "then" => "write `{` in place of `then`, and `}` at the end".to_owned(),
            ":" => "write `{` in place of `:`, and `}` at the end".to_owned(),
            _ => "what an `if` does stands between { and }".to_owned(),
        };
        return (at, words("syntax", format!("expected `{{`, found {}", shown(&word)), hint));
    }
    if let Some(open) = scan::unclosed(text).filter(|_| word.is_empty() || matches!(token, "}" | ")" | "]")) {
        return unclosed(open);
    }
    if token == "," {
        return comma(&word, at, text);
    }
    if token != ";" {
        return (at, words("syntax", lower(&error.err_type().to_string()), ""));
    }
    let last = scan::before(text, at);
    let hint = match word.as_str() {
        ":" if scan::line_before(text, at).trim_start().starts_with("let ")
            && !last.is_some_and(|last| last.letter.is_ascii_digit()) =>
        {
            "variables have no type: let low = 20;"
        }
        ":" => "write a time of day as a text: \"07:00\"",
        "," => "numbers have a point: 31.5",
        ")" | "]" | "}" => "there is one closing bracket too many",
        "else" => "close the block before `else` with `}`",
        "and" => "write `&&` for and",
        "or" => "write `||` for or",
        _ => "put `;` at the end of this line",
    };
    if hint.starts_with("put") {
        let end = last.map_or(at, |found| found.place);
        return (end, words("missing-semicolon", "the `;` after this statement is missing", hint));
    }
    (at, words("syntax", format!("found {} where the statement should end", shown(&word)), hint))
}

fn unclosed(open: scan::Code) -> ((u32, u32), Words) {
    let message = format!("the `{}` opened here is not closed", open.letter);
    let (line, closing) = (open.place.0, scan::closing(open.letter));
    let hint = format!("put `{closing}` at the end of what begins in line {line}");
    (open.place, words("unclosed", message, hint))
}

fn is_hour(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn time_of_day(hour: &str, at: (u32, u32)) -> ((u32, u32), Words) {
    let hint = format!("write a time of day as a text: \"{hour}:00\"");
    (at, words("syntax", "`:` cannot stand here", hint))
}

/// Between values a comma is missing, unless there are no more values and a bracket is.
fn comma(word: &str, at: (u32, u32), text: &str) -> ((u32, u32), Words) {
    if matches!(word, ";" | "{" | "}" | ")" | "]")
        && let Some(open) = scan::unclosed(text)
    {
        return unclosed(open);
    }
    let before = scan::piece_before(text, at);
    if word == ":" && is_hour(&before) {
        return time_of_day(&before, at);
    }
    let message = format!("a comma is missing between {} and {}", shown(&before), shown(word));
    (at, words("missing-comma", message, format!("put `,` after {}", shown(&before))))
}

fn open_end(at: (u32, u32), text: &str, error: &ParseError) -> ((u32, u32), Words) {
    match scan::unclosed(text) {
        Some(open) => unclosed(open),
        None => {
            let end = scan::before(text, at).map_or(at, |last| last.place);
            (end, words("syntax", lower(&error.err_type().to_string()), "the script ends too early"))
        }
    }
}

fn shown(word: &str) -> String {
    if word.is_empty() { "the end of the script".to_owned() } else { format!("`{word}`") }
}

fn unknown(name: &str, at: (u32, u32), text: &str) -> Words {
    let message = format!("`{name}` is not known");
    if let Some((verb, _)) = VERBS.iter().find(|(verb, _)| *verb == name) {
        let after = scan::rest_of_line(text, at).get(name.len()..).unwrap_or_default().trim_start();
        let hint = if after.starts_with('"') {
            format!("put brackets around it: {verb}(\"…\")")
        } else {
            String::new()
        };
        return words("no-reason", crate::rules::host::verbs::reason_wanted(verb), hint);
    }
    if let Some(hint) = in_place(name, at, text) {
        return words("unknown-name", message, hint);
    }
    if let Some(hint) = habit(name) {
        return words("unknown-name", message, hint);
    }
    let own = declared(text);
    let known: Vec<&str> =
        INPUTS.iter().map(|input| input.name).chain(own.iter().map(String::as_str)).collect();
    if let Some(meant) = nearest(name, &known) {
        return words("unknown-name", message, format!("did you mean `{meant}`?"));
    }
    let inside = INPUTS.iter().find_map(|input| {
        let parts: Vec<&str> = input
            .values
            .iter()
            .copied()
            .chain(input.questions.iter().map(|(question, _)| *question))
            .collect();
        nearest(name, &parts).map(|part| format!("did you mean `{}.{part}`?", input.name))
    });
    let after = scan::rest_of_line(text, at).get(name.len()..).unwrap_or_default().trim_start();
    if after.starts_with('=') && !after.starts_with("==") {
        return words("unknown-name", message, format!("write let {name} = …; the first time"));
    }
    let all = || {
        let inputs: Vec<&str> = INPUTS.iter().map(|input| input.name).collect();
        format!("declare it with `let`; rules can see {}", inputs.join(", "))
    };
    words("unknown-name", message, inside.or_else(|| inside_of(name)).unwrap_or_else(all))
}

fn mismatched(wanted: &str, got: &str) -> Words {
    let (wanted, got) = (lower(wanted).replace("a boolean expression", "true or false"), lower(got));
    let hint = if wanted == "true or false" {
        "write the whole comparison on both sides: battery.level < 20 || battery.level > 80"
    } else {
        ""
    };
    words("wrong-kind", format!("{wanted} is needed here, not {got}"), hint)
}

fn taken(name: &str) -> Words {
    if INPUTS.iter().any(|input| input.name == name) {
        let message = format!("`{name}` is an input and cannot be declared again");
        return words("name-taken", message, "choose another name");
    }
    let hint = format!("write `{name} = …;` without `let` to change it, or choose another name");
    words("name-taken", format!("`{name}` is declared twice"), hint)
}

fn reserved(word: &str) -> Words {
    match habit(word) {
        Some(hint) if matches!(word, "eval" | "import" | "export" | "print" | "debug") => {
            words("forbidden", format!("rules have no `{word}`"), hint)
        }
        Some(hint) => words("syntax", format!("`{word}` is not part of this language"), hint),
        None => words("syntax", format!("`{word}` is a reserved word"), "choose another name"),
    }
}

fn unreadable(bad: &LexError, at: (u32, u32), text: &str) -> Words {
    match bad {
        LexError::UnexpectedInput(found) => unexpected(found, at, text),
        LexError::UnterminatedString => {
            let hint =
                "end it with the same quote on the same line; only texts between backticks may span lines";
            words("syntax", "the text that begins here does not end", hint)
        }
        LexError::MalformedChar(found) => {
            let hint = format!("write texts with double quotes: \"{found}\"");
            words("syntax", format!("`'{found}'` is not a text"), hint)
        }
        LexError::ImproperSymbol(sign, _) if sign == "=" => {
            let next = scan::word_at(text, (at.0, at.1 + 1));
            let hint = match next.as_str() {
                "<" => "write `<=`",
                ">" => "write `>=`",
                _ => "to compare write `==`",
            };
            words("syntax", "`=` gives a variable a value and compares nothing", hint)
        }
        LexError::ImproperSymbol(sign, _) if habit(sign).is_some() => {
            words("forbidden", format!("rules have no `{sign}`"), habit(sign).unwrap_or_default())
        }
        LexError::ImproperSymbol(sign, _) if matches!(sign.as_str(), "Fn" | "call" | "curry") => {
            words("forbidden", format!("rules have no `{sign}`"), "call functions by their name")
        }
        LexError::ImproperSymbol(found, _) => {
            words("syntax", format!("`{found}` cannot stand here"), sign(found).unwrap_or_default())
        }
        LexError::StringTooLong(most) => words(
            "too-large",
            format!("the text is longer than {most} bytes"),
            "reasons are cut to 255 characters",
        ),
        other => words("syntax", lower(&other.to_string()), ""),
    }
}

fn too_long(most: usize) -> Words {
    words("too-large", format!("the text is longer than {most} bytes"), "reasons are cut to 255 characters")
}

fn unexpected(found: &str, at: (u32, u32), text: &str) -> Words {
    let last = scan::before(text, at).map(|code| code.letter);
    if let Some(name) = unseen(found) {
        let hint = "it looks like a blank and is none, as in text from web pages: write a blank in its place";
        return words("syntax", format!("a {name} cannot stand here"), hint);
    }
    let message = format!("`{found}` cannot stand here");
    let hint = match (found, last) {
        ("loop" | "while" | "for" | "do" | "break" | "continue", _) => {
            let hint = "a rule is asked again at every report and every minute: say what should be true now";
            return words("loop", format!("rules have no loops: `{found}`"), hint);
        }
        ("“" | "”" | "„" | "’" | "‘" | "«" | "»", _) => "write straight quotes: \"…\"",
        (">", Some('<')) => "write `!=` for not equal",
        ("|", _) => "write `||` for or; functions without a name are not part of rules",
        (_, Some('%')) => "write numbers without %",
        ("°" | "℃", _) => "write numbers without their unit",
        ("≤", _) => "write `<=`",
        ("≥", _) => "write `>=`",
        ("≠", _) => "write `!=`",
        (")" | "]" | "}", _) => "there is one closing bracket too many",
        _ => "",
    };
    words("syntax", message, hint)
}

/// The known name that was probably meant.
pub(in crate::rules) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let allowed = if name.chars().count() < 4 { 1 } else { 2 };
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(steps, _)| *steps <= allowed)
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?`, or all that is known.
pub(crate) fn nearest_of(name: &str, known: &[&str], otherwise: &str) -> String {
    match nearest(name, known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => String::new(),
        None => format!("{otherwise} {}", known.join(", ")),
    }
}

/// What to write in place of an unknown function.
pub(in crate::rules) fn function(name: &str, known: &[&str]) -> String {
    if let Some(hint) = habit(name) {
        return hint.to_owned();
    }
    if let Some(meant) = nearest(name, known) {
        return format!("did you mean `{meant}`?");
    }
    let verbs: Vec<&str> = VERBS.iter().map(|(verb, _)| *verb).chain([PARAM]).collect();
    format!("rules say {}, and can see {}", verbs.join(", "), INPUTS.map(|input| input.name).join(", "))
}

/// How many letters must be changed, added, left out or swapped with the next, without regard to case.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().take(64).collect();
    let b: Vec<char> = b.to_lowercase().chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, x) in a.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, y) in b.iter().enumerate() {
            let at = |values: &[usize], index: usize| values.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut steps = (at(&above, column) + usize::from(x != y))
                .min(at(&above, column + 1) + 1)
                .min(at(&line, column) + 1);
            let swapped = row > 0 && column > 0 && a.get(row - 1) == Some(y) && b.get(column - 1) == Some(x);
            if swapped {
                steps = steps.min(at(&before, column - 1) + 1);
            }
            line.push(steps);
        }
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().unwrap_or(usize::MAX)
}
