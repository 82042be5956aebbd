//! A port that is switched for a moment to find out what is plugged into it.

use super::core::{Engine, Step};
use crate::model::{PortId, Probe, Timestamp};

impl Engine {
    /// Switches a port until a moment, or ends that. `None` when there is no such port.
    pub fn probe(&mut self, _id: PortId, _probe: Option<Probe>, _now: Timestamp) -> Option<Step> {
        None
    }
}
