//! Cuts RON text into tokens that know their place.
//!
//! Only finds where things are. What is right RON is decided by the crate `ron` (see `syntax`), and so is the
//! value of a text or number. Must take any text without failing.

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Line, from 1; 0 when there is none.
    pub(crate) line: u32,
    /// Column in characters, from 1; 0 when there is none.
    pub(crate) column: u32,
}

/// What kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One of `( ) [ ] { } : ,`.
    Mark(char),
    /// A text in double quotes, plain or raw.
    Text,
    /// A name: of a field, a choice, `true`.
    Word,
    /// Starts like a number.
    Number,
    /// A character in single quotes, or bytes.
    Odd,
}

/// One token: its kind, its place and the text of the file that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    /// What kind.
    pub(crate) kind: Kind,
    /// Where it starts.
    pub(crate) at: Place,
    /// As it stands in the file, with quotes.
    pub(crate) text: &'t str,
}

/// All tokens of a text, without blanks, comments and `#![…]` headers.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut cursor = Cursor { rest: text, at: Place { line: 1, column: 1 } };
    let mut found = Vec::new();
    while let Some(token) = cursor.next_token() {
        found.push(token);
    }
    found
}

struct Cursor<'t> {
    rest: &'t str,
    at: Place,
}

impl<'t> Cursor<'t> {
    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        for c in taken.chars() {
            if c == '\n' {
                self.at = Place { line: self.at.line.saturating_add(1), column: 1 };
            } else {
                self.at.column = self.at.column.saturating_add(1);
            }
        }
        self.rest = rest;
        taken
    }

    fn next_token(&mut self) -> Option<Token<'t>> {
        self.skip();
        let first = self.rest.chars().next()?;
        let (kind, length) = match first {
            '(' | ')' | '[' | ']' | '{' | '}' | ':' | ',' => (Kind::Mark(first), 1),
            '"' => (Kind::Text, quoted(self.rest, '"')),
            '\'' => (Kind::Odd, quoted(self.rest, '\'')),
            _ => self.longer(first),
        };
        let at = self.at;
        Some(Token { kind, at, text: self.take(length) })
    }

    /// A raw text, bytes, a word or a number, with its length in bytes.
    fn longer(&self, first: char) -> (Kind, usize) {
        if let Some(length) = raw_text(self.rest) {
            return (Kind::Text, length);
        }
        if let Some(rest) = self.rest.strip_prefix('b') {
            let opening = rest.chars().next();
            let length = match opening {
                Some(quote @ ('"' | '\'')) => Some(quoted(rest, quote)),
                _ => raw_text(rest),
            };
            if let Some(length) = length {
                return (Kind::Odd, length + 1);
            }
        }
        let kind = if first.is_ascii_digit() || "+-.".contains(first) { Kind::Number } else { Kind::Word };
        let ends = |c: char| is_blank(c) || "()[]{}:,\"'/".contains(c);
        let length = self.rest.find(ends).unwrap_or(self.rest.len());
        (kind, length.max(first.len_utf8()))
    }

    fn skip(&mut self) {
        loop {
            let blanks = self.rest.find(|c| !is_blank(c)).unwrap_or(self.rest.len());
            self.take(blanks);
            let length = if self.rest.starts_with("//") {
                self.rest.find('\n').unwrap_or(self.rest.len())
            } else if self.rest.starts_with("/*") {
                block_comment(self.rest)
            } else if self.rest.starts_with("#![") {
                self.rest.find(']').map_or(self.rest.len(), |end| end + 1)
            } else {
                return;
            };
            self.take(length);
        }
    }
}

/// Blank in the sense of the crate `ron`.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{200E}' || c == '\u{200F}'
}

/// Bytes of a quoted text that starts here, with both quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return index + 1;
        }
    }
    text.len()
}

/// Bytes of `r"…"` or `r#"…"#`, if one starts here.
fn raw_text(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let opened = rest.get(hashes..)?.strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let start = 1 + hashes + 1;
    Some(opened.find(&closing).map_or(text.len(), |end| start + end + closing.len()))
}

/// Bytes of a block comment that starts here; they may be nested.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut rest = text;
    while !rest.is_empty() {
        let step = if rest.starts_with("/*") {
            depth += 1;
            2
        } else if rest.starts_with("*/") {
            depth = depth.saturating_sub(1);
            2
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        rest = rest.get(step..).unwrap_or("");
        if depth == 0 {
            break;
        }
    }
    text.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn tokens_know_their_place_in_characters() {
        let found = tokens("(\n  é: \"ü\", b)");
        let places: Vec<_> = found.iter().map(|t| (t.text, t.at.line, t.at.column)).collect();
        let expected =
            [("(", 1, 1), ("é", 2, 3), (":", 2, 4), ("\"ü\"", 2, 6), (",", 2, 9), ("b", 2, 11), (")", 2, 12)];
        assert_eq!(places, expected);
    }

    #[test]
    fn comments_and_headers_are_skipped() {
        let text = "#![enable(implicit_some)]\n/* a /* nested */ one */ (1, // end\n 2)";
        assert_eq!(texts(text), ["(", "1", ",", "2", ")"]);
    }

    #[test]
    fn quotes_of_all_kinds_are_one_token() {
        assert_eq!(
            texts(r##""a\"b" r#"c"d"# 'x' b"y" r"z""##),
            [r#""a\"b""#, r##"r#"c"d"#"##, "'x'", "b\"y\"", "r\"z\""]
        );
    }

    #[test]
    fn unfinished_text_is_the_rest_of_the_file() {
        assert_eq!(texts("(a: \"b, c)"), ["(", "a", ":", "\"b, c)"]);
        assert_eq!(texts("/* open"), Vec::<&str>::new());
    }
}
