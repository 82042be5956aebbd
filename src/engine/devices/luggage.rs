//! What goes with a device from port to port: what it said, and since when it is silent.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use imbl::OrdMap;

use super::placing::{Cause, Seats};
use crate::engine::core::{Engine, Step};
use crate::engine::state::PortState;
use crate::model::{
    Adjustments, Author, Battery, DeviceName, EventKind, Learned, Mode, PortId, PortMemory, Power,
    Safekeeping, Spells, Stay, Timestamp,
};

/// What is known of a device, wherever it is.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Luggage {
    /// The port that it left.
    from: PortId,
    battery: Option<Battery>,
    heard_at: Option<Timestamp>,
    level: Spells,
    temperature: Spells,
    full_at: Option<Timestamp>,
    adjusted: Arc<Adjustments>,
    learned: Arc<Learned>,
    safe: Safekeeping,
    mode: Mode,
    stay: Option<Stay>,
    served: Option<Timestamp>,
}

impl Luggage {
    fn of(from: PortId, memory: &PortMemory) -> Self {
        Self {
            from,
            battery: memory.battery.clone(),
            heard_at: memory.heard_at,
            level: memory.level.clone(),
            temperature: memory.temperature.clone(),
            full_at: memory.full_at,
            adjusted: Arc::clone(&memory.adjusted),
            learned: Arc::clone(&memory.learned),
            safe: memory.safe.without_wishes(),
            mode: memory.device_mode.clone(),
            stay: memory.device_stay.clone(),
            served: memory.served,
        }
    }

    /// The clock was set back.
    pub(in crate::engine) fn not_later_than(&mut self, now: Timestamp) {
        self.heard_at = self.heard_at.map(|at| at.min(now));
        self.full_at = self.full_at.map(|at| at.min(now));
        Arc::make_mut(&mut self.learned).interrupt();
        self.safe.not_later_than(now);
        self.mode.not_later_than(now);
        self.served = self.served.map(|at| at.min(now));
        if let Some(battery) = &mut self.battery {
            battery.measured_at = battery.measured_at.min(now);
        }
    }
}

/// The ports whose device is another than before.
struct Moves {
    left: BTreeMap<PortId, DeviceName>,
    arrived: BTreeMap<PortId, DeviceName>,
    luggage: BTreeMap<DeviceName, Luggage>,
}

impl Engine {
    /// Gives each device that is in another port now what belongs to it, and tells of it. Gives the ports concerned.
    pub(in crate::engine) fn hand_over(
        &mut self,
        before: &OrdMap<DeviceName, PortId>,
        seats: &Seats,
        cause: &Cause<'_>,
        now: Timestamp,
        step: &mut Step,
    ) -> BTreeSet<PortId> {
        let mut moves = self.moves(before);
        if let Cause::Named { port, .. } = cause
            && let Some(device) = moves.left.get(port)
        {
            // Another thing than before has this name now: what the old one said is not its own.
            moves.luggage.remove(device);
        }
        let mut changed: BTreeSet<PortId> = moves.left.keys().chain(moves.arrived.keys()).copied().collect();
        if let Cause::Files { returned, .. } = cause {
            changed.extend(returned.keys());
        }
        changed.retain(|id| self.view.ports.contains_key(id));
        for id in &changed {
            let seat = seats.get(id).filter(|device| moves.arrived.get(id) == Some(device));
            let from = self.arrive(*id, seat.is_some(), &mut moves, cause, now);
            let moved = from.filter(|from| seat.is_some() && from != id);
            self.tell_place(*id, moved, &moves, cause, now, step);
        }
        for (device, luggage) in moves.luggage {
            if self.places.serials.contains_key(&device) && !self.view.devices.contains_key(&device) {
                self.places.lost.insert(device, luggage);
            }
        }
        changed
    }

    fn moves(&self, before: &OrdMap<DeviceName, PortId>) -> Moves {
        let after = &self.view.devices;
        let not_in = |one: &OrdMap<DeviceName, PortId>, other: &OrdMap<DeviceName, PortId>| {
            let changed = one.iter().filter(|(device, id)| other.get(*device) != Some(*id));
            changed.map(|(device, id)| (*id, device.clone())).collect::<BTreeMap<_, _>>()
        };
        let left = not_in(before, after);
        let luggage = left.iter().filter_map(|(id, device)| {
            let here = self.view.ports.get(id).map(|port| Luggage::of(*id, &port.memory));
            let gone = || self.gone.get(id).map(|(_, memory)| Luggage::of(*id, memory));
            Some((device.clone(), here.or_else(gone)?))
        });
        Moves { luggage: luggage.collect(), arrived: not_in(after, before), left }
    }

