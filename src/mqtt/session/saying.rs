//! What a session says: all that is true at its start, then every change.

use std::sync::Arc;

use imbl::ordmap::DiffItem;
use tokio::time::Instant;

use super::{
    super::{
        publisher::Round,
        topics::{self, Payload, Shown, Topic},
    },
    GATHER, Session, deadlines,
};
use crate::controller::PortState;

impl Session<'_> {
    /// Takes note of what changed since the last look. False when the station's topics are others now.
    pub(super) fn look(&mut self) -> bool {
        let view = self.pictures.borrow_and_update().clone();
        if !Arc::ptr_eq(&view.station, &self.station) {
            let station = &view.station;
            if station.topic != self.root
                || station.signals != self.signals
                || deadlines(station) != self.deadlines
            {
                return false;
            }
            self.station = Arc::clone(station);
        }
        let now = Instant::now();
        self.next_look = now + GATHER;
        self.publisher.set(Topic::Mode, Payload::Borrowed(view.memory.mode.kind.upper()), now);
        for change in self.said.diff(&view.ports) {
            match change {
                DiffItem::Add(port, state) | DiffItem::Update { new: (port, state), .. } => {
                    for (field, payload) in shown(state).payloads() {
                        self.publisher.set(Topic::Port(*port, field), payload, now);
                    }
                }
                DiffItem::Remove(port, _) => {
                    for (field, payload) in topics::gone() {
                        self.publisher.set(Topic::Port(*port, field), payload, now);
                    }
                }
            }
        }
        self.said = view.ports;
        true
    }

    pub(super) fn publish(&mut self) {
        let now = Instant::now();
        let mut taken = false;
        let round = self.publisher.round(now, |topic, payload| {
            let retain = self.caller.bridge.settings.retain || topic.is_always_retained();
            let has_room = self.connection.publish(&topic.path(&self.root), retain, payload);
            taken |= has_room;
            has_room
        });
        (self.full_since, self.next_round) = match round {
            Round::Done(next) => (None, next),
            Round::Full if taken => (Some(now), None),
            Round::Full => (self.full_since.or(Some(now)), None),
        };
    }
}

fn shown(state: &PortState) -> Shown<'_> {
    Shown {
        power: state.actual,
        mode: state.memory.mode.kind,
        device: state.device(),
        battery: state.memory.battery.as_ref(),
        silent: state.silent,
        reason: state.decision.as_ref().map(|decision| decision.reason.as_str()),
        fault: state.fault.as_ref().map(|fault| fault.kind),
        unwell: state.unwell.is_some(),
        alarm: state.alarm.is_some(),
    }
}
