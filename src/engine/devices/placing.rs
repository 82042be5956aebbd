//! Devices follow their serial numbers from port to port.

use std::collections::{BTreeMap, BTreeSet};

use imbl::OrdMap;

use crate::engine::core::{Engine, Step};
use crate::model::{Author, DeviceName, EventKind, Plugged, PortId, Seen, Timestamp};

/// Why it is looked at anew which device is where.
pub(in crate::engine) enum Cause<'a> {
    /// The hub shows something else than before.
    Reading(&'a [Seen]),
    /// A person named the device in this port.
    Named { port: PortId, by: &'a Author },
    /// New files.
    Files {
        /// Ports whose device the files changed.
        renamed: BTreeSet<PortId>,
        /// Ports that are there again, with the device that was in them.
        returned: BTreeMap<PortId, Option<DeviceName>>,
    },
}

/// Which ports show each serial number, in rising order.
type Shown = BTreeMap<String, Vec<PortId>>;
/// Which device is in which port, because its serial number shows it.
pub(in crate::engine) type Seats = BTreeMap<PortId, DeviceName>;

impl Engine {
    /// Looks at the whole station: which device is where by all that is shown, remembered, named and written. `before` is
    /// what was known before the cause changed anything.
    pub(in crate::engine) fn place(
        &mut self,
        before: &OrdMap<DeviceName, PortId>,
        cause: &Cause<'_>,
        now: Timestamp,
        step: &mut Step,
    ) {
        self.index_devices();
        let shown = self.shown();
        self.notice_clones(&shown, cause, now);
        let seats = self.seats(&shown);
        let mut touched = self.take_seats(&seats, &shown);
        touched.extend(self.forget_ghosts(&shown));
        self.index_devices();
        touched.extend(self.hand_over(before, &seats, cause, now, step));
        touched.extend(self.tell_unknown(&shown, now, step));
        for id in touched {
            self.remember(id, step);
            self.schedule(id, now);
        }
    }

    fn shown(&self) -> Shown {
        let mut shown = Shown::new();
        for (id, port) in &self.view.ports {
            if let Some(serial) = port.plugged.serial() {
                shown.entry(serial.to_owned()).or_default().push(*id);
            }
        }
        shown
    }

    /// One serial number in two ports: a device that was moved between two readings, or two devices with the same number.
    /// Only ports that were looked at together tell which.
    fn notice_clones(&mut self, shown: &Shown, cause: &Cause<'_>, now: Timestamp) {
        self.places.contested.clear();
        self.places.unsettled = false;
        self.forget_clones(now);
        let several = shown.iter().filter(|(_, ports)| ports.len() > 1);
        for (serial, ports) in several.filter(|(serial, _)| self.places.by_serial.contains_key(*serial)) {
            self.places.contested.insert(serial.clone());
            let together: BTreeSet<PortId> = match cause {
                Cause::Reading(seen) => {
                    let this = |one: &&Seen| {
                        one.plugged.serial() == Some(serial) && ports.binary_search(&one.port).is_ok()
                    };
                    seen.iter().filter(this).map(|one| one.port).collect()
                }
                Cause::Named { .. } | Cause::Files { .. } => BTreeSet::new(),
            };
            if together.len() > 1 {
                self.places.cloned.insert(serial.clone());
            } else if !self.places.cloned.contains(serial) {
                self.places.unsettled = true;
            }
        }
    }

    /// Two devices with the same number are forgotten once one port has the number only. A port without power keeps what
    /// it had, and one that has just got its power may have a device that has yet to announce itself.
    fn forget_clones(&mut self, now: Timestamp) {
        let (mut still, mut unsettled) = (BTreeSet::new(), false);
        for serial in &self.places.cloned {
            let had = self.view.ports.values().filter(|port| port.last_serial() == Some(serial));
            let has: Vec<_> = had.filter(|port| port.may_still_have(serial, now)).collect();
            if has.len() > 1 {
                still.insert(serial.clone());
                unsettled |= has.iter().any(|port| port.plugged == Plugged::Nothing);
            }
        }
        self.places.cloned = still;
        self.places.unsettled |= unsettled;
    }

    fn seats(&self, shown: &Shown) -> Seats {
        let known = shown.iter().filter_map(|(serial, ports)| {
            let device = self.places.by_serial.get(serial)?;
            Some((self.seat_of(device, serial, ports)?, device.clone()))
        });
        known.collect()
    }

    /// Where a device is of which these ports show the serial number; `None`: where it was.
    fn seat_of(&self, device: &DeviceName, serial: &str, ports: &[PortId]) -> Option<PortId> {
        let present = self.view.devices.get(device);
        if let Some(present) = present {
            if ports.binary_search(present).is_ok() {
                return Some(*present);
            }
            let other = self.view.ports.get(present).and_then(|port| port.plugged.serial());
            if self.places.cloned.contains(serial) && other.is_none() {
                return None;
            }
        }
        let belongs =
            |id: &&PortId| self.view.ports.get(*id).is_some_and(|port| port.resident() == Some(device));
        ports.iter().find(belongs).or_else(|| ports.first()).copied()
    }

    /// Puts devices where they are seen. Gives the ports whose memory changed.
    fn take_seats(&mut self, seats: &Seats, shown: &Shown) -> BTreeSet<PortId> {
        let seat_of: BTreeMap<&DeviceName, PortId> = seats.iter().map(|(id, device)| (device, *id)).collect();
        let named = self.view.ports.iter().filter_map(|(id, port)| Some((port.memory.named.clone()?, *id)));
        let named: BTreeMap<DeviceName, PortId> = named.collect();
        let mut changes = Vec::new();
        for (id, port) in &self.view.ports {
            let visitor = port.memory.visitor.as_ref();
            let next = match (seats.get(id), port.plugged.serial()) {
                (Some(device), _) => {
                    let belongs =
                        named.get(device).map_or(port.resident() == Some(device), |named| named == id);
                    (!belongs).then_some(device)
                }
                (None, Some(serial)) if self.is_stranger(serial, shown) => None,
                _ => visitor.filter(|visitor| seat_of.get(visitor).is_none_or(|seat| seat == id)),
            };
            if next != visitor {
                changes.push((*id, next.cloned()));
            }
        }
        for (id, next) in &changes {
            self.change(*id, |port| port.memory.visitor.clone_from(next));
        }
        changes.into_iter().map(|(id, _)| id).collect()
    }

    /// True when a serial number that has no device in its port is none of a device that is only being moved.
    fn is_stranger(&self, serial: &str, shown: &Shown) -> bool {
        let ports = shown.get(serial).map_or(0, Vec::len);
        !self.places.by_serial.contains_key(serial) || self.places.cloned.contains(serial) || ports < 2
    }

    /// What is shown in one port is no longer in another that was only assumed to have it.
    fn forget_ghosts(&mut self, shown: &Shown) -> Vec<PortId> {
        let is_ghost = |id: &PortId, serial: &str| {
            let elsewhere = shown.get(serial).is_some_and(|ports| ports.binary_search(id).is_err());
            elsewhere && !self.places.cloned.contains(serial)
        };
        let ports = self.view.ports.iter();
        let ghosts = ports.filter(|(id, port)| port.last_serial().is_some_and(|serial| is_ghost(id, serial)));
        let ghosts: Vec<PortId> = ghosts.map(|(id, _)| *id).collect();
        for id in &ghosts {
            self.change(*id, |port| {
                port.memory.thing = None;
                port.unknown_told = false;
            });
        }
        ghosts
    }

    /// Tells once of each port what nobody knows there. Gives these ports.
    fn tell_unknown(&mut self, shown: &Shown, now: Timestamp, step: &mut Step) -> Vec<PortId> {
        let strangers = shown.iter().filter(|(serial, _)| self.is_stranger(serial, shown));
        let ports = strangers.flat_map(|(serial, ports)| ports.iter().map(move |id| (*id, serial)));
        let news: Vec<_> = ports
            .filter_map(|(id, serial)| {
                let port = self.view.ports.get(&id)?;
                let name = port.unknown().map(|thing| in_words(&thing.name, id, shown.get(serial)));
                (name.is_some() != port.unknown_told).then_some((id, serial, name))
            })
            .collect();
        let mut told = Vec::new();
        for (id, serial, name) in news {
            self.change(id, |port| port.unknown_told = name.is_some());
            if let Some(name) = name {
                self.tell(step, id, now, EventKind::DeviceUnknown { serial: serial.clone(), name });
                told.push(id);
            }
        }
        told
    }
}

/// What a thing calls itself, and where else its serial number is: who reads of an unknown number that stands in the file
/// would look for a mistake there.
fn in_words(name: &str, here: PortId, ports: Option<&Vec<PortId>>) -> String {
    let others = ports.into_iter().flatten().filter(|id| **id != here).map(PortId::to_string);
    let others = others.collect::<Vec<_>>().join(", ");
    match (others.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (false, true) => format!("the same serial number is in port {others}"),
        (false, false) => format!("{name} (the same serial number is in port {others})"),
    }
}
