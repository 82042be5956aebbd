//! The command line: what `scs` understands and what it prints.
//!
//! Each command has its file: it calls the same code as the service and turns the answer into text. How
//! things look is made by pure functions from values to text, so that it can be tested; a command only joins
//! them with the world. Commands print to the writer they are given; errors go to standard error in one or two
//! lines, with a documented exit code. Decides nothing about charging.

mod api;
mod args;
mod care;
mod check;
mod demo;
mod diff;
mod discover;
mod doctor;
mod explain;
mod failure;
mod held;
mod identify;
mod look;
mod lsp;
mod mode;
mod openhab;
mod plan;
mod program;
mod replay;
mod rules;
mod run;
mod service;
mod simulate;
mod status;
mod test;
mod token;

pub use args::{Cli, Command};
pub use failure::{Exit, Failure};
pub use look::Look;
pub use program::main;
