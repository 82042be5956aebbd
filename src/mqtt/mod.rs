//! The bridge to an MQTT broker: every value of a port on a topic of its own, commands and reports coming back.
//!
//! Each station has one connection of its own, for both directions. Its own, because a connection has one last will,
//! and every station has a `status`. One for both, because `status` must mean that the station also hears: with two,
//! `online` could stand while commands go nowhere. The price is paid only by messages that follow each other closely: a
//! broker with Nagle's algorithm holds the second back for some forty milliseconds. One that stands alone is answered
//! within a few, which is little beside the time that a hub takes to switch.
//!
//! Charging never waits for a broker, and needs none. A broker that is away costs no memory: nothing is kept for it,
//! everything is said again when it is back. What others send is never trusted: a message that cannot be taken is an
//! event and changes nothing.
//!
//! Reading order: `service` (a bridge per station), `bridge` (calls again and again), `session` (one connection's
//! life), `connection` (the client), `publisher` (what when), `topics` and `inbound` (what is said and heard, pure).

mod bridge;
mod commands;
mod connection;
mod inbound;
mod info;
mod notices;
mod pace;
mod publisher;
mod service;
mod session;
mod settings;
mod shown;
mod status;
mod topics;
mod wishes;

pub use service::run;
pub use settings::{MqttSettings, Secret};
pub use status::{Link, Status};
