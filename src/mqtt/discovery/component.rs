//! One entity as Home Assistant is told of it, in the words of its MQTT integration.

use serde::Serialize;

use super::part::Part;

/// Modes as they stand on the topic. Home Assistant drops a word that is not in the list.
const MODES: &[&str] = &["AUTO", "ON", "OFF", "ONCE", "HOLD"];
/// As many as a device's name may have.
const NAME_CHARACTERS: u8 = 64;
/// At least once: older versions do not hand a root's `qos` down, so each component says it.
const QOS: u8 = 1;

/// A topic on which `online` or `offline` stands.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Availability {
    topic: String,
}

impl Availability {
    pub(super) fn of(topic: String) -> Self {
        Self { topic }
    }
}

/// The ids that a component carries.
pub(super) struct Names {
    pub(super) unique: String,
    pub(super) wished: String,
}

/// The fields of an entity. Always a whole list of availabilities, because a single topic beside the list of the
/// device makes Home Assistant refuse the entity.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Component {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) platform: Option<&'static str>,
    /// `None`: called like the device.
    name: Option<&'static str>,
    unique_id: String,
    /// What versions from 2025.10 on take the wished entity id from.
    default_entity_id: String,
    /// What older versions take it from.
    object_id: String,
    qos: u8,
    #[serde(flatten)]
    topics: Topics,
    #[serde(flatten)]
    look: Look,
    #[serde(flatten)]
    values: Values,
    /// `None`: as the device's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) availability: Option<Vec<Availability>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) availability_mode: Option<&'static str>,
}

/// The whole topics of an entity.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Topics {
    #[serde(skip_serializing_if = "Option::is_none")]
    state_topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    json_attributes_topic: Option<String>,
}

impl Topics {
    pub(super) fn new(state: Option<String>, command: Option<String>, attributes: Option<String>) -> Self {
        Self { state_topic: state, command_topic: command, json_attributes_topic: attributes }
    }
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Look {
    #[serde(skip_serializing_if = "Option::is_none")]
    device_class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_of_measurement: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_display_precision: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled_by_default: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Values {
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_on: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_off: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_press: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<&'static [&'static str]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
}

impl Component {
    /// The entity of a part.
    pub(super) fn new(part: Part, names: Names, topics: Topics) -> Self {
        Self {
            platform: Some(part.platform()),
            name: name(part),
            unique_id: names.unique,
            default_entity_id: format!("{}.{}", part.platform(), names.wished),
            object_id: names.wished,
            qos: QOS,
            topics,
            look: look(part),
            values: values(part),
            availability: None,
            availability_mode: None,
        }
    }
}

fn name(part: Part) -> Option<&'static str> {
    Some(match part {
        Part::Power => return None,
        Part::Connection => "Connection",
        Part::StationMode | Part::Mode => "Mode",
        Part::PortsOn => "Ports on",
        Part::Started => "Started",
        Part::Battery => "Battery",
        Part::Charging => "Charging",
        Part::Temperature => "Battery temperature",
        Part::MinLevel => "Minimum level",
        Part::MaxLevel => "Maximum level",
        Part::Device => "Device",
        Part::Cycle => "Power cycle",
        Part::Reason => "Last decision",
        Part::LastReport => "Last report",
        Part::Reporting => "Reporting",
        Part::Fault => "Fault",
    })
}

fn look(part: Part) -> Look {
    let none = Look::default();
    let of = |class| Look { device_class: Some(class), ..none };
    let diagnostic = |look: Look| Look { entity_category: Some("diagnostic"), ..look };
    let config = |icon| Look { entity_category: Some("config"), icon: Some(icon), ..none };
    let percent = |look: Look| Look { unit_of_measurement: Some("%"), ..look };
    let measured = |precision, look: Look| Look {
        state_class: Some("measurement"),
        suggested_display_precision: Some(precision),
        ..look
    };
    match part {
        Part::Connection | Part::Reporting => diagnostic(of("connectivity")),
        Part::StationMode | Part::Mode => Look { icon: Some("mdi:auto-mode"), ..none },
        Part::PortsOn => measured(0, Look { icon: Some("mdi:usb-port"), ..none }),
        Part::Started => diagnostic(of("timestamp")),
        // A row in Home Assistant's database for every report: who wants it switches it on.
        Part::LastReport => Look { enabled_by_default: Some(false), ..diagnostic(of("timestamp")) },
        Part::Power => of("outlet"),
        Part::Battery => measured(0, percent(of("battery"))),
        Part::Charging => of("battery_charging"),
        Part::Temperature => {
            diagnostic(measured(1, Look { unit_of_measurement: Some("°C"), ..of("temperature") }))
        }
        Part::MinLevel => percent(config("mdi:battery-20")),
        Part::MaxLevel => percent(config("mdi:battery-80")),
        Part::Device => config("mdi:cellphone"),
        Part::Cycle => Look { entity_category: Some("config"), ..of("restart") },
        Part::Reason => diagnostic(Look { icon: Some("mdi:comment-question"), ..none }),
        Part::Fault => diagnostic(of("problem")),
    }
}

fn values(part: Part) -> Values {
    let none = Values::default();
    match part {
        Part::Connection | Part::Reporting => {
            Values { payload_on: Some("online"), payload_off: Some("offline"), ..none }
        }
        Part::Power | Part::Charging | Part::Fault => {
            Values { payload_on: Some("ON"), payload_off: Some("OFF"), ..none }
        }
        Part::StationMode | Part::Mode => Values { options: Some(MODES), ..none },
        Part::MinLevel | Part::MaxLevel => {
            Values { min: Some(0), max: Some(100), step: Some(1), mode: Some("slider"), ..none }
        }
        Part::Device => Values { min: Some(0), max: Some(NAME_CHARACTERS), ..none },
        Part::Cycle => Values { payload_press: Some("PRESS"), ..none },
        _ => none,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModeKind;

    #[test]
    fn every_mode_can_be_chosen() {
        use ModeKind::{Auto, Hold, Off, On, Once};
        assert_eq!(MODES, [Auto, On, Off, Once, Hold].map(ModeKind::upper));
    }
}
