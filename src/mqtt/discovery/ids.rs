//! What things are called where Home Assistant keeps them: topics, unique ids, entity ids.
//!
//! All are made from the installation's id, the station's name, the port's number and the key of a part. A `_` in a
//! station's name is doubled, so that a station `desk_p03` is never taken for port 3 of `desk`.

use super::{InstallationId, part::Part};
use crate::model::{PortId, StationName};

/// A device of Home Assistant. The station comes before its ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    /// The station itself.
    Station,
    /// One of its ports.
    Port(PortId),
}

/// What one message announces: a whole device, or one part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) node: Node,
    /// `None`: the whole device.
    pub(super) part: Option<Part>,
}

/// The names of one station's devices.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    installation: InstallationId,
    station: StationName,
    prefix: String,
}

impl Ids {
    pub(super) fn new(installation: InstallationId, station: StationName, prefix: &str) -> Self {
        Self { installation, station, prefix: prefix.to_owned() }
    }

    /// The filter of all messages of this installation.
    pub(super) fn filter(&self) -> String {
        format!("{}/+/{}/+/config", self.prefix, self.installation)
    }

    /// Where Home Assistant says that it has started.
    pub(super) fn birth(&self) -> String {
        format!("{}/status", self.prefix)
    }

    /// The topic of a message.
    pub(super) fn topic(&self, key: Key) -> String {
        let platform = key.part.map_or("device", |part| part.platform());
        format!("{}/{platform}/{}/{}/config", self.prefix, self.installation, self.object(key))
    }

    /// Whose message it is; `None` when it is none of this installation's.
    pub(super) fn read(&self, topic: &str) -> Option<Named> {
        let rest = topic.strip_prefix(self.prefix.as_str())?.strip_prefix('/')?;
        let mut levels = rest.split('/');
        let (platform, installation, object) = (levels.next()?, levels.next()?, levels.next()?);
        let is_ours = installation == self.installation.as_str()
            && levels.next() == Some("config")
            && levels.next().is_none();
        let (station, rest) = name(object)?;
        let station = StationName::new(&station).ok().filter(|_| is_ours)?;
        Some(Named { key: key(platform, rest), station })
    }

    /// The id of a device: `sc_5f3a9c_desk_p03`.
    pub(super) fn device(&self, node: Node) -> String {
        format!("{}_{}", self.installation, self.object(Key { node, part: None }))
    }

    /// The id of an entity that never changes: `sc_5f3a9c_desk_p03_battery`.
    pub(super) fn unique(&self, node: Node, part: Part) -> String {
        format!("{}_{}", self.installation, self.object(Key { node, part: Some(part) }))
    }

    /// The entity id that is wished for, without its domain: `charger_desk_port3_battery`.
    pub(super) fn wished(&self, node: Node, part: Part) -> String {
        let station = self.station.as_str().replace('-', "_");
        let port = match node {
            Node::Station => String::new(),
            Node::Port(port) => format!("_port{port}"),
        };
        match part {
            // The main entity is called like its device.
            Part::Power => format!("charger_{station}{port}"),
            _ => format!("charger_{station}{port}_{}", part.key()),
        }
    }

    fn object(&self, key: Key) -> String {
        let station = self.station.as_str().replace('_', "__");
        let port = match key.node {
            Node::Station => String::new(),
            Node::Port(port) => format!("_p{:02}", port.get()),
        };
        match key.part {
            None => format!("{station}{port}"),
            Some(part) => format!("{station}{port}_{}", part.key()),
        }
    }
}

/// Whose message a topic is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) station: StationName,
    /// `None`: something that only another version of this program announces.
    pub(super) key: Option<Key>,
}

/// Takes the station's name off the front of an object id.
fn name(object: &str) -> Option<(String, &str)> {
    let mut station = String::new();
    let mut rest = object;
    while let Some((before, behind)) = rest.split_once('_') {
        station.push_str(before);
        match behind.strip_prefix('_') {
            Some(more) => {
                station.push('_');
                rest = more;
            }
            None => return Some((station, behind)),
        }
    }
    station.push_str(rest);
    Some((station, ""))
}

fn key(platform: &str, rest: &str) -> Option<Key> {
    let (first, more) = rest.split_once('_').unwrap_or((rest, ""));
    let digits = first.strip_prefix('p').filter(|digits| digits.len() >= 2);
    let port = digits.and_then(|digits| digits.parse().ok()).and_then(|number| PortId::new(number).ok());
    let (node, part) = match port {
        Some(port) => (Node::Port(port), more),
        None => (Node::Station, rest),
    };
    if part.is_empty() {
        return (platform == "device").then_some(Key { node, part: None });
    }
    let part = Part::of(node).find(|known| known.key() == part && known.platform() == platform)?;
    Some(Key { node, part: Some(part) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(station: &str) -> Ids {
        let id = InstallationId::new("sc_5f3a9c").unwrap();
        Ids::new(id, StationName::new(station).unwrap(), "homeassistant")
    }

    fn port(number: u16) -> Node {
        Node::Port(PortId::new(number).unwrap())
    }

    #[test]
    fn names_are_made_of_checked_parts() {
        let ids = ids("desk");
        let whole = Key { node: port(3), part: None };
        assert_eq!(ids.topic(whole), "homeassistant/device/sc_5f3a9c/desk_p03/config");
        let battery = Key { node: port(3), part: Some(Part::Battery) };
        assert_eq!(ids.topic(battery), "homeassistant/sensor/sc_5f3a9c/desk_p03_battery/config");
        let station = Key { node: Node::Station, part: None };
        assert_eq!(ids.topic(station), "homeassistant/device/sc_5f3a9c/desk/config");
        assert_eq!(ids.unique(port(117), Part::Power), "sc_5f3a9c_desk_p117_power");
        assert_eq!(ids.wished(port(3), Part::Power), "charger_desk_port3");
        assert_eq!(ids.wished(port(3), Part::Battery), "charger_desk_port3_battery");
        assert_eq!(
            self::ids("my-desk").wished(Node::Station, Part::Connection),
            "charger_my_desk_connection"
        );
    }

    #[test]
    fn every_topic_is_read_back_as_what_it_was_made_from() {
        for station in ["desk", "desk_p03", "a_", "a__b", "a-1_mode", "p03", "d_p03_battery"] {
            let ids = ids(station);
            for node in [Node::Station, port(1), port(42), port(65535)] {
                for part in [None].into_iter().chain(Part::of(node).map(Some)) {
                    let key = Key { node, part };
                    let named = ids.read(&ids.topic(key)).unwrap();
                    assert_eq!((named.station.as_str(), named.key), (station, Some(key)));
                }
            }
        }
    }

    #[test]
    fn what_is_not_ours_is_nobodys() {
        let ids = ids("desk");
        for other in [
            "homeassistant/device/sc_other/desk/config",
            "homeassistant/device/sc_5f3a9c/desk/state",
            "homeassistant/device/sc_5f3a9c/desk/config/x",
            "homeassistant/device/sc_5f3a9c/Desk/config",
            "other/device/sc_5f3a9c/desk/config",
            "homeassistant/status",
            "",
        ] {
            assert_eq!(ids.read(other), None, "{other}");
        }
        let unknown = ids.read("homeassistant/light/sc_5f3a9c/desk_p03_lamp/config").unwrap();
        assert_eq!((unknown.station.as_str(), unknown.key), ("desk", None));
    }
}
