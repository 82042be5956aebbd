//! Reads the power budget of a station: limits of the whole, of its hubs and of named groups of its ports.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::Arc,
};

use super::{
    document::{Item, Node},
    fields::{Fields, Lengths, integer, label, length, number, text},
    problems::{Problems, Wrong},
    station::port_number,
    tokens::Place,
    words::{did_you_mean, list, shown},
};
use crate::model::{Budget, Care, ChipPath, Circuit, Draw, HubLocation, Limit, PortId, PortPlan, Span};

/// What one device takes, watts: a watch takes 0.5, and USB gives 240 at most (Power Delivery 3.1).
pub(super) const WATTS: RangeInclusive<f64> = 0.1..=240.0;
/// What a supply gives, watts: up to what a fuse of 16 A carries at 230 V, and more.
const SUPPLY: RangeInclusive<f64> = 0.1..=10_000.0;
const MAX_ON: RangeInclusive<i64> = 1..=65_535;
const TURN: Lengths =
    Lengths { least: Span::from_mins(1), most: Span::from_hours(24), words: "1 min to 24 h" };
const STAGGER: Lengths = Lengths { least: Span::ZERO, most: Span::from_mins(1), words: "0 s to 1 min" };
/// More than any housing has parts, so that a broken file cannot cost much.
const MOST: usize = 100;

const FIELDS: &[&str] = &["max_on", "watts", "turn", "stagger", "hubs", "groups"];
const LIMITS: &[&str] = &["max_on", "watts"];
const GROUP: &[&str] = &["ports", "groups", "max_on", "watts"];
const EXAMPLE: &str = "for example budget: (max_on: 8, turn: \"15 min\")";

type Ports = BTreeMap<PortId, Arc<PortPlan>>;

/// The budget of a station with these ports.
pub(super) fn budget(node: &Node, ports: &Ports, problems: &mut Problems<'_>) -> Budget {
    let Some(fields) = Fields::open(node, "a budget", FIELDS, problems) else { return Budget::default() };
    let turn = fields.read("turn", problems, |node| length(node, &TURN)).unwrap_or(Budget::TURN);
    let stagger = fields.read("stagger", problems, |node| length(node, &STAGGER)).unwrap_or(Span::ZERO);
    let mut parts = Vec::new();
    if LIMITS.iter().any(|name| fields.get(name).is_some()) {
        let limit = limit(&fields, Circuit::Station, problems);
        parts.push(Part { limit, at: fields.node().at, ports: ports.keys().copied().collect() });
    }
    parts.extend(hubs(&fields, ports, problems));
    parts.extend(groups(&fields, ports, problems));
    let limits_nothing = LIMITS.iter().chain(&["hubs", "groups", "stagger"]);
    if limits_nothing.clone().all(|name| fields.get(name).is_none()) {
        problems.add(node.at, Wrong::new("missing-field", "a budget without a limit", EXAMPLE));
    }
    for part in &parts {
        part.check(ports, problems);
    }
    let mut bound: BTreeMap<PortId, Vec<usize>> = BTreeMap::new();
    for (at, part) in parts.iter().enumerate() {
        part.ports.iter().for_each(|port| bound.entry(*port).or_default().push(at));
    }
    Budget { limits: parts.into_iter().map(|part| part.limit).collect(), bound, turn, stagger }
}

/// One limit, where it stands, and the ports under it.
struct Part {
    limit: Limit,
    at: Place,
    ports: BTreeSet<PortId>,
}

impl Part {
    /// What can never be kept is a mistake, not a limit.
    fn check(&self, ports: &Ports, problems: &mut Problems<'_>) {
        let cares = || self.ports.iter().filter_map(|id| Some((*id, &ports.get(id)?.care)));
        let circuit = &self.limit.circuit;
        let alone = cares().find(|(_, care)| !self.limit.allows(Draw::of(care.watts)));
        if let (Some((id, care)), Some(watts)) = (alone, self.limit.watts) {
            let message =
                format!("{watts} W for {circuit} is less than port {id} takes alone, {} W", care.watts);
            let hint = "raise the limit, or say what the device takes with `watts` at its port";
            problems.add(self.at, Wrong::new("budget-too-small", message, hint));
            return;
        }
        let uncut = cares().filter(|(_, care)| !care.battery).map(|(_, care)| Draw::of(care.watts));
        let uncut = uncut.fold(Draw::default(), Draw::and);
        if !self.limit.allows(uncut) {
            let message = format!(
                "the limit of {circuit} is less than its {} ports without a battery take, which are never cut: {} W",
                uncut.ports,
                uncut.watts()
            );
            problems.add(self.at, Wrong::new("budget-too-small", message, "raise the limit"));
            return;
        }
        let never = |care: &Care| care.battery && !self.limit.allows(uncut.and(Draw::of(care.watts)));
        if let Some((id, _)) = cares().find(|(_, care)| never(care)) {
            let message = format!(
                "port {id} would never have power: what has no battery is never cut, and takes the limit of {circuit}"
            );
            problems.add(self.at, Wrong::new("budget-too-small", message, "raise the limit"));
        }
    }
}

