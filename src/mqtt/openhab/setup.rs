//! What the files of a station say, whatever the grammar in which they say it.

use std::net::IpAddr;

use super::{
    names::{Names, label, port_label},
    points::{Access, Kind, PORT, Point, STATION},
};
use crate::{
    model::{PortPlan, Station},
    mqtt::{
        shown::availability,
        topics::{Topic, command, cycle},
    },
};

/// Where openHAB finds the station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// openHAB's Thing for the broker.
    pub bridge: Bridge,
    /// The room, for openHAB's list of Things.
    pub location: Option<String>,
}

/// openHAB's Thing for the broker, `mqtt:broker:<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The last part of its name.
    pub id: String,
    /// The broker, if the Thing is to be written; `None`: openHAB has one already.
    pub broker: Option<Broker>,
}

/// The broker, as openHAB reaches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broker {
    /// Its name or address.
    pub host: String,
    /// Its TCP port.
    pub port: u16,
    /// Whether it speaks TLS there.
    pub secure: bool,
}

/// A value in the configuration of a Thing or a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Text(String),
    Number(u16),
    Answer(bool),
}

pub(super) type Config = Vec<(&'static str, Setting)>;

pub(super) struct Thing {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) config: Config,
    pub(super) channels: Vec<Channel>,
}

pub(super) struct Channel {
    pub(super) kind: &'static str,
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) config: Config,
}

pub(super) struct Item {
    pub(super) kind: ItemKind,
    pub(super) name: String,
    pub(super) label: String,
    pub(super) format: &'static str,
    pub(super) icon: &'static str,
    pub(super) groups: Vec<String>,
    pub(super) tags: &'static [&'static str],
    pub(super) unit: Option<&'static str>,
    /// What a person may choose from, as openHAB writes it.
    pub(super) options: Option<&'static str>,
    /// For a group without one: `None`.
    pub(super) channel: Option<String>,
    /// True for what is set: the page then shows what the service says, not what was wished.
    pub(super) confirmed: bool,
}

#[derive(Clone, Copy)]
pub(super) enum ItemKind {
    /// For example `Number:Dimensionless`.
    Plain(&'static str),
    /// A group that only holds others.
    Group,
    /// A group with a value: its type, the function, and what that is told.
    Sum(&'static str, &'static str, &'static [&'static str]),
}

/// The modes, with the words for them.
const MODES: &str = "AUTO=Automatic,ON=On,OFF=Off,ONCE=Charge once,HOLD=Hold at a level";

impl Bridge {
    /// Its whole name.
    pub(super) fn uid(&self) -> String {
        format!("mqtt:broker:{}", self.id)
    }

    /// The whole name of a Thing at it.
    pub(super) fn thing(&self, id: &str) -> String {
        format!("mqtt:topic:{}:{id}", self.id)
    }
}

impl Broker {
    /// What is to be known where openHAB is on another host than the broker that was named.
    pub(super) fn note(&self) -> Option<String> {
        let is_loopback =
            self.host.parse().map_or(self.host == "localhost", |host: IpAddr| host.is_loopback());
        is_loopback.then(|| {
            format!(
                "`{}` is openHAB's own host: is the broker there? Else make this file with --broker ITS-ADDRESS.",
                self.host
            )
        })
    }

    /// How openHAB connects. The password is for people to write in: that of the service is not openHAB's.
    pub(super) fn config(&self, id: &str) -> Config {
        let text = |text: &str| Setting::Text(text.to_owned());
        vec![
            ("host", Setting::Text(self.host.clone())),
            ("port", Setting::Number(self.port)),
            ("secure", Setting::Answer(self.secure)),
            ("username", text("openhab")),
            ("password", text("change-me")),
            ("clientID", Setting::Text(format!("openhab-{id}"))),
            ("qos", Setting::Number(1)),
            ("reconnectTime", Setting::Number(10_000)),
            ("keepAlive", Setting::Number(30)),
            ("lwtTopic", text("openhab/status")),
            ("lwtMessage", text("offline")),
            ("lwtQos", Setting::Number(1)),
            ("lwtRetain", Setting::Answer(true)),
            ("birthTopic", text("openhab/status")),
            ("birthMessage", text("online")),
            ("birthRetain", Setting::Answer(true)),
            ("shutdownTopic", text("openhab/status")),
            ("shutdownMessage", text("offline")),
            ("shutdownRetain", Setting::Answer(true)),
        ]
    }
}

/// The station's Thing, and one for each port.
pub(super) fn things(station: &Station) -> Vec<Thing> {
    let names = Names::of(&station.name);
    let root = &station.topic;
    let own = STATION.iter().map(|point| valued(point, &point.what.path(root)));
    let mut things = vec![Thing {
        id: names.station().to_owned(),
        label: label(&station.title),
        config: available(root),
        channels: own.collect(),
    }];
    things.extend(station.ports.values().map(|port| {
        let channels = PORT.iter().map(|point| match point.what {
            Some(field) => valued(point, &Topic::Port(port.id, field).path(root)),
            None => channel(point, vec![("commandTopic", Setting::Text(cycle(root, port.id)))]),
        });
        Thing {
            id: names.port(port.id),
            label: port_label(port),
            config: available(root),
            channels: channels.collect(),
        }
    }));
    things
}

