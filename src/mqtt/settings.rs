//! What the MQTT connection is told at start.

use std::{fmt, path::PathBuf};

use super::connection::tls;

use super::discovery::DiscoverySettings;

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
    /// TCP port; by custom 1883, and 8883 with TLS.
    pub port: u16,
    /// The path of a WebSocket, from its first `/` on; `None`: MQTT without WebSocket.
    pub websocket: Option<String>,
    /// How the connection is encrypted; `None`: it is not.
    pub tls: Option<Tls>,
    /// What is spoken first.
    pub protocol: Protocol,
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
    /// What Home Assistant is told.
    pub discovery: DiscoverySettings,
}

/// A broker on this host without anything special.
impl Default for MqttSettings {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 1883,
            websocket: None,
            tls: None,
            protocol: Protocol::default(),
            user: None,
            password: None,
            client_id: "scs".to_owned(),
            qos: 1,
            retain: true,
            discovery: DiscoverySettings::default(),
        }
    }
}

impl MqttSettings {
    /// The broker's address as a person would write it, without user and password.
    pub fn address(&self) -> String {
        let scheme = match (&self.websocket, &self.tls) {
            (None, None) => "mqtt",
            (None, Some(_)) => "mqtts",
            (Some(_), None) => "ws",
            (Some(_), Some(_)) => "wss",
        };
        format!("{scheme}://{}:{}", bracketed(&self.host), self.port)
    }
}

/// An IPv6 address needs brackets before a port.
pub(super) fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}

/// A version of MQTT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// MQTT 3.1.1.
    V311,
    /// MQTT 5: the broker says why it refuses something, and drops messages that are too large for us instead of the
    /// connection. A broker that does not know it is asked for 3.1.1.
    #[default]
    V5,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V311 => "3.1.1",
            Self::V5 => "5",
        })
    }
}

/// How an encrypted connection is made. The files are read at every connect, so that renewed ones are used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Authorities that sign the broker's certificate, as PEM; `None`: those that this system trusts.
    pub ca: Option<PathBuf>,
    /// Our own certificate and those up to its authority, as PEM. Needs a key.
    pub certificate: Option<PathBuf>,
    /// The key of our certificate, as PEM, without a passphrase.
    pub key: Option<PathBuf>,
    /// The oldest version that is spoken.
    pub minimum: TlsVersion,
    /// The name in the broker's certificate, if it is not the host's.
    pub server_name: Option<String>,
}

impl Tls {
    /// Reads all files that are named, and says what is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        tls::check(self)
    }
}

/// A version of TLS. Older ones are broken and never spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[default]
    V12,
    /// TLS 1.3.
    V13,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_people_write_it() {
        let address = |host: &str, tls: Option<Tls>, websocket: Option<&str>| {
            let websocket = websocket.map(str::to_owned);
            MqttSettings { host: host.to_owned(), tls, websocket, ..MqttSettings::default() }.address()
        };
        assert_eq!(address("::1", None, None), "mqtt://[::1]:1883");
        assert_eq!(address("[::1]", None, None), "mqtt://[::1]:1883");
        assert_eq!(address("broker.lan", Some(Tls::default()), None), "mqtts://broker.lan:1883");
        assert_eq!(address("broker.lan", None, Some("/mqtt")), "ws://broker.lan:1883");
        assert_eq!(address("broker.lan", Some(Tls::default()), Some("/")), "wss://broker.lan:1883");
    }
}
