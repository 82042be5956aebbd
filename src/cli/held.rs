//! Modes as the API tells them, in words. Fields that other versions add, or do not have yet, do no harm.

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::model::{ModeKind, ModeScope, Timestamp};

/// A mode of a port, a device or a station.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Mode {
    pub(super) mode: ModeKind,
    #[serde(default)]
    pub(super) level: Option<u8>,
    pub(super) until: Option<Timestamp>,
    #[serde(default)]
    pub(super) until_unplugged: bool,
}

/// The mode that counts at a port.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Held {
    of: ModeScope,
    pub(super) mode: Mode,
}

impl Mode {
    /// `once 90 until 14:30 or unplugged`, with the day where that is not today.
    pub(super) fn words(&self, zone: &TimeZone, now: Timestamp) -> String {
        let mut words = self.mode.to_string();
        if let Some(level) = self.level {
            words = format!("{words} {level}");
        }
        let time = self.until.map(|until| {
            let (until, today) = (until.to_zoned(zone.clone()), now.to_zoned(zone.clone()).date());
            let form = if until.date() == today { "%H:%M" } else { "%-d %b %H:%M" };
            until.strftime(form).to_string()
        });
        let ends: Vec<String> =
            time.into_iter().chain(self.until_unplugged.then(|| "unplugged".to_owned())).collect();
        if ends.is_empty() { words } else { format!("{words} until {}", ends.join(" or ")) }
    }
}

impl Held {
    /// The mode, and whose it is where it is not the port's own.
    pub(super) fn words(&self, zone: &TimeZone, now: Timestamp) -> String {
        let mode = self.mode.words(zone, now);
        match self.of {
            ModeScope::Port => mode,
            ModeScope::Device | ModeScope::Station => format!("{mode} ({})", self.of.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_told_in_few_words() {
        let now = "2026-11-22T14:05:30Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let words = |json: &str| serde_json::from_str::<Held>(json).unwrap().words(&zone, now);
        let held = r#"{"of": "port", "mode": {"mode": "once", "level": 90, "until": "2026-11-22T17:00:00Z",
                      "until_unplugged": true, "by": "REST"}}"#;
        assert_eq!(words(held), "once 90 until 18:00 or unplugged");
        let held = r#"{"of": "station", "mode": {"mode": "off", "until": "2026-11-23T17:00:00Z"}}"#;
        assert_eq!(words(held), "off until 23 Nov 18:00 (station)");
        assert_eq!(words(r#"{"of": "device", "mode": {"mode": "hold", "level": 50}}"#), "hold 50 (device)");
    }
}
