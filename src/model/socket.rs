//! Where `uhubctl` finds a port.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{ChipPath, ChipSocket};

/// The text or number is not a socket. `Display` says what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSocket {
    /// Not `bus` or `bus-port.port…`.
    #[error(
        "`{0}` is not a hub location: write bus and port path as `uhubctl` prints them, for example `5-2.3`"
    )]
    Location(String),
    /// Not 1 to 14, the numbers `uhubctl` can address.
    #[error("hub port {0} is out of range: `uhubctl` addresses the ports 1 to 14 of a hub")]
    Port(u8),
}

/// Bus number and port path of a hub as `uhubctl` and the kernel write it: `5-2.3.4`; a root hub is just `5`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct HubLocation(Arc<str>);

impl HubLocation {
    /// Checks the text: a bus number, then at most seven port numbers (USB allows no deeper tree).
    pub fn new(text: &str) -> Result<Self, InvalidSocket> {
        let refused = || InvalidSocket::Location(text.chars().take(80).collect());
        let (bus, path) = text.split_once('-').map_or((text, None), |(bus, path)| (bus, Some(path)));
        let number = |part: &str| {
            part.len() <= 3 && part.parse::<u8>().is_ok_and(|n| n > 0 && !part.starts_with(['0', '+']))
        };
        let bus_is_right =
            bus.len() <= 3 && bus.parse::<u16>().is_ok_and(|n| n > 0) && !bus.starts_with(['0', '+']);
        let path_is_right = path.is_none_or(|p| p.split('.').count() <= 7 && p.split('.').all(number));
        if bus_is_right && path_is_right { Ok(Self(text.into())) } else { Err(refused()) }
    }
    /// The location as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// True for the hub of the host controller itself (no port path).
    pub fn is_root(&self) -> bool {
        !self.0.contains('-')
    }
    /// The location of a chip of a hub that is plugged in here; `None` when that would be deeper than USB allows.
    pub fn chip(&self, path: &ChipPath) -> Option<Self> {
        let joint = if self.is_root() { '-' } else { '.' };
        if path.as_str().is_empty() {
            Some(self.clone())
        } else {
            Self::new(&format!("{}{joint}{path}", self.0)).ok()
        }
    }
    /// The socket of a hub that is plugged in here; `None` when it would be deeper than USB allows.
    pub fn socket(&self, place: &ChipSocket) -> Option<Socket> {
        Socket::new(self.chip(&place.chip)?, place.port).ok()
    }
    /// The bus number and the path of ports, which is empty for a root hub.
    pub fn parts(&self) -> (u16, &str) {
        let (bus, path) = self.0.split_once('-').unwrap_or((&self.0, ""));
        // INVARIANT: `new` has read the number.
        (bus.parse().unwrap_or_default(), path)
    }
    /// The location of a hub plugged into port `port` of this hub: `5-2` and 3 give `5-2.3`, `5` and 2 give `5-2`.
    pub fn below(&self, port: u8) -> Self {
        let joint = if self.is_root() { '-' } else { '.' };
        Self(format!("{}{joint}{port}", self.0).into())
    }
}

impl TryFrom<String> for HubLocation {
    type Error = InvalidSocket;
    fn try_from(text: String) -> Result<Self, InvalidSocket> {
        Self::new(&text)
    }
}
impl FromStr for HubLocation {
    type Err = InvalidSocket;
    fn from_str(text: &str) -> Result<Self, InvalidSocket> {
        Self::new(text)
    }
}
impl fmt::Display for HubLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One socket: a hub and the number of the port on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Socket {
    hub: HubLocation,
    port: u8,
}

impl Socket {
    /// Checks the port number: 1 to 14.
    pub fn new(hub: HubLocation, port: u8) -> Result<Self, InvalidSocket> {
        if !(1..=14).contains(&port) {
            return Err(InvalidSocket::Port(port));
        }
        Ok(Self { hub, port })
    }
    /// The hub.
    pub fn hub(&self) -> &HubLocation {
        &self.hub
    }
    /// The number on the hub, 1 to 14.
    pub fn port(&self) -> u8 {
        self.port
    }
}

impl fmt::Display for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} port {}", self.hub, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_what_uhubctl_prints() {
        for good in ["5", "5-2", "5-2.3.4", "20-11", "1-1.1.4", "3-1.2.3.4.5.6.7"] {
            assert!(HubLocation::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "5-",
            "-2",
            "5-2.",
            "5-2..3",
            "5-a",
            "5 -2",
            "5-0",
            "05-2",
            "5-2;reboot",
            "+5",
            "3-1.2.3.4.5.6.7.8",
        ] {
            assert!(HubLocation::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_hub_below_is_named_by_its_path() {
        let root = HubLocation::new("5").unwrap();
        assert_eq!(root.below(2).below(3).as_str(), "5-2.3");
    }
}
