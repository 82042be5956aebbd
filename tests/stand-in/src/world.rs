//! The hubs that are played, what is plugged into them, and what goes wrong. Values only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All that hangs on the buses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// Every side of every hub, in the order in which libusb lists them.
    pub hubs: Vec<Hub>,
    /// What goes wrong; the first that fits a call counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// One side of a hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// Bus and path, as `uhubctl` writes it: `3-1.4`; a root hub is just `3`.
    pub at: String,
    /// The USB version in hexadecimal digits: 0x0210 is 2.1.
    pub usb: u16,
    /// Vendor and product number.
    pub id: (u16, u16),
    /// What it says of itself.
    #[serde(default)]
    pub words: Words,
    /// The identity that all chips of a housing may share, 32 hexadecimal digits with or without dashes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// How it says that it switches ports.
    #[serde(default)]
    pub switching: Switching,
    /// Its ports by number, from 1 without a gap.
    pub ports: BTreeMap<u8, Port>,
}

/// The strings of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Its maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Its serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
}

impl Words {
    /// Maker and product; no serial number.
    pub fn new(vendor: &str, product: &str) -> Self {
        Self { vendor: Some(vendor.to_owned()), product: Some(product.to_owned()), serial: None }
    }
}

/// How a hub switches its ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Switching {
    /// Each by itself.
    #[default]
    Single,
    /// All together.
    Ganged,
    /// Not at all.
    Never,
}

/// A port of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// Its power bit.
    pub power: bool,
    /// What is plugged in; a hub is not written here, it has its own place in the world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// The status word that is shown instead of the one that follows from the above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<u16>,
}

impl Default for Port {
    fn default() -> Self {
        Self { power: true, device: None, shows: None }
    }
}

/// A device that is no hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Vendor and product number.
    pub id: (u16, u16),
    /// What it says of itself.
    #[serde(default)]
    pub words: Words,
    /// False: the port shows it, and libusb does not list it yet.
    pub listed: bool,
    /// False: the user may not open it.
    pub open: bool,
}

impl Device {
    /// A phone with this serial number.
    pub fn phone(serial: &str) -> Self {
        let words = Words { serial: Some(serial.to_owned()), ..Words::new("SAMSUNG", "SAMSUNG_Android") };
        Self { id: (0x04e8, 0x6860), words, listed: true, open: true }
    }
}

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// At which side of a hub.
    pub at: String,
    /// At which port of it; none: at any, and at calls that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u8>,
    /// In which call; none: in any but the listing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// So many such calls go well before.
    #[serde(default)]
    pub skip: u32,
    /// So often it goes wrong; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How.
    pub does: Does,
}

impl Fault {
    /// For ever, from the first such call.
    pub fn new(at: &str, call: Call, does: Does) -> Self {
        Self { at: at.to_owned(), port: None, call: Some(call), skip: 0, times: None, does }
    }
    /// The same, only at this port.
    pub fn at_port(self, port: u8) -> Self {
        Self { port: Some(port), ..self }
    }
    /// The same, so often.
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }
    /// The same, after so many calls that go well.
    pub fn after(self, skip: u32) -> Self {
        Self { skip, ..self }
    }
}

/// What `uhubctl` does with a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// It is listed, which happens once in every run.
    List,
    /// It is opened.
    Open,
    /// It is asked what kind of hub it is.
    Describe,
    /// It is asked for the status of a port.
    Status,
    /// It is told to switch a port.
    Power,
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Does {
    /// Nothing happens, and this error of libusb is returned.
    Fail(i32),
    /// Nothing happens, and success is returned.
    Ignore,
    /// It never returns.
    Hang,
    /// The hub is pulled out, with all that hangs on it.
    Unplug,
    /// The port, or all ports, have power again; then the call goes well.
    PowerBack,
    /// A listing without this hub, as while it enumerates anew.
    Hide,
}

