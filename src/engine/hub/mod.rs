//! The hub: what is wanted of it, and what it shows.
//!
//! `pursue` (wanted against actual), `reading` (what it shows), `alarm` (when to give up for a while), `hubs` (hubs that are
//! away), `proof` (whether off is off), `release` (sockets that are no ports any more).

pub(super) mod alarm;
pub(super) mod hubs;
pub(super) mod proof;
pub(super) mod pursue;
pub(super) mod reading;
pub(super) mod release;
