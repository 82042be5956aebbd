//! Walks over the characters of a script or a test file that are code: not inside texts or comments.
//!
//! For places and hints only; whether a file is right is for its parser to say.

use std::{iter::Peekable, str::Chars};

/// One character of code and where it stands, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) letter: char,
    /// Line and column in characters.
    pub(crate) place: (u32, u32),
    /// Bytes before it in the text.
    pub(crate) offset: usize,
}

/// The code of a text; every text literal shows up as one `"`.
pub(crate) fn code(text: &str) -> Scanner<'_> {
    Scanner { letters: text.chars().peekable(), place: (1, 1), offset: 0 }
}

/// See [`code`].
pub(crate) struct Scanner<'a> {
    letters: Peekable<Chars<'a>>,
    place: (u32, u32),
    offset: usize,
}

impl Scanner<'_> {
    fn step(&mut self) -> Option<Code> {
        let letter = self.letters.next()?;
        let found = Code { letter, place: self.place, offset: self.offset };
        let (line, column) = self.place;
        self.place = if letter == '\n' { (line + 1, 1) } else { (line, column + 1) };
        self.offset += letter.len_utf8();
        Some(found)
    }

    fn skip_text(&mut self, quote: char) {
        while let Some(next) = self.step() {
            if next.letter == '\\' {
                self.step();
            } else if next.letter == quote {
                break;
            }
        }
    }

    fn skip_line(&mut self) {
        while self.letters.peek().is_some_and(|letter| *letter != '\n') {
            self.step();
        }
    }

    fn skip_block(&mut self) {
        let mut depth = 1_u32;
        while depth > 0 {
            let Some(next) = self.step() else { break };
            match (next.letter, self.letters.peek()) {
                ('*', Some('/')) => {
                    depth -= 1;
                    self.step();
                }
                ('/', Some('*')) => {
                    depth += 1;
                    self.step();
                }
                _ => {}
            }
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Code;

    fn next(&mut self) -> Option<Code> {
        loop {
            let found = self.step()?;
            match (found.letter, self.letters.peek()) {
                ('"' | '`', _) => {
                    self.skip_text(found.letter);
                    return Some(Code { letter: '"', ..found });
                }
                ('/', Some('/')) => self.skip_line(),
                ('/', Some('*')) => {
                    self.step();
                    self.skip_block();
                }
                _ => return Some(found),
            }
        }
    }
}

/// The first bracket that is opened and never closed.
pub(crate) fn unclosed(text: &str) -> Option<Code> {
    let mut open: Vec<Code> = Vec::new();
    for found in code(text) {
        match found.letter {
            '(' | '[' | '{' => open.push(found),
            ')' | ']' | '}' => {
                // A bracket of another kind closes nothing: the one that is open is the one to show.
                if open.last().is_some_and(|last| closing(last.letter) == found.letter) {
                    open.pop();
                } else {
                    break;
                }
            }
            _ => {}
        }
    }
    open.pop()
}

/// The bracket that closes this one.
pub(crate) fn closing(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// The last code before a place, blanks left out.
pub(in crate::rules) fn before(text: &str, place: (u32, u32)) -> Option<Code> {
    code(text).take_while(|found| found.place < place).filter(|found| !found.letter.is_whitespace()).last()
}

/// What stands before a place, for a message: a text with its quotes, a word, or a single character.
pub(in crate::rules) fn piece_before(text: &str, place: (u32, u32)) -> String {
    let Some(last) = before(text, place) else { return String::new() };
    let end = code(text).find(|found| found.offset > last.offset).map_or(text.len(), |found| found.offset);
    if last.letter == '"' {
        let whole = text.get(last.offset..end).unwrap_or("").trim_end();
        return whole.chars().take(40).collect();
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let until = last.offset + last.letter.len_utf8();
    let word = text.get(..until).and_then(|text| text.rsplit(|c| !is_word(c)).next()).unwrap_or("");
    if word.is_empty() { last.letter.to_string() } else { word.chars().take(40).collect() }
}

/// The comment behind the last statement of a line, without its marks; empty when there is none.
pub(in crate::rules) fn comment_of(text: &str, line: u32) -> &str {
    let nth = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    let line = text.lines().nth(nth).unwrap_or("");
    let end = code(line).filter(|found| found.letter == ';').last();
    let rest = end.and_then(|end| line.get(end.offset + 1..)).unwrap_or("");
    rest.trim().strip_prefix("//").map_or("", |comment| comment.trim_start_matches(['!', '/']).trim())
}

/// The word, or else the single character, at a place.
pub(crate) fn word_at(text: &str, (line, column): (u32, u32)) -> String {
    let nth = |n: u32| usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
    let rest = text.lines().nth(nth(line)).unwrap_or("").chars().skip(nth(column));
    let letters: Vec<char> = rest.take(40).collect();
    let word: String = letters.iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
    if word.is_empty() { letters.first().map(char::to_string).unwrap_or_default() } else { word }
}

/// What stands in a line from a place on.
pub(in crate::rules) fn rest_of_line(text: &str, (line, column): (u32, u32)) -> &str {
    let nth = |n: u32| usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
    let line = text.lines().nth(nth(line)).unwrap_or_default();
    let begins = line.char_indices().nth(nth(column)).map_or(line.len(), |(offset, _)| offset);
    line.get(begins..).unwrap_or_default()
}

/// What stands in a line before a place.
pub(in crate::rules) fn line_before(text: &str, (line, column): (u32, u32)) -> &str {
    let rest = rest_of_line(text, (line, column));
    let whole = rest_of_line(text, (line, 1));
    whole.get(..whole.len().saturating_sub(rest.len())).unwrap_or_default()
}

/// The first `%` that stands between a number and a bracket.
pub(in crate::rules) fn percent(text: &str) -> Option<(u32, u32)> {
    let code: Vec<Code> = code(text).filter(|found| !found.letter.is_whitespace()).collect();
    let found = code.windows(3).find(|three| match three {
        [number, percent, bracket] => {
            number.letter.is_ascii_digit()
                && percent.letter == '%'
                && matches!(bracket.letter, '{' | ')' | ';' | '&' | '|')
        }
        _ => false,
    });
    found.and_then(|three| three.get(1)).map(|percent| percent.place)
}

/// The first `{` right behind a sign that wants a value; not that of a `=>`.
pub(in crate::rules) fn dangling(text: &str) -> Option<(u32, u32)> {
    let code: Vec<Code> = code(text).filter(|found| !found.letter.is_whitespace()).collect();
    let found = code.windows(3).find(|three| match three {
        [first, sign, open] => {
            open.letter == '{'
                && "<>=&|+-*/".contains(sign.letter)
                && (sign.letter != '>' || first.letter != '=')
                && (sign.letter != '=' || "<>=!".contains(first.letter))
        }
        _ => false,
    });
    found.and_then(|three| three.get(2)).map(|open| open.place)
}

/// The texts in double quotes, without their quotes.
pub(in crate::rules) fn texts(text: &str) -> impl Iterator<Item = &str> {
    code(text).filter(|found| found.letter == '"').filter_map(|found| {
        let inside = text.get(found.offset..)?.strip_prefix('"')?;
        inside.split('"').next().filter(|inside| !inside.contains('\\'))
    })
}

/// The numbers that are written out.
pub(in crate::rules) fn numbers(text: &str) -> Vec<f64> {
    let mut numbers = Vec::new();
    let mut word = String::new();
    let mut close = |word: &mut String| {
        let digits = word.trim_end_matches('.').replace('_', "");
        if word.starts_with(|first: char| first.is_ascii_digit()) {
            // Of `20..=80` the points belong to the range.
            numbers.extend(digits.split("..").filter_map(|number| number.parse::<f64>().ok()));
        }
        word.clear();
    };
    for found in code(text) {
        if found.letter.is_alphanumeric() || found.letter == '_' || (found.letter == '.' && !word.is_empty())
        {
            word.push(found.letter);
        } else {
            close(&mut word);
        }
    }
    close(&mut word);
    numbers
}

/// How many characters belong to what begins at a place: a text with its quotes, a word, a number or an operator; 0 where
/// nothing stands.
pub(in crate::rules) fn length(text: &str, (line, column): (u32, u32)) -> u32 {
    let nth = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let rest = line.checked_sub(1).and_then(|line| text.lines().nth(nth(line)));
    let letters: Vec<char> = rest.unwrap_or("").chars().skip(nth(column.saturating_sub(1))).collect();
    let while_of = |wanted: &dyn Fn(char) -> bool| letters.iter().take_while(|c| wanted(**c)).count();
    let length = match letters.first() {
        None => 0,
        Some(quote @ ('"' | '`' | '\'')) => {
            let mut escaped = false;
            let end = letters.iter().skip(1).position(|c| {
                let ends = c == quote && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            end.map_or(letters.len(), |end| end + 2)
        }
        Some(digit) if digit.is_ascii_digit() => {
            let whole = while_of(&|c| c.is_ascii_digit() || c == '_');
            let after: Vec<char> = letters.iter().skip(whole).copied().take(2).collect();
            match after.as_slice() {
                ['.', digit] if digit.is_ascii_digit() => {
                    whole + 1 + letters.iter().skip(whole + 1).take_while(|c| c.is_ascii_digit()).count()
                }
                _ => whole,
            }
        }
        Some(letter) if letter.is_alphanumeric() || *letter == '_' => {
            while_of(&|c| c.is_alphanumeric() || c == '_')
        }
        Some(sign) if "=<>!&|+-*/%".contains(*sign) => {
            while_of(&|c| "=<>&|".contains(c) || c == *sign).max(1)
        }
        Some(_) => 1,
    };
    u32::try_from(length).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_comments_are_not_code() {
        let seen: String =
            code("a \"{\\\"\" /* { /* } */ */ b // }\n`}` c").map(|found| found.letter).collect();
        assert_eq!(seen, "a \"  b \n\" c");
    }

    #[test]
    fn what_is_written_out_is_found() {
        let text =
            "let a = param(\"by\", \"07:00\"); // 5 \"no\"\nif x1 in 20..=80 || y > 31.5 { keep(`3`) }";
        assert_eq!(texts(text).collect::<Vec<_>>(), ["by", "07:00"]);
        assert_eq!(numbers(text), [20.0, 80.0, 31.5]);
    }

    #[test]
    fn a_length_goes_to_the_end_of_the_word() {
        let text = "if battery.lvel >= 31.5 {\n  keep(\"a \\\" b\");";
        let lengths = [(1, 4), (1, 12), (1, 17), (1, 20), (1, 25), (2, 8), (2, 90), (9, 1), (0, 0)];
        assert_eq!(lengths.map(|at| length(text, at)), [7, 4, 2, 4, 1, 8, 0, 0, 0]);
    }

    #[test]
    fn the_bracket_that_is_open_is_found() {
        assert_eq!(unclosed("if a {\n  b(1);\n").map(|found| found.place), Some((1, 6)));
        assert_eq!(unclosed("if a { b(1; }").map(|found| found.place), Some((1, 9)));
        assert_eq!(unclosed("if a { b(1); }"), None);
    }

    #[test]
    fn a_comment_stands_behind_its_statement() {
        let text =
            "// no\nlet a = \"; // no\";  // °C: yes; all \nlet b = 1 /* no */;\nlet c = f(1,\n2); /// yes";
        let found: Vec<&str> = (0..7).map(|line| comment_of(text, line)).collect();
        assert_eq!(found, ["", "", "°C: yes; all", "", "", "yes", ""]);
    }

    #[test]
    fn words_and_what_stands_before_them() {
        assert_eq!(word_at("let x\nand then", (2, 5)), "then");
        assert_eq!(word_at("a: b", (1, 2)), ":");
        assert_eq!(word_at("", (9, 9)), "");
        assert_eq!(before("let x = 3 // why\nlet y", (2, 1)).map(|found| found.place), Some((1, 9)));
        assert_eq!(piece_before("f(\"a b\" 60)", (1, 9)), "\"a b\"");
        assert_eq!(piece_before("f(low 60)", (1, 7)), "low");
        assert_eq!(piece_before("[f(1) 2]", (1, 7)), ")");
        assert_eq!(piece_before("", (1, 1)), "");
    }
}
