//! Which topics a station has, below its root (docs/mqtt.md has the table). The only place where they are written.
//!
//! Pure: no connection, no clock. What stands on them is in `shown`, what may be sent to them in `inbound`.

use crate::model::PortId;

/// Topics of one station may not use up what a topic may have (65,535 bytes); nobody types more than this.
const ROOT_BYTES: usize = 200;

/// One value of a port, one topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// The measured power.
    State,
    /// The mode of the port itself.
    Mode,
    /// The device's name.
    Device,
    /// Percent.
    BatteryLevel,
    /// Whether the device says that it charges.
    Charging,
    /// Of the battery, degrees Celsius.
    Temperature,
    /// At this level and below it is charged, percent.
    MinLevel,
    /// At this level and above it rests, percent.
    MaxLevel,
    /// Why the port is as it is.
    Reason,
    /// When its last report was measured.
    LastReport,
    /// Whether the device still reports.
    Online,
    /// Whether something is wrong at the port.
    Fault,
    /// Everything else, as JSON.
    Info,
}

impl Field {
    /// All of them, in the order of publishing.
    pub(super) const ALL: [Self; 13] = [
        Self::State,
        Self::Mode,
        Self::Device,
        Self::BatteryLevel,
        Self::Charging,
        Self::Temperature,
        Self::MinLevel,
        Self::MaxLevel,
        Self::Reason,
        Self::LastReport,
        Self::Online,
        Self::Fault,
        Self::Info,
    ];

    /// Its part of the topic.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Mode => "mode",
            Self::Device => "device",
            Self::BatteryLevel => "batterylevel",
            Self::Charging => "charging",
            Self::Temperature => "temperature",
            Self::MinLevel => "minlevel",
            Self::MaxLevel => "maxlevel",
            Self::Reason => "reason",
            Self::LastReport => "last_report",
            Self::Online => "online",
            Self::Fault => "fault",
            Self::Info => "info",
        }
    }
}

/// A topic under a station's root. The order is the order of publishing: `status` comes last, so that who sees
/// `online` finds everything else in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    /// `<root>/port/<n>/<field>`.
    Port(PortId, Field),
    /// `<root>/mode`: the station's own.
    Mode,
    /// `<root>/ports_on`.
    PortsOn,
    /// `<root>/started`.
    Started,
    /// `<root>/version`.
    Version,
    /// `<root>/status`.
    Status,
}

impl Topic {
    /// The whole topic.
    pub(super) fn path(self, root: &str) -> String {
        match self {
            Self::Port(port, field) => format!("{root}/port/{port}/{}", field.as_str()),
            Self::Mode => format!("{root}/mode"),
            Self::PortsOn => format!("{root}/ports_on"),
            Self::Started => format!("{root}/started"),
            Self::Version => format!("{root}/version"),
            Self::Status => format!("{root}/status"),
        }
    }

    /// True for what somebody waits for: it is published at once, the others at most once a second.
    pub(super) fn is_prompt(self) -> bool {
        matches!(self, Self::Status | Self::Mode | Self::Port(_, Field::State | Field::Mode))
    }

    /// True for what explains the others.
    pub(super) fn is_a_detail(self) -> bool {
        matches!(self, Self::Port(_, Field::Reason | Field::LastReport | Field::Info))
    }

    /// True for `status`, which makes no sense if it is not retained.
    pub(super) fn is_always_retained(self) -> bool {
        self == Self::Status
    }
}

/// The topic on which every event of the station comes, as JSON.
pub(super) fn event(root: &str) -> String {
    format!("{root}/event")
}

/// Where a value is set, beside the topic on which it stands.
pub(super) fn command(topic: &str) -> String {
    format!("{topic}/set")
}

/// Where a port is told to cut the power for a moment: nothing ever stands beside it.
pub(super) fn cycle(root: &str, port: PortId) -> String {
    command(&format!("{root}/port/{port}/cycle"))
}

/// What a station listens to: commands and reports, and nothing that it publishes itself.
pub(super) fn filters(root: &str) -> [String; 3] {
    [format!("{root}/port/+/+/set"), format!("{root}/mode/set"), format!("{root}/report/+")]
}

/// Checks that a station's topics can be made from its root. Fails with what is allowed.
pub(super) fn check_root(root: &str) -> Result<(), String> {
    let levels_are_named = root.split('/').all(|level| !level.is_empty());
    let characters_are_right = !root.chars().any(|c| c.is_control() || c == '+' || c == '#');
    if levels_are_named && characters_are_right && root.len() <= ROOT_BYTES && !root.starts_with('$') {
        return Ok(());
    }
    let shown: String = root.chars().take(80).collect();
    Err(format!(
        "`{shown}` cannot be the root of topics: use names between slashes, without + and #, at most {ROOT_BYTES} bytes"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_is_not_what_is_listened_to() {
        insta::assert_snapshot!(filters("smartcharger").join("\n"), @r"
        smartcharger/port/+/+/set
        smartcharger/mode/set
        smartcharger/report/+
        ");
        assert_eq!(Topic::Status.path("smartcharger"), "smartcharger/status");
        assert_eq!(Topic::Mode.path("smartcharger"), "smartcharger/mode");
    }

    #[test]
    fn a_root_is_names_between_slashes() {
        for good in ["smartcharger", "home/garage", "Büro 1"] {
            assert_eq!(check_root(good), Ok(()), "{good}");
        }
        for bad in ["", "/a", "a/", "a//b", "a/+/b", "#", "$SYS/x", "a\0b", &"a".repeat(201)] {
            assert!(check_root(bad).is_err(), "{bad}");
        }
    }
}
