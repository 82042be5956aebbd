//! `scs lsp`: shows the problems of rules, tests and stations in an editor, while they are written.
//!
//! Speaks the Language Server Protocol on standard input and output. Never writes a file.

pub(super) mod args;
mod command;
mod server;
pub(super) mod squiggles;
mod wire;

pub(super) use command::lsp;
