//! `scs mode`: a person takes the switch of a port, a device or a whole station, or gives it back. `scs cycle`: a person takes
//! the power of a port for a moment.

pub(super) mod args;
mod client;

pub(super) use client::{cycle, mode};
