//! `scs discover`: looks at the hubs, draws them as they lie on the table, and makes station files for them. Never
//! switches anything, and never writes over a file.

pub(super) mod args;
mod command;
mod drawing;
mod file;
mod page;
mod shelf;
mod stations;
#[cfg(test)]
mod tests;
mod told;

pub(super) use command::discover;
