//! Walks over the characters of a script or a test file that are code: not inside texts or comments.
//!
//! For places and hints only; whether a file is right is for its parser to say.

use std::{iter::Peekable, str::Chars};

/// One character of code and where it stands, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) letter: char,
    /// Line and column in characters.
    pub(super) place: (u32, u32),
    /// Bytes before it in the text.
    pub(super) offset: usize,
}

/// The code of a text; every text literal shows up as one `"`.
pub(super) fn code(text: &str) -> Scanner<'_> {
    Scanner { letters: text.chars().peekable(), place: (1, 1), offset: 0 }
}

/// See [`code`].
pub(super) struct Scanner<'a> {
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
pub(super) fn unclosed(text: &str) -> Option<Code> {
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
pub(super) fn closing(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// The last code before a place, blanks left out.
pub(super) fn before(text: &str, place: (u32, u32)) -> Option<Code> {
    code(text).take_while(|found| found.place < place).filter(|found| !found.letter.is_whitespace()).last()
}

/// What stands before a place, for a message: a text with its quotes, a word, or a single character.
pub(super) fn piece_before(text: &str, place: (u32, u32)) -> String {
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

/// The word, or else the single character, at a place.
pub(super) fn word_at(text: &str, (line, column): (u32, u32)) -> String {
    let nth = |n: u32| usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
    let rest = text.lines().nth(nth(line)).unwrap_or("").chars().skip(nth(column));
    let letters: Vec<char> = rest.take(40).collect();
    let word: String = letters.iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
    if word.is_empty() { letters.first().map(char::to_string).unwrap_or_default() } else { word }
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
    fn the_bracket_that_is_open_is_found() {
        assert_eq!(unclosed("if a {\n  b(1);\n").map(|found| found.place), Some((1, 6)));
        assert_eq!(unclosed("if a { b(1; }").map(|found| found.place), Some((1, 9)));
        assert_eq!(unclosed("if a { b(1); }"), None);
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
