//! Devices that report and are in no port as far as anybody knows. They are offered for naming, and never switched.

use crate::engine::core::{Engine, Step};
use crate::engine::state::{UNPLACED_MAX, Unplaced};
use crate::model::{Battery, BatteryReport, DeviceName, EventKind, Span, Timestamp};

/// Whoever is silent for so long is not searched for any more; devices report several times a day.
const FORGET_AFTER: Span = Span::from_hours(24);

impl Engine {
    /// Takes what a device says that is in no port as far as anybody knows. One that is in a port of this station by now
    /// has reported there. What says nothing of now changes nothing.
    pub fn hear_unplaced(&mut self, device: DeviceName, mut battery: Battery, now: Timestamp) -> Step {
        self.follow_clock(now);
        if let Some(port) = self.view.devices.get(&device).copied() {
            let report = BatteryReport {
                device: Some(device),
                port,
                level: battery.level,
                charging: battery.charging,
                temperature: battery.temperature,
                measured_at: Some(battery.measured_at),
            };
            return self.report(&report, now).unwrap_or_default();
        }
        self.forget_unplaced(now);
        let mut step = Step::default();
        let known = self.view.unplaced.get(&device).map(|known| &known.battery);
        let is_new = known.is_none();
        let accepted = self.accept_time(Some(battery.measured_at), known, now);
        let Ok(measured_at) = accepted else { return step };
        if is_new && self.view.unplaced.len() >= UNPLACED_MAX {
            self.tell_no_room(&device, now, &mut step);
            return step;
        }
        battery.measured_at = measured_at;
        self.view.unplaced.insert(device.clone(), Unplaced { battery, heard_at: now });
        if is_new {
            self.places.no_room_told = false;
            self.tell_all(&mut step, now, EventKind::DeviceUnplaced { device });
        }
        step
    }

    /// Told once until there is room again.
    fn tell_no_room(&mut self, device: &DeviceName, now: Timestamp, step: &mut Step) {
        if !std::mem::replace(&mut self.places.no_room_told, true) {
            let message = format!(
                "{UNPLACED_MAX} devices wait for a place already, so `{device}` and whoever comes after it are not kept: do \
                 they report to the right station?"
            );
            self.tell_all(step, now, EventKind::ReportRejected { message });
        }
    }

    /// Forgets those that have been silent for a day.
    pub(in crate::engine) fn forget_unplaced(&mut self, now: Timestamp) {
        let heard = self.view.unplaced.iter();
        let old = heard.filter(|(_, heard)| now.duration_since(heard.heard_at) >= FORGET_AFTER);
        for device in old.map(|(device, _)| device.clone()).collect::<Vec<_>>() {
            self.view.unplaced.remove(&device);
        }
    }

    /// A device that is in a port now is no longer searched for; gives what it said last.
    pub(in crate::engine) fn found(&mut self, device: &DeviceName) -> Option<Unplaced> {
        self.view.unplaced.remove(device)
    }
}
