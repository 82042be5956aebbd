//! The messages of both forms, as JSON.

use serde::{Serialize, Serializer};

use super::{
    super::topics::{self, Field, Topic},
    component::{Availability, Component, Names, Topics},
    ids::{Ids, Key, Node},
    part::Part,
};
use crate::model::DeviceName;

/// Who made it.
const MAKER: &str = "Smart Charging Station";

/// What is known of a station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    /// What people call it.
    pub(super) title: String,
    /// The root of its topics.
    pub(super) root: String,
    /// How many ports it has.
    pub(super) ports: usize,
    /// The room that is proposed for it.
    pub(super) area: Option<String>,
}

/// What is known of a port, as far as it is announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct PortFacts {
    /// The device in it.
    pub(in super::super) device: Option<DeviceName>,
    /// Its policy has a rule with a lower level.
    pub(in super::super) low: bool,
    /// Its policy has a rule with an upper level.
    pub(in super::super) high: bool,
}

impl PortFacts {
    /// False for a part that the port does not have.
    pub(super) fn has(&self, part: Part) -> bool {
        match part {
            Part::MinLevel => self.low,
            Part::MaxLevel => self.high,
            _ => true,
        }
    }
}

#[derive(Serialize)]
struct Device<'a> {
    identifiers: [String; 1],
    name: String,
    manufacturer: &'static str,
    model: String,
    sw_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    via_device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_area: Option<&'a str>,
}

#[derive(Serialize)]
struct Origin {
    name: &'static str,
    sw_version: &'static str,
}

/// One message for a whole device. No other key may stand at its root: Home Assistant would refuse all of it.
#[derive(Serialize)]
struct Whole<'a> {
    device: Device<'a>,
    origin: Origin,
    availability: [Availability; 1],
    availability_mode: &'static str,
    #[serde(serialize_with = "as_map")]
    components: Vec<(&'static str, Offer)>,
}

/// One message for one entity.
#[derive(Serialize)]
struct Single<'a> {
    #[serde(flatten)]
    component: Component,
    device: Device<'a>,
    origin: Origin,
}

/// An entity that is there, or one that Home Assistant is to remove: leaving it out would keep it.
#[derive(Serialize)]
#[serde(untagged)]
enum Offer {
    Here(Box<Component>),
    Gone { platform: &'static str },
}

/// Writes messages of one station.
pub(super) struct Writer<'a> {
    pub(super) ids: &'a Ids,
    pub(super) subject: &'a Subject,
}

impl Writer<'_> {
    /// The message for a key. `facts` are the port's, and count nothing for the station.
    pub(super) fn message(&self, key: Key, facts: &PortFacts) -> String {
        let device = self.device(key.node, facts);
        let written = match key.part {
            None => serde_json::to_string(&Whole {
                device,
                origin: origin(),
                availability: [self.status()],
                availability_mode: "all",
                components: self.components(key.node, facts),
            }),
            Some(part) => {
                let mut component = self.component(key.node, part);
                component.platform = None;
                let entities = component.availability.take().or_else(|| Some(vec![self.status()]));
                component.availability = entities.filter(|topics| !topics.is_empty());
                component.availability_mode = component.availability.as_ref().map(|_| "all");
                serde_json::to_string(&Single { component, device, origin: origin() })
            }
        };
        // INVARIANT: texts and numbers of our own types are always JSON.
        written.unwrap_or_default()
    }

    fn components(&self, node: Node, facts: &PortFacts) -> Vec<(&'static str, Offer)> {
        let offer = |part: Part| match facts.has(part) {
            true => Offer::Here(Box::new(self.component(node, part))),
            false => Offer::Gone { platform: part.platform() },
        };
        Part::of(node).map(|part| (part.key(), offer(part))).collect()
    }

    fn component(&self, node: Node, part: Part) -> Component {
        let names = Names { unique: self.ids.unique(node, part), wished: self.ids.wished(node, part) };
        let state = part.topic(node).map(|topic| topic.path(&self.subject.root));
        let command = match (node, &state) {
            (Node::Port(port), _) if part == Part::Cycle => Some(topics::cycle(&self.subject.root, port)),
            (_, Some(state)) if part.is_set() => Some(topics::command(state)),
            _ => None,
        };
        let attributes = self.field(node, Field::Info).filter(|_| part == Part::Power);
        let mut component = Component::new(part, names, Topics::new(state, command, attributes));
        match part {
            // It says itself that the service is away, so it must be seen then.
            Part::Connection => component.availability = Some(Vec::new()),
            // An old level must not look like one of now.
            Part::Battery | Part::Charging | Part::Temperature => {
                let online = self.field(node, Field::Online).map(Availability::of);
                component.availability = Some([self.status()].into_iter().chain(online).collect());
                component.availability_mode = Some("all");
            }
            _ => {}
        }
        component
    }

    fn device(&self, node: Node, facts: &PortFacts) -> Device<'_> {
        let id = self.ids.device(node);
        let station = match node {
            Node::Station => None,
            Node::Port(_) => Some(self.ids.device(Node::Station)),
        };
        Device {
            name: self.name(node, facts),
            manufacturer: MAKER,
            model: match node {
                Node::Station => format!("USB charging station, ports: {}", self.subject.ports),
                Node::Port(_) => "USB charging port".to_owned(),
            },
            sw_version: env!("CARGO_PKG_VERSION"),
            serial_number: (node == Node::Station).then(|| id.clone()),
            via_device: station,
            suggested_area: self.subject.area.as_deref(),
            identifiers: [id],
        }
    }

    fn name(&self, node: Node, facts: &PortFacts) -> String {
        let title = &self.subject.title;
        match (node, &facts.device) {
            (Node::Station, _) => title.clone(),
            (Node::Port(port), None) => format!("{title} port {port}"),
            (Node::Port(port), Some(device)) => format!("{title} port {port} ({device})"),
        }
    }

    fn status(&self) -> Availability {
        Availability::of(Topic::Status.path(&self.subject.root))
    }

    fn field(&self, node: Node, field: Field) -> Option<String> {
        match node {
            Node::Station => None,
            Node::Port(port) => Some(Topic::Port(port, field).path(&self.subject.root)),
        }
    }
}

fn origin() -> Origin {
    Origin { name: MAKER, sw_version: env!("CARGO_PKG_VERSION") }
}

fn as_map<S: Serializer>(entries: &[(&'static str, Offer)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(entries.iter().map(|(key, offer)| (key, offer)))
}
