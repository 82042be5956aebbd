//! What there is to see and to set at a station and at each of its ports, as openHAB wants to know it.
//!
//! One row for each channel and its item. `number` channels carry a unit, or openHAB would take 56 % for 56.

use crate::mqtt::topics::{Field, Topic};

/// One channel and the item that shows it.
pub(super) struct Point<W: 'static> {
    /// The topic.
    pub(super) what: W,
    /// The channel's name within its Thing.
    pub(super) id: &'static str,
    /// The channel's type in the generic MQTT binding.
    pub(super) kind: Kind,
    /// What openHAB may do with it.
    pub(super) access: Access,
    /// What people read.
    pub(super) label: &'static str,
    /// What the item's name ends with.
    pub(super) item: &'static str,
    /// How the value is shown; empty: as openHAB likes.
    pub(super) format: &'static str,
    /// A classic icon.
    pub(super) icon: &'static str,
    /// Its place in the semantic model.
    pub(super) tags: &'static [&'static str],
    /// The group, beside the port's, whose name ends so; empty: none.
    pub(super) group: &'static str,
}

/// The type of a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// On and off; other words than `ON` and `OFF` are named.
    Switch(Option<(&'static str, &'static str)>),
    /// Any text.
    Text,
    /// A whole number of something.
    Count,
    /// Percent, 0 to 100; one that is set moves by 5.
    Percent,
    /// Degrees Celsius.
    Temperature,
    /// A moment.
    Time,
    /// One of the five modes. No list of allowed states: `ONCE 90 UNTIL UNPLUGGED` may be sent too.
    Mode,
    /// Something to press.
    Press,
}

/// Which of a topic and its `/set` are there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Only seen.
    Seen,
    /// Seen and set.
    Set,
    /// Only set: nothing is said about it.
    Sent,
}

const ONLINE: Kind = Kind::Switch(Some(("online", "offline")));

/// The station's own.
pub(super) const STATION: &[Point<Topic>] = &[
    Point {
        what: Topic::Mode,
        id: "mode",
        kind: Kind::Mode,
        access: Access::Set,
        label: "Station mode",
        item: "Mode",
        format: "%s",
        icon: "switch",
        tags: &["Control", "Mode"],
        group: "",
    },
    Point {
        what: Topic::PortsOn,
        id: "ports_on",
        kind: Kind::Count,
        access: Access::Seen,
        label: "Ports on",
        item: "PortsOn",
        format: "%d",
        icon: "poweroutlet",
        tags: &["Status"],
        group: "",
    },
    Point {
        what: Topic::Status,
        id: "online",
        kind: ONLINE,
        access: Access::Seen,
        label: "Service",
        item: "Online",
        format: "%s",
        icon: "network",
        tags: &["Status"],
        group: "",
    },
    Point {
        what: Topic::Started,
        id: "started",
        kind: Kind::Time,
        access: Access::Seen,
        label: "Service start",
        item: "Started",
        format: "%1$tF %1$tR",
        icon: "time",
        tags: &["Status", "Timestamp"],
        group: "",
    },
    Point {
        what: Topic::Version,
        id: "version",
        kind: Kind::Text,
        access: Access::Seen,
        label: "Version",
        item: "Version",
        format: "%s",
        icon: "text",
        tags: &["Status"],
        group: "",
    },
];

/// Those of each port. What has no value on a topic is the power cycle.
pub(super) const PORT: &[Point<Option<Field>>] = &[
    Point {
        what: Some(Field::State),
        id: "power",
        kind: Kind::Switch(Some(("ON", "OFF"))),
        access: Access::Set,
        label: "Power",
        item: "Power",
        format: "",
        icon: "switch",
        tags: &["Switch", "Power"],
        group: "Power",
    },
    Point {
        what: Some(Field::Mode),
        id: "mode",
        kind: Kind::Mode,
        access: Access::Set,
        label: "Mode",
        item: "Mode",
        format: "%s",
        icon: "settings",
        tags: &["Control", "Mode"],
        group: "",
    },
    Point {
        what: Some(Field::Device),
        id: "device",
        kind: Kind::Text,
        access: Access::Set,
        label: "Device",
        item: "Device",
        format: "%s",
        icon: "text",
        tags: &["Control"],
        group: "",
    },
    Point {
        what: Some(Field::BatteryLevel),
        id: "battery",
        kind: Kind::Percent,
        access: Access::Seen,
        label: "Battery",
        item: "Battery",
        format: "%.0f %%",
        icon: "battery",
        tags: &["Measurement", "Level"],
        group: "Battery",
    },
    Point {
        what: Some(Field::Charging),
        id: "charging",
        kind: Kind::Switch(None),
        access: Access::Seen,
        label: "Charging",
        item: "Charging",
        format: "%s",
        icon: "energy",
        tags: &["Status", "Energy"],
        group: "",
    },
    Point {
        what: Some(Field::Temperature),
        id: "temperature",
        kind: Kind::Temperature,
        access: Access::Seen,
        label: "Battery temperature",
        item: "Temperature",
        format: "%.1f °C",
        icon: "temperature",
        tags: &["Measurement", "Temperature"],
        group: "",
    },
    Point {
        what: Some(Field::MinLevel),
        id: "minlevel",
        kind: Kind::Percent,
        access: Access::Set,
        label: "Charge below",
        item: "MinLevel",
        format: "%.0f %%",
        icon: "batterylevel",
        tags: &["Setpoint", "Level"],
        group: "",
    },
    Point {
        what: Some(Field::MaxLevel),
        id: "maxlevel",
        kind: Kind::Percent,
        access: Access::Set,
        label: "Stop at",
        item: "MaxLevel",
        format: "%.0f %%",
        icon: "batterylevel",
        tags: &["Setpoint", "Level"],
        group: "",
    },
    Point {
        what: Some(Field::Reason),
        id: "reason",
        kind: Kind::Text,
        access: Access::Seen,
        label: "Last decision",
        item: "Reason",
        format: "%s",
        icon: "text",
        tags: &["Status"],
        group: "",
    },
    Point {
        what: Some(Field::LastReport),
        id: "lastreport",
        kind: Kind::Time,
        access: Access::Seen,
        label: "Last report",
        item: "LastReport",
        format: "%1$tF %1$tR",
        icon: "time",
        tags: &["Status", "Timestamp"],
        group: "",
    },
    Point {
        what: Some(Field::Online),
        id: "reporting",
        kind: ONLINE,
        access: Access::Seen,
        label: "Reporting",
        item: "Reporting",
        format: "%s",
        icon: "network",
        tags: &["Status"],
        group: "",
    },
    Point {
        what: Some(Field::Fault),
        id: "fault",
        kind: Kind::Switch(None),
        access: Access::Seen,
        label: "Fault",
        item: "Fault",
        format: "%s",
        icon: "error",
        tags: &["Alarm"],
        group: "Fault",
    },
    Point {
        what: None,
        id: "cycle",
        kind: Kind::Press,
        access: Access::Sent,
        label: "Power cycle",
        item: "Cycle",
        format: "",
        icon: "settings",
        tags: &["Control"],
        group: "",
    },
];
