//! Series of numbers as they are written: `70-1x10 _x30 60`.
//!
//! One number per report. `70-1x10` is 70 and then ten more, each 1 less; `20+2x40` the same upwards; `60x5` is 60 and
//! five more; `_` is a report that did not come, `_x30` thirty of them.

use serde::Deserialize;

use super::values::short;

/// A week of reports, one per minute: more is a mistake, or belongs into a simulated week.
const LONGEST: usize = 7 * 24 * 60;

/// Numbers in their order; `None`: nothing was reported.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Notation(pub(super) Vec<Option<f64>>);

impl TryFrom<String> for Notation {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let mut values = Vec::new();
        for word in text.split_whitespace() {
            piece(word, &mut values)?;
            if values.len() > LONGEST {
                return Err(format!("`{}` makes the series longer than {LONGEST} values", short(word)));
            }
        }
        if values.iter().all(Option::is_none) {
            return Err("the series has no value: write for example \"70-1x10 _x30 60\"".to_owned());
        }
        Ok(Self(values))
    }
}

fn piece(word: &str, values: &mut Vec<Option<f64>>) -> Result<(), String> {
    let wrong = || {
        format!(
            "`{}` is no part of a series: write 60, 60x5, 70-1x10, 20+2x40, _ or _x30, with blanks between",
            short(word)
        )
    };
    let (what, times) = match word.split_once('x') {
        Some((what, times)) => (what, times.parse::<u16>().map_err(|_| wrong())?),
        None => (word, 0),
    };
    if what == "_" {
        let missing = if word == "_" { 1 } else { times };
        values.extend(std::iter::repeat_n(None, usize::from(missing)));
        return Ok(());
    }
    // The sign of the first number is its own.
    let sign = what.char_indices().skip(1).find(|(_, letter)| matches!(letter, '+' | '-'));
    let (first, step) = match sign {
        Some((at, _)) if word.contains('x') => what.split_at_checked(at).ok_or_else(wrong)?,
        Some(_) => return Err(wrong()),
        None => (what, "0"),
    };
    let (first, step) = (number(first).ok_or_else(wrong)?, number(step).ok_or_else(wrong)?);
    values.extend((0..=times).map(|n| Some(first + step * f64::from(n))));
    Ok(())
}

fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    text.parse::<f64>().ok().filter(|number| plain && number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(text: &str) -> Result<Vec<Option<f64>>, String> {
        Notation::try_from(text.to_owned()).map(|notation| notation.0)
    }

    #[test]
    fn a_series_is_written_in_pieces() {
        let some = |numbers: &[f64]| numbers.iter().copied().map(Some).collect::<Vec<_>>();
        assert_eq!(series("60"), Ok(some(&[60.0])));
        assert_eq!(series("60x2"), Ok(some(&[60.0, 60.0, 60.0])));
        assert_eq!(series("70-1x3"), Ok(some(&[70.0, 69.0, 68.0, 67.0])));
        assert_eq!(series("30+0.5x2"), Ok(some(&[30.0, 30.5, 31.0])));
        assert_eq!(series("-5+5x1"), Ok(some(&[-5.0, 0.0])));
        assert_eq!(series(" 7 _ 8 "), Ok(vec![Some(7.0), None, Some(8.0)]));
        assert_eq!(series("_x3 8"), Ok(vec![None, None, None, Some(8.0)]));
    }

    #[test]
    fn what_is_no_series_is_told_with_examples() {
        for wrong in ["a", "60x", "60-1", "x3", "60--1x2", "1e3", "60x1x2", "_x", "60x70000", "inf", "−5"] {
            assert!(series(wrong).unwrap_err().contains("is no part of a series"), "{wrong}");
        }
        assert!(series("").unwrap_err().contains("has no value"));
        assert!(series("_x3").unwrap_err().contains("has no value"));
        assert!(series("50x60000").unwrap_err().contains("longer than 10080"));
    }
}
