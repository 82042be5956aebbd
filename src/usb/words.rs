//! Words that devices choose, made fit to be shown. Pure.

/// The longest name and serial number that is kept: no string that USB can carry is longer (126 characters).
pub(super) const WORDS_MAX: usize = 128;

/// Text as it can be shown, cut to so many characters: what is neither a letter or digit of any language nor a sign of
/// ASCII becomes `?`, and each run of white space and zeros one space.
pub(super) fn printable(text: &str, length: usize) -> String {
    let known = |c: char| c.is_alphanumeric() || c.is_ascii_graphic();
    let words = text.split(|c: char| c.is_whitespace() || c == '\0').filter(|word| !word.is_empty());
    let words: Vec<String> =
        words.map(|word| word.chars().map(|c| if known(c) { c } else { '?' }).collect()).collect();
    words.join(" ").chars().take(length).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::*;

    #[test]
    fn words_keep_their_letters_and_lose_what_disturbs_a_terminal() {
        for (text, shown) in [
            (" Prüf\tgenerator \n", "Prüf generator"),
            ("\u{1b}[2J] Evil \u{202e}", "?[2J] Evil ?"),
            ("Phone\0\0", "Phone"),
            ("", ""),
        ] {
            assert_eq!(printable(text, WORDS_MAX), shown, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_becomes_printable(text in ".{0,300}") {
            let shown = printable(&text, WORDS_MAX);
            prop_assert!(shown.chars().count() <= WORDS_MAX);
            prop_assert!(!shown.chars().any(char::is_control));
        }
    }
}
