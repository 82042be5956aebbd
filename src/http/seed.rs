//! What the service before this one understood, read as leniently as it did.
//!
//! Its clients send a command with the device's name and battery level and expect the state as a JSON string, and
//! errors as an object with the one field `error`. Pure: what to do with it is in `api::seed`.

use serde_json::{Map, Value};

use super::fields::{self, Scalar};
use crate::{
    controller::Handle,
    model::{DeviceName, Level, Power, StationName},
};

/// Every path of the service before this one begins so.
pub(super) const PREFIX: &str = "/api/smartcharger/";
/// The answer to a port that is not there, word for word.
pub(super) const WRONG_PORT: &str = "The port_id is not available.";
/// The answer to a command that is not there, word for word.
pub(super) const WRONG_COMMAND: &str = "Command is not available. Please send ON or OFF.";
/// The topic by which a station says that it is the one of the service before this one.
const TOPIC: &str = "smartcharger";

/// A command, with what it says of the device.
#[derive(Debug, PartialEq)]
pub(super) struct Command {
    /// `None`: not a command that there is.
    pub(super) power: Option<Power>,
    pub(super) device: Option<DeviceName>,
    pub(super) level: Option<Level>,
}

impl Command {
    /// Reads the body. Fails in words when it is no object, or when a name or level cannot be.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let object: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|_| "send a JSON object with command, device_name and battery_level".to_owned())?;
        Ok(Self {
            power: match object.get("command").and_then(Value::as_str) {
                Some("ON") => Some(Power::On),
                Some("OFF") => Some(Power::Off),
                _ => None,
            },
            device: match object.get("device_name") {
                None | Some(Value::Null) => None,
                Some(Value::String(name)) if name.trim().is_empty() => None,
                Some(Value::String(name)) => {
                    Some(DeviceName::new(name.trim()).map_err(|error| error.to_string())?)
                }
                Some(_) => return Err("device_name must be a text".to_owned()),
            },
            level: match object.get("battery_level") {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) if text.trim().is_empty() => None,
                Some(value) => Some(level(value)?),
            },
        })
    }
}

/// A number, or a text that is one; fractions are rounded.
fn level(value: &Value) -> Result<Level, String> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().trim_end_matches('%').trim_end().parse().ok(),
        _ => None,
    };
    let number = number.ok_or_else(|| "battery_level must be a number, 0 to 100".to_owned())?;
    fields::to_level(&Scalar::Number(number.round()))
        .map_err(|_| format!("battery_level {number} is not within 0 to 100"))
}

/// Which station is meant: the one with the old topic, else the only one, else the first by name.
pub(super) fn station(stations: &std::collections::BTreeMap<StationName, Handle>) -> Option<Handle> {
    let old = stations.values().find(|handle| handle.changed().borrow().station.topic == TOPIC);
    old.or_else(|| stations.values().next()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Command, String> {
        Command::read(json.as_bytes())
    }

    #[test]
    fn a_command_as_the_old_clients_send_it() {
        let command = read(r#"{"command": "ON", "device_name": "pixel-7", "battery_level": 57}"#).unwrap();
        assert_eq!(command.power, Some(Power::On));
        assert_eq!(command.device, DeviceName::new("pixel-7").ok());
        assert_eq!(command.level, Level::new(57).ok());
    }

    #[test]
    fn name_and_level_may_be_missing_or_empty() {
        for json in [
            r#"{"command": "OFF"}"#,
            r#"{"command": "OFF", "device_name": "", "battery_level": null}"#,
            r#"{"command": "OFF", "device_name": null, "battery_level": ""}"#,
        ] {
            assert_eq!(
                read(json),
                Ok(Command { power: Some(Power::Off), device: None, level: None }),
                "{json}"
            );
        }
    }

    #[test]
    fn a_level_may_be_a_text() {
        for (json, percent) in [("\"57\"", 57), ("56.6", 57), ("\" 100 % \"", 100), ("0", 0)] {
            let command = read(&format!("{{\"command\": \"ON\", \"battery_level\": {json}}}")).unwrap();
            assert_eq!(command.level.map(Level::percent), Some(percent), "{json}");
        }
        for json in ["101", "-1", "\"full\"", "true", "\"NaN\"", "\"inf\"", "[]", "1e300"] {
            assert!(read(&format!("{{\"command\": \"ON\", \"battery_level\": {json}}}")).is_err(), "{json}");
        }
    }

    #[test]
    fn other_commands_are_none() {
        for json in ["\"on\"", "\"TOGGLE\"", "1", "null"] {
            assert_eq!(read(&format!("{{\"command\": {json}}}")).unwrap().power, None, "{json}");
        }
        assert!(read("[]").is_err());
        assert!(read("ON").is_err());
    }
}
