//! The cases of a `switch`: what is written out in front of each `=>`.
//!
//! Rhai keeps nothing of them but a hash, so they are read from the text.

use crate::rules::check::{kinds::Kind, scan};

/// More cases of one `switch` are not looked at.
const MOST: usize = 64;

/// One value that is written out.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::rules) struct Case {
    pub(in crate::rules) kind: Kind,
    /// As it is written; a text without its quotes.
    pub(in crate::rules) text: String,
    pub(in crate::rules) place: (u32, u32),
}

/// The cases of the `switch` that stands at a place. What is no single value, such as a range, is left out.
pub(in crate::rules) fn of(script: &str, at: (u32, u32)) -> Vec<Case> {
    let mut cases = Vec::new();
    let (mut depth, mut in_pattern, mut before) = (0_u32, false, ' ');
    for found in scan::code(script).skip_while(|found| found.place < at) {
        let letter = found.letter;
        match letter {
            '{' | '(' | '[' => {
                // The first brace begins the cases; brackets before it belong to what is looked at.
                depth += 1;
                in_pattern = depth == 1 && letter == '{';
            }
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && letter == '}' {
                    break;
                }
                in_pattern = depth == 1 && letter == '}';
            }
            ',' if depth == 1 => in_pattern = true,
            '>' if depth == 1 && before == '=' => in_pattern = false,
            _ if in_pattern && depth == 1 && !is_word(before) => {
                match literal(script.get(found.offset..).unwrap_or_default()) {
                    Some(Pattern::Value(kind, text))
                        if !matches!(before, '.' | '=') && cases.len() < MOST =>
                    {
                        cases.push(Case { kind, text, place: found.place });
                    }
                    Some(Pattern::Condition) => in_pattern = false,
                    _ => {}
                }
            }
            _ => {}
        }
        before = letter;
    }
    cases
}

enum Pattern {
    Value(Kind, String),
    /// What follows is asked, and not compared with.
    Condition,
}

fn literal(rest: &str) -> Option<Pattern> {
    if let Some(inside) = rest.strip_prefix('"') {
        return Some(Pattern::Value(Kind::Text, inside.split('"').next()?.to_owned()));
    }
    let word: String = rest.chars().take_while(|c| is_word(*c) || *c == '.').collect();
    match word.as_str() {
        "true" | "false" => Some(Pattern::Value(Kind::Bool, word)),
        "if" => Some(Pattern::Condition),
        number if number.starts_with(|c: char| c.is_ascii_digit()) && !number.contains("..") => {
            Some(Pattern::Value(Kind::Number, word))
        }
        _ => None,
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_the_arrows_is_found() {
        let script = "let a = 3; switch f(battery.level, [\"no\"]) {\n  20 | 30 => { keep(\"no\") }\n  \"x\" => g(7, \"no\"),\n  \
            1..=9 => 5, true if a == 8 => 6, _ => #{a: 1}, 4.5 => switch a { 2 => 3 } } 99";
        let found: Vec<String> = of(script, (1, 12)).into_iter().map(|case| case.text).collect();
        assert_eq!(found, ["20", "30", "x", "true", "4.5"]);
        assert_eq!(of("switch a", (1, 1)), []);
        assert_eq!(of("switch a { \"x", (1, 1)).len(), 1);
    }
}
