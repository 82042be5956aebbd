//! `scs mode`: a person takes the switch of a port, a device or a whole station, or gives it back.

pub(super) mod args;
mod client;

pub(super) use client::mode;
