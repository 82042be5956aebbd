//! Modes: who holds the switch of a port, a device or a whole station.

use poem_openapi::{Object, types::Example};
use serde::{Deserialize, Serialize};

use super::super::{
    fields,
    wire::{End, Time},
};
use crate::{
    controller::{PortState, View},
    model::{Level, Mode, ModeKind, ModeScope},
};

/// Who holds the switch.
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
#[oai(rename = "Mode")]
pub(in crate::http) struct ModeOut {
    /// `auto`: nobody, the next one is asked; `on`, `off`: a person decided; `once`: charged to `level` once; `hold`: kept
    /// at `level`.
    mode: ModeKind,
    /// The level of `once` and `hold`, percent; null for the others.
    #[oai(nullable)]
    level: Option<Level>,
    /// When it goes back to `auto` by itself; null: at no time.
    #[oai(nullable)]
    until: Option<Time>,
    /// True when it goes back to `auto` once the device is unplugged.
    until_unplugged: bool,
    /// Who set it.
    by: String,
}

impl From<&Mode> for ModeOut {
    fn from(mode: &Mode) -> Self {
        Self {
            mode: mode.kind,
            level: mode.goal(),
            until: mode.until.map(Time),
            until_unplugged: mode.unplugged,
            by: mode.by.to_string(),
        }
    }
}

/// The mode that counts at a port.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Held")]
pub(in crate::http) struct HeldOut {
    /// What the mode is of: the port, the device in it, or the whole station. The first of these counts.
    of: ModeScope,
    /// The mode; never `auto`.
    mode: ModeOut,
}

impl HeldOut {
    /// Who holds a port; `None`: its rules decide.
    pub(in crate::http) fn of(view: &View, state: &PortState) -> Option<Self> {
        view.held_by(state).map(|(of, mode)| Self { of, mode: mode.into() })
    }
}

/// Who shall hold the switch, and until when.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields, expecting = "a JSON object such as {\"mode\": \"on\", \"for\": \"2 h\"}")]
#[oai(rename = "ModeWish", example)]
pub(in crate::http) struct ModeIn {
    /// `auto`: nobody, the next one is asked (port, device, station, rules); `on`: power; `off`: no power; `once`: power
    /// until `level` is reached, then `auto`; `hold`: kept at `level`.
    #[serde(deserialize_with = "fields::mode")]
    pub(in crate::http) mode: ModeKind,
    /// For `once` and `hold`, percent, 5 to 100. Left out: 100 for `once`, 50 for `hold`.
    #[serde(default, deserialize_with = "fields::optional_level")]
    #[oai(nullable)]
    pub(in crate::http) level: Option<Level>,
    /// When it goes back to `auto` by itself: a time with an offset, a time of day in the station's zone such as `18:00`,
    /// or `unplugged`. Left out: when somebody takes it back.
    #[serde(default, deserialize_with = "fields::end")]
    #[oai(nullable)]
    pub(in crate::http) until: Option<End>,
    /// The same as a length of time in words: `2 h`, `90 min`, `1 day`.
    #[serde(default, rename = "for", deserialize_with = "fields::length")]
    #[oai(nullable, rename = "for")]
    pub(in crate::http) length: Option<String>,
}

impl Example for ModeIn {
    fn example() -> Self {
        Self { mode: ModeKind::On, level: None, until: None, length: Some("2 h".to_owned()) }
    }
}
