//! Reading what people write in words, and guessing what they meant.

use jiff::SpanRelativeTo;

use crate::model::Span;

/// A length of time from words: `3 min`, `1 h 30 min`, `90 days` (a day is 24 hours). Fails with a hint.
pub(crate) fn duration(text: &str) -> Result<Span, String> {
    let example = "write a number and a unit, for example \"3 min\", \"1 h 30 min\", \"90 s\" or \"2 days\"";
    if let Ok(number) = text.trim().parse::<f64>() {
        return Err(format!("a number needs a unit: \"{number} s\", \"{number} min\" or \"{number} h\""));
    }
    let span: jiff::Span = text.trim().parse().map_err(|_| example.to_owned())?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours());
    length.map_err(|_| "months and years differ in length: write days".to_owned())
}

/// The candidate that the word was probably meant to be.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed && *distance < word.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?`, or nothing.
pub(crate) fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// How many letters must be changed, added, removed or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > 3 || left.len() > 64 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let cell = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let replaced = cell(&above, column) + usize::from(a != b);
            let mut best = replaced
                .min(cell(&above, column + 1).saturating_add(1))
                .min(cell(&line, column).saturating_add(1));
            let swapped =
                row > 0 && column > 0 && left.get(row - 1) == Some(b) && right.get(column - 1) == Some(a);
            if swapped {
                best = best.min(cell(&before, column - 1).saturating_add(1));
            }
            line.push(best);
        }
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().unwrap_or(usize::MAX)
}

/// A user's value for a message: without line breaks, cut to 80 characters.
pub(crate) fn shown(text: &str) -> String {
    let mut short: String =
        text.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(80).is_some() {
        short.push('…');
    }
    short
}

/// Words with commas between them.
pub(crate) fn list<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_words() {
        for (text, seconds) in [
            ("3 min", 180),
            ("1 h 30 min", 5400),
            ("90 s", 90),
            ("90 days", 7_776_000),
            ("1h30m", 5400),
            ("2 weeks", 1_209_600),
            ("45 minutes", 2700),
        ] {
            assert_eq!(duration(text), Ok(Span::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn a_bare_number_gets_a_hint() {
        assert_eq!(duration("45"), Err("a number needs a unit: \"45 s\", \"45 min\" or \"45 h\"".into()));
        assert!(duration("soon").unwrap_err().contains("\"3 min\""));
        assert!(duration("1 month").unwrap_err().contains("write days"));
        assert!(duration("").is_err());
    }

    #[test]
    fn a_typing_mistake_finds_its_word() {
        assert_eq!(nearest("hihg", ["low", "high"]), Some("high"));
        assert_eq!(nearest("Europe/Berln", ["Europe/Paris", "Europe/Berlin"]), Some("Europe/Berlin"));
        assert_eq!(nearest("on", ["On", "Keep"]), Some("On"));
        assert_eq!(nearest("xyz", ["low", "high"]), None);
        assert_eq!(nearest("3", ["0", "1"]), None);
    }
}
