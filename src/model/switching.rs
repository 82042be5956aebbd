//! Orders to the hub, and what was seen on it afterwards.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ModeKind, PortId, Socket};

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
pub enum SwitchRequest {
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
    /// The user may not switch.
    #[error("no permission to switch USB ports ({0}): install the udev rule of README.md and join its group")]
    Permission(String),
    /// It did not end in time and was ended.
    #[error("uhubctl did not answer within {0} s and was ended; the state is read again")]
    Timeout(u64),
    /// Another program holds the lock.
    #[error("another program has been using uhubctl for {0} s; it is tried again")]
    Busy(u64),
    /// The hub, or the port on it, is not there.
    #[error("the hub does not show this port ({0}): is it plugged in, and is the socket right?")]
    Missing(String),
    /// The answer could not be understood.
    #[error("uhubctl's answer was not understood ({0})")]
    Unreadable(String),
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
            Self::Timeout(_) | Self::Busy(_) | Self::Unreadable(_) | Self::Refused(_) => true,
            Self::ToolMissing(_) | Self::Permission(_) | Self::Missing(_) | Self::Forbidden(_) => false,
        }
    }
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ToolMissing(_) => "uhubctl_missing",
            Self::Permission(_) => "no_permission",
            Self::Timeout(_) => "uhubctl_timeout",
            Self::Busy(_) => "uhubctl_busy",
            Self::Missing(_) => "port_missing",
            Self::Unreadable(_) => "unreadable",
            Self::Refused(_) => "not_switched",
            Self::Forbidden(_) => "forbidden_socket",
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
}