    /// Unpacks what belongs to the device that is in a port now; `seen`: its serial number shows it there. Gives the
    /// port that it left, if that is known.
    fn arrive(
        &mut self,
        id: PortId,
        seen: bool,
        moves: &mut Moves,
        cause: &Cause<'_>,
        now: Timestamp,
    ) -> Option<PortId> {
        let device = moves.arrived.get(&id);
        let lost = device.and_then(|device| self.places.lost.remove(device));
        let brought = device.filter(|_| seen).and_then(|device| moves.luggage.remove(device));
        let luggage = brought.or(lost);
        let heard = device.and_then(|device| self.found(device));
        let from = luggage.as_ref().map(|luggage| luggage.from);
        let another = match cause {
            Cause::Files { returned, .. } if returned.contains_key(&id) => {
                let was = returned.get(&id).and_then(Option::as_ref);
                if was == device && luggage.is_none() {
                    return None;
                }
                was.is_some()
            }
            Cause::Reading(_) => true,
            Cause::Named { .. } | Cause::Files { .. } => moves.left.contains_key(&id),
        };
        let device = device.cloned();
        self.change(id, |port| {
            match (luggage, device) {
                (Some(luggage), Some(device)) => port.unpack(luggage, &device),
                _ if another => port.forget_device(now),
                // The silent timer begins for a device that has just been put here.
                _ => port.begin_to_listen(now),
            }
            port.guard_failures = 0;
            port.failing_rules.clear();
            let newer = heard.filter(|heard| {
                let known = port.memory.battery.as_ref().map(|battery| battery.measured_at);
                known.is_none_or(|known| known <= heard.battery.measured_at)
            });
            if let Some(heard) = newer {
                port.memory.battery = Some(heard.battery);
                port.begin_to_listen(heard.heard_at);
            }
        });
        from
    }

    /// A move by serial number is told at the port where the device is now; the port that it left needs no event of its
    /// own. What a person or the files changed is told port by port, but not what the files say of a port itself.
    fn tell_place(
        &self,
        id: PortId,
        moved_from: Option<PortId>,
        moves: &Moves,
        cause: &Cause<'_>,
        now: Timestamp,
        step: &mut Step,
    ) {
        let device = moves.arrived.get(&id).cloned();
        let by = match cause {
            Cause::Reading(_) => device.is_some().then_some(&Author::Service),
            Cause::Named { by, .. } => Some(*by),
            Cause::Files { renamed, .. } => (!renamed.contains(&id)).then_some(&Author::Service),
        };
        let named_here = matches!(cause, Cause::Named { port, .. } if *port == id);
        match (device, moved_from, by) {
            (Some(device), Some(from), _) if !named_here => {
                self.tell(step, id, now, EventKind::DeviceMoved { device, from });
            }
            (device, _, Some(by)) => {
                self.tell(step, id, now, EventKind::DeviceNamed { device, by: by.clone() });
            }
            (_, _, None) => {}
        }
    }
}

impl PortState {
    /// A device is here now that is known from another port, or from before. A port that was off for the one before it
    /// gets its power; the rules of this one decide again at once.
    fn unpack(&mut self, luggage: Luggage, device: &DeviceName) {
        self.unwell = None;
        self.in_vain = false;
        self.silent = luggage.safe.silence.is_some();
        self.misread = None;
        self.before_search = self.before_search.take().map(|_| Box::default());
        if self.memory.wanted == Some(Power::Off) {
            self.try_again();
        }
        let memory = &mut self.memory;
        memory.battery = luggage.battery;
        memory.heard_at = luggage.heard_at;
        memory.level = luggage.level;
        memory.temperature = luggage.temperature;
        memory.full_at = luggage.full_at;
        memory.adjusted = luggage.adjusted;
        memory.learned = luggage.learned;
        memory.safe = luggage.safe;
        memory.device_mode = luggage.mode;
        memory.device_stay = luggage.stay;
        memory.served = luggage.served;
        memory.holder = None;
        if memory.wanted == Some(Power::Off) {
            memory.wanted = Some(Power::On);
            memory.because = format!("`{device}` was plugged in here");
        }
    }
}
