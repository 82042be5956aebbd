//! `scs diff`: what an edit would change, before it is made. Changes nothing.

mod answers;
pub(super) mod args;
mod command;
mod files;
mod page;

pub(super) use command::diff;
