//! What is known of the hubs of this host: where they are, which are two sides of one, and which sockets have
//! another hub plugged into them.
//!
//! Pure. Learns from every listing and does not forget a hub that was plugged into a socket: switching such a
//! socket off takes every port behind it from the people who use them.

use std::collections::{BTreeMap, BTreeSet};

use super::parser::{HubKind, Listing, Shown};
use crate::model::{HubLocation, Socket};

/// More hubs than `uhubctl` itself can list (128), many times over; what is beyond is not kept, so that no
/// output, however strange, grows the memory without end.
const HUBS_MAX: usize = 4096;

/// The hubs ever seen.
#[derive(Debug, Default)]
pub(super) struct Topology {
    hubs: BTreeMap<HubLocation, HubKind>,
    /// Locations at which a hub hangs on another one, whether `uhubctl` can switch it or not.
    behind: BTreeSet<HubLocation>,
    /// Sides that `uhubctl` itself switched together.
    pairs: BTreeMap<HubLocation, HubLocation>,
}

impl Topology {
    /// Takes what an output shows.
    pub(super) fn learn(&mut self, listing: &Listing) {
        for ((_, hub), block) in &listing.blocks {
            let Some(kind) = block.kind else { continue };
            if self.hubs.len() < HUBS_MAX || self.hubs.contains_key(hub) {
                self.hubs.insert(hub.clone(), kind);
            }
            for (port, shown) in &block.ports {
                if matches!(shown, Shown::Power { hub_behind: true, .. }) && self.behind.len() < HUBS_MAX {
                    self.behind.insert(hub.below(*port));
                }
            }
        }
    }

    /// True if the hub was ever shown.
    pub(super) fn knows(&self, hub: &HubLocation) -> bool {
        self.hubs.contains_key(hub)
    }

    /// The hub that is, or was, plugged into this socket, on either side of it.
    pub(super) fn hub_behind(&self, socket: &Socket) -> Option<HubLocation> {
        let twin = self.twin(socket.hub());
        [Some(socket.hub()), twin.as_ref()]
            .into_iter()
            .flatten()
            .map(|hub| hub.below(socket.port()))
            .find(|below| self.behind.contains(below) || self.hubs.contains_key(below))
    }

    /// The other side of a USB 3 hub: the one that `uhubctl` switched with it, else the one at the same place of
    /// the neighbouring bus, else the only one at the same place of any bus (if that has no other choice either).
    pub(super) fn twin(&self, hub: &HubLocation) -> Option<HubLocation> {
        if let Some(pair) = self.pairs.get(hub) {
            return Some(pair.clone());
        }
        let kind = self.hubs.get(hub)?;
        let (bus, _) = parts(hub)?;
        let candidates = self.candidates(hub);
        // Linux numbers the two buses of one controller one after the other, the USB 2 side first.
        let neighbour = if kind.usb3 { bus.checked_sub(1) } else { bus.checked_add(1) };
        let next_door =
            candidates.iter().find(|other| parts(other).map(|(other_bus, _)| other_bus) == neighbour);
        match (next_door, candidates.as_slice()) {
            (Some(twin), _) => Some((*twin).clone()),
            (None, [only]) if self.candidates(only).len() == 1 => Some((*only).clone()),
            _ => None,
        }
    }

    /// Hubs of the other kind at the same place of another bus.
    fn candidates(&self, hub: &HubLocation) -> Vec<&HubLocation> {
        let (Some(kind), Some((bus, path))) = (self.hubs.get(hub), parts(hub)) else { return Vec::new() };
        let fits = |other: &HubLocation, other_kind: &HubKind| {
            other_kind.usb3 != kind.usb3
                && other_kind.ports == kind.ports
                && parts(other).is_some_and(|(other_bus, other_path)| other_bus != bus && other_path == path)
        };
        self.hubs.iter().filter(|(other, kind)| fits(other, kind)).map(|(other, _)| other).collect()
    }

    /// True if `uhubctl`, told to switch `hub`, switched `other` as its second side, as far as places tell. Such a
    /// pair is remembered. False: a foreign hub was switched.
    pub(super) fn pair(&mut self, hub: &HubLocation, other: &HubLocation) -> bool {
        let (Some((bus, path)), Some((other_bus, other_path))) = (parts(hub), parts(other)) else {
            return false;
        };
        let last = |path: &str| path.rsplit('.').next().map(str::to_owned);
        let better = HubLocation::new(&format!("{other_bus}-{path}"));
        let is_twin = bus != other_bus
            && self.hubs.get(hub).map(|kind| kind.usb3) != self.hubs.get(other).map(|kind| kind.usb3)
            // On some boards the two sides of a hub hang on ports of different numbers; then the place below is
            // the same. But a hub that is at its right place on that bus has its twin there, and nowhere else.
            && (path == other_path
                || (last(path) == last(other_path) && better.is_ok_and(|better| !self.knows(&better))));
        if is_twin {
            self.pairs.insert(hub.clone(), other.clone());
            self.pairs.insert(other.clone(), hub.clone());
        }
        is_twin
    }
}

