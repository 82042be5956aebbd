//! What is known of the hubs of this host: where they are, which are two sides of one, and which sockets have
//! another hub plugged into them.
//!
//! Pure. Learns from every look and does not forget a hub that was plugged into a socket: switching such a
//! socket off takes every port behind it from the people who use them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    HubFound, Survey,
    driver::{Extent, Look},
    sides::Sides,
};
use crate::model::{HubLocation, Power, Socket, SwitchProblem};

/// More hubs than any host has (127 devices fit on one bus); what is beyond is not kept, so that no answer, however
/// strange, grows the memory without end.
const HUBS_MAX: usize = 2048;
/// Looks at all hubs that must not show the other side of a hub before it is taken for gone: a side that enumerates anew
/// is away for about a second.
const LOOKS_UNTIL_GONE: u32 = 2;
/// Looks for which it is remembered that a hub did not answer to its place: several may be learned from before anybody
/// asks.
const LOOKS_LOST: u32 = 4;

/// The hubs as they were seen last, and what must not be forgotten of those before.
#[derive(Debug, Default)]
pub(super) struct Topology {
    survey: Survey,
    unread: BTreeMap<HubLocation, SwitchProblem>,
    /// Every place at which a hub was ever plugged in.
    behind: BTreeSet<HubLocation>,
    /// Sides that the driver itself holds for one hub, where places do not tell.
    pairs: BTreeMap<HubLocation, HubLocation>,
    /// Hubs whose other side the driver was asked for.
    asked: BTreeSet<HubLocation>,
    /// The other side that each hub was last seen with.
    before: BTreeMap<HubLocation, Before>,
    /// Hubs that did not answer to their place lately, and for how many looks that is remembered.
    lost: BTreeMap<HubLocation, u32>,
    /// True once all hubs were listed.
    complete: bool,
}

