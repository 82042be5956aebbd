//! What topics of others say of batteries, by the places that a station's file names: from any bytes to values that
//! cannot be wrong.
//!
//! Pure. A value that its sender does not know itself (`unavailable`, `NULL`, …) is no mistake and says nothing.
//!
//! Reading order: this file (a message and a plan), `values` (one value), `owntracks`, `heard` (several topics together).

mod heard;
mod owntracks;
mod values;

use std::cell::OnceCell;

use serde_json::Value;

pub(super) use self::heard::{Feed, Now};
use self::values::{Part, Scalar};
use super::inbound::printable;
use crate::model::{Celsius, DeviceName, Level, Pointer, ReportFields, ReportForm, ReportPlan, Timestamp};

/// The same limit as for a report of our own; a device with all that a smart home knows of it has a few hundred bytes.
const BYTES: usize = 64 * 1024;

/// A payload that is text. Read as JSON at most once, however many entries want it.
pub(super) struct Body<'a> {
    text: &'a str,
    json: OnceCell<Option<Value>>,
}

impl<'a> Body<'a> {
    /// Checks size and encoding. Fails with what is wrong.
    pub(super) fn new(payload: &'a [u8]) -> Result<Self, String> {
        if payload.len() > BYTES {
            return Err(format!("{} bytes are too many: at most {BYTES} are read", payload.len()));
        }
        let text = std::str::from_utf8(payload).map_err(|_| "the payload is not text: send UTF-8")?;
        Ok(Self { text: text.trim(), json: OnceCell::new() })
    }

    fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_str(self.text).ok()).as_ref()
    }

    /// What stands at a place; `None` when there is nothing.
    fn at(&self, place: &Pointer) -> Result<Option<Scalar<'_>>, Amiss> {
        if place.is_whole() && !self.text.starts_with(['{', '[', '"']) {
            return Ok(Some(Scalar::Text(self.text)));
        }
        let Some(json) = self.json() else {
            let place = place.as_str();
            return Err(Amiss::Refused(format!("the payload is not JSON, and `{place}` is a place in JSON")));
        };
        match json.pointer(place.as_str()) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(Scalar::Text(""))),
            Some(Value::Bool(yes)) => Ok(Some(Scalar::Bool(*yes))),
            Some(Value::Number(number)) => Ok(Some(Scalar::Number(number.as_f64().unwrap_or(f64::NAN)))),
            Some(Value::String(text)) => Ok(Some(Scalar::Text(text.trim()))),
            Some(Value::Array(_) | Value::Object(_)) if place.is_whole() => Err(Amiss::Refused(
                "the payload is JSON: say where the value stands in it, for example level: \"/level\""
                    .to_owned(),
            )),
            Some(Value::Array(_) | Value::Object(_)) => Err(Amiss::Refused(format!(
                "`{}` is no single value: name the place of one, for example level: \"{0}/level\"",
                place.as_str()
            ))),
        }
    }
}

/// Why a message says nothing of a battery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Amiss {
    /// Nothing is wrong with it.
    Ignored(&'static str),
    /// It cannot be taken, with what is wrong and what to do.
    Refused(String),
    /// It may be meant so; worth telling once.
    Once(String),
}

/// What one message says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    /// State of charge.
    pub(super) level: Part<Level>,
    /// Whether the device says that it charges.
    pub(super) charging: Part<bool>,
    /// Battery temperature.
    pub(super) temperature: Part<Celsius>,
    /// When it was measured, if the message says so.
    pub(super) measured_at: Option<Timestamp>,
}

/// Whose battery a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The file names the device for this topic.
    Named(DeviceName),
    /// The topic has a word where the device's name is expected.
    Called(String),
}

/// Says whose battery a message on a topic is about; `parts` stand where the plan's topic has `+`.
pub(super) fn whose(plan: &ReportPlan, parts: &[&str], body: &Body<'_>) -> Whose {
    if let Some(device) = &plan.device {
        return Whose::Named(device.clone());
    }
    let last = parts.last().copied().unwrap_or_default();
    let tid = match plan.form {
        ReportForm::OwnTracks => body.json().and_then(|json| json.get("tid")?.as_str()),
        ReportForm::Fields(_) => None,
    };
    let words = [Some(parts.join("/")), Some(last.to_owned()), tid.map(str::to_owned)];
    let device = words.into_iter().flatten().find_map(|word| plan.devices.get(&word).cloned());
    device.map_or_else(|| Whose::Called(last.to_owned()), Whose::Named)
}

/// Reads what a message says.
pub(super) fn read(plan: &ReportPlan, body: &Body<'_>) -> Result<Said, Amiss> {
    match &plan.form {
        ReportForm::OwnTracks => owntracks::read(body),
        ReportForm::Fields(places) => fields(places, body),
    }
}

fn fields(places: &ReportFields, body: &Body<'_>) -> Result<Said, Amiss> {
    let level = part(&places.level, body, |value| values::level(value, places.scale))?;
    let charging = part(&places.charging, body, values::charging)?;
    let temperature = part(&places.temperature, body, |value| values::temperature(value, places.degrees))?;
    let measured_at = part(&places.measured_at, body, values::moment)?;
    if level == Part::Absent && charging == Part::Absent && temperature == Part::Absent {
        let places = [&places.level, &places.charging, &places.temperature];
        let places: Vec<&str> = places.into_iter().flatten().map(Pointer::as_str).collect();
        return Err(Amiss::Once(format!(
            "nothing stands at `{}`: look at the payload, `mosquitto_sub -v -t …` shows it",
            places.join("`, `")
        )));
    }
    Ok(Said { level, charging, temperature, measured_at: measured_at.known() })
}

/// Reads what stands at a place, if one is named.
fn part<T>(
    place: &Option<Pointer>,
    body: &Body<'_>,
    read: impl FnOnce(Scalar<'_>) -> Result<Part<T>, String>,
) -> Result<Part<T>, Amiss> {
    let Some(place) = place else { return Ok(Part::Absent) };
    match body.at(place)? {
        None => Ok(Part::Absent),
        Some(value) if value.is_nothing() => Ok(Part::Unknown),
        Some(value) => read(value).map_err(Amiss::Refused),
    }
}

/// A message about a message on a topic of others.
pub(super) fn about(topic: &str, text: &str) -> String {
    format!("`{}`: {text}", printable(topic))
}

#[cfg(test)]
mod tests;
