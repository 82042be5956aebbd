//! `scs plan`: when each port charges so that its device is ready.

pub(super) mod args;
mod command;
mod page;

pub(super) use command::plan;
