//! The hubs of this host as people buy them: what `scs discover`, `scs doctor` and `scs check` talk about. Pure.

mod around;
mod known;
mod phones;
mod place;
#[cfg(test)]
pub(super) mod samples;
mod unit;

pub(super) use around::look_around;
pub(super) use known::{Fixed, Hubs};
pub(super) use phones::is_phone;
pub(super) use place::{Place, by_reason, ranges, sockets_of};
pub(super) use unit::{Unit, UnitPort, name_of};
