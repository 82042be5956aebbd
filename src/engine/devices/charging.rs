//! Stretches of charging: when each begins and ends, what history is told of it, and devices that do not gain.
//!
//! Follows what is; decides nothing, and switches nothing.

use crate::engine::core::{Engine, Step};
use crate::engine::state::PortState;
use crate::model::{
    DeviceName, EventKind, FaultKind, PortId, Power, Record, Span, Station, Stretch, Timestamp, Unwell,
};

/// A device that gains nothing for so long, with power, is unwell. The slowest chargers that people use give 500 mA: a large
/// tablet of 10,000 mAh gains 4 points in an hour with that.
const GAINS_WITHIN: Span = Span::from_hours(2);
/// From here on a device that gains no more may be as full as people let it get, percent.
pub(in crate::engine) const MAY_BE_FULL: u8 = 80;
/// The level at a switch is the last one that was measured, if that was at most so long before.
const FRESH: Span = Span::from_mins(15);

impl Engine {
    /// Begins, follows or ends the stretch of a port. Cheap where nothing is new.
    pub(in crate::engine) fn follow_charging(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let Some(port) = self.view.ports.get(&id) else { return };
        let limit = self.view.station.silent_after;
        if let Some(at) = port.stretch_ends(limit, now) {
            self.end_stretch(id, at, step);
            self.remember(id, step);
        }
        let Some(port) = self.view.ports.get(&id) else { return };
        if port.memory.stretch.is_none() {
            if let Some(stretch) = port.stretch_begins(self.device_name(id), limit, now) {
                self.change(id, |port| port.memory.stretch = Some(Box::new(stretch)));
                self.remember(id, step);
            }
            return;
        }
        let news = |port: &PortState| {
            let (stretch, battery) = (port.memory.stretch.as_ref()?, port.memory.battery.as_ref()?);
            // A level that may be taken back is not written down before the next report.
            Some(battery.measured_at > stretch.seen_at && port.memory.safe.doubt.is_none())
        };
        if news(port) == Some(true) {
            self.change(id, |port| {
                if let (Some(stretch), Some(battery)) = (&mut port.memory.stretch, &port.memory.battery) {
                    stretch.take(battery);
                }
            });
            self.follow_health(id, now, step);
        }
    }

    /// Writes down the stretches of ports that the new files do not have.
    pub(in crate::engine) fn end_charging_of_gone(
        &mut self,
        files: &Station,
        now: Timestamp,
        step: &mut Step,
    ) {
        let gone = self.view.ports.keys().filter(|id| !files.ports.contains_key(id));
        for id in gone.copied().collect::<Vec<_>>() {
            self.end_stretch(id, now, step);
        }
    }

    fn end_stretch(&mut self, id: PortId, at: Timestamp, step: &mut Step) {
        let stretch = self.change(id, |port| port.memory.stretch.take()).flatten();
        let session = stretch.and_then(|stretch| stretch.end(&self.view.station.name, id, at));
        step.records.extend(session.map(|session| Record::Session(Box::new(session))));
    }

    /// Tells of a device that has power and does not gain, and when that is over.
    fn follow_health(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let Some(port) = self.view.ports.get(&id) else { return };
        match (port.unwell.is_some(), port.is_unwell()) {
            (false, Some(true)) => {
                let message = port.unwell_in_words();
                let unwell = Unwell { since: now, message: message.clone() };
                self.change(id, |port| port.unwell = Some(unwell));
                self.tell(step, id, now, EventKind::Unwell { message });
            }
            (true, Some(false)) => {
                self.change(id, |port| port.unwell = None);
                self.tell(step, id, now, EventKind::Well);
            }
            (false, Some(false)) | (true, Some(true)) | (_, None) => {}
        }
    }
}

impl PortState {
    /// When the stretch that goes on has ended, if it has.
    fn stretch_ends(&self, silent_after: Span, now: Timestamp) -> Option<Timestamp> {
        let stretch = self.memory.stretch.as_deref()?;
        // What it did since it was seen last nobody knows.
        let unseen = now.duration_since(stretch.seen_at) >= silent_after;
        let another = self.device().is_some_and(|device| *device != stretch.device);
        if another || self.memory.battery.is_none() {
            return Some(if unseen { stretch.seen_at } else { now });
        }
        if unseen || self.silent {
            return Some(stretch.seen_at);
        }
        if self.actual == Some(Power::Off) && !self.leaks() {
            let steady = self.memory.steady.as_ref().filter(|steady| steady.power == Power::Off);
            return Some(steady.map_or(now, |steady| steady.since.min(now)));
        }
        self.is_gone(now).then(|| self.empty_since.unwrap_or(now))
    }

    /// The stretch that begins now, if one does.
    fn stretch_begins(&self, device: DeviceName, silent_after: Span, now: Timestamp) -> Option<Stretch> {
        let battery = self.memory.battery.as_ref()?;
        let old = now.duration_since(battery.measured_at) >= silent_after;
        let doubted = self.memory.safe.doubt.is_some();
        if !self.has_power() || self.silent || old || doubted || self.is_gone(now) {
            return None;
        }
        let steady = self.memory.steady.as_ref().filter(|steady| steady.power == Power::On);
        let came = self.memory.plugged_at.filter(|came| steady.is_none_or(|steady| *came > steady.since));
        if came.is_some_and(|came| battery.measured_at < came) {
            // What it had before it was taken away says nothing.
            return None;
        }
        let since = came.or(steady.map(|steady| steady.since)).unwrap_or(battery.measured_at).min(now);
        if battery.measured_at < since {
            // The last one before the power came.
            let fresh = since.duration_since(battery.measured_at) <= FRESH;
            return fresh.then(|| Stretch::new(device, self.memory.plugged_at, since, battery));
        }
        // A device that was silent, or comes back, had power before; what it took then nobody saw.
        let seen = battery.measured_at.duration_since(since) < silent_after;
        let began = if seen { since } else { battery.measured_at };
        Some(Stretch::new(device, self.memory.plugged_at, began, battery))
    }

    /// The hub shows an empty port where it has shown a device; one that says that it charges is on a cable without data.
    pub(in crate::engine) fn is_gone(&self, now: Timestamp) -> bool {
        let charges = self.memory.battery.as_ref().is_some_and(|battery| battery.charging == Some(true));
        self.is_empty(now) && self.memory.thing.is_some() && !charges
    }

    /// Whether the device gains nothing although it has power; `None`: nothing speaks for either.
    fn is_unwell(&self) -> Option<bool> {
        let stretch = self.memory.stretch.as_deref()?;
        let broken = self.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::NotCharging);
        if stretch.to.percent() >= MAY_BE_FULL {
            return Some(false);
        }
        if broken || self.actual != Some(Power::On) || !self.care().battery {
            return None;
        }
        let gains_not = stretch.without_gain() >= GAINS_WITHIN;
        // A new stretch is no cure before something was gained in it.
        (gains_not || stretch.has_gained()).then_some(gains_not)
    }

    fn unwell_in_words(&self) -> String {
        let device = self.device().map_or_else(|| "the device".to_owned(), |name| format!("`{name}`"));
        let level = self.memory.stretch.as_ref().map(|stretch| format!(" (at {}%)", stretch.to));
        format!(
            "{device} has had power for two hours and has not gained{}: it may use as much as the port gives, wait because it is \
             hot, have a charging limit of its own or a worn battery; try another cable, and look at the device",
            level.unwrap_or_default()
        )
    }
}
