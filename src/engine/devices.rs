//! Which device is in which port.

use super::core::{Engine, Step};
use super::state::PortState;
use crate::model::{Author, Battery, DeviceName, EventKind, PortId, Timestamp};

impl Engine {
    /// Takes what a device says that is in no port as far as anybody knows.
    pub fn hear_unplaced(&mut self, _device: DeviceName, _battery: Battery, _now: Timestamp) -> Step {
        Step::default()
    }

    /// A person names the device in a port, on top of the file; `None` gives the file's own name back.
    /// The last port that was given a name has it.
    pub fn name_device(
        &mut self,
        id: PortId,
        name: Option<DeviceName>,
        by: &Author,
        now: Timestamp,
    ) -> Option<Step> {
        self.follow_clock(now);
        let before = self.view.ports.get(&id)?.device().cloned();
        let mut step = Step::default();
        if let Some(name) = &name {
            self.take_name_away(name, id, by, now, &mut step);
        }
        let changed = self.change(id, |port| {
            port.memory.named = name.filter(|name| port.plan.device.as_ref() != Some(name));
            let another = port.device() != before.as_ref();
            if another && before.is_some() {
                port.forget_device(now);
            } else if another {
                // The silent timer begins for a device that has just been put here.
                port.memory.heard_at = Some(now);
            }
            another
        })?;
        let moved = self.index_devices();
        self.tell_moved(moved, by, now, &mut step);
        if changed {
            let device = self.view.ports.get(&id).and_then(|port| port.device().cloned());
            self.tell(&mut step, id, now, EventKind::DeviceNamed { device, by: by.clone() });
        }
        self.judge(id, now, true, &mut step);
        Some(step)
    }

    fn take_name_away(
        &mut self,
        name: &DeviceName,
        keep: PortId,
        by: &Author,
        now: Timestamp,
        step: &mut Step,
    ) {
        let others: Vec<PortId> = self
            .view
            .ports
            .iter()
            .filter(|(id, port)| **id != keep && port.memory.named.as_ref() == Some(name))
            .map(|(id, _)| *id)
            .collect();
        for id in others {
            self.change(id, |port| {
                port.memory.named = None;
                port.forget_device(now);
            });
            let device = self.view.ports.get(&id).and_then(|port| port.device().cloned());
            self.tell(step, id, now, EventKind::DeviceNamed { device, by: by.clone() });
            self.remember(id, step);
        }
    }

    /// Finds out which device is where: a name given at run time counts before that of a file. Gives the ports whose
    /// device was moved away, or came back, by that.
    pub(super) fn index_devices(&mut self) -> Vec<PortId> {
        let ports = &self.view.ports;
        let unnamed = ports.iter().filter(|(_, port)| port.memory.named.is_none());
        let by_file = unnamed.filter_map(|(id, port)| Some((port.plan.device.clone()?, *id)));
        let named = ports.iter().filter_map(|(id, port)| Some((port.memory.named.clone()?, *id)));
        self.view.devices = by_file.chain(named).collect();
        let is_away = |id: &PortId, port: &PortState| {
            let place = port.plan.device.as_ref().and_then(|device| self.view.devices.get(device));
            place.is_some_and(|place| place != id)
        };
        let moved = ports.iter().filter(|(id, port)| is_away(id, port) != port.moved_away);
        let moved: Vec<PortId> = moved.map(|(id, _)| *id).collect();
        for id in &moved {
            self.change(*id, |port| port.moved_away = !port.moved_away);
        }
        moved
    }

    /// Another device, or none that is known, is in these ports now.
    pub(super) fn tell_moved(&mut self, moved: Vec<PortId>, by: &Author, now: Timestamp, step: &mut Step) {
        for id in moved {
            let Some(port) = self.view.ports.get(&id).filter(|port| port.memory.named.is_none()) else {
                continue;
            };
            let device = port.device().cloned();
            self.change(id, |port| port.forget_device(now));
            self.tell(step, id, now, EventKind::DeviceNamed { device, by: by.clone() });
            self.remember(id, step);
            self.schedule(id, now);
        }
    }

    /// The device's name, or `port-3` for a device that nobody named.
    pub(super) fn device_name(&self, id: PortId) -> DeviceName {
        let named = self.view.ports.get(&id).and_then(|port| port.device().cloned());
        named.unwrap_or_else(|| DeviceName::anonymous(id))
    }
}

impl PortState {
    /// Another device is in the port now: what the last one said does not count.
    pub(super) fn forget_device(&mut self, now: Timestamp) {
        self.memory.battery = None;
        self.memory.heard_at = Some(now);
        self.memory.level.clear();
        self.memory.temperature.clear();
        self.silent = false;
    }
}
