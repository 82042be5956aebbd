//! The service in the life of a fleet: the real engine, and what it finds again after it was killed.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    engine::{Remembered, Step},
    model::{Author, BatteryReport, Mode, ModeKind, PortId, Power, Record, Span, Station, Timestamp},
    rules::RuleSet,
    trial::world::Stage,
};

/// What the engine wants within this time after a moment is done in its own time: staggered switches, second looks. What
/// comes later waits for the next moment, as a look at the clock does.
const SOON: Span = Span::from_secs(45);

/// The engine, while there is one, and what was written down for the next.
pub(super) struct Service {
    station: Arc<Station>,
    rules: Arc<RuleSet>,
    stage: Option<Stage>,
    remembered: Remembered,
    /// What was switched and not told yet.
    switched: Vec<(PortId, Power)>,
}

impl Service {
    pub(super) fn new(station: &Arc<Station>, rules: &Arc<RuleSet>) -> Self {
        Self {
            station: Arc::clone(station),
            rules: Arc::clone(rules),
            stage: None,
            remembered: Remembered::default(),
            switched: Vec::new(),
        }
    }

    /// It is killed, without a word.
    pub(super) fn kill(&mut self) {
        self.stage = None;
    }

    /// It runs from now on, where it does not; the hub shows this power.
    pub(super) fn run(&mut self, power: &BTreeMap<PortId, Power>, now: Timestamp) {
        if self.stage.is_some() {
            return;
        }
        let remembered = self.remembered.clone();
        self.stage = Some(Stage::again(&self.station, &self.rules, remembered, power.clone(), now));
        // Nothing is switched before the hub was read once.
        self.tick(now);
    }

    /// A device says how its battery is. Nobody hears it while the service does not run.
    pub(super) fn report(&mut self, report: &BatteryReport, now: Timestamp) {
        let Self { stage, remembered, switched, .. } = self;
        if let Some(stage) = stage {
            stage.report(report, now, &mut |step| note(remembered, switched, step));
        }
    }

    /// True while it runs.
    pub(super) fn runs(&self) -> bool {
        self.stage.is_some()
    }

    /// Somebody asks for a device: to be charged until it is taken.
    pub(super) fn ask(&mut self, port: PortId, due: Timestamp, now: Timestamp) {
        let (kind, by) = (ModeKind::On, Author::Rest(None));
        let mode = Mode { kind, until: Some(due), by, ..Mode::default() };
        let Self { stage, remembered, switched, .. } = self;
        if let Some(stage) = stage {
            stage.set_mode(port, mode, now, &mut |step| note(remembered, switched, step));
        }
    }

    /// Everything that is due by now.
    pub(super) fn tick(&mut self, now: Timestamp) {
        let Self { stage, remembered, switched, .. } = self;
        if let Some(stage) = stage {
            stage.tick(now, &mut |step| note(remembered, switched, step));
        }
    }

    /// When it has something to do that does not wait for the next moment.
    pub(super) fn soon(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.stage.as_ref()?.next_due();
        (due > now && due.duration_since(now) < SOON).then_some(due)
    }

    /// What was switched since this was asked last, in order.
    pub(super) fn switched(&mut self) -> Vec<(PortId, Power)> {
        std::mem::take(&mut self.switched)
    }
}

/// The hub does what it is told, at once; and what goes to disk is there after a restart.
fn note(remembered: &mut Remembered, switched: &mut Vec<(PortId, Power)>, step: Step) {
    switched.extend(step.orders.iter().map(|order| (order.port, order.power)));
    for record in step.records {
        match record {
            Record::Memory { port, memory, .. } => {
                remembered.ports.insert(port, *memory);
            }
            Record::StationMemory { memory, .. } => remembered.station = *memory,
            Record::Decision(decision) => remembered.last_decision = decision.id,
            _ => {}
        }
    }
}
