//! Devices that do not report.

use super::core::{Engine, Step};
use super::judge::Judgement;
use super::state::PortState;
use crate::model::{EventKind, PortId, Safeguard, Timestamp, Verdict, words};

impl Engine {
    pub(super) fn notice_silence(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let limit = self.view.station.silent_after;
        let heard = self.view.ports.get(&id).map_or(now, |port| self.heard_at(port));
        let fell_silent = self.change(id, |port| {
            let has_device = port.device().is_some() || port.memory.battery.is_some();
            let silent = has_device && now.duration_since(heard) >= limit;
            let before = std::mem::replace(&mut port.silent, silent);
            silent && !before
        });
        if fell_silent == Some(true) {
            self.tell(step, id, now, EventKind::Silent);
        }
    }

    /// When the device was last heard, by this life of the service: nobody could report while it was down.
    pub(super) fn heard_at(&self, port: &PortState) -> Timestamp {
        let started = self.view.started_at;
        port.memory.heard_at.map_or(started, |at| at.max(started))
    }

    /// What is done about a silent device.
    pub(super) fn by_silence(&self, port: &PortState, _now: Timestamp) -> Option<Judgement> {
        port.silent.then(|| {
            let limit = words(self.view.station.silent_after);
            let reason = format!("no report for {limit}: charged until the device reports again");
            Judgement::safe(Verdict::Charge, Safeguard::Silent, reason)
        })
    }
}
