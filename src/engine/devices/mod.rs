//! The devices: which there are, where they are, and how they charge.
//!
//! `known` (which are known, and where they belong), `plugged` (what is plugged in), `placing` (they follow their serial
//! numbers), `luggage` (what goes with them), `unplaced` (those without a port), `probe` (a search for one), `cycle` (it starts
//! anew), `learning` (how fast they charge), `charging` (stretches of it, and devices that gain nothing), `full` (when that is).

pub(super) mod charging;
pub(super) mod cycle;
pub(super) mod full;
pub(super) mod known;
pub(super) mod learning;
pub(super) mod luggage;
pub(super) mod placing;
pub(super) mod plugged;
pub(super) mod probe;
pub(super) mod unplaced;
