//! Which topics a station has, and the text that stands on each (docs/mqtt.md has the table).
//!
//! Pure: no connection, no clock. Never shows a wish: `state` is the power seen on the hub.

use std::borrow::Cow;

use crate::model::{Battery, DeviceName, FaultKind, ModeKind, PortId, Power};

/// The text on a topic; most are words that need no memory of their own.
pub(super) type Payload = Cow<'static, str>;

/// What stands where nothing is known. Home Assistant shows it as unknown.
const NOT_KNOWN: Payload = Cow::Borrowed("None");
/// What stands where nothing is wrong.
const NO_FAULT: Payload = Cow::Borrowed("none");
/// Home Assistant drops a longer text, openHAB cuts it.
const REASON_CHARACTERS: usize = 255;
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
    /// Why the port is as it is.
    Reason,
    /// Whether the device still reports.
    Online,
    /// What is wrong at the port.
    Fault,
}

impl Field {
    fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Mode => "mode",
            Self::Device => "device",
            Self::BatteryLevel => "batterylevel",
            Self::Reason => "reason",
            Self::Online => "online",
            Self::Fault => "fault",
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
    /// `<root>/status`.
    Status,
}

impl Topic {
    /// The whole topic.
    pub(super) fn path(self, root: &str) -> String {
        match self {
            Self::Port(port, field) => format!("{root}/port/{port}/{}", field.as_str()),
            Self::Mode => format!("{root}/mode"),
            Self::Status => format!("{root}/status"),
        }
    }

    /// True for what somebody waits for: it is published at once, the others at most once a second.
    pub(super) fn is_prompt(self) -> bool {
        matches!(self, Self::Status | Self::Mode | Self::Port(_, Field::State | Field::Mode))
    }

    /// True for `status`, which makes no sense if it is not retained.
    pub(super) fn is_always_retained(self) -> bool {
        self == Self::Status
    }
}

/// The part of a port's state that has topics.
pub(super) struct Shown<'a> {
    /// The power as seen on the hub.
    pub(super) power: Option<Power>,
    /// The mode of the port itself.
    pub(super) mode: ModeKind,
    /// The device in the port.
    pub(super) device: Option<&'a DeviceName>,
    /// Its last report.
    pub(super) battery: Option<&'a Battery>,
    /// True when the device should have reported and has not.
    pub(super) silent: bool,
    /// The reason of the last decision.
    pub(super) reason: Option<&'a str>,
    /// What the device says against what the hub shows.
    pub(super) fault: Option<FaultKind>,
    /// The device has power and does not gain.
    pub(super) unwell: bool,
    /// The port was given up.
    pub(super) alarm: bool,
}

impl Shown<'_> {
    /// The text for every topic of the port. A level that is not known has no text: there is no number for it, and
    /// `online` says that an older one no longer counts.
    pub(super) fn payloads(&self) -> impl Iterator<Item = (Field, Payload)> {
        let level = self.battery.map(|battery| Cow::Owned(battery.level.to_string()));
        let heard = self.device.is_some() && self.battery.is_some() && !self.silent;
        [
            (Field::State, Some(self.power.map_or(NOT_KNOWN, |power| Cow::Borrowed(power.upper())))),
            (Field::Mode, Some(Cow::Borrowed(self.mode.upper()))),
            (Field::Device, Some(self.device.map_or(NOT_KNOWN, |name| Cow::Owned(name.to_string())))),
            (Field::BatteryLevel, level),
            (Field::Reason, Some(self.reason.map_or(NOT_KNOWN, |text| Cow::Owned(shorten(text))))),
            (Field::Online, Some(Cow::Borrowed(availability(heard)))),
            (Field::Fault, Some(self.fault())),
        ]
        .into_iter()
        .filter_map(|(field, payload)| Some((field, payload?)))
    }

    /// One word: a port that cannot be brought to what is wanted says more than what a device says of it.
    fn fault(&self) -> Payload {
        match (self.alarm, self.fault) {
            (true, _) => Cow::Borrowed("alarm"),
            (false, Some(kind)) => Cow::Borrowed(kind.code()),
            (false, None) if self.unwell => Cow::Borrowed("unwell"),
            (false, None) => NO_FAULT,
        }
    }
}

/// What is said of a port that the station no longer has: its old values must not stand as if they were measured.
pub(super) fn gone() -> [(Field, Payload); 3] {
    [(Field::State, NOT_KNOWN), (Field::Online, Cow::Borrowed(availability(false))), (Field::Fault, NO_FAULT)]
}

/// `online` or `offline`, for a device and for the station's `status`.
pub(super) fn availability(online: bool) -> &'static str {
    if online { "online" } else { "offline" }
}

