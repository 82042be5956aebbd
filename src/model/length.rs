//! Lengths of time as people write them: `90 min`, `2 h`.

use jiff::SpanRelativeTo;

use super::Span;

/// What is allowed in one place.
#[derive(Clone, Copy, Debug)]
pub struct Lengths {
    /// Not less.
    pub shortest: Span,
    /// Not more.
    pub longest: Span,
    /// The same in words.
    pub allowed: &'static str,
}

impl Lengths {
    /// Says that a length is not within these bounds.
    pub fn refusal(&self, text: &str) -> String {
        format!("`{}` is out of range: {}", shown(text), self.allowed)
    }
}

/// Reads a length of time. Fails with what is allowed.
pub fn length(text: &str, lengths: &Lengths) -> Result<Span, String> {
    let parsed = text.trim().parse::<jiff::Span>().map_err(|_| {
        if with_small_numbers(text).parse::<jiff::Span>().is_ok() {
            return lengths.refusal(text);
        }
        format!("`{}` is not a length of time: write for example `90 min`, `2 h` or `3 days`", shown(text))
    })?;
    let length = parsed
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| format!("`{}`: months and years differ in length: write days", shown(text)))?;
    if length < lengths.shortest || length > lengths.longest {
        return Err(lengths.refusal(text));
    }
    Ok(length)
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// The same words with every number so small that only the words can be wrong.
fn with_small_numbers(text: &str) -> String {
    let mut small = String::new();
    for letter in text.trim().chars() {
        match letter {
            '0'..='9' if small.ends_with('1') => {}
            '0'..='9' => small.push('1'),
            letter => small.push(letter),
        }
    }
    small
}
