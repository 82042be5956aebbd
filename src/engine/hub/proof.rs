//! Whether off is off and on is on: the hub's word against the device's own reports. A hub chip tells what it was asked
//! for, not whether there is power; only the device knows.
//!
//! Never takes a report as proof that was measured before the port was in its state for `verify_after`, and never
//! calls anything a fault before the hub was read once more: somebody may have switched the port meanwhile.

use crate::engine::core::{Engine, Step, later};
use crate::engine::devices::charging::MAY_BE_FULL;
use crate::engine::state::PortState;
use crate::model::{
    Battery, EventKind, Fault, FaultKind, Level, PortId, Power, Seen, Span, Station, Steady, Timestamp,
    Verdict,
};

/// A level that moved by so many points the wrong way proves something where the device does not say whether it charges.
///
/// Gauges are unsure by 1 to 3 points once they know their battery (`MaxError()` of a usual one, TI SLUUCP8: 1 % after
/// both learning steps, 3 % after the one for capacity), and devices report whole points.
const POINTS: i16 = 3;
/// A level that is back within so many points ends what a level had proved; less would flicker with the rounding.
const POINTS_OVER: i16 = 1;
/// A level that was measured so long before a switch counts as the level at the switch: the fastest phones charge a little
/// over one point per minute.
const FRESH: Span = Span::from_mins(1);
/// From here on a device that does not charge is full: many stop short of 100 %.
const FULL: u8 = 98;

/// What a report says of the port.
enum Finding {
    Nothing,
    Fits,
    Against(FaultKind),
}

impl Engine {
    /// Holds the last report against what the hub shows; to be called with each that is taken, before it is decided by.
    pub(in crate::engine) fn prove(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        self.follow_device(id, now, step);
        self.note_level(id);
        if self.view.ports.get(&id).is_some_and(|port| port.in_vain && port.gains()) {
            self.change(id, |port| port.in_vain = false);
        }
        let Some(port) = self.view.ports.get(&id) else { return };
        match port.finding(&self.view.station, self.view.started_at) {
            Finding::Nothing => {}
            Finding::Fits => {
                if port.suspect.is_some() {
                    self.change(id, |port| port.suspect = None);
                }
                self.end_fault(id, now, step);
            }
            Finding::Against(kind) => {
                if port.fault.is_none() && port.suspect.is_none() {
                    self.change(id, |port| port.suspect = Some(kind));
                    self.look_again(now);
                }
            }
        }
    }

    /// Notes since when the port is in its state, and decides about what a report was suspicious of. True when a fault
    /// began or ended.
    pub(in crate::engine) fn note_power(&mut self, seen: &Seen, now: Timestamp, step: &mut Step) -> bool {
        let id = seen.port;
        let (Some(power), Some(port)) = (seen.power, self.view.ports.get(&id)) else { return false };
        match &port.memory.steady {
            Some(steady) if steady.power == power => {
                if seen.order.is_some() {
                    return false;
                }
                match self.change(id, |port| port.suspect.take()).flatten() {
                    Some(kind) => self.raise_fault(id, kind, now, step),
                    None => return false,
                }
                true
            }
            before => {
                let flipped = before.is_some();
                self.change(id, |port| {
                    port.memory.steady = Some(port.steady(power, now));
                    port.suspect = None;
                });
                if flipped && seen.order.is_none() {
                    self.remember(id, step);
                }
                self.end_fault(id, now, step)
            }
        }
    }

