//! `scs openhab`: prints files for openHAB, made from a station.

pub(super) mod args;
mod command;

pub(super) use command::openhab;
