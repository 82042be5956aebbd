//! Reads one port of a station file.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    budget::WATTS,
    deadlines::{Surroundings, deadlines},
    document::{Item, Node},
    fields::{Fields, integer, label, number, text, yes_or_no},
    plug::Plug,
    policy::{KnownRules, uses},
    problems::{Problems, Wrong},
    station::CHARGE_PER_HOUR,
    tokens::Place,
    words::shown,
};
use crate::model::{
    Care, DeadlinePlan, DeviceName, HubLocation, Policy, PortId, PortPlan, Socket, SwitchKind,
};

const FIELDS: &[&str] = &[
    "device",
    "serial",
    "kind",
    "tags",
    "socket",
    "rules",
    "guards",
    "charge_per_hour",
    "battery",
    "watts",
    "deadlines",
];
const SOCKET: &str = "socket: (hub: \"5-2\", port: 1)";

/// What the station says for all its ports.
pub(super) struct Defaults {
    pub(super) switch: SwitchKind,
    pub(super) charge_per_hour: f64,
    pub(super) watts: f64,
    pub(super) policy: Arc<Policy>,
    pub(super) deadlines: Arc<Vec<DeadlinePlan>>,
    pub(super) plug: Plug,
    /// The ports whose sockets are written out.
    pub(super) moved: BTreeSet<PortId>,
}

impl Defaults {
    /// The port of a hub model that the file says nothing of.
    pub(super) fn port(&self, id: PortId, socket: Socket) -> PortPlan {
        let care = Care {
            charge_per_hour: self.charge_per_hour,
            watts: self.watts,
            deadlines: self.deadlines.clone(),
            policy: self.policy.clone(),
            ..Care::default()
        };
        PortPlan { id, socket, device: None, serial: None, care: Arc::new(care) }
    }
}

/// Where the parts of a port stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PortSpots {
    /// The port's number; of a port that only the hub model has, the hub.
    pub(crate) number: Place,
    /// The socket, if it is written out.
    pub(crate) socket: Option<Place>,
    /// The device, if there is one.
    pub(crate) device: Option<Place>,
    /// The serial number, if there is one.
    pub(crate) serial: Option<Place>,
}

/// Reads a port; `None` when it has no usable socket.
pub(super) fn port(
    id: PortId,
    number_at: Place,
    node: &Node,
    defaults: &Defaults,
    (known, near): (&KnownRules<'_>, Surroundings<'_>),
    problems: &mut Problems<'_>,
) -> Option<(PortPlan, PortSpots)> {
    let fields = Fields::open(node, "a port", FIELDS, problems)?;
    let device = fields.read("device", problems, |node| {
        DeviceName::new(text(node)?).map_err(|invalid| Wrong::new("wrong-value", invalid.to_string(), ""))
    });
    let serial = fields.read("serial", problems, |node| label(node, 128));
    let kind = fields.read("kind", problems, |node| label(node, 64)).unwrap_or_default();
    let tags = fields.get("tags").map(|node| tags(node, problems)).unwrap_or_default();
    let charge_per_hour = fields
        .read("charge_per_hour", problems, |node| number(node, CHARGE_PER_HOUR))
        .unwrap_or(defaults.charge_per_hour);
    let battery = fields.read("battery", problems, yes_or_no).unwrap_or(true);
    let watts = fields.read("watts", problems, |node| number(node, WATTS)).unwrap_or(defaults.watts);
    let deadlines = fields.get("deadlines").map(|node| deadlines(node, near, problems));
    let deadlines = deadlines.unwrap_or_else(|| defaults.deadlines.clone());
    let policy = policy(&fields, defaults, known, problems);
    let socket = socket_of(id, &fields, defaults, problems);
    let at = |name| fields.get(name).map(|node| node.at);
    let spots =
        PortSpots { number: number_at, socket: at("socket"), device: at("device"), serial: at("serial") };
    let care = Arc::new(Care { kind, tags, charge_per_hour, battery, watts, deadlines, policy });
    Some((PortPlan { id, socket: socket?, device, serial, care }, spots))
}