fn available(root: &str) -> Config {
    vec![
        ("availabilityTopic", Setting::Text(Topic::Status.path(root))),
        ("payloadAvailable", Setting::Text(availability(true).to_owned())),
        ("payloadNotAvailable", Setting::Text(availability(false).to_owned())),
    ]
}

/// A channel whose value stands on a topic.
fn valued<W>(point: &Point<W>, topic: &str) -> Channel {
    let mut config = vec![("stateTopic", Setting::Text(topic.to_owned()))];
    if point.access == Access::Set {
        config.push(("commandTopic", Setting::Text(command(topic))));
    }
    channel(point, config)
}

fn channel<W>(point: &Point<W>, mut config: Config) -> Channel {
    let text = |text: &str| Setting::Text(text.to_owned());
    let kind = match point.kind {
        Kind::Switch(words) => {
            config.extend(words.into_iter().flat_map(|(on, off)| [("on", text(on)), ("off", text(off))]));
            "switch"
        }
        Kind::Text | Kind::Mode => "string",
        Kind::Press => {
            config.push(("allowedStates", text("PRESS")));
            "string"
        }
        Kind::Count => "number",
        Kind::Percent => {
            config.push(("unit", text("%")));
            if point.access == Access::Set {
                config.extend([("min", 0), ("max", 100), ("step", 5)].map(|(k, v)| (k, Setting::Number(v))));
            }
            "number"
        }
        Kind::Temperature => {
            config.push(("unit", text("°C")));
            "number"
        }
        Kind::Time => "datetime",
    };
    Channel { kind, id: point.id, label: point.label, config }
}

/// The groups, the station's own items, and those of each port, in the order in which people read them.
pub(super) fn groups(station: &Station) -> Vec<Item> {
    let group = Names::of(&station.name).group();
    let own = |name: String, kind, label: String, format, icon, unit| Item {
        kind,
        name,
        label,
        format,
        icon,
        groups: vec![group.clone()],
        tags: &[],
        unit,
        options: None,
        channel: None,
        confirmed: false,
    };
    let any_on = ItemKind::Sum("Switch", "OR", &["ON", "OFF"]);
    let least = ItemKind::Sum("Number:Dimensionless", "MIN", &[]);
    vec![
        Item {
            groups: Vec::new(),
            tags: &["PowerSupply"],
            ..own(group.clone(), ItemKind::Group, label(&station.title), "", "poweroutlet", None)
        },
        own(format!("{group}_Power"), any_on, "Ports on".to_owned(), "%d", "poweroutlet", None),
        own(format!("{group}_Battery"), least, "Lowest battery".to_owned(), "%.0f %%", "battery", Some("%")),
        own(format!("{group}_Fault"), any_on, "Faults".to_owned(), "%d", "error", None),
    ]
}

/// The items of the station itself.
pub(super) fn own_items(station: &Station, bridge: &Bridge) -> Vec<Item> {
    let names = Names::of(&station.name);
    let thing = bridge.thing(names.station());
    let item = |point| item(point, &names.item(), vec![names.group()], &thing);
    STATION.iter().map(item).collect()
}

/// The items of a port, its group first.
pub(super) fn port_items(station: &Station, port: &PortPlan, bridge: &Bridge) -> Vec<Item> {
    let names = Names::of(&station.name);
    let (own, all) = (names.port_item(port.id), names.group());
    let thing = bridge.thing(&names.port(port.id));
    let mut items = vec![Item {
        kind: ItemKind::Group,
        name: own.clone(),
        label: port_label(port),
        format: "",
        icon: "poweroutlet",
        groups: vec![all.clone()],
        tags: &["PowerOutlet"],
        unit: None,
        options: None,
        channel: None,
        confirmed: false,
    }];
    items.extend(PORT.iter().map(|point| {
        let mut groups = vec![own.clone()];
        if !point.group.is_empty() {
            groups.push(format!("{all}_{}", point.group));
        }
        item(point, &own, groups, &thing)
    }));
    items
}

fn item<W>(point: &Point<W>, prefix: &str, groups: Vec<String>, thing: &str) -> Item {
    let (kind, unit) = match point.kind {
        Kind::Switch(_) => ("Switch", None),
        Kind::Text | Kind::Mode | Kind::Press => ("String", None),
        Kind::Count => ("Number", None),
        Kind::Percent => ("Number:Dimensionless", Some("%")),
        Kind::Temperature => ("Number:Temperature", Some("°C")),
        Kind::Time => ("DateTime", None),
    };
    Item {
        kind: ItemKind::Plain(kind),
        name: format!("{prefix}_{}", point.item),
        label: point.label.to_owned(),
        format: point.format,
        icon: point.icon,
        groups,
        tags: point.tags,
        unit,
        options: (point.kind == Kind::Mode).then_some(MODES),
        channel: Some(format!("{thing}:{}", point.id)),
        confirmed: point.access != Access::Seen,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::mqtt::topics::Field;

    #[test]
    fn every_topic_is_in_the_files_but_what_is_for_programs() {
        let in_files: BTreeSet<_> = PORT.iter().filter_map(|point| point.what).collect();
        let all: BTreeSet<_> = Field::ALL.into_iter().filter(|field| *field != Field::Info).collect();
        assert_eq!(in_files, all);
        let own: BTreeSet<_> = STATION.iter().map(|point| point.what).collect();
        let all = [Topic::Mode, Topic::PortsOn, Topic::Started, Topic::Version, Topic::Status];
        assert_eq!(own, BTreeSet::from(all));
    }
}
