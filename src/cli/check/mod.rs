//! `scs check`: reads everything as the service would, and prints every problem.

mod command;
mod hub;
#[cfg(test)]
mod hub_tests;
mod page;

pub(super) use command::check;
