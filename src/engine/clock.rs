//! A clock that was set back: nothing may wait for a time that comes again only tomorrow.

use std::sync::Arc;

use super::core::{Engine, later};
use super::devices::probe::LONGEST_PROBE;
use super::state::PortState;
use crate::model::{Span, Timestamp};

/// Clocks are corrected by so much without anything to do; less than any time that is waited for matters.
const CORRECTION: Span = Span::from_secs(5);

impl Engine {
    /// To be called with each input's time first.
    pub(super) fn follow_clock(&mut self, now: Timestamp) {
        if self.last_now.duration_since(now) > CORRECTION {
            self.forget_the_future(now);
        }
        self.last_now = now;
    }

    /// Whatever was noted as later than now counts as now; all ports are looked at, and the hub is read.
    pub(super) fn forget_the_future(&mut self, now: Timestamp) {
        let ids: Vec<_> = self.view.ports.keys().copied().collect();
        for id in &ids {
            self.change(*id, |port| {
                port.forget_the_future(now);
                port.due = now;
            });
        }
        self.due = ids.into_iter().map(|id| (now, id)).collect();
        self.devices_not_later_than(now);
        self.hubs_not_later_than(now);
        self.signals_not_later_than(now);
        self.view.memory.mode.not_later_than(now);
        self.planning.forget();
        for release in self.releasing.values_mut() {
            release.not_later_than(now);
        }
        self.supply_not_later_than(now);
        self.view.started_at = self.view.started_at.min(now);
        self.read_due = now;
        self.second_look = now;
        self.read_sent = self.read_sent.map(|at| at.min(now));
    }
}

impl PortState {
    fn forget_the_future(&mut self, now: Timestamp) {
        self.modes_not_later_than(now);
        let memory = &mut self.memory;
        for at in [
            &mut memory.switched_at,
            &mut memory.heard_at,
            &mut memory.full_at,
            &mut memory.plugged_at,
            &mut self.retry_at,
            &mut self.actual_since,
            &mut self.empty_since,
            &mut self.full_told,
        ] {
            *at = at.map(|at| at.min(now));
        }
        if let Some(probe) = &mut memory.probe {
            probe.until = probe.until.min(later(now, LONGEST_PROBE));
        }
        if let Some(battery) = &mut memory.battery {
            battery.measured_at = battery.measured_at.min(now);
        }
        if let Some(steady) = &mut memory.steady {
            steady.since = steady.since.min(now);
        }
        if memory.learned.is_following() {
            Arc::make_mut(&mut memory.learned).interrupt();
        }
        if let Some(stretch) = &mut memory.stretch {
            stretch.not_later_than(now);
        }
        if let Some(unwell) = &mut self.unwell {
            unwell.since = unwell.since.min(now);
        }
        if let Some(fault) = &mut self.fault {
            fault.since = fault.since.min(now);
        }
        if let Some(alarm) = &mut self.alarm {
            alarm.since = alarm.since.min(now);
        }
        if let Some(order) = &mut self.order {
            order.at = order.at.min(now);
        }
        memory.safe.not_later_than(now);
        if let Some(waits) = &mut self.waits {
            waits.since = waits.since.min(now);
        }
        self.turn.not_later_than(now);
        self.drifts.retain(|at| *at <= now);
    }
}
