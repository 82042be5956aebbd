//! The computer around the service: its hubs as people buy them, and whether this user may switch them.
//!
//! `hubs` turns what hangs on the buses into hubs with numbered ports, `doctor` judges host, rights and files. `scs discover`,
//! `scs doctor` and `scs check` speak from here. Only looks: switches nothing, writes nothing.

pub(crate) mod doctor;
pub(crate) mod hubs;
mod settings;
pub(crate) mod words;

pub use settings::HostSettings;