    /// What was said of one device says nothing of another. True when a fault ended by that.
    pub(in crate::engine) fn follow_device(&mut self, id: PortId, now: Timestamp, step: &mut Step) -> bool {
        let Some(port) = self.view.ports.get(&id) else { return false };
        let Some(steady) = &port.memory.steady else { return self.end_fault(id, now, step) };
        if port.holds_another(steady) {
            self.change(id, |port| {
                port.suspect = None;
                port.in_vain = false;
                if let Some(power) = port.memory.steady.as_ref().map(|steady| steady.power) {
                    port.memory.steady = Some(Steady { level: None, ..port.steady(power, now) });
                }
            });
            return self.end_fault(id, now, step);
        }
        if steady.device.as_ref() != port.device()
            || (steady.serial.is_none() && port.last_serial().is_some())
        {
            self.change(id, |port| {
                let (device, serial) = (port.device().cloned(), port.last_serial().map(str::to_owned));
                if let Some(steady) = &mut port.memory.steady {
                    steady.device = device;
                    steady.serial = serial.or(steady.serial.take());
                }
            });
        }
        false
    }

    fn note_level(&mut self, id: PortId) {
        let first = self.view.ports.get(&id).and_then(|port| {
            let (steady, battery) = (port.memory.steady.as_ref()?, port.memory.battery.as_ref()?);
            (steady.level.is_none() && battery.measured_at >= steady.since).then_some(battery.level)
        });
        if let Some(level) = first {
            self.change(id, |port| {
                if let Some(steady) = &mut port.memory.steady {
                    steady.level = Some(level);
                }
            });
        }
    }

    fn raise_fault(&mut self, id: PortId, kind: FaultKind, now: Timestamp, step: &mut Step) {
        let Some(port) = self.view.ports.get(&id) else { return };
        let (had, message) = (port.has_power(), port.in_words(kind));
        self.change(id, |port| {
            port.fault = Some(Fault { kind, since: now, message: message.clone() });
            port.in_vain |= kind == FaultKind::NotCharging && port.level() < MAY_BE_FULL;
            if port.is_full_on(kind) {
                port.full_told = port.memory.steady.as_ref().map(|steady| steady.since);
            }
        });
        self.recount(id, had);
        match kind {
            FaultKind::PowerLeak => {
                self.view.counts.leaked += 1;
                self.tell(step, id, now, EventKind::PowerLeak { message });
            }
            FaultKind::NotCharging => {
                self.view.counts.not_charging += 1;
                self.tell(step, id, now, EventKind::NotCharging { message });
            }
        }
    }

    fn end_fault(&mut self, id: PortId, now: Timestamp, step: &mut Step) -> bool {
        let Some(port) = self.view.ports.get(&id).filter(|port| port.fault.is_some()) else { return false };
        let had = port.has_power();
        let fault = self.change(id, |port| port.fault.take()).flatten();
        self.recount(id, had);
        if let Some(fault) = &fault {
            self.tell(step, id, now, EventKind::FaultOver { fault: fault.kind });
        }
        fault.is_some()
    }
}

impl PortState {
    fn steady(&self, power: Power, now: Timestamp) -> Steady {
        let fresh = |battery: &&Battery| now.duration_since(battery.measured_at) <= FRESH;
        Steady {
            power,
            since: now,
            level: self.memory.battery.as_ref().filter(fresh).map(|battery| battery.level),
            device: self.device().cloned(),
            serial: self.last_serial().map(str::to_owned),
        }
    }

    /// A device that gets a name, or shows its serial number, is no other one.
    fn holds_another(&self, steady: &Steady) -> bool {
        let another_name = steady.device.is_some() && steady.device.as_ref() != self.device();
        let another_serial = match (steady.serial.as_deref(), self.last_serial()) {
            (Some(before), Some(now)) => before != now,
            (None, _) | (_, None) => false,
        };
        another_name || another_serial
    }

