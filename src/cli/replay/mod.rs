//! `scs replay`: the decisions of the last days, decided again by the rules of today. Changes nothing.

pub(super) mod answers;
pub(super) mod args;
mod command;
pub(super) mod page;

pub(super) use command::replay;