impl World {
    /// Of these hubs.
    pub fn new(hubs: Vec<Hub>) -> Self {
        Self { hubs, faults: Vec::new() }
    }
    /// The side at this place.
    pub fn hub(&self, at: &str) -> Option<&Hub> {
        self.hubs.iter().find(|hub| hub.at == at)
    }
    /// The side at this place.
    pub fn hub_mut(&mut self, at: &str) -> Option<&mut Hub> {
        self.hubs.iter_mut().find(|hub| hub.at == at)
    }
    /// The port of a side.
    pub fn port_mut(&mut self, at: &str, port: u8) -> Option<&mut Port> {
        self.hub_mut(at)?.ports.get_mut(&port)
    }
    /// The power bit of a port of one side; none if there is no such port.
    pub fn power(&self, at: &str, port: u8) -> Option<bool> {
        Some(self.hub(at)?.ports.get(&port)?.power)
    }
    /// Everything that is on bus `from` is on bus `to` instead.
    pub fn change_bus(&mut self, from: u8, to: u8) {
        let places = self.hubs.iter_mut().map(|hub| &mut hub.at);
        for at in places.chain(self.faults.iter_mut().map(|fault| &mut fault.at)) {
            let (bus, path) = place(at);
            if bus == from {
                *at = written(to, &path);
            }
        }
    }
    /// The hub and all that hangs on it are gone.
    pub fn unplug(&mut self, at: &str) {
        let (bus, path) = place(at);
        self.hubs.retain(|hub| {
            let (other_bus, other_path) = place(&hub.at);
            other_bus != bus || !other_path.starts_with(&path)
        });
    }
    /// True if there is the hub, and power on the way to it.
    pub fn reaches(&self, at: &str) -> bool {
        let (bus, path) = place(at);
        let fed = |depth: usize| {
            let above = path.get(..depth).map(|path| written(bus, path));
            let hub = above.and_then(|above| self.hub(&above));
            // Root hubs that play no part are not written down.
            hub.is_none_or(|hub| path.get(depth).is_some_and(|n| hub.ports.get(n).is_some_and(|p| p.power)))
        };
        self.hub(at).is_some() && (0..path.len()).all(fed)
    }
    /// What goes wrong in this call, if something does; counts it.
    pub fn fault(&mut self, at: &str, call: Call, port: Option<u8>) -> Option<Fault> {
        let fits = |fault: &&mut Fault| {
            fault.at == at
                && fault.call.map_or(call != Call::List, |only| only == call)
                && (call == Call::List || fault.port.is_none() || fault.port == port)
                && fault.times != Some(0)
        };
        for fault in self.faults.iter_mut().filter(fits) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else {
                fault.times = fault.times.map(|times| times - 1);
                return Some(fault.clone());
            }
        }
        None
    }
    /// The status word of a port; none if there is no such port.
    pub fn status(&self, at: &str, number: u8) -> Option<u16> {
        let hub = self.hub(at)?;
        let port = hub.ports.get(&number)?;
        let (bus, mut path) = place(at);
        path.push(number);
        let below = self.hub(&written(bus, &path)).is_some();
        let usual = match (hub.usb >= 0x0300, port.power) {
            (false, false) => 0x0000,
            (false, true) if below => 0x0507,
            (false, true) if port.device.is_some() => 0x0503,
            (false, true) => 0x0100,
            (true, false) => 0x00a0,
            (true, true) if below => 0x0263,
            (true, true) if port.device.is_some() => 0x0203,
            (true, true) => 0x02a0,
        };
        Some(port.shows.unwrap_or(usual))
    }
}

/// Bus and port numbers of a place.
pub(crate) fn place(at: &str) -> (u8, Vec<u8>) {
    let (bus, path) = at.split_once('-').unwrap_or((at, ""));
    let number = |text: &str| text.parse().unwrap_or_default();
    (number(bus), path.split('.').filter(|part| !part.is_empty()).map(number).collect())
}

/// The opposite of [`place`].
pub(crate) fn written(bus: u8, path: &[u8]) -> String {
    let path: Vec<String> = path.iter().map(u8::to_string).collect();
    if path.is_empty() { bus.to_string() } else { format!("{bus}-{}", path.join(".")) }
}
