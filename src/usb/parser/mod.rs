//! Reads what `uhubctl` prints: bytes in, a listing out.
//!
//! Decides from the status bits and the hub's USB version, never from the words beside them. Devices choose
//! part of this text (their names may hold brackets, line ends and forged lines), so what is not exactly as
//! the tool prints it is not believed: a line that is there twice, or out of shape, makes its port unreadable.
//! Must never panic, whatever the bytes, and never take a guess.

use std::collections::BTreeMap;

use super::{
    Switching,
    words::{WORDS_MAX, printable},
};
use crate::model::{ChipId, HubLocation, Power, Thing};

/// Which of the two pictures of a hub a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Before the order, or of a plain listing.
    Current,
    /// After the order.
    New,
}

/// What the header says of a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HubKind {
    /// USB 3 hubs have their power bit elsewhere.
    pub(super) usb3: bool,
    /// How many ports it has.
    pub(super) ports: u8,
    /// How it switches them.
    pub(super) switching: Switching,
}

/// What one line says of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Its power, and what is plugged into it.
    Power {
        /// As the power bit says.
        power: Power,
        /// True if something is plugged in that talks, described or not.
        connected: bool,
        /// True if the thing in the brackets is a hub.
        hub_behind: bool,
        /// The thing in the brackets, if it is no hub. Its words are its own: good for showing who it says that it is.
        thing: Option<Thing>,
    },
    /// Not to be believed, and why.
    Unreadable(&'static str),
}

/// One hub at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// `None`: the header does not end as that of a hub.
    pub(super) kind: Option<HubKind>,
    /// Who it says that it is.
    pub(super) thing: Option<Thing>,
    /// Its ports by number.
    pub(super) ports: BTreeMap<u8, Shown>,
}

/// All that was printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// Every hub shown, before and after.
    pub(super) blocks: BTreeMap<(Phase, HubLocation), Block>,
}

impl Listing {
    /// The picture of one hub.
    pub(super) fn block(&self, phase: Phase, hub: &HubLocation) -> Option<&Block> {
        self.blocks.get(&(phase, hub.clone()))
    }
}

/// Reads the whole output of one call.
pub(super) fn parse(bytes: &[u8]) -> Listing {
    let text = String::from_utf8_lossy(bytes);
    let mut listing = Listing::default();
    // The hub whose ports follow, and its vendor and product numbers.
    let mut open: Option<((Phase, HubLocation), &str)> = None;
    for line in text.split('\n') {
        if let Some((phase, rest)) = header(line) {
            open = None;
            let Some((hub, description)) = hub(rest) else { continue };
            let (key, kind) = ((phase, hub), hub_tail(description));
            if let Some(twice) = listing.blocks.get_mut(&key) {
                *twice = Block::default();
                continue;
            }
            let thing = thing(hub_words(description).unwrap_or(description));
            listing.blocks.insert(key.clone(), Block { kind, thing, ports: BTreeMap::new() });
            open = Some((key, identity(description)));
        } else if line.starts_with("Sent power ") {
            open = None;
        } else if let (Some((number, rest)), Some((key, own))) = (port(line), &open)
            && let Some(block) = listing.blocks.get_mut(key)
            // A number that the hub does not have cannot be the tool's own line.
            && block.kind.is_none_or(|kind| number <= kind.ports)
        {
            let shown = shown(rest, block.kind, own);
            block
                .ports
                .entry(number)
                .and_modify(|first| *first = Shown::Unreadable("the port is there twice"))
                .or_insert(shown);
        }
    }
    listing
}

fn header(line: &str) -> Option<(Phase, &str)> {
    let rest = |prefix| line.strip_prefix(prefix);
    rest("Current status for hub ")
        .map(|rest| (Phase::Current, rest))
        .or_else(|| rest("New status for hub ").map(|rest| (Phase::New, rest)))
}

fn hub(rest: &str) -> Option<(HubLocation, &str)> {
    let (location, description) = rest.split_once(" [")?;
    Some((HubLocation::new(location).ok()?, description.strip_suffix(']')?))
}

