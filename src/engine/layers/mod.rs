//! Who decides, and in which order: `judge` asks the others.
//!
//! `safety` (heat, floor, no battery), `doubt` (levels that no battery can have), `modes` (people), `silence` and `endurance`
//! (devices that say nothing), `adjusting` (values set at run time), `bounds` (the two levels among them), `shadow` (rules
//! asked beside those at work).

pub(super) mod adjusting;
pub(super) mod bounds;
pub(super) mod doubt;
pub(super) mod endurance;
pub(super) mod judge;
pub(super) mod modes;
pub(super) mod safety;
pub(super) mod shadow;
pub(super) mod silence;
