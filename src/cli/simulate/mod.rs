//! `scs simulate`: days and weeks of a station, with the real engine and batteries that do not exist.

pub(super) mod args;
mod axis;
mod command;
mod deciders;
mod devices;
mod drawing;
mod fleets;
#[cfg(test)]
mod fleets_tests;
mod lanes;
mod page;
mod story;
mod svg;
#[cfg(test)]
mod tests;

pub(super) use command::simulate;
