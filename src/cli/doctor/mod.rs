//! `scs doctor`: says whether this host and this user can switch the hub, and what to type if not. Changes nothing.

mod access;
pub(super) mod args;
mod checks;
mod command;
mod facts;
mod page;
mod rule;
mod sockets;
#[cfg(test)]
mod tests;

pub(super) use command::doctor;
