//! `scs status`: asks a running service for its ports.

mod answers;
pub(super) mod args;
mod client;
mod page;

pub(super) use client::status;
