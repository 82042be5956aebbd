//! The station file for a hub that was found: complete, and with comments that teach how to change it. Pure.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::{
    cli::look::{cut, quoted},
    host::hubs::{Unit, UnitPort, name_of},
    model::Thing,
    usb::Survey,
};

/// A name that a person can still read and type.
const LONGEST_NAME: usize = 32;

/// What other files have already, and what new ones may use.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Known {
    /// The rules that are there.
    pub(super) rules: BTreeSet<String>,
    /// Names of devices in other stations.
    pub(super) devices: BTreeSet<String>,
    /// Serial numbers in other stations.
    pub(super) serials: BTreeSet<String>,
}

/// The file. What it names is known from then on, so that the next file does not name it again.
pub(super) fn station_file(unit: &Unit, survey: &Survey, known: &mut Known) -> String {
    let twice = serials_of_several(unit, survey);
    let model = model(unit, survey);
    let mut ports = Vec::new();
    for port in &unit.ports {
        if unit.guest(port, survey).is_some() {
            ports.push(format!(
                "        // {}: another hub is plugged in here, so it is never switched.",
                port.number
            ));
        } else {
            ports.extend(entry(port, model.is_some(), survey, &twice, known));
        }
    }
    let mut text = head(unit, model.as_deref(), known);
    let _ = write!(text, "{}", body(unit, model.is_some(), &ports));
    text
}

/// The name of the model, if the file can use it: a port with another hub in it would be a port of the station.
fn model(unit: &Unit, survey: &Survey) -> Option<String> {
    let free = unit.ports.iter().all(|port| unit.guest(port, survey).is_none());
    unit.model.as_ref().filter(|_| free).map(|model| model.name.to_string())
}

fn head(unit: &Unit, model: Option<&str>, known: &Known) -> String {
    let certain = unit.model.as_ref().filter(|_| unit.certain);
    let title = certain.map_or("Charging station", |model| model.title.as_str());
    let mut text = format!(
        "// Made by `scs discover` from {}.\n\
         // It is yours now: change what you like, also while the service runs; `scs check` says whether it is right.\n\
         (\n    title: {},\n",
        cut(&unit.the(), 60),
        quoted(title)
    );
    if let Some(model) = model {
        let _ = write!(
            text,
            "    // The model knows which socket inside has which number on the housing. `at` is its place on\n    \
             // the bus; it is found again when only the number before the `-` changes.\n    \
             hub: (model: {}, at: {}),\n",
            quoted(model),
            quoted(unit.at.as_str())
        );
        if !unit.certain {
            text.push_str(
                "    // Only its shape is that of this model, its chips are others: `scs identify` shows whether the\n    \
                 // numbers are right.\n",
            );
        }
    }
    text.push_str(
        "    // Ports are switched by the program uhubctl. `Sysfs()` is faster and needs Linux 6.0: `scs check`\n    \
         // says whether it works here.\n    switch: Uhubctl(),\n\n",
    );
    policy(&mut text, known);
    text
}

fn policy(text: &mut String, known: &Known) {
    if known.rules.contains("cool-down") {
        text.push_str(
            "    // Asked first, for every port: a hot device rests until it has cooled down.\n    \
             guards: [(rule: \"cool-down\")],\n",
        );
    }
    if known.rules.contains("keep-between") {
        text.push_str(
            "    // Asked then, from left to right; the first with an opinion decides. Percent of the battery.\n    \
             rules: [(rule: \"keep-between\", with: {\"low\": 20, \"high\": 80})],\n",
        );
    } else {
        text.push_str(
            "    // Nobody decides yet, so every device is charged. Put a rule into rules/ and name it here:\n    \
             // rules: [(rule: \"keep-between\")],\n",
        );
    }
    text.push('\n');
}

fn body(unit: &Unit, by_model: bool, ports: &[String]) -> String {
    let example = unit.ports.first().map_or(1, |port| port.number.get());
    let mut text = String::from(
        "    // What is in which port. A device with a `serial` is known in whichever port it is plugged in.\n",
    );
    if by_model && ports.is_empty() {
        let _ = write!(
            text,
            "    // Nothing was in it. Name your devices here, or let `scs identify` find out:\n    \
             // ports: {{\n    //     {example}: (device: \"pixel-7\"),\n    // }},\n)\n"
        );
        return text;
    }
    text.push_str(
        "    // Devices may have rules of their own: rules: [(rule: \"keep-between\", with: {\"high\": 60})]\n    ports: {\n",
    );
    for port in ports {
        let _ = writeln!(text, "{port}");
    }
    text.push_str("    },\n)\n");
    text
}

/// The line of a port; `None` when there is nothing to say of it. Only what is probably to be charged becomes a device: a
/// disk or a modem must not lose its power because it got a name.
fn entry(
    port: &UnitPort,
    by_model: bool,
    survey: &Survey,
    twice: &BTreeSet<String>,
    known: &mut Known,
) -> Option<String> {
    let mut parts = Vec::new();
    let mut comment = String::new();
    if let Some(thing) = port.phone(survey) {
        let name = device_name(thing, port, known);
        parts.push(format!("device: {}", quoted(&name)));
        match usable_serial(thing, twice, known) {
            Ok(serial) => {
                parts.push(format!("serial: {}", quoted(&serial)));
                known.serials.insert(serial);
            }
            Err(why) => comment = format!("  // {}: {why}", cut(&name_of(thing), 30)),
        }
        known.devices.insert(name);
    } else if let Some(thing) = port.thing(survey) {
        let what = format!("{} ({}) is no phone that is known", cut(&name_of(thing), 30), thing.id);
        if by_model {
            return Some(format!(
                "        // {}: {what}. If it is to be charged, name it here.",
                port.number
            ));
        }
        comment = format!("  // {what}. If it is to be charged, give it a device.");
    }
    if !by_model {
        let socket = port.sides.first()?;
        let hub = quoted(socket.hub().as_str());
        parts.push(format!("socket: (hub: {hub}, port: {})", socket.port()));
    }
    (!parts.is_empty()).then(|| format!("        {}: ({}),{comment}", port.number, parts.join(", ")))
}

/// The serial number if it tells this device from all others, else why not.
fn usable_serial(thing: &Thing, twice: &BTreeSet<String>, known: &Known) -> Result<String, &'static str> {
    match thing.serial.as_deref() {
        None | Some("") => Err("no serial number, so it is known by its port"),
        Some(serial) if twice.contains(serial) => Err("another one has the same serial number"),
        Some(serial) if known.serials.contains(serial) => Err("another station has its serial number"),
        Some(serial) if serial.trim() != serial || serial.chars().any(char::is_control) => {
            Err("its serial number cannot be written down")
        }
        Some(serial) => Ok(serial.to_owned()),
    }
}

fn serials_of_several(unit: &Unit, survey: &Survey) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let serials = unit.ports.iter().filter_map(|port| port.thing(survey)?.serial.clone());
    serials.filter(|serial| !seen.insert(serial.clone())).collect()
}

/// A name made from what the device says that it is, and different from all others.
fn device_name(thing: &Thing, port: &UnitPort, known: &Known) -> String {
    let lower = thing.name.to_lowercase();
    let mut words: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.dedup();
    let mut name = words.join("-");
    name.truncate(LONGEST_NAME);
    let name = name.trim_matches('-');
    let name = if name.is_empty() { format!("device-{}", port.number) } else { name.to_owned() };
    let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
    std::iter::once(name.clone())
        .chain(numbered)
        .find(|name| !known.devices.contains(name))
        .unwrap_or_default()
}
