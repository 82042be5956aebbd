//! The devices that a station knows: their names, their serial numbers, where they belong, and which is in which port.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::luggage::Luggage;
use super::placing::Cause;
use crate::engine::core::{Engine, Step};
use crate::engine::state::{PortState, View};
use crate::model::{
    Author, Bound, DeviceName, Mode, Plugged, PortId, PortMemory, Record, Safekeeping, Timestamp,
};

/// So many devices are remembered by their serial numbers for one port; more than anybody owns who names them one by one
/// in the same socket, and a bound for those who do it without end. The oldest goes.
const BOUND_MAX: usize = 64;

/// Who is known, and who is where.
#[derive(Debug, Default)]
pub(in crate::engine) struct Places {
    /// The device of each serial number: as bound at run time, else by the files.
    pub(in crate::engine) by_serial: BTreeMap<String, DeviceName>,
    /// The serial number of each device that has one.
    pub(in crate::engine) serials: BTreeMap<DeviceName, String>,
    /// The port where the file puts each device.
    homes: BTreeMap<DeviceName, PortId>,
    /// Known serial numbers that two ports have shown at once: they prove little.
    pub(in crate::engine) cloned: BTreeSet<String>,
    /// Known serial numbers that more than one port shows as far as is known.
    pub(in crate::engine) contested: BTreeSet<String>,
    /// The next reading is to tell whether a serial number is really in two ports.
    pub(in crate::engine) unsettled: bool,
    /// It was told that no more devices without a port are kept.
    pub(in crate::engine) no_room_told: bool,
    /// Devices that have left their port and are in no other.
    pub(in crate::engine) lost: BTreeMap<DeviceName, Luggage>,
}

impl Places {
    /// True when what was seen in the port last is certainly not this device.
    fn contradicts(&self, device: &DeviceName, port: &PortState) -> bool {
        let own = self.serials.get(device);
        port.last_serial().is_some_and(|serial| own.is_some_and(|own| own != serial))
    }
}

/// Why the device in a port was not named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotNamed {
    /// There is no such port.
    UnknownPort,
    /// The device is in another port: its serial number shows it there.
    ShownElsewhere {
        /// The device.
        device: DeviceName,
        /// The port that it is in.
        port: PortId,
    },
}

impl Engine {
    /// Begins with what was remembered, also of ports that the files do not have now.
    pub(in crate::engine) fn begin_with(&mut self, without_port: BTreeMap<PortId, PortMemory>) {
        for (id, mut memory) in without_port {
            // Who said it is not known.
            memory.battery = None;
            memory.level.clear();
            memory.temperature.clear();
            memory.end_probe();
            self.gone.insert(id, (None, memory));
        }
        let mut step = Step::default();
        for id in self.view.ports.keys().copied().collect::<Vec<_>>() {
            self.change(id, PortState::drop_probe);
        }
        self.learn(&mut step);
        self.index_devices();
        for id in self.view.ports.keys().copied().collect::<Vec<_>>() {
            self.change(id, |port| port.unknown_told = port.unknown().is_some());
        }
    }

    /// A person names the device in a port, on top of the file; `None` gives the file's own name back.
    /// The last port that was given a name has it, and a device that shows a serial number keeps it wherever it is.
    pub fn name_device(
        &mut self,
        id: PortId,
        name: Option<DeviceName>,
        by: &Author,
        now: Timestamp,
    ) -> Result<Step, NotNamed> {
        self.follow_clock(now);
        let port = self.view.ports.get(&id).ok_or(NotNamed::UnknownPort)?;
        let counts = |serial: &String| name.is_none() || !self.is_shown_elsewhere(serial, id);
        let serial = port.serial_to_name(name.as_ref()).filter(counts);
        if let (Some(name), None) = (&name, &serial) {
            let elsewhere = self.view.shown_elsewhere(name, id).filter(|_| !self.is_cloned(name));
            if let Some(port) = elsewhere {
                return Err(NotNamed::ShownElsewhere { device: name.clone(), port });
            }
        }
        let mut step = Step::default();
        let before = self.view.devices.clone();
        self.take_name_away(name.as_ref(), id, &mut step);
        self.bind(id, name.as_ref(), serial, &mut step);
        self.change(id, |port| {
            port.memory.named = name.filter(|name| port.plan.device.as_ref() != Some(name));
            port.memory.visitor = None;
        });
        self.learn(&mut step);
        self.place(&before, &Cause::Named { port: id, by }, now, &mut step);
        self.judge(id, now, true, &mut step);
        Ok(step)
    }

    /// A serial number that another port shows too says nothing of who is here.
    fn is_shown_elsewhere(&self, serial: &str, than: PortId) -> bool {
        let mut others = self.view.ports.iter().filter(|(id, _)| **id != than);
        others.any(|(_, port)| port.plugged.serial() == Some(serial))
    }

    fn is_cloned(&self, device: &DeviceName) -> bool {
        self.places.serials.get(device).is_some_and(|serial| self.places.cloned.contains(serial))
    }

