//! `.things` and `.items`: the text files of openHAB 3, 4 and 5.

use std::fmt::Write as _;

use super::{
    names::Names,
    setup::{
        self, Bridge, Channel, Config, Item, ItemKind, Place, Setting, Thing, groups, own_items, port_items,
    },
};
use crate::model::Station;

/// The file of Things: the broker, unless openHAB has one, the station and its ports.
pub fn things(station: &Station, place: &Place) -> String {
    let names = Names::of(&station.name);
    let bridge = &place.bridge;
    let mut out = head("things", station, &names);
    let things = setup::things(station);
    let room = place.location.as_ref().map(|room| format!(" @ {}", quoted(room))).unwrap_or_default();
    let Some(broker) = &bridge.broker else {
        for thing in &things {
            let behind = format!(" ({}){room}", bridge.uid());
            let _ = write!(out, "\n{}", one(thing, &bridge.thing(&thing.id), &behind, ""));
        }
        return out;
    };
    out.push_str(
        "\n// The broker as openHAB reaches it, with a user of openHAB's own. Without passwords at the broker, leave user and\n\
         // password out. If openHAB has a broker Thing already: scs openhab things --bridge ITS-NAME\n",
    );
    if let Some(note) = broker.note() {
        let _ = writeln!(out, "// {note}");
    }
    if broker.secure {
        out.push_str(
            "// secure: openHAB keeps the broker's certificate of the first connect and refuses another one. When it is renewed,\n\
             // clear the pins (certificatepin=false, publickeypin=false) or let openHAB learn it again.\n",
        );
    }
    let _ = writeln!(out, "Bridge {} \"MQTT broker\" [", bridge.uid());
    let settings = broker.config(&bridge.id);
    for (place, (key, value)) in settings.iter().enumerate() {
        let comma = if place + 1 == settings.len() { "" } else { "," };
        let _ = writeln!(out, "    {key}={}{comma}", shown(value));
    }
    out.push_str("] {\n");
    for (place, thing) in things.iter().enumerate() {
        let gap = if place == 0 { "" } else { "\n" };
        let _ = write!(out, "{gap}{}", one(thing, &format!("topic {}", thing.id), &room, "    "));
    }
    out.push_str("}\n");
    out
}

/// The first lines of a file.
pub(super) fn head(kind: &str, station: &Station, names: &Names) -> String {
    let folder = if kind == "sitemap" { "sitemaps" } else { kind };
    format!(
        "// $OPENHAB_CONF/{folder}/{0}.{kind}   (openHAB 4 and 5)\n\
         // Made by `scs openhab {kind} --station {1}`: make it again when ports of the station come or go.\n",
        names.station(),
        station.name
    )
}

fn one(thing: &Thing, name: &str, behind: &str, indent: &str) -> String {
    let (label, config) = (quoted(&thing.label), list(&thing.config));
    let mut out = format!("{indent}Thing {name} {label}{behind} {config} {{\n");
    let _ = writeln!(out, "{indent}Channels:");
    let width = |of: fn(&Channel) -> usize| thing.channels.iter().map(of).max().unwrap_or(0);
    let (kinds, ids, labels) =
        (width(|c| c.kind.len()), width(|c| c.id.len()), width(|c| c.label.chars().count() + 2));
    for channel in &thing.channels {
        let _ = writeln!(
            out,
            "{indent}    Type {:kinds$} : {:ids$} {:labels$} {}",
            channel.kind,
            channel.id,
            quoted(channel.label),
            list(&channel.config)
        );
    }
    let _ = writeln!(out, "{indent}}}");
    out
}

fn list(config: &Config) -> String {
    let settings: Vec<_> = config.iter().map(|(key, value)| format!("{key}={}", shown(value))).collect();
    format!("[ {} ]", settings.join(", "))
}

fn shown(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => quoted(text),
        Setting::Number(number) => number.to_string(),
        Setting::Answer(answer) => answer.to_string(),
    }
}

/// The file of items.
pub fn items(station: &Station, bridge: &Bridge) -> String {
    let mut out = head("items", station, &Names::of(&station.name));
    let ports = station.ports.values().map(|port| port_items(station, port, bridge));
    for block in [groups(station), own_items(station, bridge)].into_iter().chain(ports) {
        out.push('\n');
        out.push_str(&table(&block));
    }
    out
}

/// Items below each other, in columns.
fn table(items: &[Item]) -> String {
    let rows: Vec<[String; 7]> = items.iter().map(row).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..7).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            let _ = write!(line, "{cell:width$} ");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn row(item: &Item) -> [String; 7] {
    let in_brackets = |list: Vec<String>, open: char, close: char| match list.as_slice() {
        [] => String::new(),
        _ => format!("{open}{}{close}", list.join(", ")),
    };
    let label = match item.format {
        "" => item.label.clone(),
        format => format!("{} [{format}]", item.label),
    };
    let kind = match item.kind {
        ItemKind::Plain(kind) => kind.to_owned(),
        ItemKind::Group => "Group".to_owned(),
        ItemKind::Sum(kind, function, told) => {
            let told = if told.is_empty() { String::new() } else { format!("({})", told.join(",")) };
            format!("Group:{kind}:{function}{told}")
        }
    };
    let mut bound = Vec::new();
    bound.extend(item.channel.as_ref().map(|channel| format!("channel={}", quoted(channel))));
    bound.extend(item.unit.map(|unit| format!("unit={}", quoted(unit))));
    bound.extend(item.confirmed.then(|| "autoupdate=\"false\"".to_owned()));
    bound.extend(item.options.map(|options| format!("stateDescription=\" \"[options={}]", quoted(options))));
    let bound = if bound.is_empty() { String::new() } else { format!("{{ {} }}", bound.join(", ")) };
    let tags = item.tags.iter().map(|tag| quoted(tag)).collect();
    [
        kind,
        item.name.clone(),
        quoted(&label),
        format!("<{}>", item.icon),
        in_brackets(item.groups.clone(), '(', ')'),
        in_brackets(tags, '[', ']'),
        bound,
    ]
}

/// A text in quotation marks, as all of openHAB's own grammars read it.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        if letter == '"' || letter == '\\' {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
    out
}
