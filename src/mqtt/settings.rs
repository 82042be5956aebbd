//! What the MQTT connection is told at start.

use std::fmt;

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where the broker is and how to speak to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MqttSettings {
    /// Host name or address of the broker.
    pub host: String,
    /// TCP port, 1883 by custom.
    pub port: u16,
    /// User name, if the broker asks for one.
    pub user: Option<String>,
    /// Password, if the broker asks for one.
    pub password: Option<Secret>,
    /// Client id, unique on the broker.
    pub client_id: String,
    /// Quality of service of what is published and subscribed: 0, 1 or 2.
    pub qos: u8,
    /// Whether states are retained by the broker.
    pub retain: bool,
}
