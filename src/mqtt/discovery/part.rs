//! Which entities there are. The key of a part is its identity in Home Assistant: it must never change.

use super::{
    super::topics::{Field, Topic},
    ids::Node,
};

/// One entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The station: whether the service is there.
    Connection,
    /// The station's mode.
    StationMode,
    /// How many ports have power.
    PortsOn,
    /// Since when the service runs.
    Started,
    /// A port's power: the main entity.
    Power,
    /// A port's mode.
    Mode,
    /// Percent.
    Battery,
    /// Whether the device says that it charges.
    Charging,
    /// Of the battery.
    Temperature,
    /// Where charging begins.
    MinLevel,
    /// Where charging ends.
    MaxLevel,
    /// The name of the device in the port.
    Device,
    /// Off for a few seconds.
    Cycle,
    /// Why the port is as it is.
    Reason,
    /// When the device last reported.
    LastReport,
    /// Whether it still reports.
    Reporting,
    /// Whether something is wrong.
    Fault,
}

const STATION: &[Part] = &[Part::Connection, Part::StationMode, Part::PortsOn, Part::Started];
const PORT: &[Part] = &[
    Part::Power,
    Part::Mode,
    Part::Battery,
    Part::Charging,
    Part::Temperature,
    Part::MinLevel,
    Part::MaxLevel,
    Part::Device,
    Part::Cycle,
    Part::Reason,
    Part::LastReport,
    Part::Reporting,
    Part::Fault,
];

impl Part {
    /// All parts that a device may have.
    pub(super) fn of(node: Node) -> impl Iterator<Item = Self> {
        let parts = match node {
            Node::Station => STATION,
            Node::Port(_) => PORT,
        };
        parts.iter().copied()
    }

    /// The part's own name in ids.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::StationMode | Self::Mode => "mode",
            Self::PortsOn => "ports_on",
            Self::Started => "started",
            Self::Power => "power",
            Self::Battery => "battery",
            Self::Charging => "charging",
            Self::Temperature => "temperature",
            Self::MinLevel => "min_level",
            Self::MaxLevel => "max_level",
            Self::Device => "device",
            Self::Cycle => "cycle",
            Self::Reason => "reason",
            Self::LastReport => "last_report",
            Self::Reporting => "reporting",
            Self::Fault => "fault",
        }
    }

    /// What kind of entity it is.
    pub(super) fn platform(self) -> &'static str {
        match self {
            Self::Connection | Self::Charging | Self::Reporting | Self::Fault => "binary_sensor",
            Self::StationMode | Self::Mode => "select",
            Self::PortsOn
            | Self::Started
            | Self::Battery
            | Self::Temperature
            | Self::Reason
            | Self::LastReport => "sensor",
            Self::Power => "switch",
            Self::MinLevel | Self::MaxLevel => "number",
            Self::Device => "text",
            Self::Cycle => "button",
        }
    }

    /// The topic that the entity shows; `None` for what only takes commands.
    pub(super) fn topic(self, node: Node) -> Option<Topic> {
        let field = match self {
            Self::Connection => return Some(Topic::Status),
            Self::StationMode => return Some(Topic::Mode),
            Self::PortsOn => return Some(Topic::PortsOn),
            Self::Started => return Some(Topic::Started),
            Self::Cycle => return None,
            Self::Power => Field::State,
            Self::Mode => Field::Mode,
            Self::Battery => Field::BatteryLevel,
            Self::Charging => Field::Charging,
            Self::Temperature => Field::Temperature,
            Self::MinLevel => Field::MinLevel,
            Self::MaxLevel => Field::MaxLevel,
            Self::Device => Field::Device,
            Self::Reason => Field::Reason,
            Self::LastReport => Field::LastReport,
            Self::Reporting => Field::Online,
            Self::Fault => Field::Fault,
        };
        match node {
            Node::Station => None,
            Node::Port(port) => Some(Topic::Port(port, field)),
        }
    }

    /// True for what can be set where it is shown.
    pub(super) fn is_set(self) -> bool {
        matches!(
            self,
            Self::StationMode | Self::Power | Self::Mode | Self::MinLevel | Self::MaxLevel | Self::Device
        )
    }
}
