//! The power budget: who of those that want power has it now.
//!
//! `allot` (who has a place, pure arithmetic), `standing` (what a port is to it), `supply` (the budget at work).

pub(super) mod allot;
pub(super) mod standing;
pub(super) mod supply;
