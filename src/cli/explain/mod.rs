//! `scs explain`: asks a running service why a port is as it is, or why something was decided.

pub(super) mod args;
mod client;
mod page;

pub(super) use client::explain;