fn limit(fields: &Fields<'_>, circuit: Circuit, problems: &mut Problems<'_>) -> Limit {
    let max_on = fields.read("max_on", problems, |node| integer(node, MAX_ON));
    let watts = fields.read("watts", problems, |node| number(node, SUPPLY));
    Limit { circuit, max_on: max_on.and_then(|most| u32::try_from(most).ok()), watts }
}

/// The entries of a `{…}`, with their keys as texts, each once.
fn entries<'n>(
    fields: &Fields<'n>,
    name: &str,
    example: &str,
    problems: &mut Problems<'_>,
) -> Vec<(&'n Node, &'n str, &'n Node)> {
    let Some(node) = fields.get(name) else { return Vec::new() };
    let Item::Map(entries) = &node.item else {
        let message = format!("{name}: `{{…}}` is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, example));
        return Vec::new();
    };
    if entries.len() > MOST {
        let message = format!("{} {name} are too many", entries.len());
        problems.add(node.at, Wrong::new("out-of-range", message, format!("at most {MOST}")));
        return Vec::new();
    }
    let mut seen = BTreeMap::new();
    let mut found = Vec::new();
    for (key, value) in entries {
        let Some(word) = problems.take(key, text(key)) else { continue };
        if let Some(first) = seen.insert(word, key.at) {
            let message = format!("`{}` is written twice", shown(word));
            let hint = format!("the first is in line {}; keep one", first.line);
            problems.add(key.at, Wrong::new("duplicate-key", message, hint));
            continue;
        }
        found.push((key, word, value));
    }
    found
}

/// Outer hubs stand before those that are plugged into them.
fn hubs(fields: &Fields<'_>, ports: &Ports, problems: &mut Problems<'_>) -> Vec<Part> {
    let example = "for example hubs: {\"5-2.4\": (max_on: 3)}";
    let mut found: Vec<(HubLocation, Part)> = Vec::new();
    for (key, word, value) in entries(fields, "hubs", example, problems) {
        let hub =
            HubLocation::new(word).map_err(|invalid| Wrong::new("wrong-value", invalid.to_string(), example));
        let Some(hub) = problems.take(key, hub) else { continue };
        let below = ports.values().filter(|port| ChipPath::between(&hub, port.socket.hub()).is_some());
        let below: BTreeSet<PortId> = below.map(|port| port.id).collect();
        if below.is_empty() {
            let there: BTreeSet<&str> = ports.values().map(|port| port.socket.hub().as_str()).collect();
            let hint = format!("its ports are at {}", list(there));
            let message = format!("no port of this station is at the hub `{}`", shown(word));
            problems.add(key.at, Wrong::new("unknown-hub", message, hint));
            continue;
        }
        let Some(fields) = limits_of(value, "a hub's budget", LIMITS, problems) else { continue };
        let limit = limit(&fields, Circuit::Hub(hub.clone()), problems);
        found.push((hub, Part { limit, at: key.at, ports: below }));
    }
    found.sort_by_key(|(hub, part)| (std::cmp::Reverse(part.ports.len()), hub.as_str().len()));
    found.into_iter().map(|(_, part)| part).collect()
}

/// A limit with nothing in it would look like one.
fn limits_of<'n>(
    node: &'n Node,
    what: &'static str,
    allowed: &[&str],
    problems: &mut Problems<'_>,
) -> Option<Fields<'n>> {
    let fields = Fields::open(node, what, allowed, problems)?;
    if LIMITS.iter().all(|name| fields.get(name).is_none()) {
        fields.missing("max_on", "max_on: 3", problems);
    }
    Some(fields)
}

/// A group as it is written.
struct Group<'n> {
    at: Place,
    ports: BTreeSet<PortId>,
    inner: Vec<(&'n str, Place)>,
    limit: Limit,
}

/// Outer groups stand before those that are in them.
fn groups(fields: &Fields<'_>, ports: &Ports, problems: &mut Problems<'_>) -> Vec<Part> {
    let example = "for example groups: {\"left\": (ports: [1, 2, 3], max_on: 2)}";
    let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    for (key, word, value) in entries(fields, "groups", example, problems) {
        if problems.take(key, label(key, 64)).is_none() {
            continue;
        }
        let Some(fields) = limits_of(value, "a group", GROUP, problems) else { continue };
        let own = own_ports(&fields, ports, problems);
        let inner = inner(&fields, problems);
        if own.is_empty() && inner.is_empty() {
            fields.missing("ports", "ports: [1, 2, 3]", problems);
        }
        let limit = limit(&fields, Circuit::Group(word.into()), problems);
        groups.insert(word, Group { at: key.at, ports: own, inner, limit });
    }
    let Some(outer) = outer(&groups, problems) else { return Vec::new() };
    twice(&groups, &outer, problems);
    let mut all: BTreeMap<&str, BTreeSet<PortId>> = BTreeMap::new();
    for (name, group) in &groups {
        for above in std::iter::once(name).chain(way_up(name, &outer).iter()) {
            all.entry(above).or_default().extend(&group.ports);
        }
    }
    let mut order: Vec<&str> = groups.keys().copied().collect();
    order.sort_by_key(|name| (way_up(name, &outer).len(), *name));
    let part = |name: &str| {
        let (group, ports) = (groups.get(name)?, all.get(name)?);
        Some(Part { limit: group.limit.clone(), at: group.at, ports: ports.clone() })
    };
    order.into_iter().filter_map(part).collect()
}

