//! `scs check`: reads everything as the service would, and prints every problem.

mod command;
mod page;

pub(super) use command::check;
