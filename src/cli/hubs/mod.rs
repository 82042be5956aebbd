//! The hubs of this host as people buy them: what `scs discover`, `scs doctor` and `scs check` talk about. Pure.

mod around;
mod known;
mod lock;
mod phones;
mod place;
mod places;
#[cfg(test)]
pub(super) mod samples;
mod unit;

pub(super) use around::{look_around, look_past};
pub(super) use known::{Fixed, Hubs};
pub(super) use lock::{Lock, lock};
pub(super) use phones::is_phone;
pub(super) use place::{Place, by_reason, ranges, sockets_of, unseen};
pub(super) use places::{ONE_SIDE, Places, owner};
pub(super) use unit::{Unit, UnitPort, is_unlisted, name_of};
