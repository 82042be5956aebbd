//! The computer around the service: its hubs as people buy them, and whether this user may switch them.
//!
//! `hubs` turns what hangs on the buses into hubs with numbered ports, `doctor` judges host, rights and files, `tree`
//! shows all hubs with what may be switched and why not. `scs discover`, `scs doctor` and `scs check` speak from here, and
//! so does the API, through an [`Inspector`]. Only looks: switches nothing, writes nothing.

pub(crate) mod doctor;
pub(crate) mod hubs;
mod inspector;
mod settings;
pub(crate) mod tree;
pub(crate) mod words;

pub use inspector::Inspector;
pub(crate) use inspector::NotLooked;
pub use settings::HostSettings;
