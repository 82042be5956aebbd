//! The YAML file as the same values that the text files are read to.

use std::collections::BTreeMap;

use serde_yaml::{Mapping, Value};

use crate::files::{Channel, Config, Item, Thing};

/// Things and items of the file.
pub(crate) fn read(text: &str) -> (Vec<Thing>, Vec<Item>) {
    let file: Value = serde_yaml::from_str(text).unwrap();
    assert_eq!(file["version"], 1);
    let top: Vec<_> = map(&file).keys().map(|key| key.as_str().unwrap()).collect();
    assert_eq!(top, ["version", "things", "items"]);
    let things = map(&file["things"]).iter().map(|(uid, thing)| self::thing(plain(uid), thing)).collect();
    let items = map(&file["items"]).iter().map(|(name, item)| self::item(plain(name), item)).collect();
    (things, items)
}

fn thing(uid: String, value: &Value) -> Thing {
    known(value, &["isBridge", "bridge", "label", "location", "config", "channels"]);
    let channels = value.get("channels").map(map).into_iter().flatten();
    Thing {
        uid,
        is_bridge: value.get("isBridge").is_some_and(|answer| answer.as_bool().unwrap()),
        bridge: text(value, "bridge"),
        label: text(value, "label"),
        location: text(value, "location"),
        config: config(&value["config"]),
        channels: channels
            .map(|(id, channel)| {
                known(channel, &["type", "label", "config"]);
                Channel {
                    kind: text(channel, "type"),
                    id: plain(id),
                    label: text(channel, "label"),
                    config: config(&channel["config"]),
                }
            })
            .collect(),
    }
}

fn item(name: String, value: &Value) -> Item {
    known(
        value,
        &[
            "type",
            "dimension",
            "group",
            "label",
            "icon",
            "groups",
            "tags",
            "format",
            "unit",
            "autoupdate",
            "channel",
            "metadata",
        ],
    );
    let mut metadata: BTreeMap<String, (String, Config)> = BTreeMap::new();
    for key in ["channel", "unit", "autoupdate"] {
        metadata.extend(value.get(key).map(|value| (key.to_owned(), (plain(value), Config::new()))));
    }
    for (key, value) in value.get("metadata").map(map).into_iter().flatten() {
        metadata.insert(plain(key), (plain(&value["value"]), config(&value["config"])));
    }
    let mut kind = typed(value);
    let mut told = Vec::new();
    if let Some(group) = value.get("group") {
        known(group, &["type", "dimension", "function", "parameters"]);
        kind = format!("{kind}:{}:{}", typed(group), text(group, "function"));
        told = list(group, "parameters");
    }
    let label = match text(value, "format") {
        format if format.is_empty() => text(value, "label"),
        format => format!("{} [{format}]", text(value, "label")),
    };
    let (groups, tags) = (list(value, "groups"), list(value, "tags"));
    Item { kind, told, name, label, icon: text(value, "icon"), groups, tags, metadata }
}

fn typed(value: &Value) -> String {
    match value.get("dimension") {
        Some(dimension) => format!("{}:{}", text(value, "type"), plain(dimension)),
        None => text(value, "type"),
    }
}

/// openHAB refuses what it does not know.
fn known(value: &Value, keys: &[&str]) {
    for key in map(value).keys() {
        assert!(keys.contains(&key.as_str().unwrap()), "{key:?} is unknown");
    }
}

fn map(value: &Value) -> &Mapping {
    value.as_mapping().unwrap()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).map(|value| value.as_str().unwrap().to_owned()).unwrap_or_default()
}

fn list(value: &Value, key: &str) -> Vec<String> {
    value.get(key).map(|list| list.as_sequence().unwrap().iter().map(plain).collect()).unwrap_or_default()
}

fn config(value: &Value) -> Config {
    map(value).iter().map(|(key, value)| (plain(key), plain(value))).collect()
}

/// Texts as they are, numbers and answers as one writes them.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(answer) => answer.to_string(),
        other => panic!("{other:?} is no plain value"),
    }
}
