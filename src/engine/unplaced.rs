//! Devices that report and are in no port as far as anybody knows. They are offered for naming, and never switched.

use super::core::{Engine, Step};
use super::state::{UNPLACED_MAX, Unplaced};
use crate::model::{Battery, DeviceName, Event, EventKind, Span, Timestamp};

/// Whoever is silent for so long is not searched for any more; devices report several times a day.
const FORGET_AFTER: Span = Span::from_hours(24);

impl Engine {
    /// Takes what a device says that is in no port as far as anybody knows. One that is in a port of this station
    /// changes nothing.
    pub fn hear_unplaced(&mut self, device: DeviceName, battery: Battery, now: Timestamp) -> Step {
        self.follow_clock(now);
        let mut step = Step::default();
        if self.view.devices.contains_key(&device) {
            return step;
        }
        self.forget_unplaced(now);
        let known = self.view.unplaced.insert(device.clone(), Unplaced { battery, heard_at: now });
        if known.is_some() {
            return step;
        }
        if self.view.unplaced.len() > UNPLACED_MAX {
            let others = self.view.unplaced.iter().filter(|(other, _)| **other != device);
            let oldest = others.min_by_key(|(_, heard)| heard.heard_at).map(|(oldest, _)| oldest.clone());
            oldest.and_then(|oldest| self.view.unplaced.remove(&oldest));
        }
        let station = Some(self.view.station.name.clone());
        let kind = EventKind::DeviceUnplaced { device };
        step.events.push(Event { at: now, station, port: None, kind });
        step
    }

    /// Forgets those that have been silent for a day.
    pub(super) fn forget_unplaced(&mut self, now: Timestamp) {
        let heard = self.view.unplaced.iter();
        let old = heard.filter(|(_, heard)| now.duration_since(heard.heard_at) >= FORGET_AFTER);
        for device in old.map(|(device, _)| device.clone()).collect::<Vec<_>>() {
            self.view.unplaced.remove(&device);
        }
    }

    /// A device that is in a port now is no longer searched for; gives what it said last.
    pub(super) fn found(&mut self, device: &DeviceName) -> Option<Unplaced> {
        self.view.unplaced.remove(device)
    }
}