    fn take_name_away(&mut self, name: Option<&DeviceName>, keep: PortId, step: &mut Step) {
        let Some(name) = name else { return };
        let has = |port: &PortState| {
            port.memory.named.as_ref() == Some(name) || port.memory.visitor.as_ref() == Some(name)
        };
        let others = self.view.ports.iter().filter(|(id, port)| **id != keep && has(port));
        for id in others.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.change(id, |port| {
                let memory = &mut port.memory;
                for place in [&mut memory.named, &mut memory.visitor] {
                    place.take_if(|other| other == name);
                }
            });
            self.remember(id, step);
        }
    }

    /// Binds a name to the serial number that its port shows; without a name the number's own name is forgotten.
    fn bind(&mut self, id: PortId, name: Option<&DeviceName>, serial: Option<String>, step: &mut Step) {
        self.change(id, |port| {
            if serial.is_none() || name.is_none() {
                // What was there before is not there by what a person says, and the hub does not show it.
                port.memory.thing = match &port.plugged {
                    Plugged::Thing(thing) => Some(Arc::clone(thing)),
                    Plugged::NotShown | Plugged::Nothing => None,
                };
            }
        });
        let Some(serial) = serial else { return };
        self.unbind(&serial, name, step);
        let Some(name) = name else { return };
        let by_file = self
            .view
            .station
            .ports
            .values()
            .any(|plan| plan.device.as_ref() == Some(name) && plan.serial.as_ref() == Some(&serial));
        if by_file {
            return;
        }
        self.change(id, |port| {
            let bound = Arc::make_mut(&mut port.memory.bound);
            if bound.len() >= BOUND_MAX {
                bound.remove(0);
            }
            bound.push(Bound { serial, device: name.clone() });
        });
    }

    fn unbind(&mut self, serial: &str, name: Option<&DeviceName>, step: &mut Step) {
        let is_it = |bound: &Bound| bound.serial == serial || Some(&bound.device) == name;
        let here = self.view.ports.iter().filter(|(_, port)| port.memory.bound.iter().any(is_it));
        for id in here.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.change(id, |port| Arc::make_mut(&mut port.memory.bound).retain(|bound| !is_it(bound)));
            self.remember(id, step);
        }
        for (id, (_, memory)) in &mut self.gone {
            let before = memory.bound.len();
            Arc::make_mut(&mut memory.bound).retain(|bound| !is_it(bound));
            if memory.bound.len() < before {
                let station = self.view.station.name.clone();
                step.records.push(Record::Memory { station, port: *id, memory: Box::new(memory.clone()) });
            }
        }
    }

    /// Learns anew who is known, after files or names changed. Who is known by no serial number any more is no visitor.
    pub(in crate::engine) fn learn(&mut self, step: &mut Step) {
        let Places { by_serial, serials, homes, .. } = &mut self.places;
        by_serial.clear();
        serials.clear();
        homes.clear();
        let ports = self.view.ports.values().map(|port| &port.memory);
        let bound =
            ports.chain(self.gone.values().map(|(_, memory)| memory)).flat_map(|memory| memory.bound.iter());
        let bound = bound.map(|bound| (&bound.serial, &bound.device));
        let plans = self.view.ports.values().map(|port| &port.plan);
        let by_file = plans.filter_map(|plan| Some((plan.serial.as_ref()?, plan.device.as_ref()?)));
        for (serial, device) in bound.chain(by_file) {
            if !by_serial.contains_key(serial) && !serials.contains_key(device) {
                by_serial.insert(serial.clone(), device.clone());
                serials.insert(device.clone(), serial.clone());
            }
        }
        let files = self.view.ports.iter();
        homes.extend(files.filter_map(|(id, port)| Some((port.plan.device.clone()?, *id))));
        self.places.lost.retain(|device, _| self.places.serials.contains_key(device));
        self.places.cloned.retain(|serial| self.places.by_serial.contains_key(serial));
        let serials = &self.places.serials;
        let no_visitor = |port: &PortState| {
            port.memory.visitor.as_ref().is_some_and(|visitor| !serials.contains_key(visitor))
        };
        let strangers = self.view.ports.iter().filter(|(_, port)| no_visitor(port));
        for id in strangers.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.change(id, |port| port.memory.visitor = None);
            self.remember(id, step);
        }
        self.one_place_each(step, |memory| memory.visitor.as_ref(), |memory| memory.visitor = None);
        self.one_place_each(step, |memory| memory.named.as_ref(), |memory| memory.named = None);
    }

    /// A port that comes back with the files, or what is left of a crash, may bring a name that is elsewhere by now.
    fn one_place_each(
        &mut self,
        step: &mut Step,
        device: fn(&PortMemory) -> Option<&DeviceName>,
        clear: fn(&mut PortMemory),
    ) {
        let mut keeps: BTreeMap<DeviceName, PortId> = BTreeMap::new();
        let mut doubles = Vec::new();
        for (id, port) in &self.view.ports {
            let Some(device) = device(&port.memory) else { continue };
            match keeps.get(device).copied() {
                Some(first) if self.view.devices.get(device) == Some(&first) => doubles.push(*id),
                first => {
                    doubles.extend(first);
                    keeps.insert(device.clone(), *id);
                }
            }
        }
        for id in doubles {
            self.change(id, |port| clear(&mut port.memory));
            self.remember(id, step);
        }
    }

    /// Finds out which device is where: one whose serial number was shown counts before a name given at run time, and that
    /// before the name in a file. Also how each is treated, and whether the hub shows it.
    pub(in crate::engine) fn index_devices(&mut self) {
        let mut places: BTreeMap<DeviceName, PortId> = BTreeMap::new();
        let ports = &self.view.ports;
        let visitors = ports.iter().filter_map(|(id, port)| Some((port.memory.visitor.clone()?, *id)));
        for (device, id) in visitors {
            places.entry(device).or_insert(id);
        }
        for by_file in [false, true] {
            let free = ports
                .iter()
                .filter(|(_, port)| port.memory.visitor.is_none() && port.memory.named.is_none() == by_file);
            for (id, port) in free {
                if let Some(device) = port.resident().filter(|device| !self.places.contradicts(device, port))
                {
                    places.entry(device.clone()).or_insert(*id);
                }
            }
        }
        let mut news = Vec::new();
        for (id, port) in ports {
            let moved_away = port.resident().is_some_and(|device| places.get(device) != Some(id));
            let resident = port.resident().filter(|_| !moved_away);
            let device = port.memory.visitor.as_ref().or(resident);
            let home = device.and_then(|device| self.places.homes.get(device)).filter(|home| *home != id);
            let guest = home.and_then(|home| ports.get(home)).map(|home| Arc::clone(&home.plan.care));
            let shown = port.plugged.serial().and_then(|serial| self.places.by_serial.get(serial));
            let seen = shown.is_some() && shown == device;
            if (moved_away, seen, &guest) != (port.moved_away, port.device_seen, &port.guest) {
                news.push((*id, moved_away, seen, guest));
            }
        }
        for (id, moved_away, seen, guest) in news {
            self.change(id, |port| {
                port.moved_away = moved_away;
                port.device_seen = seen;
                port.guest = guest;
            });
        }
        self.view.devices = places.into_iter().collect();
    }

    /// The device's name, or `port-3` for a device that nobody named.
    pub(in crate::engine) fn device_name(&self, id: PortId) -> DeviceName {
        let named = self.view.ports.get(&id).and_then(|port| port.device().cloned());
        named.unwrap_or_else(|| DeviceName::anonymous(id))
    }

    /// The clock was set back: what is remembered of devices without a port is not of the future.
    pub(in crate::engine) fn devices_not_later_than(&mut self, now: Timestamp) {
        for luggage in self.places.lost.values_mut() {
            luggage.not_later_than(now);
        }
        let devices: Vec<DeviceName> = self.view.unplaced.keys().cloned().collect();
        for device in devices {
            if let Some(heard) = self.view.unplaced.get_mut(&device) {
                heard.heard_at = heard.heard_at.min(now);
                heard.battery.measured_at = heard.battery.measured_at.min(now);
            }
        }
    }
}

