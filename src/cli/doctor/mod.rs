//! `scs doctor`: says whether this host and this user can switch the hub, and what to type if not. Changes nothing.

pub(super) mod args;
mod command;
mod page;
#[cfg(test)]
mod tests;

pub(super) use command::doctor;
