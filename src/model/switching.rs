//! Orders to the hub, and what was seen on it afterwards.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{ChipId, HubLocation, ModeKind, PortId, Reach, Socket};

/// Whether a port has power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Power {
    /// It has.
    On,
    /// It has not.
    Off,
}

impl Power {
    /// The word in JSON and as an argument of `uhubctl`: `on`, `off`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
    /// The word on MQTT and on the paths of the service before this one: `ON`, `OFF`.
    pub fn upper(self) -> &'static str {
        match self {
            Self::On => "ON",
            Self::Off => "OFF",
        }
    }
    /// The mode in which a person wants this.
    pub fn mode(self) -> ModeKind {
        match self {
            Self::On => ModeKind::On,
            Self::Off => ModeKind::Off,
        }
    }
}

impl fmt::Display for Power {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Number of an order, unique within the life of an engine.
pub type OrderId = u64;

/// A switch that the engine wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its number; the answer names it.
    pub id: OrderId,
    /// The port.
    pub port: PortId,
    /// Where it is.
    pub socket: Socket,
    /// What is wanted.
    pub power: Power,
}

/// What a controller asks of the usb task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchRequest {
    /// What the station may have switched at all.
    pub reach: Arc<Reach>,
    /// What it wants now.
    pub ask: Ask,
}

/// What a station wants of the usb task. Sockets are where the file says; the usb task knows where the hub really is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Switch these ports and say what is seen afterwards.
    Switch(Vec<Order>),
    /// Say what is seen at these ports.
    Read(Vec<(PortId, Socket)>),
}

/// Why the power of a port is not known, or not as ordered. `Display` says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SwitchProblem {
    /// The program is not there.
    #[error(
        "uhubctl was not found ({0}): install it with `apt install uhubctl`, or name its path in settings.ron"
    )]
    ToolMissing(String),
    /// The user may not switch: why, and what to do.
    #[error("no permission to switch USB ports: {0}")]
    Permission(String),
    /// It did not end in time and was ended.
    #[error("the hub did not answer within {0} s and is no longer waited for; the state is read again")]
    Timeout(u64),
    /// Another hub did not answer before its turn came.
    #[error("not tried yet, because the hub at `{0}` does not answer; it is tried again")]
    NotTried(HubLocation),
    /// Another program holds the lock.
    #[error("another program has been using uhubctl for {0} s; it is tried again")]
    Busy(u64),
    /// The hub, or the port on it, is not there.
    #[error("the hub does not show this port: {0}")]
    Missing(String),
    /// The whole hub is not there.
    #[error("the hub at `{0}` is not there: is it plugged in, and does it have power?")]
    HubMissing(HubLocation),
    /// Another kind of hub is there.
    #[error(
        "the hub does not fit its model ({0}): mend `hub` in the station file, `scs discover` shows what is there"
    )]
    Misfit(String),
    /// A USB 3 hub has two sides, and only one of them can be read and switched: the port would keep its power.
    #[error("the other side of this USB 3 hub cannot be switched (`scs doctor` looks at both): {0}")]
    OtherSide(String),
    /// The answer could not be understood.
    #[error("what the hub shows was not understood ({0})")]
    Unreadable(String),
    /// One side has power as ordered, the other has not.
    #[error(
        "{0} has no power, only the other side of this USB 3 hub has: the device charges, and may do so slowly and without data"
    )]
    Half(String),
    /// The order was sent, and the hub still shows the old state.
    #[error("the order was sent, but the hub still shows the port {0}")]
    Refused(Power),
    /// The service will not touch this socket.
    #[error("this socket is never switched: {0}")]
    Forbidden(String),
}

impl SwitchProblem {
    /// True when trying again in a second may help.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Timeout(_)
            | Self::NotTried(_)
            | Self::Busy(_)
            | Self::Unreadable(_)
            | Self::Half(_)
            | Self::Refused(_) => true,
            Self::ToolMissing(_)
            | Self::Permission(_)
            | Self::Missing(_)
            | Self::HubMissing(_)
            | Self::Misfit(_)
            | Self::OtherSide(_)
            | Self::Forbidden(_) => false,
        }
    }
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ToolMissing(_) => "uhubctl_missing",
            Self::Permission(_) => "no_permission",
            Self::Timeout(_) => "uhubctl_timeout",
            Self::NotTried(_) => "not_tried",
            Self::Busy(_) => "uhubctl_busy",
            Self::Missing(_) => "port_missing",
            Self::HubMissing(_) => "hub_missing",
            Self::Misfit(_) => "model_misfit",
            Self::OtherSide(_) => "other_side",
            Self::Unreadable(_) => "unreadable",
            Self::Half(_) => "half_on",
            Self::Refused(_) => "not_switched",
            Self::Forbidden(_) => "forbidden_socket",
        }
    }
}

/// A USB device as it shows itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thing {
    /// Vendor and product number.
    pub id: ChipId,
    /// Its serial number, if it has one: 1 to 128 printable characters.
    pub serial: Option<String>,
    /// What it says that it is, printable; may be empty. Never a reason to do anything.
    pub name: String,
}

/// What is plugged into a port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Plugged {
    /// Not known: a port without power shows nothing, and some readings do not tell.
    #[default]
    NotShown,
    /// Nothing that talks: an empty port, or a device that only charges.
    Nothing,
    /// This.
    Thing(Arc<Thing>),
}

impl Plugged {
    /// The serial number that is shown, if one is.
    pub fn serial(&self) -> Option<&str> {
        match self {
            Self::Thing(thing) => thing.serial.as_deref(),
            Self::NotShown | Self::Nothing => None,
        }
    }
}

/// What was seen at one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The port.
    pub port: PortId,
    /// The order that this answers; `None` for a plain reading.
    pub order: Option<OrderId>,
    /// The power as the hub shows it; `None`: not known.
    pub power: Option<Power>,
    /// What went wrong, if something did.
    pub problem: Option<SwitchProblem>,
    /// What is plugged in.
    pub plugged: Plugged,
    /// Its power comes by one side of the hub only, and the other is off: half of what was done, by whomever.
    pub half: bool,
    /// Where the hub really is, when that is not where the file says.
    pub hub_at: Option<HubLocation>,
}

impl Seen {
    /// What a hub that is where the file says shows of the power, and nothing more.
    pub fn new(
        port: PortId,
        order: Option<OrderId>,
        power: Option<Power>,
        problem: Option<SwitchProblem>,
    ) -> Self {
        Self { port, order, power, problem, plugged: Plugged::NotShown, half: false, hub_at: None }
    }
}
