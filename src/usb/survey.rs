//! What hangs on the USB buses of this host, as one looks at it: the values that `scs discover`, `scs doctor` and
//! `scs check` draw and judge. Pure.

use std::collections::BTreeMap;

use crate::model::{ChipId, HubLocation, Power, SwitchProblem, Thing};

/// Everything that was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// All hubs, root hubs included, both sides of USB 3 hubs.
    pub hubs: BTreeMap<HubLocation, HubFound>,
    /// What the board is called, for example `Raspberry Pi 4 Model B Rev 1.4`; `None` on a PC.
    pub board: Option<String>,
    /// Why `uhubctl` could not be asked; what it would have told is missing then.
    pub without_uhubctl: Option<SwitchProblem>,
    /// True when the kernel's files were there to read.
    pub from_kernel: bool,
}

/// One hub, or one side of a USB 3 hub.
#[derive(Clone, Debug, PartialEq)]
pub struct HubFound {
    /// Vendor and product number.
    pub id: ChipId,
    /// What it says that it is, printable; may be empty.
    pub name: String,
    /// Its serial number, printable, if it has one.
    pub serial: Option<String>,
    /// True for the USB 3 side of a hub.
    pub usb3: bool,
    /// How its ports are switched, as it says.
    pub switching: Switching,
    /// The other side of the same hub.
    pub twin: Option<HubLocation>,
    /// Its ports, by number.
    pub sockets: BTreeMap<u8, SocketFound>,
    /// True when the kernel may put it to sleep, which can bring switched-off ports back (`power/control` is `auto`).
    pub may_sleep: Option<bool>,
    /// Whether this user may open its device file, which `uhubctl` needs.
    pub device_file: Access,
}

/// How a hub switches its ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switching {
    /// Each by itself.
    Single,
    /// All together.
    Ganged,
    /// Not at all.
    Never,
    /// Not known: `uhubctl` lists only hubs whose ports it can switch singly.
    Unknown,
}

/// One port of a hub.
#[derive(Clone, Debug, PartialEq)]
pub struct SocketFound {
    /// Its power, or why that is not known.
    pub power: Result<Power, String>,
    /// The device in it, hubs excluded.
    pub thing: Option<Thing>,
    /// The USB class of that device, or of its first interface where it leaves that to these; `None`: not known.
    pub class: Option<u8>,
    /// True if something is plugged in that has not said yet what it is.
    pub undescribed: bool,
    /// The hub that is plugged into it.
    pub hub: Option<HubLocation>,
    /// Whether this user may write the kernel's file that switches it.
    pub disable_file: Access,
}

impl SocketFound {
    /// One of which nothing is known but its power, and what may be done with its file.
    pub(super) fn bare(power: Result<Power, String>, disable_file: Access) -> Self {
        Self { power, thing: None, class: None, undescribed: false, hub: None, disable_file }
    }
}

#[cfg(test)]
impl HubFound {
    /// A hub without words, all ports with power and empty, of which everything may be done.
    pub(crate) fn bare(id: &str, usb3: bool, ports: u8) -> Self {
        Self {
            id: id.parse().unwrap(),
            name: String::new(),
            serial: None,
            usb3,
            switching: Switching::Single,
            twin: None,
            sockets: (1..=ports).map(|port| (port, SocketFound::bare(Ok(Power::On), Access::Yes))).collect(),
            may_sleep: None,
            device_file: Access::Yes,
        }
    }
}

/// What this user may do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Write it.
    Yes,
    /// Not write it: no permission.
    No,
    /// Not write it: the file system is read-only, as in containers.
    ReadOnly,
    /// There is no such file.
    Absent,
}