    fn finding(&self, station: &Station, started_at: Timestamp) -> Finding {
        let (Some(steady), Some(battery)) = (&self.memory.steady, &self.memory.battery) else {
            return Finding::Nothing;
        };
        // Not known, or about to change: the device may know of a switch before the hub has answered.
        if self.actual != Some(steady.power) || self.order.is_some() {
            return Finding::Nothing;
        }
        if battery.measured_at < later(steady.since, station.verify_after).max(started_at) {
            return Finding::Nothing;
        }
        let kind = match steady.power {
            Power::Off => FaultKind::PowerLeak,
            Power::On => FaultKind::NotCharging,
        };
        match (battery.charging, steady.level) {
            (Some(charging), _) if charging == (steady.power == Power::Off) => {
                // A full device charges at one report and not at the next: news once.
                let is_known = self.full_told == Some(steady.since) && self.is_full_on(kind);
                if is_known { Finding::Nothing } else { Finding::Against(kind) }
            }
            (Some(_), _) => Finding::Fits,
            (None, None) => Finding::Nothing,
            (None, Some(level)) => match wrong_way(steady.power, level, battery.level) {
                POINTS.. => Finding::Against(kind),
                moved if moved > POINTS_OVER && self.fault.is_some() => Finding::Nothing,
                _ => Finding::Fits,
            },
        }
    }

    /// The device says that it charges, or where it says nothing of that, has gained.
    fn gains(&self) -> bool {
        let (Some(steady), Some(battery)) = (&self.memory.steady, &self.memory.battery) else { return false };
        let powered = steady.power == Power::On && battery.measured_at >= steady.since;
        let gained = || steady.level.is_some_and(|level| battery.level > level);
        powered && battery.charging.unwrap_or_else(gained)
    }

    fn is_full_on(&self, kind: FaultKind) -> bool {
        kind == FaultKind::NotCharging && is_full(self.memory.battery.as_ref().map(|battery| battery.level))
    }

    fn in_words(&self, kind: FaultKind) -> String {
        let device = self.device().map_or_else(|| "the device".to_owned(), |name| format!("`{name}`"));
        let level = self.memory.battery.as_ref().map(|battery| battery.level);
        let shown = level.map(|level| format!(" (at {level}%)")).unwrap_or_default();
        match kind {
            FaultKind::PowerLeak => format!(
                "the hub shows the port off, and {device} goes on charging{shown}: the hub does not cut the power here, or the \
                 device is in another port, or has another charger. Unplug it: if it stops, use another port or another hub, \
                 `scs doctor` tells which can switch; if not, put it right with `scs identify`"
            ),
            FaultKind::NotCharging if is_full(level) => format!(
                "the port is on, and {device} does not charge: it is full{shown}. Nothing is broken; a rule such as \
                 `keep-between` would switch the port off earlier, which is kinder to the battery"
            ),
            FaultKind::NotCharging => format!(
                "the port is on, and {device} does not charge{shown}: try another cable and clean the plug; the device may wait \
                 because it is hot or has a charging limit of its own, use more than the port gives, or be in another port \
                 (`scs identify` tells); a hub without its own power supply gives too little"
            ),
        }
    }

    /// What a decision has to add so that nobody takes the wish for the truth.
    pub(in crate::engine) fn but(&self, verdict: Verdict) -> Option<&'static str> {
        let level = self.memory.battery.as_ref().map(|battery| battery.level);
        let Some(fault) = &self.fault else {
            let charged = self.unwell.is_some() && verdict != Verdict::Rest;
            return charged.then_some("the device has not gained in two hours");
        };
        match (fault.kind, verdict) {
            (FaultKind::PowerLeak, Verdict::Rest | Verdict::Keep) => {
                Some("the hub does not cut the power: the device goes on charging")
            }
            (FaultKind::NotCharging, Verdict::Charge | Verdict::Keep) if is_full(level) => {
                Some("the device does not charge: it is full")
            }
            (FaultKind::NotCharging, Verdict::Charge | Verdict::Keep) => Some("the device does not charge"),
            (FaultKind::PowerLeak, Verdict::Charge) | (FaultKind::NotCharging, Verdict::Rest) => None,
        }
    }
}

/// By how many points the level moved as it should not: up while off, down while on.
fn wrong_way(power: Power, then: Level, now: Level) -> i16 {
    let gained = i16::from(now.percent()) - i16::from(then.percent());
    match power {
        Power::Off => gained,
        Power::On => -gained,
    }
}

fn is_full(level: Option<Level>) -> bool {
    level.is_some_and(|level| level.percent() >= FULL)
}
