//! What others may want of a port or a station: from words on `…/set` to values that cannot be wrong.
//!
//! Pure. Words are read in any case and with blanks around them, as openHAB, Home Assistant and people write them.

use std::fmt;

use super::{
    inbound::printable,
    topics::{Field, Topic},
};
use crate::{
    controller::Bound,
    model::{DeviceName, Level, ModeKind, ModeWish, PortId},
};

/// What a command is about: the topic that answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// The port; `None`: the whole station.
    pub(super) port: Option<PortId>,
    /// Which of its values.
    pub(super) field: Field,
}

impl Target {
    /// Where the answer stands: what was asked for, and for a port always power and mode.
    pub(super) fn answers(self) -> Vec<Topic> {
        match self.port {
            None => vec![Topic::Mode],
            Some(port) => {
                let mut fields = vec![Field::State, Field::Mode, self.field];
                fields.sort_unstable();
                fields.dedup();
                fields.into_iter().map(|field| Topic::Port(port, field)).collect()
            }
        }
    }
}

/// What somebody wants.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    /// This mode.
    Mode(ModeWish),
    /// This device is in the port; `None`: the one that the file names.
    Device(Option<DeviceName>),
    /// One of the two levels between which it is kept.
    Level(Bound, Level),
    /// Power off for a moment.
    Cycle,
}

/// One command, well formed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Command {
    pub(super) target: Target,
    pub(super) wish: Wish,
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.wish {
            Wish::Mode(wish) => write!(f, "mode {}", wish.kind)?,
            Wish::Device(Some(device)) => write!(f, "device `{device}`")?,
            Wish::Device(None) => f.write_str("the device of the file")?,
            Wish::Level(Bound::Low, level) => write!(f, "minlevel {level}")?,
            Wish::Level(Bound::High, level) => write!(f, "maxlevel {level}")?,
            Wish::Cycle => f.write_str("a power cycle")?,
        }
        match self.target.port {
            Some(port) => write!(f, " for port {port}"),
            None => f.write_str(" for the station"),
        }
    }
}

/// Which value a name before `/set` sets; `None`: nothing is set by it.
pub(super) fn settable(name: &str) -> Option<Field> {
    match name {
        "state" | "mode" => Some(Field::Mode),
        "device" => Some(Field::Device),
        "minlevel" => Some(Field::MinLevel),
        "maxlevel" => Some(Field::MaxLevel),
        "cycle" => Some(Field::State),
        _ => None,
    }
}

/// Reads the words sent to `…/<name>/set`. Fails with what is allowed.
pub(super) fn wish(name: &str, words: &str) -> Result<Wish, String> {
    match name {
        "state" => match switch(words) {
            Some(kind) => Ok(Wish::Mode(kind.into())),
            None => Err(format!("`{}` is not a state: send ON or OFF", printable(words))),
        },
        "mode" => match switch(words) {
            Some(kind) => Ok(Wish::Mode(kind.into())),
            None => words.parse().map(Wish::Mode),
        },
        "device" if words.eq_ignore_ascii_case("none") => Ok(Wish::Device(None)),
        "device" => DeviceName::new(words)
            .map(|name| Wish::Device(Some(name)))
            .map_err(|error| format!("{error}; send None for the one that the station file names")),
        "minlevel" => percent(words).map(|level| Wish::Level(Bound::Low, level)),
        "maxlevel" => percent(words).map(|level| Wish::Level(Bound::High, level)),
        "cycle" if words.eq_ignore_ascii_case("press") || switch(words) == Some(ModeKind::On) => {
            Ok(Wish::Cycle)
        }
        "cycle" => Err(format!("`{}` is not understood: send PRESS", printable(words))),
        other => Err(format!(
            "`{}` cannot be set: only state, mode, device, minlevel, maxlevel and cycle can",
            printable(other)
        )),
    }
}

/// The words of switches.
fn switch(word: &str) -> Option<ModeKind> {
    let is = |words: [&str; 3]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    match () {
        () if is(["on", "true", "1"]) => Some(ModeKind::On),
        () if is(["off", "false", "0"]) => Some(ModeKind::Off),
        () => None,
    }
}

