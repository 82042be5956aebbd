//! Whether Things, items and sitemap fit together: every fault, in words.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::{Channel, Item, Thing, Widget, items, sitemap, things};

/// Tags of openHAB's semantic model (SemanticTags.csv): equipment, points, properties.
const TAGS: [&[&str]; 3] = [
    &["PowerSupply", "PowerOutlet"],
    &["Alarm", "Control", "Switch", "Measurement", "Setpoint", "Status"],
    &["Energy", "Level", "Mode", "Power", "Temperature", "Timestamp"],
];

/// The texts of one station.
#[derive(Clone)]
pub(crate) struct Texts {
    pub(crate) name: String,
    pub(crate) things: String,
    pub(crate) items: String,
    pub(crate) sitemap: String,
}

/// Every fault of the three files.
pub(crate) fn faults(texts: &Texts) -> Vec<String> {
    let things = things(&texts.things).map_err(|fault| format!("things: {fault}"));
    let items = items(&texts.items).map_err(|fault| format!("items: {fault}"));
    let page = sitemap(&texts.sitemap).map_err(|fault| format!("sitemap: {fault}"));
    let (things, items, (name, widgets)) = match (things, items, page) {
        (Ok(things), Ok(items), Ok(page)) => (things, items, page),
        (things, items, page) => {
            return [things.err(), items.err(), page.err()].into_iter().flatten().collect();
        }
    };
    let mut found = Vec::new();
    of_things(&things, &mut found);
    of_items(&things, &items, &mut found);
    if name != texts.name {
        found.push(format!("the sitemap is called {name}, not as its file"));
    }
    let items: BTreeMap<_, _> = items.iter().map(|item| (item.name.as_str(), item)).collect();
    widgets.iter().for_each(|widget| of_widget(widget, &items, &mut found));
    found
}

fn of_things(things: &[Thing], found: &mut Vec<String>) {
    let names: BTreeSet<_> = things.iter().map(|thing| &thing.uid).collect();
    if names.len() != things.len() {
        found.push("two Things have one name".to_owned());
    }
    let mut commands = BTreeSet::new();
    for thing in things.iter().filter(|thing| !thing.is_bridge) {
        if things.iter().any(|thing| thing.is_bridge) && !names.contains(&thing.bridge) {
            found.push(format!("{}: its bridge {} is not there", thing.uid, thing.bridge));
        }
        let keys: Vec<_> = thing.config.keys().map(String::as_str).collect();
        if keys != ["availabilityTopic", "payloadAvailable", "payloadNotAvailable"] {
            found.push(format!("{}: does not say when it is available", thing.uid));
        }
        for channel in &thing.channels {
            let place = format!("{}:{}", thing.uid, channel.id);
            let (state, command) = (channel.config.get("stateTopic"), channel.config.get("commandTopic"));
            if state.or(command).is_none() {
                found.push(format!("{place}: has no topic"));
            }
            if let (Some(state), Some(command)) = (state, command)
                && *command != format!("{state}/set")
            {
                found.push(format!("{place}: is set on {command}"));
            }
            if [state, command].into_iter().flatten().any(|topic| topic.contains(['+', '#'])) {
                found.push(format!("{place}: a topic has a wildcard"));
            }
            if command.is_some_and(|command| !commands.insert(command)) {
                found.push(format!("{place}: two channels command one topic"));
            }
            if channel.config.contains_key("transformationPattern") {
                found.push(format!("{place}: plain values are not transformed"));
            }
        }
    }
}

fn of_items(things: &[Thing], items: &[Item], found: &mut Vec<String>) {
    let mut channels: BTreeMap<String, &Channel> = BTreeMap::new();
    for thing in things {
        channels
            .extend(thing.channels.iter().map(|channel| (format!("{}:{}", thing.uid, channel.id), channel)));
    }
    let groups: BTreeSet<_> =
        items.iter().filter(|item| item.kind.starts_with("Group")).map(|item| item.name.as_str()).collect();
    let names: BTreeSet<_> = items.iter().map(|item| &item.name).collect();
    if names.len() != items.len() {
        found.push("two items have one name".to_owned());
    }
    for item in items {
        let missing = item.groups.iter().filter(|group| !groups.contains(group.as_str()));
        found.extend(missing.map(|group| format!("{}: there is no group {group}", item.name)));
        tags(item, found);
        let Some((uid, _)) = item.metadata.get("channel") else {
            if !item.kind.starts_with("Group") {
                found.push(format!("{}: has no channel", item.name));
            }
            continue;
        };
        match channels.remove(uid) {
            None => found.push(format!("{}: there is no channel {uid}, or it has an item", item.name)),
            Some(channel) => fits(item, channel, found),
        }
    }
    found.extend(channels.keys().map(|uid| format!("{uid}: no item shows it")));
}

fn tags(item: &Item, found: &mut Vec<String>) {
    let count = |known: &[&str]| item.tags.iter().filter(|tag| known.contains(&tag.as_str())).count();
    let [equipment, points, properties] = TAGS.map(count);
    if equipment + points + properties != item.tags.len() {
        found.push(format!("{}: a tag of {:?} is unknown", item.name, item.tags));
    }
    if equipment + points > 1 || properties > points {
        found.push(format!("{}: the tags {:?} do not go together", item.name, item.tags));
    }
}

fn fits(item: &Item, channel: &Channel, found: &mut Vec<String>) {
    let unit = channel.config.get("unit");
    let kinds: &[&str] = match (channel.kind.as_str(), unit.map(String::as_str)) {
        ("switch", None) => &["Switch"],
        ("string", None) => &["String"],
        ("datetime", None) => &["DateTime"],
        ("number", None) => &["Number"],
        ("number", Some("%")) => &["Number:Dimensionless"],
        ("number", Some("°C")) => &["Number:Temperature"],
        _ => &[],
    };
    if !kinds.contains(&item.kind.as_str()) {
        found.push(format!("{}: a {} shows no {} of {unit:?}", item.name, item.kind, channel.kind));
    }
    if item.metadata.get("unit").map(|(unit, _)| unit) != unit {
        found.push(format!("{}: its unit is not that of its channel", item.name));
    }
    let confirmed = item.metadata.get("autoupdate").is_some_and(|(value, _)| value == "false");
    if confirmed != channel.config.contains_key("commandTopic") {
        found.push(format!("{}: autoupdate is wrong for what it does", item.name));
    }
}

fn of_widget(widget: &Widget, items: &BTreeMap<&str, &Item>, found: &mut Vec<String>) {
    let item = widget.said.get("item");
    for name in widget.asks.iter().chain(item) {
        if !items.contains_key(name.as_str()) {
            found.push(format!("{}: there is no item {name}", widget.kind));
        }
    }
    if item.is_none() && widget.kind != "Frame" {
        found.push(format!("{}: has no item", widget.kind));
    }
    if let Some(item) = item.and_then(|name| items.get(name.as_str())) {
        let is_set = item.metadata.contains_key("autoupdate");
        if ["Switch", "Setpoint", "Input"].contains(&widget.kind.as_str()) && !is_set {
            found.push(format!("{}: {} cannot be set", widget.kind, item.name));
        }
        if widget.kind == "Setpoint" && !item.kind.starts_with("Number") {
            found.push(format!("Setpoint: {} is no number", item.name));
        }
        let known = ["AUTO", "ON", "OFF", "ONCE", "HOLD", "PRESS"];
        if widget.commands.iter().any(|command| !known.contains(&command.as_str())) {
            found.push(format!("Switch: {} is sent {:?}", item.name, widget.commands));
        }
    }
    widget.children.iter().for_each(|child| of_widget(child, items, found));
}
