//! From the user's files to a plan, or every problem of all files at once; and watching for changes.
//!
//! Order of reading: `files` (read and hash) · `plan` (check everything) · `hub`, `models` (hub models) · `station`, `plug`,
//! `port`, `policy`, `deadlines`, `calendar` with `recurrence`, `signals`, `reports` (one station) · `together`, `sockets` (what stations may not have in common). Below them: `tokens`, `document` and `syntax` (RON with places),
//! `fields`, `problems` and `words`. `watch` says when to read again.
//!
//! Never writes a user's file, never acts on what it reads, and takes a set of files as a whole or not at all.

mod budget;
mod calendar;
mod deadlines;
pub(crate) mod document;
mod edit;
pub(crate) mod fields;
mod files;
mod hub;
mod models;
mod plan;
mod plug;
mod policy;
mod port;
pub(crate) mod problems;
mod recurrence;
mod reports;
mod safety;
mod signals;
mod sockets;
mod station;
mod syntax;
mod together;
pub(crate) mod tokens;
mod watch;
pub(crate) mod words;

pub use edit::{Edit, text_hash};
pub(crate) use files::text;
pub use files::{Directories, Files, SourceFile};
pub use models::models;
pub use plan::Plan;
pub use watch::{Watcher, watch};

pub use crate::model::FileKind;
