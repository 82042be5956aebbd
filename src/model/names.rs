//! Names and numbers by which people call things.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

/// The text is not a name of this kind. `Display` says what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}: {allowed}")]
pub struct InvalidName {
    /// What was to be named, for example "station name".
    pub kind: &'static str,
    /// The text that was refused, cut to 80 characters.
    pub text: String,
    /// What is allowed, in words.
    pub allowed: &'static str,
}

impl InvalidName {
    fn new(kind: &'static str, text: &str, allowed: &'static str) -> Self {
        Self { kind, text: text.chars().take(80).collect(), allowed }
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $kind:literal, $check:path, $allowed:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $type(Arc<str>);

        impl $type {
            /// Checks the text. Fails with what is allowed.
            pub fn new(text: &str) -> Result<Self, InvalidName> {
                if $check(text) { Ok(Self(text.into())) } else { Err(InvalidName::new($kind, text, $allowed)) }
            }
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $type {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::new(&text)
            }
        }
        impl FromStr for $type {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_ascii_lowercase())
        && text.len() <= 64
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

fn is_label(text: &str) -> bool {
    (1..=64).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control)
}

name!(
    /// A station's name: its file's name without `.ron`. Part of addresses and topics.
    StationName, "station name", is_identifier, "use 1 to 64 of a-z, 0-9, - and _, a letter first");
name!(
    /// A rule's name: its file's name without `.rhai`.
    RuleName, "rule name", is_identifier, "use 1 to 64 of a-z, 0-9, - and _, a letter first");
name!(
    /// What people call a device, for example `Pixel 7`.
    DeviceName, "device name", is_label,
    "use 1 to 64 characters, no control characters, no blanks at the ends");

name!(
    /// A hub model's name: its file's name without `.ron`.
    ModelName, "hub model", is_identifier, "use 1 to 64 of a-z, 0-9, - and _, a letter first");

name!(
    /// The name of a number from elsewhere, for example `price`.
    SignalName, "signal name", is_identifier, "use 1 to 64 of a-z, 0-9, - and _, a letter first");

impl DeviceName {
    /// What a device is called that nobody named: `port-3`.
    pub fn anonymous(port: PortId) -> Self {
        Self(format!("port-{port}").into())
    }
}

/// The number of a port as people see it on the housing: 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct PortId(u16);

impl PortId {
    /// Checks the number: not 0.
    pub fn new(number: u16) -> Result<Self, InvalidName> {
        if number == 0 {
            return Err(InvalidName::new("port number", "0", "ports are numbered from 1 to 65535"));
        }
        Ok(Self(number))
    }
    /// The number, 1 to 65535.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for PortId {
    type Error = InvalidName;
    fn try_from(number: u16) -> Result<Self, InvalidName> {
        Self::new(number)
    }
}
impl From<PortId> for u16 {
    fn from(port: PortId) -> u16 {
        port.0
    }
}
impl FromStr for PortId {
    type Err = InvalidName;
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let allowed = "ports are numbered from 1 to 65535";
        let number = text.parse().map_err(|_| InvalidName::new("port number", text, allowed))?;
        Self::new(number)
    }
}
impl fmt::Display for PortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_allowed() {
        let error = StationName::new("My Desk").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`My Desk` is not a station name: use 1 to 64 of a-z, 0-9, - and _, a letter first"
        );
    }

    #[test]
    fn a_device_may_be_called_what_people_call_it() {
        assert!(DeviceName::new("Mäxchens Galaxy S9+").is_ok());
        assert!(DeviceName::new("two\nlines").is_err());
        assert!(DeviceName::new("").is_err());
    }

    #[test]
    fn port_zero_is_refused_also_from_json() {
        assert!(PortId::new(0).is_err());
        assert!(serde_json::from_str::<PortId>("0").is_err());
    }
}