/// The socket as it is written, else that of the hub model.
fn socket_of(
    id: PortId,
    fields: &Fields<'_>,
    defaults: &Defaults,
    problems: &mut Problems<'_>,
) -> Option<Socket> {
    let in_model = defaults.plug.plan().and_then(|plan| plan.socket(id));
    if let Some(node) = fields.get("socket") {
        let socket = socket(node, problems)?;
        let Some(wrong) = defaults.plug.refuses(id, &socket, &defaults.moved) else { return Some(socket) };
        problems.add(node.at, wrong);
        return in_model;
    }
    match (&defaults.plug, defaults.switch) {
        (Plug::Hub(..), _) if in_model.is_some() => in_model,
        (_, SwitchKind::Simulated) => made_up(id),
        (Plug::Absent, SwitchKind::Uhubctl | SwitchKind::Sysfs) => {
            fields.missing("socket", SOCKET, problems);
            None
        }
        (Plug::Hub(plan, _), SwitchKind::Uhubctl | SwitchKind::Sysfs) => {
            let message =
                format!("the hub `{}` has no port {id}, so port {id} needs a `socket`", plan.model.name);
            let numbers: Vec<String> = plan.model.ports.keys().map(PortId::to_string).collect();
            let hint = format!("it has the ports {}; or add {SOCKET}", shown(&numbers.join(", ")));
            problems.add(fields.node().at, Wrong::new("missing-field", message, hint));
            None
        }
        (Plug::Unreadable, SwitchKind::Uhubctl | SwitchKind::Sysfs) => None,
    }
}

fn policy(
    fields: &Fields<'_>,
    defaults: &Defaults,
    known: &KnownRules<'_>,
    problems: &mut Problems<'_>,
) -> Arc<Policy> {
    let mut list = |name| fields.get(name).map(|node| uses(node, known, problems));
    match (list("guards"), list("rules")) {
        (None, None) => defaults.policy.clone(),
        (guards, rules) => Arc::new(Policy {
            guards: guards.unwrap_or_else(|| defaults.policy.guards.clone()),
            rules: rules.unwrap_or_else(|| defaults.policy.rules.clone()),
        }),
    }
}

fn tags(node: &Node, problems: &mut Problems<'_>) -> Vec<String> {
    let Item::List(items) = &node.item else {
        let message = format!("tags: a list is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, "write [\"exam\", \"loan\"]"));
        return Vec::new();
    };
    items.iter().filter_map(|item| problems.take(item, label(item, 64))).collect()
}

fn socket(node: &Node, problems: &mut Problems<'_>) -> Option<Socket> {
    let fields = Fields::open(node, "a socket", &["hub", "port"], problems)?;
    let hub = fields.need("hub", "hub: \"5-2\"", problems, |node| {
        HubLocation::new(text(node)?).map_err(|invalid| {
            Wrong::new("wrong-value", invalid.to_string(), "run `uhubctl` to see the hubs")
        })
    });
    let port = fields.need("port", "port: 1", problems, |node| integer(node, 1..=14));
    Socket::new(hub?, u8::try_from(port?).ok()?).ok()
}

/// A socket for a port that does not exist: on bus 999, which Linux has not, and different for every port.
fn made_up(id: PortId) -> Option<Socket> {
    let index = u32::from(id.get()) - 1;
    let (hub, port) = (index / 14, index % 14 + 1);
    let hub = HubLocation::new(&format!("999-{}.{}", hub / 255 + 1, hub % 255 + 1)).ok()?;
    Socket::new(hub, u8::try_from(port).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_port_has_a_made_up_socket_of_its_own() {
        let sockets: BTreeSet<_> =
            (1..=u16::MAX).map(|n| made_up(PortId::new(n).unwrap()).unwrap()).collect();
        assert_eq!(sockets.len(), usize::from(u16::MAX));
    }
}
