//! What is printed of a search: the table at its end, and the lines for the station file. Pure.

use std::{collections::BTreeMap, fmt::Write as _};

use super::picture::{Picture, Port};
use crate::{
    cli::look::{Look, Side, quoted, table},
    model::{DeviceName, PortId},
};

/// What is known of a port after the search.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// The hub shows the serial number of this device.
    Proven(DeviceName),
    /// Two rounds agree on it, or a person says so.
    Found(DeviceName),
    /// It was off, and the device went on charging; true: the hub had shown its serial number here.
    KeepsCharging(DeviceName, bool),
    /// A person says that nothing is there.
    Nothing,
    /// The device that seemed to be here is in that other port, as a person says.
    Taken(DeviceName, PortId),
    /// No device said anything, which proves nothing; in words.
    Silent(String),
    /// It was not switched; why.
    Skipped(String),
    /// It was tried and nothing can be said; why.
    Unclear(String),
    /// The device that reacts and the serial number in the port speak of two; why, and what to do.
    Contradicted(String),
}

impl Outcome {
    /// True for what somebody should look into.
    pub(super) fn is_trouble(&self) -> bool {
        matches!(self, Self::KeepsCharging(..) | Self::Unclear(_) | Self::Contradicted(_))
    }

    /// True for what speaks neither for a device nor against it.
    pub(super) fn says_nothing(&self) -> bool {
        match self {
            Self::Silent(_) | Self::Skipped(_) | Self::Unclear(_) => true,
            Self::Proven(_)
            | Self::Found(_)
            | Self::KeepsCharging(..)
            | Self::Nothing
            | Self::Taken(..)
            | Self::Contradicted(_) => false,
        }
    }

    fn device(&self) -> Option<&DeviceName> {
        match self {
            Self::Proven(device) | Self::Found(device) | Self::KeepsCharging(device, _) => Some(device),
            Self::Nothing
            | Self::Taken(..)
            | Self::Silent(_)
            | Self::Skipped(_)
            | Self::Unclear(_)
            | Self::Contradicted(_) => None,
        }
    }

    /// In a few words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Proven(_) => "its serial number is in the port".to_owned(),
            Self::Found(_) => "found".to_owned(),
            Self::KeepsCharging(_, true) => {
                "says off and keeps charging: this port does not cut the power".to_owned()
            }
            Self::KeepsCharging(_, false) => {
                "goes on charging while its port is off: it is in another port, or this one does not cut the power"
                    .to_owned()
            }
            Self::Nothing => "nothing there, as you say".to_owned(),
            Self::Taken(device, port) => format!("`{device}` is in port {port}, as you say"),
            Self::Silent(why) => why.clone(),
            Self::Skipped(why) => format!("not switched: {why}"),
            Self::Unclear(why) => format!("unclear: {why}"),
            Self::Contradicted(why) => why.clone(),
        }
    }
}

/// The table of all ports that were looked at.
pub(super) fn summary(outcomes: &BTreeMap<PortId, Outcome>, look: Look) -> String {
    let heading = ["port", "device", ""].map(str::to_owned);
    let rows = outcomes.iter().map(|(port, outcome)| {
        let device = outcome.device().map_or_else(|| "–".to_owned(), ToString::to_string);
        [port.to_string(), device, outcome.words()]
    });
    let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
    table([Side::Right, Side::Left, Side::Left], &rows, look)
}

/// The lines of `ports` for the station file, with what is known of its ports now; empty: nothing is. No device stands in
/// two of them, and a port of which nothing is known in none.
pub(super) fn lines(outcomes: &BTreeMap<PortId, Outcome>, picture: &Picture, writes_sockets: bool) -> String {
    let places = places(outcomes);
    let mut text = String::new();
    for (id, port) in &picture.ports {
        let outcome = outcomes.get(id);
        let found = outcome.and_then(Outcome::device);
        let gone = matches!(outcome, Some(Outcome::Nothing | Outcome::Taken(..)));
        let is_here = |device: &&DeviceName| places.get(device).is_none_or(|place| place == id);
        let device = found.or(port.device.as_ref().filter(|_| !gone)).filter(is_here);
        let emptied = gone && port.file_device.is_some();
        if device.is_some() || emptied || writes_sockets {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "        {id}: ({}),", fields(port, device, writes_sockets));
        }
    }
    if text.is_empty() { text } else { format!("    ports: {{\n{text}    }},\n") }
}

/// Where each device is that was found: a serial number says more than a person, and a person more than what only charges.
fn places(outcomes: &BTreeMap<PortId, Outcome>) -> BTreeMap<&DeviceName, PortId> {
    let rank = |outcome: &Outcome| match outcome {
        Outcome::Proven(_) => 2,
        Outcome::Found(_) => 1,
        _ => 0,
    };
    let mut found: Vec<_> = outcomes
        .iter()
        .filter_map(|(port, outcome)| Some((rank(outcome), outcome.device()?, *port)))
        .collect();
    found.sort();
    found.into_iter().map(|(_, device, port)| (device, port)).collect()
}

