//! Who holds the switch: the policy, or a person until some time.

use std::{fmt, str::FromStr};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Level, Timestamp};

/// What a mode wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModeKind {
    /// The next one is asked: port, then device, then station, then the policy.
    #[default]
    Auto,
    /// A person wants power.
    On,
    /// A person wants no power.
    Off,
    /// A person wants it charged to a level, once.
    Once,
    /// A person wants it kept at a level.
    Hold,
}

impl ModeKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Auto, Self::On, Self::Off, Self::Once, Self::Hold];

    /// The word on REST and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
            Self::Once => "once",
            Self::Hold => "hold",
        }
    }

    /// The word on MQTT.
    pub fn upper(self) -> &'static str {
        match self {
            Self::Auto => "AUTO",
            Self::On => "ON",
            Self::Off => "OFF",
            Self::Once => "ONCE",
            Self::Hold => "HOLD",
        }
    }

    /// The level where nobody says another one: 100 % for `once`, 50 % for `hold`, at which a battery ages slowly. `None`
    /// for what has no level.
    pub fn usual_level(self) -> Option<Level> {
        match self {
            Self::Once => Some(Level::saturating(100)),
            Self::Hold => Some(Level::saturating(50)),
            Self::Auto | Self::On | Self::Off => None,
        }
    }
}

impl fmt::Display for ModeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ModeKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let word = text.to_ascii_lowercase();
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            format!("`{shown}` is not a mode: use auto, on, off, once or hold")
        })
    }
}

/// Who asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// The service itself, for example when a mode ended.
    #[default]
    Service,
    /// Somebody by the API, with the token's name where there was a token.
    Rest(Option<String>),
    /// Somebody by the paths of the service before this one.
    Seed(Option<String>),
    /// Somebody by MQTT.
    Mqtt,
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service => f.write_str("service"),
            Self::Rest(None) => f.write_str("REST"),
            Self::Rest(Some(token)) => write!(f, "REST ({token})"),
            Self::Seed(None) => f.write_str("smartcharger REST"),
            Self::Seed(Some(token)) => write!(f, "smartcharger REST ({token})"),
            Self::Mqtt => f.write_str("MQTT"),
        }
    }
}

/// What a mode is of. Of several, the first in this order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModeScope {
    /// One port, whatever is in it.
    Port,
    /// One device, wherever it is.
    Device,
    /// All ports of a station.
    Station,
}

impl ModeScope {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::Device => "device",
            Self::Station => "station",
        }
    }
}

/// Why a mode ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModeEnd {
    /// Its time was over.
    Time,
    /// The level of `once` was reached.
    Reached,
    /// The device is as full as it gets, below the level of `once`.
    Full,
    /// The device was unplugged.
    Unplugged,
}

impl ModeEnd {
    /// Why, as the end of a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Time => "its time was over",
            Self::Reached => "the level is reached",
            Self::Full => "the device is as full as it gets",
            Self::Unplugged => "the device was unplugged",
        }
    }
}

/// A mode, with its end and its author. Where it has two ends, the first that comes ends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mode {
    /// What it wants.
    pub kind: ModeKind,
    /// The level that `once` charges to and `hold` keeps; `None`: the usual one, or it has none.
    pub level: Option<Level>,
    /// When it goes back to `auto` by itself; `None`: at no time.
    pub until: Option<Timestamp>,
    /// True when it goes back to `auto` once the device is unplugged.
    pub unplugged: bool,
    /// Since when it is at work; `None`: not told.
    pub since: Option<Timestamp>,
    /// Who set it.
    pub by: Author,
}

impl Mode {
    /// True when nobody holds anything by it.
    pub fn is_auto(&self) -> bool {
        self.kind == ModeKind::Auto
    }

    /// The level of `once` and `hold`; `None` for the others.
    pub fn goal(&self) -> Option<Level> {
        let usual = self.kind.usual_level()?;
        Some(self.level.unwrap_or(usual))
    }

    /// What it wants: `on`, `once to 90%`.
    pub fn in_words(&self) -> String {
        match (self.kind, self.goal()) {
            (ModeKind::Once, Some(level)) => format!("once to {level}%"),
            (kind, Some(level)) => format!("{kind} {level}%"),
            (kind, None) => kind.to_string(),
        }
    }

    /// Its end, in this zone: `until 2026-11-22 18:00 or unplugged`.
    pub fn end_in_words(&self, zone: &TimeZone) -> String {
        let time =
            self.until.map(|until| until.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string());
        match (time, self.unplugged) {
            (None, false) => "until taken back".to_owned(),
            (None, true) => "until unplugged".to_owned(),
            (Some(time), false) => format!("until {time}"),
            (Some(time), true) => format!("until {time} or unplugged"),
        }
    }

    /// The clock was set back: what began later than now began now.
    pub fn not_later_than(&mut self, now: Timestamp) {
        self.since = self.since.map(|at| at.min(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_of_an_older_version_is_read() {
        let old = r#"{"kind":"off","until":"2026-11-22T14:00:00Z","by":{"rest":"page"}}"#;
        let mode: Mode = serde_json::from_str(old).unwrap();
        assert_eq!((mode.kind, mode.level, mode.unplugged), (ModeKind::Off, None, false));
        assert_eq!(mode.by, Author::Rest(Some("page".to_owned())));
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for kind in ModeKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(kind.upper().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert!("manual".parse::<ModeKind>().unwrap_err().contains("auto, on, off, once or hold"));
    }

    #[test]
    fn a_mode_is_told_with_its_level_and_its_ends() {
        let until = "2026-11-22T17:00:00Z".parse().ok();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let mut mode = Mode { kind: ModeKind::Once, until, unplugged: true, ..Mode::default() };
        assert_eq!(
            (mode.in_words(), mode.end_in_words(&zone)),
            ("once to 100%".to_owned(), "until 2026-11-22 18:00 or unplugged".to_owned())
        );
        mode = Mode { kind: ModeKind::Hold, level: Level::new(60).ok(), ..Mode::default() };
        assert_eq!(
            (mode.in_words(), mode.end_in_words(&zone)),
            ("hold 60%".into(), "until taken back".into())
        );
    }
}
