//! `scs status`: asks a running service for its ports.

mod answers;
mod client;
mod page;

pub(super) use client::status;