fn items<'n>(fields: &Fields<'n>, name: &str, example: &str, problems: &mut Problems<'_>) -> &'n [Node] {
    match fields.get(name).map(|node| (node, &node.item)) {
        Some((_, Item::List(items))) => items,
        Some((node, item)) => {
            let message = format!("{name}: a list is needed, this is {}", item.kind());
            problems.add(node.at, Wrong::new("wrong-type", message, format!("write {example}")));
            &[]
        }
        None => &[],
    }
}

fn own_ports(fields: &Fields<'_>, ports: &Ports, problems: &mut Problems<'_>) -> BTreeSet<PortId> {
    let mut own = BTreeSet::new();
    for item in items(fields, "ports", "ports: [1, 2, 3]", problems) {
        let Some(id) = problems.take(item, port_number(item)) else { continue };
        if !ports.contains_key(&id) {
            let there: Vec<String> = ports.keys().map(PortId::to_string).collect();
            let hint = format!("it has the ports {}", shown(&there.join(", ")));
            problems.add(item.at, Wrong::new("unknown-port", format!("the station has no port {id}"), hint));
        } else if !own.insert(id) {
            problems.add(
                item.at,
                Wrong::new("duplicate-port", format!("port {id} is written twice"), "keep one"),
            );
        }
    }
    own
}

fn inner<'n>(fields: &Fields<'n>, problems: &mut Problems<'_>) -> Vec<(&'n str, Place)> {
    let items = items(fields, "groups", "groups: [\"left\", \"right\"]", problems);
    items.iter().filter_map(|item| Some((problems.take(item, text(item))?, item.at))).collect()
}

/// In which group each one lies; `None` when that is no tree.
fn outer<'n>(
    groups: &BTreeMap<&'n str, Group<'n>>,
    problems: &mut Problems<'_>,
) -> Option<BTreeMap<&'n str, &'n str>> {
    let mut outer: BTreeMap<&str, &str> = BTreeMap::new();
    let mut sound = true;
    for (name, group) in groups {
        for (inner, at) in &group.inner {
            let wrong = if !groups.contains_key(inner) {
                let guess = did_you_mean(inner, groups.keys().copied());
                let hint =
                    guess.unwrap_or_else(|| format!("the groups are {}", list(groups.keys().copied())));
                Wrong::new("unknown-group", format!("there is no group `{}`", shown(inner)), hint)
            } else if let Some(other) = outer.insert(inner, name) {
                let message = format!("the group `{inner}` is in two groups, `{other}` and `{name}`");
                Wrong::new("budget-no-tree", message, "a group lies in one other group at most")
            } else {
                continue;
            };
            problems.add(*at, wrong);
            sound = false;
        }
    }
    for (name, group) in groups {
        if sound && way_up(name, &outer).contains(name) {
            let message = format!("the group `{name}` lies in itself");
            problems.add(group.at, Wrong::new("budget-no-tree", message, "take it out of one of the groups"));
            sound = false;
        }
    }
    sound.then_some(outer)
}

/// The groups in which one lies, from the inside to the outside.
fn way_up<'n>(name: &str, outer: &BTreeMap<&'n str, &'n str>) -> Vec<&'n str> {
    let mut way = Vec::new();
    let mut at = outer.get(name);
    while let Some(above) = at.filter(|_| way.len() <= outer.len()) {
        way.push(*above);
        at = outer.get(above);
    }
    way
}

/// A port lies in groups that lie in each other, or the limits are no tree.
fn twice(groups: &BTreeMap<&str, Group<'_>>, outer: &BTreeMap<&str, &str>, problems: &mut Problems<'_>) {
    let mut found: BTreeMap<PortId, &str> = BTreeMap::new();
    for (name, group) in groups {
        for port in &group.ports {
            let Some(other) = found.insert(*port, name) else { continue };
            if way_up(name, outer).contains(&other) || way_up(other, outer).contains(name) {
                continue;
            }
            let message =
                format!("port {port} is in two groups that are not in each other, `{other}` and `{name}`");
            let hint = "leave it out of one, or put one group into the other with `groups`";
            problems.add(group.at, Wrong::new("budget-no-tree", message, hint));
        }
    }
}
