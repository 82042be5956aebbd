//! Hubs as people buy them: which chips are inside, and which of their sockets has which number on the housing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{HubLocation, ModelName, PortId, Socket, StationName};

/// The text is not a part of a hub model. `Display` says what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChip {
    /// Not four hexadecimal digits, a colon, four more.
    #[error(
        "`{0}` is not a vendor and product number: write them as `lsusb` prints them, for example `0bda:5411`"
    )]
    Id(String),
    /// Not port numbers with dots between.
    #[error(
        "`{0}` is not a place in a hub: write the port numbers that lead to the chip, for example `3.4`; the first chip is ``"
    )]
    Path(String),
}

/// Vendor and product number of a USB device, as `lsusb` prints them: `0bda:5411`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChipId {
    /// Who made it.
    pub vendor: u16,
    /// What it is.
    pub product: u16,
}

impl FromStr for ChipId {
    type Err = InvalidChip;
    fn from_str(text: &str) -> Result<Self, InvalidChip> {
        let number = |part: &str| {
            let right = part.len() == 4 && part.bytes().all(|b| b.is_ascii_hexdigit());
            right.then(|| u16::from_str_radix(part, 16).ok()).flatten()
        };
        let parts =
            text.split_once(':').and_then(|(vendor, product)| Some((number(vendor)?, number(product)?)));
        let (vendor, product) = parts.ok_or_else(|| InvalidChip::Id(text.chars().take(40).collect()))?;
        Ok(Self { vendor, product })
    }
}
impl TryFrom<String> for ChipId {
    type Error = InvalidChip;
    fn try_from(text: String) -> Result<Self, InvalidChip> {
        text.parse()
    }
}
impl From<ChipId> for String {
    fn from(id: ChipId) -> Self {
        id.to_string()
    }
}
impl fmt::Display for ChipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.product)
    }
}

/// Where a chip is inside a hub: the port numbers that lead to it from the first chip, `3.4`; empty for the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChipPath(Arc<str>);

impl ChipPath {
    /// Checks the text: nothing, or at most five port numbers of 1 to 14 (USB allows no deeper tree).
    pub fn new(text: &str) -> Result<Self, InvalidChip> {
        let number = |part: &str| {
            part.parse::<u8>().is_ok_and(|n| (1..=14).contains(&n)) && !part.starts_with(['0', '+'])
        };
        if text.is_empty() || (text.split('.').count() <= 5 && text.split('.').all(number)) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidChip::Path(text.chars().take(40).collect()))
        }
    }
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The socket that leads to this chip; `None` for the first one.
    pub fn way(&self) -> Option<ChipSocket> {
        let (chip, port) = self.0.rsplit_once('.').unwrap_or(("", &self.0));
        Some(ChipSocket { chip: Self(chip.into()), port: port.parse().ok()? })
    }
    /// How many hubs are one behind the other from the first chip to this one, 1 to 6.
    pub fn depth(&self) -> usize {
        if self.0.is_empty() { 1 } else { self.0.split('.').count() + 1 }
    }
    /// The chip whose location is `hub`, in a hub that is plugged in at `at`; `None` when it is not in that hub.
    pub fn between(at: &HubLocation, hub: &HubLocation) -> Option<Self> {
        let rest = hub.as_str().strip_prefix(at.as_str())?;
        let joint = if at.is_root() { '-' } else { '.' };
        match rest.strip_prefix(joint) {
            _ if rest.is_empty() => Some(Self::default()),
            Some(path) => Self::new(path).ok(),
            None => None,
        }
    }
}

impl fmt::Display for ChipPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A socket inside a hub, wherever that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChipSocket {
    /// Which chip.
    pub chip: ChipPath,
    /// The port of the chip, 1 to 14.
    pub port: u8,
}

/// A kind of hub: its chips, and the numbers on its housing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubModel {
    /// The name of its file.
    pub name: ModelName,
    /// What people call it.
    pub title: String,
    /// Its chips, each with the number of its ports. There is always the first one.
    pub chips: BTreeMap<ChipPath, u8>,
    /// The vendor and product numbers that its chips have on either side; empty: any.
    pub ids: Vec<ChipId>,
    /// The socket of each number on the housing.
    pub ports: BTreeMap<PortId, ChipSocket>,
    /// How its ports stand on the housing, row by row, each once; empty: not known.
    pub rows: Vec<Vec<PortId>>,
    /// The sockets that connect its chips: never switched.
    pub chain: BTreeSet<ChipSocket>,
    /// Why none of its ports can be switched by itself, if so.
    pub never: Option<String>,
    /// What is known of hubs with chips of certain numbers, for people.
    pub cautions: Vec<(ChipId, String)>,
    /// The boards on which it is soldered, as the start of the board's name; empty: it is no part of a board.
    pub boards: Vec<String>,
}

/// The hub of a station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubPlan {
    /// Its kind.
    pub model: Arc<HubModel>,
    /// Where the file says that it is plugged in.
    pub at: HubLocation,
}

impl HubPlan {
    /// The socket of a number on the housing, where the file says that the hub is; `None` when the hub has no such number.
    pub fn socket(&self, port: PortId) -> Option<Socket> {
        self.model.ports.get(&port).and_then(|place| self.at.socket(place))
    }
    /// The sockets that connect the chips of the hub, where the file says that it is.
    pub fn chain(&self) -> impl Iterator<Item = Socket> {
        self.model.chain.iter().filter_map(|place| self.at.socket(place))
    }
}

/// All that a station may have switched. The usb task touches nothing else in its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Who.
    pub station: StationName,
    /// The hub, if the file names its model.
    pub hub: Option<Arc<HubPlan>>,
    /// The sockets of its ports, as the file says.
    pub sockets: BTreeSet<Socket>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_are_numbered_as_lsusb_prints_them() {
        assert_eq!("0bda:5411".parse::<ChipId>().unwrap().to_string(), "0bda:5411");
        for bad in ["", "0bda", "0bda:54", "0bda:54111", "+bda:5411", "0bda-5411"] {
            assert!(bad.parse::<ChipId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_chip_is_found_below_the_hub_and_nowhere_else() {
        let hub = |text| HubLocation::new(text).unwrap();
        let between = |at, of| ChipPath::between(&hub(at), &hub(of)).map(|path| path.to_string());
        assert_eq!(between("5-2", "5-2.3.4").as_deref(), Some("3.4"));
        assert_eq!(between("5-2", "5-2").as_deref(), Some(""));
        assert_eq!(between("5", "5-2.3").as_deref(), Some("2.3"));
        assert_eq!(between("5-2", "5-20"), None);
        assert_eq!(between("5-2.3", "5-2"), None);
        let socket = hub("5-2").socket(&ChipSocket { chip: ChipPath::new("3.4").unwrap(), port: 2 });
        assert_eq!(socket.unwrap().to_string(), "5-2.3.4 port 2");
    }

    #[test]
    fn a_chip_knows_the_socket_that_leads_to_it() {
        let chip = |text| ChipPath::new(text).unwrap();
        assert_eq!(chip("").way(), None);
        assert_eq!(chip("3").way(), Some(ChipSocket { chip: chip(""), port: 3 }));
        assert_eq!(chip("3.4").way(), Some(ChipSocket { chip: chip("3"), port: 4 }));
        assert_eq!(["", "3", "3.4"].map(|text| chip(text).depth()), [1, 2, 3]);
    }
}
