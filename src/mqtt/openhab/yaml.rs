//! Things and items as YAML, the form of openHAB 5, instead of `.things` and `.items`.

use std::fmt::Write as _;

use super::{
    names::Names,
    setup::{self, Config, Item, ItemKind, Place, Setting, Thing, groups, own_items, port_items},
};
use crate::model::Station;

/// One file with all Things and items.
pub fn yaml(station: &Station, place: &Place) -> String {
    let names = Names::of(&station.name);
    let bridge = &place.bridge;
    let mut out = format!(
        "# $OPENHAB_CONF/yaml/{0}.yaml   (openHAB 5; instead of {0}.things and {0}.items, never beside them)\n\
         # Made by `scs openhab yaml --station {1}`: make it again when ports of the station come or go.\n\
         version: 1\n\nthings:\n",
        names.station(),
        station.name
    );
    if let Some(broker) = &bridge.broker {
        out.push_str(
            "  # The broker as openHAB reaches it. From openHAB 5.2 on the password may be ${ENV:MQTT_PASSWORD}.\n",
        );
        if let Some(note) = broker.note() {
            let _ = writeln!(out, "  # {note}");
        }
        let _ = writeln!(out, "  {}:\n    isBridge: true\n    label: MQTT broker\n    config:", bridge.uid());
        out.push_str(&lines(&broker.config(&bridge.id), 6));
        out.push('\n');
    }
    for thing in setup::things(station) {
        out.push_str(&one(&thing, place));
        out.push('\n');
    }
    out.push_str("items:\n");
    let ports = station.ports.values().flat_map(|port| port_items(station, port, bridge));
    for item in groups(station).into_iter().chain(own_items(station, bridge)).chain(ports) {
        out.push_str(&about(&item));
    }
    out
}

fn one(thing: &Thing, place: &Place) -> String {
    let bridge = &place.bridge;
    let mut out = format!("  {}:\n    bridge: {}\n", bridge.thing(&thing.id), bridge.uid());
    let _ = writeln!(out, "    label: {}", scalar(&thing.label));
    if let Some(room) = &place.location {
        let _ = writeln!(out, "    location: {}", scalar(room));
    }
    let _ = write!(out, "    config:\n{}    channels:\n", lines(&thing.config, 6));
    for channel in &thing.channels {
        let _ = writeln!(out, "      {}:\n        type: {}", channel.id, channel.kind);
        let _ = write!(
            out,
            "        label: {}\n        config:\n{}",
            scalar(channel.label),
            lines(&channel.config, 10)
        );
    }
    out
}

fn lines(config: &Config, indent: usize) -> String {
    let mut out = String::new();
    for (key, value) in config {
        let value = match value {
            Setting::Text(text) => scalar(text),
            Setting::Number(number) => number.to_string(),
            Setting::Answer(answer) => answer.to_string(),
        };
        let _ = writeln!(out, "{:indent$}{}: {value}", "", scalar(key));
    }
    out
}

fn about(item: &Item) -> String {
    let mut out = format!("  {}:\n", item.name);
    match item.kind {
        ItemKind::Plain(kind) => out.push_str(&typed(kind, 4)),
        ItemKind::Group => out.push_str("    type: Group\n"),
        ItemKind::Sum(kind, function, told) => {
            let _ =
                write!(out, "    type: Group\n    group:\n{}      function: {function}\n", typed(kind, 6));
            if !told.is_empty() {
                let told: Vec<_> = told.iter().map(|word| scalar(word)).collect();
                let _ = writeln!(out, "      parameters: [{}]", told.join(", "));
            }
        }
    }
    let _ = write!(out, "    label: {}\n    icon: {}\n", scalar(&item.label), scalar(item.icon));
    for (key, values) in
        [("groups", item.groups.clone()), ("tags", item.tags.iter().map(|&t| t.to_owned()).collect())]
    {
        if !values.is_empty() {
            let _ = writeln!(out, "    {key}:");
        }
        for value in values {
            let _ = writeln!(out, "      - {}", scalar(&value));
        }
    }
    if !item.format.is_empty() {
        let _ = writeln!(out, "    format: {}", scalar(item.format));
    }
    if let Some(unit) = item.unit {
        let _ = writeln!(out, "    unit: {}", scalar(unit));
    }
    if item.confirmed {
        out.push_str("    autoupdate: false\n");
    }
    if let Some(channel) = &item.channel {
        let _ = writeln!(out, "    channel: {}", scalar(channel));
    }
    if let Some(options) = item.options {
        let _ = write!(
            out,
            "    metadata:\n      stateDescription:\n        value: \" \"\n        config:\n          options: {}\n",
            scalar(options)
        );
    }
    out
}

/// A type with its dimension, which stands by itself here.
fn typed(kind: &str, indent: usize) -> String {
    match kind.split_once(':') {
        Some((kind, dimension)) => {
            format!("{0:indent$}type: {kind}\n{0:indent$}dimension: {dimension}\n", "")
        }
        None => format!("{:indent$}type: {kind}\n", ""),
    }
}

/// Words that some readers of YAML take for yes, no or nothing.
const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// A text: bare where every reader of YAML takes it for a text, else in quotation marks.
fn scalar(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_/.-".contains(letter);
    let is_bare = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.split([' ', ':']).all(|word| !word.is_empty() && word.chars().all(is_plain))
        && !text.contains(": ")
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is_bare {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            // Line ends and the byte order mark by YAML's own rules.
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