fn parts(hub: &HubLocation) -> Option<(u16, &str)> {
    let (bus, path) = hub.as_str().split_once('-')?;
    Some((bus.parse().ok()?, path))
}

#[cfg(test)]
mod tests {
    use super::{super::parser::parse, *};

    fn hub(text: &str) -> HubLocation {
        HubLocation::new(text).unwrap()
    }
    fn socket(at: &str, port: u8) -> Socket {
        Socket::new(hub(at), port).unwrap()
    }
    fn listed(hubs: &[(&str, &str, &str)]) -> Topology {
        let mut topology = Topology::default();
        for (at, usb, line) in hubs {
            let text =
                format!("Current status for hub {at} [1:2, USB {usb}, 4 ports, ppps]\n  Port {line}\n");
            topology.learn(&parse(text.as_bytes()));
        }
        topology
    }

    #[test]
    fn the_daisy_chain_of_the_sixteen_port_hub_is_known_and_its_sockets_are_free() {
        let mut topology = Topology::default();
        topology.learn(&parse(include_bytes!("../../tests/fixtures/uhubctl/rsh-a16.txt")));
        for bus in ["3", "4"] {
            for at in ["1", "1.3", "1.4", "1.3.3", "1.3.4"] {
                let chip = format!("{bus}-{at}");
                let other = format!("{}-{at}", if bus == "3" { "4" } else { "3" });
                assert_eq!(topology.twin(&hub(&chip)), Some(hub(&other)));
                for port in 1..=4 {
                    let in_the_chain = ["1", "1.3"].contains(&at) && port >= 3;
                    assert_eq!(
                        topology.hub_behind(&socket(&chip, port)).is_some(),
                        in_the_chain,
                        "{chip} {port}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_socket_with_a_hub_behind_it_is_known_on_either_side() {
        let behind = "3: 0507 power suspend enable connect [1a40:0101, USB 2.00, 4 ports, ganged]";
        let topology =
            listed(&[("4-2", "2.10", behind), ("5-2", "3.20", "3: 02a0 power"), ("9-1", "2.00", "")]);
        assert_eq!(topology.hub_behind(&socket("4-2", 3)), Some(hub("4-2.3")));
        assert_eq!(topology.hub_behind(&socket("5-2", 3)), Some(hub("4-2.3")));
        assert_eq!(topology.hub_behind(&socket("4-2", 2)), None);
    }

    #[test]
    fn a_listed_hub_is_behind_the_socket_of_its_place_and_is_not_forgotten() {
        let mut topology = listed(&[("5-2", "2.10", "3: 0100 power"), ("5-2.3", "2.10", "1: 0100 power")]);
        assert_eq!(topology.hub_behind(&socket("5-2", 3)), Some(hub("5-2.3")));
        topology.learn(&parse(b""));
        assert_eq!(topology.hub_behind(&socket("5-2", 3)), Some(hub("5-2.3")));
    }

    #[test]
    fn the_neighbouring_bus_has_the_twin() {
        let two =
            listed(&[("1-2", "2.10", ""), ("2-2", "3.20", ""), ("3-2", "2.10", ""), ("4-2", "3.20", "")]);
        assert_eq!(two.twin(&hub("3-2")), Some(hub("4-2")));
        assert_eq!(two.twin(&hub("2-2")), Some(hub("1-2")));
        assert_eq!(listed(&[("1-2", "2.10", ""), ("8-2", "3.20", "")]).twin(&hub("1-2")), Some(hub("8-2")));
        assert_eq!(listed(&[("1-2", "2.10", ""), ("2-2", "2.10", "")]).twin(&hub("1-2")), None);
        let three = listed(&[("1-2", "2.10", ""), ("5-2", "2.10", ""), ("6-2", "3.20", "")]);
        assert_eq!(three.twin(&hub("6-2")), Some(hub("5-2")));
        assert_eq!(three.twin(&hub("1-2")), None);
    }

    #[test]
    fn a_chip_elsewhere_in_the_tree_is_foreign() {
        let mut topology = listed(&[
            ("3-1.4", "2.10", ""),
            ("4-1", "3.20", ""),
            ("4-1.4", "3.20", ""),
            ("4-1.3.4", "3.20", ""),
            ("8-1.4", "2.10", ""),
        ]);
        assert!(!topology.pair(&hub("3-1.4"), &hub("4-1")));
        assert!(!topology.pair(&hub("3-1.4"), &hub("4-1.3.4")), "its own twin is 4-1.4");
        assert!(!topology.pair(&hub("3-1.4"), &hub("8-1.4")), "both are USB 2");
        assert!(topology.pair(&hub("3-1.4"), &hub("4-1.4")));
    }

    #[test]
    fn sides_on_ports_of_different_numbers_are_a_pair() {
        let mut topology = listed(&[("2-1.4", "3.20", ""), ("1-3.4", "2.10", "")]);
        assert_eq!(topology.twin(&hub("2-1.4")), None);
        assert!(topology.pair(&hub("2-1.4"), &hub("1-3.4")));
        assert_eq!(topology.twin(&hub("1-3.4")), Some(hub("2-1.4")));
    }
}
