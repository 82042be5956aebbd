//! Hubs that are away, come back, or turn up elsewhere: one event per hub, whatever the number of its ports. The ports of
//! other hubs go on.

use std::collections::BTreeSet;

use crate::engine::core::{Engine, Step};
use crate::engine::state::PortState;
use crate::model::{ChipPath, EventKind, HubLocation, Seen, SwitchProblem, Timestamp};

impl Engine {
    /// Takes what one answer of the hub layer says of hubs; to be called before its ports are taken one by one.
    pub(in crate::engine) fn follow_hubs(&mut self, seen: &[Seen], now: Timestamp, step: &mut Step) {
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
    pub(in crate::engine) fn follow_place(&mut self, seen: &Seen, now: Timestamp, step: &mut Step) {
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

    /// Ports of the new files wait for the hubs that are missing; a hub that none waits for is none of the station any
    /// more.
    pub(in crate::engine) fn forget_hubs(&mut self, now: Timestamp, step: &mut Step) {
        let missing = std::mem::take(&mut self.view.hubs_missing);
        let plan = self.view.station.hub.clone();
        for (id, port) in &self.view.ports.clone() {
            let hub = port.plan.socket.hub();
            // What the usb task calls missing is the whole hub where the file names its model.
            let whole = plan.as_ref().map(|plan| &plan.at).filter(|at| ChipPath::between(at, hub).is_some());
            let lost = [Some(hub), whole].into_iter().flatten().find(|hub| missing.contains_key(*hub));
            if let (None, Some(lost)) = (&port.hub_missing, lost) {
                self.change(*id, |port| port.hub_missing = Some(lost.clone()));
            }
        }
        for (hub, since) in missing {
            if self.view.ports.values().any(|port| port.hub_missing.as_ref() == Some(&hub)) {
                self.view.hubs_missing.insert(hub, since);
            } else {
                self.tell_all(step, now, EventKind::HubBack { hub });
            }
        }
        if self.view.ports.values().all(|port| port.hub_at.is_none()) {
            self.hub_at = None;
        }
    }

    /// The clock was set back.
    pub(in crate::engine) fn hubs_not_later_than(&mut self, now: Timestamp) {
        let missing = self.view.hubs_missing.iter();
        self.view.hubs_missing = missing.map(|(hub, since)| (hub.clone(), (*since).min(now))).collect();
    }
}

impl PortState {
    /// The answer to the order that is on its way or, when none is, a plain reading.
    fn is_meant_by(&self, seen: &Seen) -> bool {
        self.order.as_ref().map(|order| order.id) == seen.order
    }

    /// The hub is not there: the port waits, without tries and without events of its own.
    pub(in crate::engine) fn lose_hub(&mut self, hub: &HubLocation) {
        self.hub_missing = Some(hub.clone());
        self.problem = Some(SwitchProblem::HubMissing(hub.clone()));
        self.unread = false;
    }

    /// The hub is there again: what it shows now counts, and it is brought to what is wanted at once.
    pub(in crate::engine) fn come_back(&mut self) {
        self.problem = None;
        self.failures = 0;
        self.retry_at = None;
        // A hub that restarts again and again looks like somebody who switches: that ends only when it stays.
        self.resting &= self.contested;
        let last = self.memory.steady.as_ref().map(|steady| steady.power);
        self.unheld |= last.is_some() && last == self.target();
    }
}
