//! An engine that is played without a service: its hub does as it is told, at once, and never fails.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    engine::{Engine, Remembered, Step, View},
    model::{BatteryReport, Mode, PortId, Power, Seen, SignalName, Station, Timestamp},
    rules::RuleSet,
};

/// What the engine may ask of the hub and be answered within one moment, before that waits for the next one: an order, a
/// reading, and what follows from them. More would be an engine that goes in circles.
const ANSWERS: usize = 16;

/// Ticks at one moment: enough for some thousand ports, at 64 a tick.
const TICKS: usize = 64;

/// The engine of one station, and what its hub shows. Whoever plays it is told every step, in order.
pub(in crate::trial) struct Stage {
    engine: Engine,
    power: BTreeMap<PortId, Power>,
}

impl Stage {
    /// The station at a moment, all its ports on.
    pub(in crate::trial) fn new(station: &Arc<Station>, rules: &Arc<RuleSet>, now: Timestamp) -> Self {
        let power = station.ports.keys().map(|id| (*id, Power::On)).collect();
        Self::again(station, rules, Remembered::default(), power, now)
    }

    /// The station at a moment at which its service begins again, with the power that its hub shows then.
    pub(in crate::trial) fn again(
        station: &Arc<Station>,
        rules: &Arc<RuleSet>,
        remembered: Remembered,
        power: BTreeMap<PortId, Power>,
        now: Timestamp,
    ) -> Self {
        let engine = Engine::new(Arc::clone(station), Arc::clone(rules), remembered, now);
        Self { engine, power }
    }

    /// The picture of now.
    pub(in crate::trial) fn view(&self) -> &View {
        self.engine.view()
    }

    /// When the engine has something to do by itself.
    pub(in crate::trial) fn next_due(&self) -> Timestamp {
        self.engine.next_due()
    }

    /// What the hub shows of a port; a port that there is not has power.
    pub(in crate::trial) fn power(&self, port: PortId) -> Power {
        self.power.get(&port).copied().unwrap_or(Power::On)
    }

    /// A device says how its battery is.
    pub(in crate::trial) fn report(
        &mut self,
        report: &BatteryReport,
        now: Timestamp,
        note: &mut dyn FnMut(Step),
    ) {
        // A report about a port that there is, measured now, is always taken.
        if let Ok(step) = self.engine.report(report, now) {
            self.act(step, now, note);
        }
    }

    /// A person takes the switch of a port, or gives it back.
    pub(in crate::trial) fn set_mode(
        &mut self,
        port: PortId,
        mode: Mode,
        now: Timestamp,
        note: &mut dyn FnMut(Step),
    ) {
        if let Some(step) = self.engine.set_mode(port, mode, now) {
            self.act(step, now, note);
        }
    }

    /// A number from elsewhere comes; rules see it when they are asked next.
    pub(super) fn signal(&mut self, name: &SignalName, value: f64, now: Timestamp) {
        self.engine.signal(name, value, false, now);
    }

    /// Everything that is due by now.
    pub(in crate::trial) fn tick(&mut self, now: Timestamp, note: &mut dyn FnMut(Step)) {
        for _ in 0..TICKS {
            if self.engine.next_due() > now {
                break;
            }
            let step = self.engine.tick(now);
            self.act(step, now, note);
        }
    }

    fn act(&mut self, step: Step, now: Timestamp, note: &mut dyn FnMut(Step)) {
        let mut next = Some(step);
        for _ in 0..ANSWERS {
            let Some(step) = next.take() else { break };
            let seen = self.answers(&step);
            note(step);
            if seen.is_empty() {
                break;
            }
            next = Some(self.engine.seen(&seen, now));
        }
    }

    fn answers(&mut self, step: &Step) -> Vec<Seen> {
        let mut seen = Vec::with_capacity(step.orders.len() + step.read.len());
        for order in &step.orders {
            self.power.insert(order.port, order.power);
            seen.push(Seen::new(order.port, Some(order.id), Some(order.power), None));
        }
        let shown = |id: &PortId| Seen::new(*id, None, self.power.get(id).copied(), None);
        seen.extend(step.read.iter().map(|(id, _)| shown(id)));
        seen
    }
}