/// The end of a description that only hubs have: `, USB 2.10, 4 ports, ppps`.
fn hub_tail(description: &str) -> Option<HubKind> {
    let mut parts = description.rsplit(", ").peekable();
    // The last word came with version 2.3; older ones list only hubs that switch each port.
    let switching = match parts.next_if(|last| matches!(*last, "ppps" | "ganged" | "nops")) {
        Some("ganged") => Switching::Ganged,
        Some("nops") => Switching::Never,
        _ => Switching::Single,
    };
    let ports = parts.next()?.strip_suffix(" ports")?.parse().ok()?;
    let (major, minor) = parts.next()?.strip_prefix("USB ")?.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    if !(1..=2).contains(&major.len()) || minor.len() != 2 || !digits(major) || !digits(minor) {
        return None;
    }
    parts.next()?;
    Some(HubKind { usb3: u8::from_str_radix(major, 16).ok()? >= 3, ports, switching })
}

/// What stands before the end that only hubs have.
fn hub_words(description: &str) -> Option<&str> {
    hub_tail(description)?;
    Some(description.rsplit_once(", USB ")?.0)
}

/// Who a thing says that it is: `04e8:6860 SAMSUNG Galaxy R58N12ABCDE`. The serial number is the last word by convention
/// only, so it must look like one; all else is its name.
fn thing(description: &str) -> Option<Thing> {
    let (id, words) = description.split_once(' ').unwrap_or((description, ""));
    let id: ChipId = id.parse().ok()?;
    let words = printable(words, words.len());
    let like_a_serial = |word: &str| {
        (6..=WORDS_MAX).contains(&word.len())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':'))
            && word.bytes().any(|b| b.is_ascii_digit())
    };
    let (name, serial) = match words.rsplit_once(' ') {
        Some((name, last)) if like_a_serial(last) => (name, Some(last.to_owned())),
        _ => (words.as_str(), None),
    };
    Some(Thing { id, serial, name: name.chars().take(WORDS_MAX).collect() })
}

fn port(line: &str) -> Option<(u8, &str)> {
    let (number, rest) = line.strip_prefix("  Port ")?.split_once(": ")?;
    if number.starts_with('0') || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((number.parse().ok()?, rest))
}

/// Vendor and product number: `0bda:5411`.
fn identity(description: &str) -> &str {
    description.split([' ', ',']).next().unwrap_or_default()
}

fn shown(rest: &str, kind: Option<HubKind>, own: &str) -> Shown {
    let Some(kind) = kind else { return Shown::Unreadable("the USB version of the hub is not shown") };
    // Names hold brackets too, so the description goes from the first to the last one.
    let (status, description) = match rest.split_once(" [") {
        Some((status, rest)) => (status, rest.rfind(']').and_then(|end| rest.get(..end))),
        None => (rest, None),
    };
    let mut words = status.split(' ');
    let Some(bits) = words.next().and_then(bits) else {
        return Shown::Unreadable("the status is not four hexadecimal digits");
    };
    if !words.all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')) {
        return Shown::Unreadable("the line is out of shape");
    }
    let power_bit = if kind.usb3 { 0x0200 } else { 0x0100 };
    // A hub that may not be opened is shown without its end; the chips of one housing are alike then.
    let hub_behind = description.is_some_and(|text| hub_tail(text).is_some() || identity(text) == own);
    Shown::Power {
        power: if bits & power_bit == 0 { Power::Off } else { Power::On },
        connected: bits & CONNECTED != 0,
        hub_behind,
        thing: description.filter(|_| !hub_behind).and_then(thing),
    }
}

/// The bit of the status that says that something is plugged in, of either kind of hub.
const CONNECTED: u16 = 0x0001;

/// Eight digits are a failed reading that the tool prints like a status.
fn bits(word: &str) -> Option<u16> {
    let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if word.len() != 4 || !word.bytes().all(lower_hex) {
        return None;
    }
    u16::from_str_radix(word, 16).ok()
}

#[cfg(test)]
mod tests;
