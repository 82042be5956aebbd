//! Home Assistant's discovery: tells it, by retained messages, which entities a station and its ports are.
//!
//! Pure: no connection, no clock. What is announced is a function of the station and of the settings; ids never hold
//! what people type, except the name of the station, which is checked. Root keys of a message are those that every
//! version since 2024.11 knows, because one that it does not know makes Home Assistant refuse the whole message.
//!
//! Reading order: `settings`, `ids` (what things are called), `part` (which entities there are), `message` (the JSON of
//! both forms), `announcer` (what is said when).

mod announcer;
mod birth;
mod component;
mod ids;
mod left;
mod message;
mod part;
mod settings;

pub(super) use announcer::Announcer;
pub(super) use birth::Births;
pub(super) use message::PortFacts;
pub use settings::{DiscoverySettings, Form, InstallationId};
