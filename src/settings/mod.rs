//! The service's own settings: `settings.ron`, then the environment on top, then defaults below.
//!
//! `file` reads the file, `environment` the variables, `broker` the address of an MQTT broker; `load` puts them
//! together. Every problem of all of them is told at once. Secrets are never part of a message.

mod broker;
mod environment;
mod file;
mod load;
mod retention;

pub use load::Settings;
