//! `scs care`: what the battery of a device went through.

pub(super) mod args;
mod command;
mod page;

pub(super) use command::care;
