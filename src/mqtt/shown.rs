//! The text that stands on every topic of a port.
//!
//! Pure: no connection, no clock. Never shows a wish: `state` is the power seen on the hub.

use std::borrow::Cow;

use super::{info::Info, topics::Field};
use crate::model::{Battery, DeviceName, Level, ModeKind, Power};

/// The text on a topic; most are words that need no memory of their own.
pub(super) type Payload = Cow<'static, str>;

/// What stands where nothing is known. Home Assistant shows it as unknown.
const NOT_KNOWN: Payload = Cow::Borrowed("None");
/// Home Assistant drops a longer text, openHAB cuts it.
const REASON_CHARACTERS: usize = 255;

/// What is to stand on one topic.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// This text.
    Text(Payload),
    /// This temperature, degrees Celsius; a small change is none.
    Degrees(f64),
    /// It is not known now: `None` where something was said before, else nothing.
    Unknown,
    /// There is no such value any more: the topic is cleared.
    Nothing,
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
    /// The lower of the two levels between which it is kept.
    pub(super) low: Option<Level>,
    /// The upper one.
    pub(super) high: Option<Level>,
    /// The reason of the last decision.
    pub(super) reason: Option<&'a str>,
    /// When the last report was measured, as text.
    pub(super) last_report: Option<String>,
    /// What is wrong, and everything else.
    pub(super) info: Info<'a>,
}

impl Shown<'_> {
    /// What stands on every topic of the port. A number that is not known has no text: there is no number for it, and
    /// `online` says that an older one no longer counts.
    pub(super) fn said(&self) -> impl Iterator<Item = (Field, Said)> {
        let text = |payload: Payload| Some(Said::Text(payload));
        let percent = |level: Level| Said::Text(Cow::Owned(level.to_string()));
        let heard = self.device.is_some() && self.battery.is_some() && !self.silent;
        let charging = self.battery.and_then(|battery| battery.charging);
        let degrees = self.battery.and_then(|battery| battery.temperature);
        [
            (Field::State, text(self.power.map_or(NOT_KNOWN, |power| Cow::Borrowed(power.upper())))),
            (Field::Mode, text(Cow::Borrowed(self.mode.upper()))),
            (Field::Device, text(self.device.map_or(NOT_KNOWN, |name| Cow::Owned(name.to_string())))),
            (Field::BatteryLevel, self.battery.map(|battery| percent(battery.level))),
            (Field::Charging, Some(charging.map_or(Said::Unknown, |yes| Said::Text(Cow::Borrowed(on(yes)))))),
            (Field::Temperature, degrees.map(|degrees| Said::Degrees(degrees.degrees()))),
            (Field::MinLevel, Some(self.low.map_or(Said::Nothing, percent))),
            (Field::MaxLevel, Some(self.high.map_or(Said::Nothing, percent))),
            (Field::Reason, text(self.reason.map_or(NOT_KNOWN, |text| Cow::Owned(shorten(text))))),
            (Field::LastReport, self.last_report.clone().map(|at| Said::Text(Cow::Owned(at)))),
            (Field::Online, text(Cow::Borrowed(availability(heard)))),
            (Field::Fault, text(Cow::Borrowed(on(self.info.is_faulty())))),
            (Field::Info, text(Cow::Owned(self.info.json()))),
        ]
        .into_iter()
        .filter_map(|(field, said)| Some((field, said?)))
    }
}

/// What is said of a port that the station no longer has, before its topics are cleared: who looks on must not believe
/// the old values.
pub(super) fn last_words(field: Field) -> Option<Payload> {
    match field {
        Field::State => Some(NOT_KNOWN),
        Field::Online => Some(Cow::Borrowed(availability(false))),
        Field::Fault => Some(Cow::Borrowed(on(false))),
        _ => None,
    }
}

/// What is said of a word that is not known any more.
pub(super) fn not_known() -> Payload {
    NOT_KNOWN
}

/// A temperature with one decimal, degrees Celsius.
pub(super) fn degrees(degrees: f64) -> Payload {
    let text = format!("{degrees:.1}");
    if text == "-0.0" { Cow::Borrowed("0.0") } else { Cow::Owned(text) }
}

/// `ON` or `OFF`, for what is true or not.
pub(super) fn on(yes: bool) -> &'static str {
    if yes { "ON" } else { "OFF" }
}

