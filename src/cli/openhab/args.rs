//! What `scs openhab` understands.

use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::{cli::args::SettingsFile, model::StationName, mqtt::openhab::Broker};

/// What `scs openhab` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cd /etc/openhab
  scs openhab things  --station desk > things/charger_desk.things
  scs openhab items   --station desk > items/charger_desk.items
  scs openhab sitemap --station desk > sitemaps/charger_desk.sitemap
  scs openhab yaml    --station desk --bridge home > yaml/charger_desk.yaml

The first line of each file says where it belongs. For a second station, and
where openHAB has a Thing for the broker already, name that: --bridge.

Ends with 1 when it is not clear which station, with 78 when files are broken.")]
pub struct Openhab {
    /// Which file
    #[arg(value_enum)]
    pub what: What,
    /// Which settings: they say where stations are, and the broker.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Which station [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub station: Option<StationName>,
    /// The broker as openHAB reaches it: HOST, HOST:PORT or mqtts://HOST:PORT [default: that of the settings]
    #[arg(long, value_name = "ADDRESS")]
    pub broker: Option<Address>,
    /// The name of openHAB's Thing for the broker, which is there already: home or mqtt:broker:home
    #[arg(long, value_name = "THING", value_parser = bridge, conflicts_with = "broker")]
    pub bridge: Option<String>,
    /// The room in which the station is, for openHAB's list of Things
    #[arg(long, value_name = "ROOM", value_parser = room)]
    pub location: Option<String>,
}

/// The files that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// The broker, the station and its ports: things/*.things
    Things,
    /// What is seen and set of them: items/*.items
    Items,
    /// A page for Basic UI and the apps: sitemaps/*.sitemap
    Sitemap,
    /// Things and items in one file, for openHAB 5: yaml/*.yaml
    Yaml,
    /// Rules to begin with: rules/*.rules
    Rules,
}

/// A broker as one types it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(pub Broker);

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || "use HOST, HOST:PORT or mqtts://HOST:PORT, for example 192.168.1.10:1883".to_owned();
        let (secure, rest) = match text.split_once("://") {
            None => (false, text),
            Some(("mqtt" | "tcp", rest)) => (false, rest),
            Some(("mqtts" | "ssl" | "tls", rest)) => (true, rest),
            Some(_) => return Err(refused()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => {
                (host, if port.is_empty() { None } else { Some(port.strip_prefix(':').ok_or_else(refused)?) })
            }
            None => rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
        };
        let is_host = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-._:%".contains(c));
        let port = match port {
            None => Some(if secure { 8883 } else { 1883 }),
            Some(port) => port.parse().ok().filter(|port| *port != 0),
        };
        let port = port.filter(|_| is_host).ok_or_else(refused)?;
        Ok(Self(Broker { host: host.to_owned(), port, secure }))
    }
}

fn bridge(text: &str) -> Result<String, String> {
    let id = text.strip_prefix("mqtt:broker:").unwrap_or(text);
    let is_id = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if is_id && id.starts_with(|first: char| first != '-') && id.len() <= 64 {
        return Ok(id.to_owned());
    }
    Err("use the name of the Thing as openHAB shows it, for example mqtt:broker:home".to_owned())
}

fn room(text: &str) -> Result<String, String> {
    let text = text.trim();
    if (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err("use 1 to 64 characters, for example Office".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_is_a_host_and_perhaps_a_port() {
        let read = |text: &str| text.parse::<Address>().map(|Address(b)| (b.host, b.port, b.secure));
        for (text, host, port, secure) in [
            ("192.168.1.10", "192.168.1.10", 1883, false),
            ("broker.lan:1884", "broker.lan", 1884, false),
            ("mqtt://broker/", "broker", 1883, false),
            ("mqtts://broker", "broker", 8883, true),
            ("ssl://broker:8884/", "broker", 8884, true),
            ("[fe80::1%eth0]:1883", "fe80::1%eth0", 1883, false),
            ("[::1]", "::1", 1883, false),
        ] {
            assert_eq!(read(text), Ok((host.to_owned(), port, secure)), "{text}");
        }
        for wrong in ["", ":1883", "a:0", "a:70000", "a b", "ws://a", "[::1]x", "user@host", "a\"b"] {
            assert!(read(wrong).unwrap_err().contains("HOST:PORT"), "{wrong}");
        }
    }

    #[test]
    fn a_bridge_is_named_as_openhab_does() {
        assert_eq!(bridge("mqtt:broker:home").as_deref(), Ok("home"));
        assert_eq!(bridge("My-Broker_2").as_deref(), Ok("My-Broker_2"));
        for wrong in ["", "-a", "a b", "mqtt:topic:x", "ä", "a\"b"] {
            assert!(bridge(wrong).is_err(), "{wrong}");
        }
    }
}