impl View {
    /// The other port that shows the device right now.
    pub fn shown_elsewhere(&self, device: &DeviceName, than: PortId) -> Option<PortId> {
        let place = self.devices.get(device).copied().filter(|place| *place != than)?;
        self.ports.get(&place).is_some_and(|port| port.device_seen).then_some(place)
    }
}

impl PortState {
    /// The serial number of what a person names in this port: shown, or assumed while the port shows nothing because it
    /// is off. Another name for somebody who was here before the power went is none for that one: who knows that it is
    /// still here?
    fn serial_to_name(&self, name: Option<&DeviceName>) -> Option<String> {
        let another = name.is_some() && self.device().is_some() && self.device() != name;
        match &self.plugged {
            Plugged::Thing(thing) => thing.serial.clone(),
            Plugged::NotShown => self.last_serial().filter(|_| !another).map(str::to_owned),
            Plugged::Nothing => None,
        }
    }

    /// Another device is in the port now: what the last one said does not count.
    pub(in crate::engine) fn forget_device(&mut self, now: Timestamp) {
        self.before_search = self.before_search.take().map(|_| Box::default());
        self.memory.battery = None;
        self.memory.heard_at = Some(now);
        self.memory.level.clear();
        self.memory.temperature.clear();
        self.memory.full_at = None;
        self.memory.adjusted = Arc::default();
        self.memory.learned = Arc::default();
        self.unwell = None;
        self.in_vain = false;
        self.memory.safe = Safekeeping::default();
        self.misread = None;
        self.memory.device_mode = Mode::default();
        self.memory.device_stay = None;
        self.memory.served = None;
        self.silent = false;
    }
}