/// `online` or `offline`, for a device and for the station's `status`.
pub(super) fn availability(online: bool) -> &'static str {
    if online { "online" } else { "offline" }
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
    use super::{
        super::{info::tests::info, topics::Topic},
        *,
    };
    use crate::model::{Celsius, PortId};

    fn battery(charging: Option<bool>, degrees: Option<f64>) -> Battery {
        Battery {
            level: Level::new(57).unwrap(),
            charging,
            temperature: degrees.map(|degrees| Celsius::new(degrees).unwrap()),
            measured_at: "2026-11-22T14:00:00Z".parse().unwrap(),
        }
    }

    fn lines(root: &str, port: u16, shown: &Shown<'_>) -> String {
        let port = PortId::new(port).unwrap();
        let line = |(field, said)| format!("{} {said:?}\n", Topic::Port(port, field).path(root));
        shown.said().filter(|(field, _)| *field != Field::Info).map(line).collect()
    }

    #[test]
    fn a_charging_phone_reads_like_this() {
        let device = DeviceName::new("pixel-7").unwrap();
        let battery = battery(Some(true), Some(31.5));
        let shown = Shown {
            power: Some(Power::On),
            mode: ModeKind::Auto,
            device: Some(&device),
            battery: Some(&battery),
            silent: false,
            low: Level::new(20).ok(),
            high: Level::new(80).ok(),
            reason: Some("18% is at or under 20%"),
            last_report: Some("2026-11-22T15:00:00+01:00".to_owned()),
            info: info(&[]),
        };
        let fields: Vec<Field> = shown.said().map(|(field, _)| field).collect();
        assert_eq!(fields, Field::ALL, "each once, in the order of publishing");
        insta::assert_snapshot!(lines("smartcharger", 10, &shown), @r#"
        smartcharger/port/10/state Text("ON")
        smartcharger/port/10/mode Text("AUTO")
        smartcharger/port/10/device Text("pixel-7")
        smartcharger/port/10/batterylevel Text("57")
        smartcharger/port/10/charging Text("ON")
        smartcharger/port/10/temperature Degrees(31.5)
        smartcharger/port/10/minlevel Text("20")
        smartcharger/port/10/maxlevel Text("80")
        smartcharger/port/10/reason Text("18% is at or under 20%")
        smartcharger/port/10/last_report Text("2026-11-22T15:00:00+01:00")
        smartcharger/port/10/online Text("online")
        smartcharger/port/10/fault Text("OFF")
        "#);
    }

    #[test]
    fn an_empty_port_reads_like_this() {
        let shown = Shown {
            power: None,
            mode: ModeKind::Off,
            device: None,
            battery: None,
            silent: false,
            low: None,
            high: None,
            reason: None,
            last_report: None,
            info: info(&["alarm"]),
        };
        insta::assert_snapshot!(lines("home/garage", 1, &shown), @r#"
        home/garage/port/1/state Text("None")
        home/garage/port/1/mode Text("OFF")
        home/garage/port/1/device Text("None")
        home/garage/port/1/charging Unknown
        home/garage/port/1/minlevel Nothing
        home/garage/port/1/maxlevel Nothing
        home/garage/port/1/reason Text("None")
        home/garage/port/1/online Text("offline")
        home/garage/port/1/fault Text("ON")
        "#);
    }

    #[test]
    fn a_silent_device_keeps_its_level_and_is_offline() {
        let device = DeviceName::new("pixel-7").unwrap();
        let battery = battery(None, None);
        let shown = Shown {
            power: Some(Power::Off),
            mode: ModeKind::On,
            device: Some(&device),
            battery: Some(&battery),
            silent: true,
            low: None,
            high: Level::new(100).ok(),
            reason: Some("not heard for\n45 min"),
            last_report: None,
            info: info(&["power_leak"]),
        };
        insta::assert_snapshot!(lines("smartcharger", 2, &shown), @r#"
        smartcharger/port/2/state Text("OFF")
        smartcharger/port/2/mode Text("ON")
        smartcharger/port/2/device Text("pixel-7")
        smartcharger/port/2/batterylevel Text("57")
        smartcharger/port/2/charging Unknown
        smartcharger/port/2/minlevel Nothing
        smartcharger/port/2/maxlevel Text("100")
        smartcharger/port/2/reason Text("not heard for 45 min")
        smartcharger/port/2/online Text("offline")
        smartcharger/port/2/fault Text("ON")
        "#);
    }

    #[test]
    fn a_long_reason_is_cut_to_what_others_take() {
        assert_eq!(shorten(&"ä".repeat(255)).chars().count(), 255);
        let cut = shorten(&"ä".repeat(256));
        assert_eq!(cut.chars().count(), 255);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn a_temperature_has_one_decimal() {
        for (value, text) in
            [(31.5, "31.5"), (31.46, "31.5"), (30.0, "30.0"), (-0.04, "0.0"), (-3.25, "-3.2")]
        {
            assert_eq!(degrees(value), text);
        }
    }
}
