//! How fast each device charges and drains: which reports may teach that. What they teach is in `model::learned`.
//!
//! Learns nothing while it is not certain whether the device has power: then it is better to know nothing.

use std::sync::Arc;

use crate::engine::core::Engine;
use crate::engine::state::PortState;
use crate::model::{PortId, Power, Steady};

impl Engine {
    /// Takes the last report of a port; to be called after it was held against what the hub shows.
    pub(in crate::engine) fn learn_rates(&mut self, id: PortId) {
        self.change(id, |port| {
            let steady = port.certain().map(|steady| (steady.power, steady.since));
            let (Some((power, since)), Some(battery)) = (steady, &port.memory.battery) else {
                if port.memory.learned.is_following() {
                    Arc::make_mut(&mut port.memory.learned).interrupt();
                }
                return;
            };
            Arc::make_mut(&mut port.memory.learned).take(power, since, battery);
        });
    }
}

impl PortState {
    /// Since when the device has power, or has none, when that is beyond doubt.
    fn certain(&self) -> Option<&Steady> {
        let steady = self.memory.steady.as_ref()?;
        let seen = self.actual == Some(steady.power) && !self.half;
        let charges =
            |power: Power| self.memory.battery.as_ref()?.charging.map(|says| says == (power == Power::On));
        // Without its own word a fault is what tells; with it `Learned` looks at each report.
        let doubtful = self.fault.is_some() || self.suspect.is_some();
        (seen && (!doubtful || charges(steady.power) == Some(true))).then_some(steady)
    }
}
