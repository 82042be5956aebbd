//! The project's words as JSON: how each value type is written, read and described in the OpenAPI document.
//!
//! The serde form does the work, also where poem-openapi asks for its own traits, so there is one form only.

use std::borrow::Cow;

use jiff::fmt::temporal::Pieces;
use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::{
    Celsius, DeviceName, FileKind, Layer, Level, ModeKind, ModeScope, PortId, Power, RuleName, Safeguard,
    Severity, SignalName, StationName, Timestamp, Until, Verdict,
};

/// A moment on the wire: RFC 3339, written in UTC with `Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Time(pub(super) Timestamp);

impl Time {
    /// Reads RFC 3339; any offset will do. Fails with what is allowed.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            if is_whole(text) {
                return format!("`{shown}` is out of range: times go up to {:.0}", Timestamp::MAX);
            }
            format!("`{shown}` is not a time: use RFC 3339 with an offset, for example 2026-11-22T14:05:00Z")
        })
    }
}

/// The end of a mode on the wire: a moment, a time of day, or `unplugged`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End(pub(super) Until);

impl End {
    /// Reads what [`Until`] and [`Time`] read. Fails with what is allowed.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if is_whole(text) {
            return Time::parse(text).map(|at| Self(Until::At(at.0)));
        }
        text.parse().map(Self)
    }
}

impl Serialize for End {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// True when date, time and offset are there and each is right by itself.
fn is_whole(text: &str) -> bool {
    Pieces::parse(text).is_ok_and(|pieces| pieces.time().is_some() && pieces.offset().is_some())
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

/// A value that is described in place in the OpenAPI document.
pub(super) trait Described {
    /// What is allowed.
    fn schema() -> MetaSchema;
}

fn text(example: &str) -> MetaSchema {
    MetaSchema { example: Some(json!(example)), ..MetaSchema::new("string") }
}

fn identifier(example: &str) -> MetaSchema {
    MetaSchema { pattern: Some("^[a-z][a-z0-9_-]{0,63}$".to_owned()), ..text(example) }
}

fn choice(words: &[&str]) -> MetaSchema {
    MetaSchema { enum_items: words.iter().map(|word| json!(word)).collect(), ..MetaSchema::new("string") }
}

fn number(kind: &'static str, from: f64, to: f64, example: &Value) -> MetaSchema {
    MetaSchema {
        minimum: Some(from),
        maximum: Some(to),
        example: Some(example.clone()),
        ..MetaSchema::new(kind)
    }
}

macro_rules! wire {
    ($($type:ty, $name:literal, $schema:expr;)*) => {$(
        impl Described for $type {
            fn schema() -> MetaSchema {
                $schema
            }
        }
        impl Type for $type {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;
            fn name() -> Cow<'static, str> {
                $name.into()
            }
            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new(<Self as Described>::schema()))
            }
            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }
        impl ParseFromJSON for $type {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                serde_json::from_value(value.unwrap_or_default()).map_err(ParseError::custom)
            }
        }
        impl ToJSON for $type {
            fn to_json(&self) -> Option<Value> {
                serde_json::to_value(self).ok()
            }
        }
    )*};
}

wire! {
    Time, "time", MetaSchema { format: Some("date-time"), ..text("2026-11-22T14:05:00Z") };
    StationName, "station name", identifier("desk");
    SignalName, "signal name", identifier("price");
    RuleName, "rule name", identifier("keep-between");
    DeviceName, "device name", MetaSchema { min_length: Some(1), max_length: Some(64), ..text("pixel-7") };
    PortId, "port number", number("integer", 1.0, 65_535.0, &json!(3));
    Level, "level", number("integer", 0.0, 100.0, &json!(57));
    Celsius, "temperature", number("number", -50.0, 150.0, &json!(31.5));
    Verdict, "verdict", choice(&["charge", "rest", "keep"]);
    Layer, "layer", choice(&["safety", "mode", "policy", "budget", "nobody"]);
    Safeguard, "safeguard", choice(&Safeguard::ALL.map(Safeguard::as_str));
    Power, "power", choice(&["on", "off"]);
    End, "end of a mode", text("18:00");
    ModeKind, "mode", choice(&ModeKind::ALL.map(ModeKind::as_str));
    ModeScope, "what a mode is of", choice(&["port", "device", "station"]);
    FileKind, "kind of file", choice(&["station", "rule", "test", "library", "hub", "calendar"]);
    Severity, "severity", choice(&["error", "warning"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_needs_an_offset() {
        assert!(Time::parse("2026-11-22T15:05:00+01:00").is_ok());
        let error = Time::parse("2026-11-22 15:05").unwrap_err();
        assert!(error.starts_with("`2026-11-22 15:05` is not a time: use RFC 3339"), "{error}");
        for wrong in ["2026-13-01T00:00:00Z", "2026-11-22T25:00:00Z", "2026-11-22T15:05:00", ""] {
            assert!(Time::parse(wrong).unwrap_err().contains("is not a time"), "{wrong}");
        }
    }

    #[test]
    fn a_time_beyond_the_calendar_is_out_of_range_and_no_spelling_mistake() {
        for late in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59+01:00"] {
            let error = Time::parse(late).unwrap_err();
            assert_eq!(error, format!("`{late}` is out of range: times go up to 9999-12-30T22:00:00Z"));
        }
    }

    #[test]
    fn the_document_names_the_words_that_are_written() {
        for verdict in [Verdict::Charge, Verdict::Rest, Verdict::Keep] {
            assert!(Verdict::schema().enum_items.contains(&json!(verdict)));
        }
        for layer in [Layer::Safety, Layer::Mode, Layer::Policy, Layer::Budget, Layer::Nobody] {
            assert!(Layer::schema().enum_items.contains(&json!(layer)));
        }
        for scope in [ModeScope::Port, ModeScope::Device, ModeScope::Station] {
            assert!(ModeScope::schema().enum_items.contains(&json!(scope)));
        }
        for safeguard in Safeguard::ALL {
            assert!(Safeguard::schema().enum_items.contains(&json!(safeguard)));
        }
    }
}
