//! What a station and its ports are called in openHAB.
//!
//! openHAB takes letters, digits and `_` in the names of items and sitemaps, so a `-` of the station becomes `_`. Ids come
//! from the station's name and the port's number only: what people call a device may change at any time.

use crate::model::{DeviceName, PortId, PortPlan, StationName};

/// The names of one station in openHAB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    station: String,
}

impl Names {
    /// The names of this station.
    pub fn of(station: &StationName) -> Self {
        Self { station: format!("charger_{}", station.as_str().replace('-', "_")) }
    }

    /// The station's Thing, its sitemap, and all its files, for example `charger_desk`.
    pub fn station(&self) -> &str {
        &self.station
    }

    /// A port's Thing, for example `charger_desk_p01`.
    pub(super) fn port(&self, port: PortId) -> String {
        format!("{}_p{:02}", self.station, port.get())
    }

    /// What the names of the station's items begin with, for example `Charger_Desk`.
    pub(super) fn item(&self) -> String {
        let mut name = String::with_capacity(self.station.len());
        let mut begins = true;
        for letter in self.station.chars() {
            name.push(if begins { letter.to_ascii_uppercase() } else { letter });
            begins = letter == '_';
        }
        name
    }

    /// The item of a port, and what the names of its items begin with, for example `Charger_Desk_P01`.
    pub(super) fn port_item(&self, port: PortId) -> String {
        format!("{}_P{:02}", self.item(), port.get())
    }

    /// The group of everything, for example `gCharger_Desk`.
    pub(super) fn group(&self) -> String {
        format!("g{}", self.item())
    }
}

/// True when two stations would share names in openHAB: `front-desk` and `front_desk`, or a station `desk_p01` beside
/// the first port of `desk`.
pub fn clash(one: &StationName, other: &StationName) -> bool {
    let (one, other) = (Names::of(one).station, Names::of(other).station);
    let is_port = |whole: &str, start: &str| {
        let rest = whole.strip_prefix(start).and_then(|rest| rest.strip_prefix("_p"));
        rest.is_some_and(|rest| rest.len() >= 2 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    one == other || is_port(&one, &other) || is_port(&other, &one)
}

/// What people read of a port: its number, and the device that the station's file puts there.
pub(super) fn port_label(port: &PortPlan) -> String {
    match &port.device {
        Some(device) => format!("Port {}: {}", port.id, label(DeviceName::as_str(device))),
        None => format!("Port {}", port.id),
    }
}

/// A text of people as part of a label. What stands in `[…]` would be taken as the format of a value.
pub(super) fn label(text: &str) -> String {
    text.replace('[', "(").replace(']', ")")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn station(name: &str) -> StationName {
        StationName::new(name).unwrap()
    }

    #[test]
    fn names_have_nothing_that_openhab_refuses() {
        let names = Names::of(&station("front-desk_2"));
        let port = PortId::new(3).unwrap();
        assert_eq!(names.station(), "charger_front_desk_2");
        assert_eq!(names.port(port), "charger_front_desk_2_p03");
        assert_eq!(names.port_item(port), "Charger_Front_Desk_2_P03");
        assert_eq!(names.group(), "gCharger_Front_Desk_2");
        assert_eq!(names.port_item(PortId::new(1000).unwrap()), "Charger_Front_Desk_2_P1000");
    }

    #[test]
    fn stations_that_would_share_names_are_found() {
        for (one, other, expected) in [
            ("front-desk", "front_desk", true),
            ("desk", "desk_p01", true),
            ("desk-p100", "desk", true),
            ("desk", "desk_p1", false),
            ("desk", "desk_phones", false),
            ("desk", "desk2", false),
        ] {
            assert_eq!(clash(&station(one), &station(other)), expected, "{one} {other}");
        }
    }
}