/// What a station listens to: commands and reports, and nothing that it publishes itself.
pub(super) fn filters(root: &str) -> [String; 4] {
    [
        format!("{root}/port/+/state/set"),
        format!("{root}/port/+/mode/set"),
        format!("{root}/mode/set"),
        format!("{root}/report/+"),
    ]
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

fn shorten(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if text.chars().count() <= REASON_CHARACTERS {
        return clean.collect();
    }
    clean.take(REASON_CHARACTERS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Level;

    fn battery(percent: i64) -> Battery {
        Battery {
            level: Level::new(percent).unwrap(),
            charging: None,
            temperature: None,
            measured_at: "2026-11-22T14:00:00Z".parse().unwrap(),
        }
    }

    fn lines(root: &str, port: u16, shown: &Shown<'_>) -> String {
        let port = PortId::new(port).unwrap();
        let line = |(field, payload)| format!("{} {payload}\n", Topic::Port(port, field).path(root));
        shown.payloads().map(line).collect()
    }

    #[test]
    fn a_charging_phone_reads_like_this() {
        let device = DeviceName::new("pixel-7").unwrap();
        let battery = battery(57);
        let shown = Shown {
            power: Some(Power::On),
            mode: ModeKind::Auto,
            device: Some(&device),
            battery: Some(&battery),
            silent: false,
            reason: Some("18% is at or under 20%"),
            fault: None,
            unwell: false,
            alarm: false,
        };
        insta::assert_snapshot!(lines("smartcharger", 10, &shown), @r"
        smartcharger/port/10/state ON
        smartcharger/port/10/mode AUTO
        smartcharger/port/10/device pixel-7
        smartcharger/port/10/batterylevel 57
        smartcharger/port/10/reason 18% is at or under 20%
        smartcharger/port/10/online online
        smartcharger/port/10/fault none
        ");
    }

    #[test]
    fn an_empty_port_reads_like_this() {
        let shown = Shown {
            power: None,
            mode: ModeKind::Off,
            device: None,
            battery: None,
            silent: false,
            reason: None,
            fault: None,
            unwell: false,
            alarm: true,
        };
        insta::assert_snapshot!(lines("home/garage", 1, &shown), @r"
        home/garage/port/1/state None
        home/garage/port/1/mode OFF
        home/garage/port/1/device None
        home/garage/port/1/reason None
        home/garage/port/1/online offline
        home/garage/port/1/fault alarm
        ");
    }

    #[test]
    fn a_silent_device_keeps_its_level_and_is_offline() {
        let device = DeviceName::new("pixel-7").unwrap();
        let battery = battery(57);
        let shown = Shown {
            power: Some(Power::Off),
            mode: ModeKind::On,
            device: Some(&device),
            battery: Some(&battery),
            silent: true,
            reason: Some("not heard for\n45 min"),
            fault: Some(FaultKind::PowerLeak),
            unwell: false,
            alarm: false,
        };
        insta::assert_snapshot!(lines("smartcharger", 2, &shown), @r"
        smartcharger/port/2/state OFF
        smartcharger/port/2/mode ON
        smartcharger/port/2/device pixel-7
        smartcharger/port/2/batterylevel 57
        smartcharger/port/2/reason not heard for 45 min
        smartcharger/port/2/online offline
        smartcharger/port/2/fault power_leak
        ");
    }

    #[test]
    fn the_fault_is_one_word_and_the_worst_one() {
        let course = [
            (true, Some(FaultKind::NotCharging), true, "alarm"),
            (false, Some(FaultKind::NotCharging), true, "not_charging"),
            (false, None, true, "unwell"),
            (false, None, false, "none"),
        ];
        for (alarm, fault, unwell, expected) in course {
            let (power, mode) = (Some(Power::On), ModeKind::Auto);
            let (device, battery, reason) = (None, None, None);
            let shown = Shown { power, mode, device, battery, silent: false, reason, fault, unwell, alarm };
            let said = shown.payloads().find(|(field, _)| *field == Field::Fault).map(|(_, payload)| payload);
            assert_eq!(said.as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_long_reason_is_cut_to_what_others_take() {
        assert_eq!(shorten(&"ä".repeat(255)).chars().count(), 255);
        let cut = shorten(&"ä".repeat(256));
        assert_eq!(cut.chars().count(), 255);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn what_is_published_is_not_what_is_listened_to() {
        insta::assert_snapshot!(filters("smartcharger").join("\n"), @r"
        smartcharger/port/+/state/set
        smartcharger/port/+/mode/set
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
