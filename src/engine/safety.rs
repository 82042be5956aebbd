//! What keeps a device from harm, whatever people and rules say, and what is done where nothing is known of it.

use super::core::Engine;
use super::judge::Judgement;
use super::state::PortState;
use crate::model::{Layer, Power, Safeguard, Timestamp, Verdict};

impl Engine {
    /// What no person and no rule may overrule.
    pub(super) fn before_people(&self, _port: &PortState, _now: Timestamp) -> Option<Judgement> {
        None
    }
}

/// As long as the device has not reported, so that no rule can be asked.
pub(super) fn without_report(port: &PortState) -> Judgement {
    if port.memory.wanted == Some(Power::Off) {
        let reason = "the level of this device is not known yet: charged".to_owned();
        return Judgement::safe(Verdict::Charge, Safeguard::LevelUnknown, reason);
    }
    Judgement::plain(Verdict::Keep, Layer::Nobody, "no report yet".to_owned())
}