/// The devices that the station file names in ports where they are not.
pub(super) fn still_named<'p>(
    outcomes: &BTreeMap<PortId, Outcome>,
    picture: &'p Picture,
) -> Vec<(PortId, &'p DeviceName)> {
    let gone = |id: &PortId| matches!(outcomes.get(id), Some(Outcome::Nothing));
    let named = picture.ports.iter().filter(|(id, _)| gone(id));
    named.filter_map(|(id, port)| Some((*id, port.file_device.as_ref()?))).collect()
}

fn fields(port: &Port, device: Option<&DeviceName>, writes_sockets: bool) -> String {
    let mut fields = Vec::new();
    if let Some(device) = device {
        fields.push(format!("device: {}", quoted(device.as_str())));
        let shown = port.plugged.as_ref().and_then(|plugged| plugged.serial.as_deref());
        // The file's number is that of the file's device only.
        let by_file = port.serial.as_deref().filter(|_| port.file_device.as_ref() == Some(device));
        if let Some(serial) = shown.or(by_file) {
            fields.push(format!("serial: {}", quoted(serial)));
        }
    }
    if writes_sockets {
        let socket = &port.socket;
        fields.push(format!("socket: (hub: {}, port: {})", quoted(&socket.hub), socket.port));
    }
    fields.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::picture::tests::port, *};

    fn id(number: u16) -> PortId {
        PortId::new(number).unwrap()
    }

    fn name(text: &str) -> DeviceName {
        DeviceName::new(text).unwrap()
    }

    fn outcomes() -> BTreeMap<PortId, Outcome> {
        BTreeMap::from([
            (id(1), Outcome::Found(name("pixel-7"))),
            (id(2), Outcome::KeepsCharging(name("tablet"), true)),
            (id(3), Outcome::Silent("no device said that it stopped charging".to_owned())),
            (id(5), Outcome::Nothing),
            (id(4), Outcome::Skipped("a person switched it off".to_owned())),
        ])
    }

    #[test]
    fn the_table_says_what_is_where_and_what_is_wrong() {
        let text = summary(&outcomes(), Look { width: 100, colour: false });
        assert_eq!(
            text,
            "port  device
   1  pixel-7  found
   2  tablet   says off and keeps charging: this port does not cut the power
   3  –        no device said that it stopped charging
   4  –        not switched: a person switched it off
   5  –        nothing there, as you say
"
        );
    }

    #[test]
    fn the_lines_can_be_put_into_the_station_file() {
        let thing = json!({"id": "18d1:4ee7", "serial": "R5\"C", "name": ""});
        let ports = [
            port(1, &json!({"device": "port", "plugged": thing})),
            port(2, &json!({"file_device": "phone", "serial": "old"})),
            port(3, &json!({"device": "quiet", "file_device": "quiet", "serial": "Q1"})),
            port(4, &json!({"device": "kiosk", "file_device": "kiosk", "serial": "K1"})),
            port(5, &json!({"device": "gone", "file_device": "gone", "serial": "G1"})),
        ];
        let ports = ports.map(|port| (port.port, port)).into_iter().collect();
        let picture = Picture { at: jiff::Timestamp::UNIX_EPOCH, ports, said: BTreeMap::new() };
        assert_eq!(
            lines(&outcomes(), &picture, false),
            "    ports: {
        1: (device: \"pixel-7\", serial: \"R5\\\"C\"),
        2: (device: \"tablet\"),
        3: (device: \"quiet\", serial: \"Q1\"),
        4: (device: \"kiosk\", serial: \"K1\"),
        5: (),
    },
"
        );
        // Of nothing there is no line, and no device has two.
        let ports =
            [port(1, &json!({"device": "beta"})), port(2, &json!({"device": "beta"})), port(7, &json!({}))];
        let ports = ports.map(|port| (port.port, port)).into_iter().collect();
        let twice = Picture { at: jiff::Timestamp::UNIX_EPOCH, ports, said: BTreeMap::new() };
        let found = BTreeMap::from([(id(2), Outcome::Found(name("beta"))), (id(7), Outcome::Nothing)]);
        assert_eq!(lines(&found, &twice, false), "    ports: {\n        2: (device: \"beta\"),\n    },\n");
        assert_eq!(still_named(&outcomes(), &picture), [(id(5), &name("gone"))]);
        let socket = lines(&outcomes(), &picture, true);
        assert!(socket.contains("5: (socket: (hub: \"5-2\", port: 5)),"), "{socket}");
    }
}
