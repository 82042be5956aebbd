//! What is known of the hubs of this host: where they are, which are two sides of one, and which sockets have
//! another hub plugged into them.
//!
//! Pure. Learns from every look and does not forget a hub that was plugged into a socket: switching such a
//! socket off takes every port behind it from the people who use them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    HubFound,
    driver::{Extent, Look},
};
use crate::model::{HubLocation, Power, Socket, SwitchProblem};

/// More hubs than any host has (127 devices fit on one bus); what is beyond is not kept, so that no answer, however
/// strange, grows the memory without end.
const HUBS_MAX: usize = 2048;

/// The hubs as they were seen last, and what must not be forgotten of those before.
#[derive(Debug, Default)]
pub(super) struct Topology {
    hubs: BTreeMap<HubLocation, HubFound>,
    unread: BTreeMap<HubLocation, SwitchProblem>,
    board: Option<String>,
    /// Every place at which a hub was ever plugged in.
    behind: BTreeSet<HubLocation>,
    /// Sides that the driver itself holds for one hub, where places do not tell.
    pairs: BTreeMap<HubLocation, HubLocation>,
    /// Hubs whose other side the driver was asked for.
    asked: BTreeSet<HubLocation>,
    /// True once all hubs were listed.
    complete: bool,
}

/// The other side of a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OtherSide {
    /// The hub has only one.
    None,
    /// Here.
    At(HubLocation),
    /// There must be one, and it is not shown: why, and what of it is known.
    Hidden(String),
}

impl Topology {
    /// Takes what was seen. `asked` are the hubs that the look was for.
    pub(super) fn learn(&mut self, look: Look, asked: &BTreeSet<HubLocation>) {
        let Look { survey, extent, unread } = look;
        let shown = |hub: &HubLocation| survey.hubs.contains_key(hub) || unread.contains_key(hub);
        let all = extent == Extent::All;
        self.hubs.retain(|hub, _| shown(hub) || !(all || asked.contains(hub)));
        self.unread.retain(|hub, _| !(all || asked.contains(hub) || survey.hubs.contains_key(hub)));
        let hubs = &self.hubs;
        // A hub that went away may come back with another cable, so what it was paired with proves nothing then.
        self.pairs.retain(|hub, other| hubs.contains_key(hub) || hubs.contains_key(other));
        self.asked.retain(|hub| hubs.contains_key(hub));
        self.board = survey.board.or(self.board.take());
        self.complete |= all;
        for (at, hub) in survey.hubs {
            if self.hubs.len() >= HUBS_MAX && !self.hubs.contains_key(&at) {
                continue;
            }
            let behind = hub.sockets.values().filter_map(|socket| socket.hub.clone());
            for place in behind.chain([at.clone()]) {
                if !place.is_root() && self.behind.len() < HUBS_MAX {
                    self.behind.insert(place);
                }
            }
            self.hubs.insert(at, hub);
        }
        self.unread.extend(unread.into_iter().take(HUBS_MAX));
    }

    /// A hub did not answer to its place any more.
    pub(super) fn lost(&mut self, hub: &HubLocation) {
        self.hubs.remove(hub);
        self.unread.remove(hub);
    }

    /// True once all hubs were listed.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }
    /// The hub as it was seen last.
    pub(super) fn hub(&self, at: &HubLocation) -> Option<&HubFound> {
        self.hubs.get(at)
    }
    /// All hubs as they were seen last.
    pub(super) fn hubs(&self) -> &BTreeMap<HubLocation, HubFound> {
        &self.hubs
    }
    /// Why the ports of a hub could not be read when it was looked at last.
    pub(super) fn unread(&self, hub: &HubLocation) -> Option<&SwitchProblem> {
        self.unread.get(hub)
    }
    /// What the board of this host is called, if it has a name.
    pub(super) fn board(&self) -> Option<&str> {
        self.board.as_deref()
    }

    /// What one side shows of one port.
    pub(super) fn power(&self, side: &Socket) -> Result<Power, SwitchProblem> {
        if let Some(problem) = self.unread.get(side.hub()) {
            return Err(problem.clone());
        }
        let Some(hub) = self.hubs.get(side.hub()) else {
            return Err(SwitchProblem::HubMissing(side.hub().clone()));
        };
        match hub.sockets.get(&side.port()) {
            None => Err(missing_port(side, hub)),
            Some(socket) => {
                socket.power.clone().map_err(|why| SwitchProblem::Unreadable(format!("{side}: {why}")))
            }
        }
    }

    /// The hub that is, or was, plugged into this side of a socket.
    pub(super) fn hub_behind(&self, side: &Socket) -> Option<HubLocation> {
        let below = side.hub().below(side.port());
        let named = || self.hubs.get(side.hub())?.sockets.get(&side.port())?.hub.clone();
        self.behind.contains(&below).then_some(below).or_else(named)
    }

