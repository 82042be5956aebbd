//! `scs demo`: the real service, with a hub and phones that do not exist, on a clock that runs faster.

pub(super) mod args;
mod banner;
mod command;
mod files;
mod phones;
mod story;

pub(super) use command::demo;
pub(super) use files::shipped_rules;
