//! Who holds the switch: the policy, or a person until some time.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// The three modes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModeKind {
    /// The policy decides.
    #[default]
    Auto,
    /// A person wants power.
    On,
    /// A person wants no power.
    Off,
}

impl ModeKind {
    /// The word on REST and in files: `auto`, `on`, `off`. On MQTT it is upper case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
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
        match text.to_ascii_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err(format!(
                "`{}` is not a mode: use auto, on or off",
                text.chars().take(40).collect::<String>()
            )),
        }
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

/// The mode of a port, with its end and its author.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mode {
    /// Which of the three.
    pub kind: ModeKind,
    /// When it goes back to `auto` by itself; `None`: when somebody takes it back.
    pub until: Option<Timestamp>,
    /// Who set it.
    pub by: Author,
}
