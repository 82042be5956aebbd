//! Reads the fields of a request so that a wrong value is named with what is allowed.
//!
//! serde's own messages name types of Rust; people who send a report from a phone need the field, what they sent, and
//! what to send instead. Lenient only where nothing can be meant otherwise: `57.0` is 57.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::wire::{End, Time};
use crate::model::{Celsius, DeviceName, Level, ModeKind, PortId, Power, StationName, Value};

/// Longest piece of a user's text in a message.
const SHOWN: usize = 40;

/// Any JSON value; of lists and objects only that it is one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    List,
    Object,
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Whole(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => write!(f, "the text `{}`", value.chars().take(SHOWN).collect::<String>()),
            Self::List => f.write_str("a list"),
            Self::Object => f.write_str("an object"),
        }
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }
    fn visit_none<E: Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(value))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
        // What is beyond i64 is out of every range, and only shown.
        Ok(Scalar::Whole(i64::try_from(value).unwrap_or(i64::MAX)))
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::List)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Object)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// The whole number that this is, also written as `57.0`; no text.
#[expect(
    clippy::cast_possible_truncation,
    reason = "checked: no fraction, and within the range of a whole f64"
)]
fn whole(value: &Scalar) -> Option<i64> {
    match value {
        Scalar::Whole(number) => Some(*number),
        Scalar::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => Some(*number as i64),
        _ => None,
    }
}

/// A battery level out of a JSON value.
pub(super) fn to_level(value: &Scalar) -> Result<Level, String> {
    match whole(value) {
        Some(percent) => Level::new(percent),
        None => Err(format!("level must be a whole number, percent, 0 to 100, not {value}")),
    }
}

fn to_port(value: &Scalar) -> Result<PortId, String> {
    whole(value)
        .and_then(|number| PortId::new(u16::try_from(number).ok()?).ok())
        .ok_or_else(|| format!("port must be a number, 1 to 65535, not {value}"))
}

fn to_temperature(value: &Scalar) -> Result<Celsius, String> {
    match value {
        #[expect(
            clippy::cast_precision_loss,
            reason = "what is too big for f64 to hold exactly is out of range"
        )]
        Scalar::Whole(number) => Celsius::new(*number as f64),
        Scalar::Number(number) => Celsius::new(*number),
        _ => Err(format!("temperature must be a number, degrees Celsius, -50 to 150, not {value}")),
    }
}

/// Field `value`, a number from elsewhere.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    match Scalar::deserialize(deserializer)? {
        #[expect(clippy::cast_precision_loss, reason = "a price or a power is far below 2^53")]
        Scalar::Whole(number) => Ok(number as f64),
        Scalar::Number(number) if number.is_finite() => Ok(number),
        other => Err(D::Error::custom(format!("value must be a number, not {other}"))),
    }
}

fn to_charging(value: &Scalar) -> Result<bool, String> {
    match value {
        Scalar::Bool(value) => Ok(*value),
        _ => Err(format!("charging must be true or false, not {value}")),
    }
}

fn to_text<'a>(field: &str, value: &'a Scalar) -> Result<&'a str, String> {
    match value {
        Scalar::Text(text) => Ok(text),
        _ => Err(format!("{field} must be a text in quotes, not {value}")),
    }
}

fn optional<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(&Scalar) -> Result<T, String>,
) -> Result<Option<T>, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Null => Ok(None),
        value => read(&value).map(Some).map_err(D::Error::custom),
    }
}

/// Field `level`.
pub(super) fn level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
    to_level(&Scalar::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Field `port`, which may be left out or null.
pub(super) fn port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PortId>, D::Error> {
    optional(deserializer, to_port)
}

/// Field `temperature`, which may be left out or null.
pub(super) fn temperature<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Celsius>, D::Error> {
    optional(deserializer, to_temperature)
}

/// Field `charging`, which may be left out or null.
pub(super) fn charging<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    optional(deserializer, to_charging)
}

/// Field `station`, which may be left out or null.
pub(super) fn station<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<StationName>, D::Error> {
    optional(deserializer, |v| StationName::new(to_text("station", v)?).map_err(|e| e.to_string()))
}

/// Field `device`, which may be left out or null.
pub(super) fn device<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DeviceName>, D::Error> {
    optional(deserializer, |v| DeviceName::new(to_text("device", v)?).map_err(|e| e.to_string()))
}

/// Field `measured_at`, which may be left out or null.
pub(super) fn measured_at<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
    optional(deserializer, |v| Time::parse(to_text("measured_at", v)?))
}

/// Field `until`, the end of a mode, which may be left out or null.
pub(super) fn end<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<End>, D::Error> {
    optional(deserializer, |v| End::parse(to_text("until", v)?))
}

/// Field `level`, which may be left out or null.
pub(super) fn optional_level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Level>, D::Error> {
    optional(deserializer, to_level)
}

/// Field `for`, a length of time in words, which may be left out or null.
pub(super) fn length<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    optional(deserializer, |v| to_text("for", v).map(str::to_owned))
}

/// Field `for`, a length of time in words, which must be there.
pub(super) fn needed_length<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = Scalar::deserialize(deserializer)?;
    to_text("for", &value).map(str::to_owned).map_err(D::Error::custom)
}

/// Field `value` of a rule's parameter.
pub(super) fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Bool(answer) => Ok(Value::Bool(answer)),
        Scalar::Whole(number) => Ok(Value::Int(number)),
        Scalar::Number(number) => Ok(Value::Float(number)),
        Scalar::Text(text) => Ok(Value::Text(text)),
        other @ (Scalar::Null | Scalar::List | Scalar::Object) => Err(D::Error::custom(format!(
            "value must be a number, a text, true or false, not {other}; DELETE gives the file's value back"
        ))),
    }
}

/// Field `power`.
pub(super) fn power<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Power, D::Error> {
    let value = Scalar::deserialize(deserializer)?;
    match to_text("power", &value).map_err(D::Error::custom)? {
        "on" => Ok(Power::On),
        "off" => Ok(Power::Off),
        _ => Err(D::Error::custom(format!("power must be `on` or `off`, not {value}"))),
    }
}

/// Field `mode`.
pub(super) fn mode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ModeKind, D::Error> {
    let value = Scalar::deserialize(deserializer)?;
    to_text("mode", &value).and_then(str::parse).map_err(D::Error::custom)
}
