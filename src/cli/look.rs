//! How text looks in the terminal at hand: width, colour, tables, lengths of time.

use std::{
    fmt::Write as _,
    io::{IsTerminal as _, stdout},
};

pub(super) use crate::host::words::{count, plain};
use crate::model::Span;

/// Columns of a terminal that does not say how many it has.
const CUSTOMARY_WIDTH: usize = 100;
/// Columns when the output is no terminal: programs and files take lines of any length.
const ENDLESS: usize = usize::MAX;

/// What the terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns; text is arranged to fit.
    pub width: usize,
    /// Whether colours are wanted.
    pub colour: bool,
}

/// The few colours used, each with one meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// Headings and things of little weight.
    Faint,
    /// Power, or all is well.
    Green,
    /// Somebody should look.
    Yellow,
    /// It failed.
    Red,
}

/// On which side of its column a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Look {
    /// Asks standard output and the environment (`NO_COLOR`, see no-color.org).
    pub fn of_stdout() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let terminal = stdout().is_terminal();
        let width = terminal_size::terminal_size_of(stdout()).map(|(width, _)| usize::from(width.0));
        let customary = if terminal { CUSTOMARY_WIDTH } else { ENDLESS };
        Self {
            width: width.unwrap_or(customary).max(20),
            colour: terminal && !plain && std::env::var("TERM").as_deref() != Ok("dumb"),
        }
    }

    /// Whether people read it, whose lines end at an edge.
    pub(super) fn is_terminal(self) -> bool {
        self.width != ENDLESS
    }

    /// The text in a colour, if colours are wanted.
    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        let code = match paint {
            Paint::Faint => 2,
            Paint::Green => 32,
            Paint::Yellow => 33,
            Paint::Red => 31,
        };
        if self.colour && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The text in so many columns: filled with blanks, or cut with `…`.
pub(super) fn fit(text: &str, width: usize, side: Side) -> String {
    let text = cut(text, width);
    match side {
        Side::Left => format!("{text:<width$}"),
        Side::Right => format!("{text:>width$}"),
    }
}

/// The text, made safe for a terminal, cut with `…` when it is longer than `width` characters.
pub(super) fn cut(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.chars().count() <= width {
        return text;
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// The text in lines of at most `width` characters, broken between words, and within words that are longer than a line;
/// at least one line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    // Lengths are counted once: a line may be as long as the text.
    let mut length: usize = 0;
    for word in plain(text).split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        while !rest.is_empty() {
            let blank = usize::from(length > 0);
            let fits = length.saturating_add(blank).saturating_add(rest.len()) <= width;
            if !fits && length > 0 {
                lines.push(String::new());
                length = 0;
                continue;
            }
            let later = rest.split_off(rest.len().min(width.max(1)));
            length += blank + rest.len();
            if let Some(line) = lines.last_mut() {
                line.extend((blank > 0).then_some(' '));
                line.extend(rest);
            }
            rest = later;
        }
    }
    lines
}

/// Rows in columns as wide as their widest cell, two blanks between them; the last column takes what is left of
/// the width and goes on in lines of its own. The first row is the heading.
pub(super) fn table<const N: usize>(sides: [Side; N], rows: &[[String; N]], look: Look) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let before: usize = widths.iter().rev().skip(1).map(|width| width + 2).sum();
    let left = look.width.saturating_sub(before).max(20);
    let mut text = String::new();
    for (n, row) in rows.iter().enumerate() {
        let Some((last, cells)) = row.split_last() else { continue };
        let cells = cells.iter().zip(widths).zip(sides);
        let mut line: String = cells.map(|((cell, width), side)| fit(cell, width, side) + "  ").collect();
        for part in wrap(last, left) {
            line.push_str(&part);
            let whole = line.trim_end();
            // Writing to a String cannot fail.
            let _ = match n {
                0 => writeln!(text, "{}", look.paint(Paint::Faint, whole)),
                _ => writeln!(text, "{whole}"),
            };
            line = " ".repeat(before);
        }
    }
    text
}

/// A length of time in at most two parts: `40s`, `5m`, `2h 5m`, `3d 4h`.
pub(super) fn age(span: Span) -> String {
    let seconds = span.as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if minutes == 0 => format!("{seconds}s"),
        () if hours == 0 => format!("{minutes}m"),
        () if days == 0 => format!("{hours}h {}m", minutes % 60),
        () => format!("{days}d {}h", hours % 24),
    }
}

/// A text as station files write it.
pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { width: 30, colour: false };

    #[test]
    fn a_table_fits_the_terminal() {
        let rows = [["port", "reason"], ["1", "short"], ["12", "a reason that is far too long for the line"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        assert_eq!(
            table([Side::Right, Side::Left], &rows, PLAIN),
            "port  reason\n   1  short\n  12  a reason that is far too\n      long for the line\n"
        );
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("at /a/long/path", 6), ["at", "/a/lon", "g/path"]);
        assert_eq!(wrap("one two", ENDLESS), ["one two"]);
        assert_eq!(wrap("ab", 0), ["a", "b"]);
    }

    #[test]
    fn long_and_hostile_texts_are_tamed() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("Mäxchens", 8), "Mäxchens");
        assert_eq!(plain("a\x1b[2Jb\nc"), "a [2Jb c");
        assert_eq!(fit("7", 3, Side::Right), "  7");
    }

    #[test]
    fn ages_have_two_parts_at_most() {
        let said = [0, 59, 60, 3_599, 3_600, 7_500, 90_000].map(|s| age(Span::from_secs(s)));
        assert_eq!(said, ["0s", "59s", "1m", "59m", "1h 0m", "2h 5m", "1d 1h"]);
        assert_eq!(age(Span::from_secs(-5)), "0s");
    }

    #[test]
    fn colours_only_where_wanted() {
        assert_eq!(PLAIN.paint(Paint::Red, "x"), "x");
        assert_eq!(Look { colour: true, ..PLAIN }.paint(Paint::Red, "x"), "\x1b[31mx\x1b[0m");
        assert_eq!(count(1, "port"), "1 port");
        assert_eq!(count(0, "port"), "0 ports");
    }
}