/// Percent as programs write it: `85`, `85.0`, `85 %`.
fn percent(words: &str) -> Result<Level, String> {
    let number: Option<f64> = words.strip_suffix('%').unwrap_or(words).trim_end().parse().ok();
    number.and_then(Level::exactly).ok_or_else(|| {
        format!("`{}` is not a level: send a whole number of percent, 0 to 100", printable(words))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::*;

    #[test]
    fn words_are_read_as_others_write_them() {
        for on in ["ON", "on", "True", "TRUE", "1"] {
            assert_eq!(wish("state", on), Ok(Wish::Mode(ModeKind::On.into())), "{on}");
            assert_eq!(wish("mode", on), Ok(Wish::Mode(ModeKind::On.into())), "{on}");
        }
        for off in ["OFF", "oFf", "false", "0"] {
            assert_eq!(wish("state", off), Ok(Wish::Mode(ModeKind::Off.into())), "{off}");
        }
        assert_eq!(wish("mode", "auto"), Ok(Wish::Mode(ModeKind::Auto.into())));
        for level in ["85", "85.0", "85 %", "85.00%", "8.5e1"] {
            assert_eq!(
                wish("minlevel", level),
                Ok(Wish::Level(Bound::Low, Level::saturating(85))),
                "{level}"
            );
        }
        assert_eq!(wish("maxlevel", "0"), Ok(Wish::Level(Bound::High, Level::saturating(0))));
        assert_eq!(wish("device", "pixel-7"), Ok(Wish::Device(DeviceName::new("pixel-7").ok())));
        assert_eq!(wish("device", "None"), Ok(Wish::Device(None)));
        assert_eq!(wish("cycle", "press"), Ok(Wish::Cycle));
    }

    #[test]
    fn what_is_not_understood_says_what_is() {
        let long = "x".repeat(65);
        let said = [
            ("state", "AUTO"),
            ("mode", "blink"),
            ("minlevel", "85.5"),
            ("minlevel", "-1"),
            ("maxlevel", "101"),
            ("maxlevel", "NaN"),
            ("maxlevel", "%"),
            ("device", long.as_str()),
            ("cycle", "OFF"),
            ("colour", "red"),
        ];
        let told: Vec<String> = said.iter().map(|(name, words)| wish(name, words).unwrap_err()).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        `AUTO` is not a state: send ON or OFF
        `blink` is not a mode: use auto, on, off, once or hold
        `85.5` is not a level: send a whole number of percent, 0 to 100
        `-1` is not a level: send a whole number of percent, 0 to 100
        `101` is not a level: send a whole number of percent, 0 to 100
        `NaN` is not a level: send a whole number of percent, 0 to 100
        `%` is not a level: send a whole number of percent, 0 to 100
        `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is not a device name: use 1 to 64 characters, no control characters, no blanks at the ends; send None for the one that the station file names
        `OFF` is not understood: send PRESS
        `colour` cannot be set: only state, mode, device, minlevel, maxlevel and cycle can
        ");
    }

    #[test]
    fn a_command_is_answered_by_what_it_sets_and_by_power_and_mode() {
        let port = PortId::new(3).unwrap();
        let answers = |field| Target { port: Some(port), field }.answers();
        let of = |fields: &[Field]| fields.iter().map(|field| Topic::Port(port, *field)).collect::<Vec<_>>();
        assert_eq!(answers(Field::Mode), of(&[Field::State, Field::Mode]));
        assert_eq!(answers(Field::MinLevel), of(&[Field::State, Field::Mode, Field::MinLevel]));
        assert_eq!(Target { port: None, field: Field::Mode }.answers(), [Topic::Mode]);
    }

    proptest! {
        #[test]
        fn any_words_are_a_wish_or_a_short_reason(name in "state|mode|device|minlevel|maxlevel|cycle|x", words in "\\PC{0,300}") {
            if let Err(reason) = wish(&name, words.trim()) {
                prop_assert!(reason.chars().count() < 700);
            }
        }
    }
}
