//! The hubs of this host as people buy them: what `scs discover`, `scs doctor` and `scs check` talk about. Pure.

mod around;
mod known;
mod lock;
mod phones;
mod place;
mod places;
#[cfg(test)]
pub(crate) mod samples;
mod unit;

pub(crate) use around::{look_around, look_past};
pub(crate) use known::{Fixed, Hubs};
pub(crate) use lock::{Lock, lock};
pub(crate) use phones::{is_phone, says_phone};
pub(crate) use place::{Place, by_reason, ranges, sockets_of, unseen};
pub(crate) use places::{ONE_SIDE, Places, owner};
pub(crate) use unit::{Unit, UnitPort, is_unlisted, name_of};