/// An other side that was there.
#[derive(Debug)]
struct Before {
    other: HubLocation,
    /// Looks at all hubs that did not show it since.
    missed: u32,
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
        let places = extent == Extent::Places;
        let all = places || extent == Extent::All;
        let new = survey.hubs.keys().any(|hub| !self.survey.hubs.contains_key(hub));
        self.survey.hubs.retain(|hub, _| shown(hub) || !(all || asked.contains(hub)));
        let told = |hub: &HubLocation| all || asked.contains(hub) || survey.hubs.contains_key(hub);
        self.unread.retain(|hub, _| if places { shown(hub) } else { !told(hub) });
        let hubs = &self.survey.hubs;
        // A hub that went away may come back with another cable, so what it was paired with proves nothing then.
        self.pairs.retain(|hub, other| hubs.contains_key(hub) && hubs.contains_key(other));
        // A hub that has come since may be the side that was asked for.
        self.asked.retain(|hub| hubs.contains_key(hub) && !new);
        self.survey.board = survey.board.or(self.survey.board.take());
        self.survey.from_kernel |= survey.from_kernel;
        self.complete |= all;
        for (at, mut hub) in survey.hubs {
            if places && let Some(known) = self.survey.hubs.get(&at) {
                for (port, socket) in &mut hub.sockets {
                    let known = known.sockets.get(port).map(|known| known.power.clone());
                    socket.power = known.unwrap_or_else(|| socket.power.clone());
                }
            }
            if self.survey.hubs.len() >= HUBS_MAX && !self.survey.hubs.contains_key(&at) {
                continue;
            }
            let behind = hub.sockets.values().filter_map(|socket| socket.hub.clone());
            for place in behind.chain([at.clone()]) {
                if !place.is_root() && self.behind.len() < HUBS_MAX {
                    self.behind.insert(place);
                }
            }
            self.survey.hubs.insert(at, hub);
        }
        self.unread.extend(unread.into_iter().take(HUBS_MAX));
        self.lost.retain(|_, looks| {
            *looks = looks.saturating_sub(1);
            *looks > 0
        });
        self.remember_sides(all);
    }

    /// A hub did not answer to its place any more.
    pub(super) fn lost(&mut self, hub: &HubLocation) {
        self.survey.hubs.remove(hub);
        self.unread.remove(hub);
        self.lost.insert(hub.clone(), LOOKS_LOST);
    }

    /// True if a side of a hub did not answer to its place lately.
    pub(super) fn was_lost(&self, hub: &HubLocation) -> bool {
        let lost = |side: &HubLocation| self.lost.contains_key(side);
        lost(hub) || self.before.get(hub).is_some_and(|before| lost(&before.other))
    }

    /// True once all hubs were listed.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }
    /// The hub as it was seen last.
    pub(super) fn hub(&self, at: &HubLocation) -> Option<&HubFound> {
        self.hubs().get(at)
    }
    /// All hubs as they were seen last.
    pub(super) fn hubs(&self) -> &BTreeMap<HubLocation, HubFound> {
        &self.survey.hubs
    }
    /// All hubs as they were seen last, and the board on which they are.
    pub(super) fn survey(&self) -> &Survey {
        &self.survey
    }
    /// Why the ports of a hub could not be read when it was looked at last.
    pub(super) fn unread(&self, hub: &HubLocation) -> Option<&SwitchProblem> {
        self.unread.get(hub)
    }

    /// What one side shows of one port.
    pub(super) fn power(&self, side: &Socket) -> Result<Power, SwitchProblem> {
        if let Some(problem) = self.unread.get(side.hub()) {
            return Err(problem.clone());
        }
        let Some(hub) = self.hubs().get(side.hub()) else {
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
        let named = || self.hubs().get(side.hub())?.sockets.get(&side.port())?.hub.clone();
        self.behind.contains(&below).then_some(below).or_else(named)
    }

    /// The other side of a hub. `chips` are hubs that are in the same housing for sure.
    pub(super) fn other_side(&self, hub: &HubLocation, chips: &BTreeSet<HubLocation>) -> OtherSide {
        let Some(found) = self.hubs().get(hub).filter(|_| !hub.is_root()) else { return OtherSide::None };
        match self.twin(hub) {
            Some(twin) if self.hubs().contains_key(&twin) || self.unread.contains_key(&twin) => {
                return OtherSide::At(twin);
            }
            Some(twin) => return OtherSide::Hidden(format!("hub `{twin}` is not shown")),
            None => {}
        }
        // Chips of one housing have as many sides as each other, and those of one tree with the same numbers are alike.
        let kin = self.hubs().iter().filter(|(at, other)| {
            *at != hub && (chips.contains(*at) || (other.id == found.id && same_tree(at, hub)))
        });
        let two_sided = kin.map(|(at, _)| at).find(|at| self.twin(at).is_some());
        match two_sided {
            Some(kin) => OtherSide::Hidden(format!(
                "the other side of hub `{hub}` is not shown, and hub `{kin}` of the same housing has two"
            )),
            None if self.is_doubtful(hub) => OtherSide::Hidden(format!(
                "which hub is the other side of `{hub}` is not known: the kernel does not say it, and uhubctl is \
                 asked only with `switch: Uhubctl()`"
            )),
            None if found.usb3 => OtherSide::Hidden(format!("the USB 2 side of hub `{hub}` is not shown")),
            None => OtherSide::None,
        }
    }

    /// The other side, as [`Sides`] tells it; of a hub that had one a moment ago, that one: while it enumerates anew it is
    /// not shown, and the hub must not be taken for one with a single side.
    pub(super) fn twin(&self, hub: &HubLocation) -> Option<HubLocation> {
        self.hubs().get(hub)?;
        let before = || {
            let before = self.before.get(hub).filter(|before| !self.hubs().contains_key(&before.other))?;
            Some(before.other.clone())
        };
        self.sides().told(hub).or_else(before).or_else(|| self.sides().by_place(hub))
    }

    fn sides(&self) -> Sides<'_> {
        Sides::new(&self.survey, &self.pairs)
    }

    /// Notes the other sides that are there, and counts the looks at all hubs that did not show one that was there before.
    fn remember_sides(&mut self, all: bool) {
        let sides = self.sides();
        let shown = |other: &HubLocation| self.hubs().contains_key(other) || self.unread.contains_key(other);
        let now: Vec<(HubLocation, Option<HubLocation>)> =
            self.hubs().keys().map(|hub| (hub.clone(), sides.twin(hub).filter(shown))).collect();
        for (hub, other) in now {
            let missed = self.before.get(&hub).map(|before| before.missed);
            match (other, missed) {
                (Some(other), missed) if missed.is_some() || self.before.len() < HUBS_MAX => {
                    self.before.insert(hub, Before { other, missed: 0 });
                }
                (None, Some(missed)) if all && missed >= LOOKS_UNTIL_GONE => {
                    self.before.remove(&hub);
                }
                (None, Some(_)) if all => {
                    self.before.entry(hub).and_modify(|before| before.missed += 1);
                }
                _ => {}
            }
        }
    }

    /// True if places do not tell what the other side of a hub is, while there is a hub that could be it, and the driver
    /// has not been asked.
    pub(super) fn is_doubtful(&self, hub: &HubLocation) -> bool {
        !self.asked.contains(hub) && self.twin(hub).is_none() && self.sides().has_choice(hub)
    }

    /// Takes what the driver holds for the other side of a hub, if places allow it.
    pub(super) fn answered(&mut self, hub: &HubLocation, other: Option<&HubLocation>) {
        let Some(other) = other else {
            // The driver does not see what it may not open.
            let unseen = self.sides().choices(hub).any(|other| self.unread.contains_key(other));
            if !unseen {
                self.asked.insert(hub.clone());
            }
            return;
        };
        self.asked.insert(hub.clone());
        if self.sides().may_be(hub, other) {
            self.pairs.insert(hub.clone(), other.clone());
            self.pairs.insert(other.clone(), hub.clone());
        } else {
            tracing::warn!(%hub, foreign = %other, "another hub is held for the other side of this one: not believed");
        }
    }
}

/// The hub has no such port.
pub(super) fn missing_port(side: &Socket, hub: &HubFound) -> SwitchProblem {
    SwitchProblem::Missing(format!(
        "hub `{}` has {} ports, and this is port {}: is the socket right?",
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