    /// The other side of a hub. `chips` are hubs that are in the same housing for sure.
    pub(super) fn other_side(&self, hub: &HubLocation, chips: &BTreeSet<HubLocation>) -> OtherSide {
        let Some(found) = self.hubs.get(hub).filter(|_| !hub.is_root()) else { return OtherSide::None };
        match self.twin(hub) {
            Some(twin) if self.hubs.contains_key(&twin) || self.unread.contains_key(&twin) => {
                return OtherSide::At(twin);
            }
            Some(twin) => return OtherSide::Hidden(format!("hub `{twin}` is not shown")),
            None => {}
        }
        // Chips of one housing have as many sides as each other, and those of one tree with the same numbers are alike.
        let kin = self.hubs.iter().filter(|(at, other)| {
            *at != hub && (chips.contains(*at) || (other.id == found.id && same_tree(at, hub)))
        });
        let bus = kin.filter_map(|(at, _)| self.twin(at)).map(|twin| twin.parts().0).next();
        match bus {
            Some(bus) => OtherSide::Hidden(format!(
                "hub `{bus}-{}` is not shown, but the other chips have two sides",
                hub.parts().1
            )),
            None if self.is_doubtful(hub) => {
                OtherSide::Hidden(format!("which hub is the other side of `{hub}` is not known yet"))
            }
            None if found.usb3 => OtherSide::Hidden(format!("the USB 2 side of hub `{hub}` is not shown")),
            None => OtherSide::None,
        }
    }

    /// The other side: the one that the kernel names, else the one that the driver has named, else the one at the same
    /// place of the neighbouring bus, else the only one at the same place of any bus (if that has no other choice either).
    pub(super) fn twin(&self, hub: &HubLocation) -> Option<HubLocation> {
        let found = self.hubs.get(hub)?;
        if let Some(twin) = found.twin.as_ref().or_else(|| self.pairs.get(hub)) {
            return Some(twin.clone());
        }
        let candidates = self.at_the_same_place(hub);
        let bus = hub.parts().0;
        // Linux numbers the two buses of one controller one after the other, the USB 2 side first.
        let neighbour = if found.usb3 { bus.checked_sub(1) } else { bus.checked_add(1) };
        let next_door = candidates.iter().find(|other| Some(other.parts().0) == neighbour);
        match (next_door, candidates.as_slice()) {
            (Some(twin), _) => Some((*twin).clone()),
            (None, [only]) if self.at_the_same_place(only).len() == 1 => Some((*only).clone()),
            _ => None,
        }
    }

    /// Hubs that may be the other side of a hub, at the same place of another bus.
    fn at_the_same_place<'a>(&'a self, hub: &'a HubLocation) -> Vec<&'a HubLocation> {
        let path = hub.parts().1;
        self.strangers(hub).filter(|other| !path.is_empty() && other.parts().1 == path).collect()
    }

    /// Hubs of the other kind with as many ports, on another bus, that are no side of a third hub.
    fn strangers<'a>(&'a self, hub: &'a HubLocation) -> impl Iterator<Item = &'a HubLocation> {
        let fits = move |other: &HubLocation, other_found: &HubFound| {
            self.hubs.get(hub).is_some_and(|found| {
                other_found.usb3 != found.usb3
                    && other_found.sockets.len() == found.sockets.len()
                    && other.parts().0 != hub.parts().0
                    && other_found
                        .twin
                        .as_ref()
                        .or_else(|| self.pairs.get(other))
                        .is_none_or(|twin| twin == hub)
            })
        };
        self.hubs.iter().filter(move |(other, found)| fits(other, found)).map(|(other, _)| other)
    }

    /// True if places do not tell what the other side of a hub is, while there is a hub that could be it, and the driver
    /// has not been asked.
    pub(super) fn is_doubtful(&self, hub: &HubLocation) -> bool {
        !hub.is_root()
            && !self.asked.contains(hub)
            && self.twin(hub).is_none()
            && self.strangers(hub).any(|other| self.may_be_twins(hub, other))
    }

    /// Takes what the driver holds for the other side of a hub, if places allow it.
    pub(super) fn answered(&mut self, hub: &HubLocation, other: Option<&HubLocation>) {
        self.asked.insert(hub.clone());
        let Some(other) = other else { return };
        if self.strangers(hub).any(|stranger| stranger == other) && self.may_be_twins(hub, other) {
            self.pairs.insert(hub.clone(), other.clone());
            self.pairs.insert(other.clone(), hub.clone());
        } else {
            tracing::warn!(%hub, foreign = %other, "another hub is held for the other side of this one: not believed");
        }
    }

    /// On some boards the two sides of a hub hang on ports of different numbers; then the place below is the same. But
    /// a hub that is at its right place on that bus has its twin there, and nowhere else.
    fn may_be_twins(&self, hub: &HubLocation, other: &HubLocation) -> bool {
        let ((_, path), (other_bus, other_path)) = (hub.parts(), other.parts());
        let last = |path: &str| path.rsplit('.').next().map(str::to_owned);
        let better = HubLocation::new(&format!("{other_bus}-{path}"));
        !path.is_empty()
            && !other_path.is_empty()
            && self.twin(other).is_none_or(|twin| twin == *hub)
            && (path == other_path
                || (last(path) == last(other_path)
                    && better.is_ok_and(|better| !self.hubs.contains_key(&better))))
    }
}

/// The hub has no such port.
pub(super) fn missing_port(side: &Socket, hub: &HubFound) -> SwitchProblem {
    SwitchProblem::Missing(format!(
        "hub `{}` has {} ports, and this is port {}",
        side.hub(),
        hub.sockets.len(),
        side.port()
    ))
}

/// True if both hang on the same port of the same root hub.
fn same_tree(one: &HubLocation, other: &HubLocation) -> bool {
    let top = |hub: &HubLocation| {
        let (bus, path) = hub.parts();
        (bus, path.split('.').next().map(str::to_owned))
    };
    !one.is_root() && top(one) == top(other)
}
