//! The bridge to an MQTT broker: every value of a port on a topic of its own, commands and reports coming back.
//!
//! Each station has a connection of its own, because a connection has one last will, and every station has a `status`.
//! It is made of two, one that says and one that hears, so that a report is answered without the delay that a broker
//! with Nagle's algorithm puts between the two on one. `status` still means that the station also hears: either of the
//! two that is lost ends both.
//!
//! Charging never waits for a broker, and needs none. A broker that is away costs no memory: nothing is kept for it,
//! everything is said again when it is back. What others send is never trusted: a message that cannot be taken is an
//! event and changes nothing.
//!
//! Reading order: `service` (a bridge per station), `bridge` (calls again and again), `session` (one connection's
//! life), `connection` (the client), `publisher` (what when), `topics`, `inbound` and `mapping` (what is said and heard, pure),
//! `discovery` (what Home Assistant is told, pure).

mod bridge;
mod commands;
mod connection;
mod discovery;
mod inbound;
mod info;
mod mapping;
mod notices;
pub mod openhab;
mod pace;
mod publisher;
mod service;
mod session;
mod settings;
mod shown;
mod status;
mod topics;
mod wishes;

pub use discovery::{DiscoverySettings, Form, InstallationId};
pub use service::run;
pub use settings::{MqttSettings, Protocol, Secret, Tls, TlsVersion};
pub use status::{Link, Status};
