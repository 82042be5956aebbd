//! New files, and the end of the service. Neither loses what people asked for.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::core::{Engine, Step};
use super::devices::placing::Cause;
use super::state::PortState;
use crate::model::{
    DeviceName, OnExit, Order, Plugged, PortId, PortMemory, PortPlan, Power, Socket, Station, Timestamp,
};
use crate::rules::RuleSet;

/// Why a station ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The service stops: `on_exit` counts.
    Exit,
    /// Its file is gone or another kind of hub is in it: nobody would switch its ports on again.
    Removed,
}

impl Engine {
    /// Takes new files as a whole. Modes, wanted power, hold times, reports and silent timers go on; every port is
    /// looked at again at once. A socket that is in no port any more gets its power back.
    pub fn reload(&mut self, station: Arc<Station>, rules: Arc<RuleSet>, now: Timestamp) -> Step {
        let mut step = Step::default();
        self.follow_clock(now);
        let before = self.view.devices.clone();
        self.end_charging_of_gone(&station, now, &mut step);
        self.let_go(&station, now);
        self.forget_signals(&station);
        self.view.station = station;
        self.view.rules = rules;
        self.fits.forget();
        // Compared with other files it would differ where nobody wants it to.
        self.shadow_is_old = true;
        let plans: Vec<Arc<PortPlan>> = self.view.station.ports.values().map(Arc::clone).collect();
        let (mut renamed, mut returned) = (BTreeSet::new(), BTreeMap::new());
        for plan in plans {
            let id = plan.id;
            let had = self.view.ports.get(&id).map(|port| port.plan.device.clone());
            if had.as_ref() != Some(&plan.device) {
                renamed.insert(id);
            }
            if let Some(device) = self.take_plan(plan, now) {
                returned.insert(id, device);
            }
        }
        self.due = self.view.ports.keys().map(|id| (now, *id)).collect();
        for id in self.view.station.ports.keys().copied().collect::<Vec<_>>() {
            self.change(id, |port| port.due = now);
        }
        self.view.ports_on = self.count_ports_on();
        self.begin_supply();
        self.forget_hubs(now, &mut step);
        self.learn(&mut step);
        self.place(&before, &Cause::Files { renamed, returned }, now, &mut step);
        self.read_due = now;
        self.read_sent = None;
        self.pursue_releases(now, &mut step);
        self.forget_told(&mut step);
        self.planning.forget();
        step
    }

    /// Gives the device that was in a port which is there again.
    fn take_plan(&mut self, plan: Arc<PortPlan>, now: Timestamp) -> Option<Option<DeviceName>> {
        let id = plan.id;
        let known = self.change(id, |port| {
            if port.plan.socket != plan.socket {
                port.forget_socket();
            }
            port.try_again();
            port.plan = Arc::clone(&plan);
            if let Some(tuned) = &mut port.tuned {
                tuned.stale = true;
            }
            port.guard_failures = 0;
            port.failing_rules.clear();
        });
        if known.is_some() {
            return None;
        }
        let (device, memory) = self.gone.remove(&id).unwrap_or_default();
        self.view.ports.insert(id, Arc::new(PortState::new(plan, memory, now)));
        Some(device)
    }

    /// Sockets that are in no port of the new files get their power back; what was remembered of ports that are gone
    /// waits for their return.
    fn let_go(&mut self, station: &Station, now: Timestamp) {
        let kept: BTreeSet<&Socket> = station.ports.values().map(|port| &port.socket).collect();
        let ports = self.view.ports.clone();
        for (id, port) in &ports {
            if port.is_off() && !kept.contains(&port.plan.socket) {
                self.release(*id, port.plan.socket.clone(), now);
            }
            if !station.ports.contains_key(id) {
                let mut memory = PortMemory { steady: None, ..port.memory.clone() };
                memory.end_probe();
                self.gone.insert(*id, (port.device().cloned(), memory));
                self.view.ports.remove(id);
            }
        }
        self.releasing.retain(|socket, _| !kept.contains(socket));
        let moved = |port: &PortState| {
            station.ports.get(&port.plan.id).is_none_or(|plan| plan.socket != port.plan.socket)
        };
        if self.read_sent.is_some() && ports.values().any(|port| moved(port)) {
            self.stale_readings = self.stale_readings.saturating_add(1);
        }
    }

    /// The last orders before the station ends, so that no device is left to die. What people and rules wanted stays
    /// remembered for the next start. An exit stays within the power budget; a station that is removed has none any more.
    pub fn stop(&mut self, ending: Ending) -> Step {
        let mut step = Step::default();
        self.write_tallies(&mut step);
        let keep = ending == Ending::Exit && self.view.station.on_exit == OnExit::Keep;
        // What only a search switched off is nobody's wish.
        let ports = self.view.ports.iter().filter(|(_, port)| port.is_off() && (!keep || port.searched));
        let mut ports: Vec<PortId> = ports.map(|(id, _)| *id).collect();
        if ending == Ending::Exit {
            ports = self.fitting(ports);
        }
        let socket = |id: PortId| Some((id, self.view.ports.get(&id)?.plan.socket.clone()));
        let mut sockets: Vec<(PortId, Socket)> = ports.into_iter().filter_map(socket).collect();
        if !keep {
            let releasing = self.releasing.iter();
            sockets.extend(releasing.map(|(socket, release)| (release.port(), socket.clone())));
        }
        for (port, socket) in sockets {
            let id = self.next_order_id();
            step.orders.push(Order { id, port, socket, power: Power::On });
        }
        step
    }

    fn count_ports_on(&self) -> u32 {
        let on = self.view.ports.values().filter(|port| port.has_power()).count();
        u32::try_from(on).unwrap_or(u32::MAX)
    }
}

impl PortState {
    /// In a state that this service made or wants otherwise, and not seen to have power.
    fn is_off(&self) -> bool {
        let switching_off = self.order.as_ref().is_some_and(|order| order.power == Power::Off);
        switching_off || self.half || (self.actual != Some(Power::On) && self.memory.wanted.is_some())
    }

    /// Another socket: what was seen, ordered and failed at the old one says nothing.
    fn forget_socket(&mut self) {
        self.actual = None;
        self.half = false;
        self.actual_since = None;
        self.order = None;
        self.problem = None;
        self.hub_at = None;
        self.hub_missing = None;
        self.memory.steady = None;
        self.unheld = false;
        self.unread = false;
        self.plugged = Plugged::NotShown;
        self.memory.thing = None;
        self.memory.visitor = None;
        self.unknown_told = false;
        self.drop_probe();
    }
}
