//! Hubs that are away, come back, or turn up elsewhere: one event per hub, whatever the number of its ports. The ports of
//! other hubs go on.

use std::collections::BTreeSet;

use imbl::OrdMap;

use super::core::{Engine, Step};
use super::state::PortState;
use crate::model::{EventKind, HubLocation, Seen, SwitchProblem, Timestamp};

impl Engine {
    /// Takes what one answer of the hub layer says of hubs; to be called before its ports are taken one by one.
    pub(super) fn follow_hubs(&mut self, seen: &[Seen], now: Timestamp, step: &mut Step) {
        let mut missing = BTreeSet::new();
        let mut back = BTreeSet::new();
        for one in seen {
            match &one.problem {
                Some(SwitchProblem::HubMissing(hub)) => {
                    if self.view.ports.get(&one.port).is_some_and(|port| port.is_meant_by(one)) {
                        missing.insert(hub.clone());
                    }
                }
                _ if self.view.hubs_missing.is_empty() || one.power.is_none() => {}
                _ => back.extend(self.view.ports.get(&one.port).and_then(|port| port.hub_missing.clone())),
            }
        }
        for hub in &missing {
            if self.view.hubs_missing.get(hub).is_none() {
                self.view.hubs_missing.insert(hub.clone(), now);
                self.tell_all(step, now, EventKind::HubMissing { hub: hub.clone() });
            }
        }
        for hub in back.difference(&missing) {
            if self.view.hubs_missing.remove(hub).is_some() {
                self.tell_all(step, now, EventKind::HubBack { hub: hub.clone() });
                // A hub that starts shows its ports one after the other.
                self.look_again(now);
            }
        }
    }

    /// Where the hub of a port is now.
    pub(super) fn follow_place(&mut self, seen: &Seen, now: Timestamp, step: &mut Step) {
        let known = self.view.ports.get(&seen.port).map(|port| &port.hub_at);
        if known.is_none_or(|known| *known == seen.hub_at) {
            return;
        }
        self.change(seen.port, |port| port.hub_at.clone_from(&seen.hub_at));
        let plan = self.view.station.hub.as_ref();
        if let Some(hub) = plan.map(|plan| plan.at.clone()).filter(|_| self.hub_at != seen.hub_at) {
            self.hub_at.clone_from(&seen.hub_at);
            let at = seen.hub_at.clone().unwrap_or_else(|| hub.clone());
            self.tell_all(step, now, EventKind::HubMoved { hub, to: at });
        }
    }

    /// Forgets hubs that no port of the new files waits for.
    pub(super) fn forget_hubs(&mut self) {
        let awaited: BTreeSet<&HubLocation> =
            self.view.ports.values().filter_map(|port| port.hub_missing.as_ref()).collect();
        let missing = self.view.hubs_missing.iter().filter(|(hub, _)| awaited.contains(hub));
        self.view.hubs_missing = missing.map(|(hub, since)| (hub.clone(), *since)).collect::<OrdMap<_, _>>();
        if self.view.ports.values().all(|port| port.hub_at.is_none()) {
            self.hub_at = None;
        }
    }
}

impl PortState {
    /// The answer to the order that is on its way or, when none is, a plain reading.
    fn is_meant_by(&self, seen: &Seen) -> bool {
        self.order.as_ref().map(|order| order.id) == seen.order
    }

    /// The hub is not there: the port waits, without tries and without events of its own.
    pub(super) fn lose_hub(&mut self, hub: &HubLocation) {
        self.hub_missing = Some(hub.clone());
        self.problem = Some(SwitchProblem::HubMissing(hub.clone()));
        self.unread = false;
    }

    /// The hub is there again: what it shows now counts, and it is brought to what is wanted at once.
    pub(super) fn come_back(&mut self) {
        self.problem = None;
        self.failures = 0;
        self.retry_at = None;
        // A hub that restarts again and again looks like somebody who switches: that ends only when it stays.
        self.resting &= self.contested;
        self.unheld = true;
    }
}
