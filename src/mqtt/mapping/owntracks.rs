//! What the app OwnTracks says of its phone, beside where that is: <https://owntracks.org/booklet/tech/json/>.
//!
//! Where the phone is, is not looked at and goes nowhere.

use serde_json::Value;

use super::{
    Amiss, Body, Said,
    values::{Part, Scalar, level, moment},
};
use crate::model::Level;

/// Reads a message of OwnTracks: `batt`, `bs` and the time.
pub(super) fn read(body: &Body<'_>) -> Result<Said, Amiss> {
    let Some(json) = body.json() else {
        return Err(Amiss::Refused("the payload is not JSON, as OwnTracks sends it".to_owned()));
    };
    match json.get("_type").and_then(Value::as_str) {
        Some("location") => {}
        Some("encrypted") => {
            let text = "OwnTracks encrypts what it sends: remove the encryption key in the app, and use TLS";
            return Err(Amiss::Once(text.to_owned()));
        }
        _ => return Err(Amiss::Ignored("of OwnTracks, and not a location")),
    }
    let Part::Is(level) = battery(json)? else {
        return Err(Amiss::Ignored("a location of OwnTracks without the battery"));
    };
    // When the message was made; `tst` is when the place was found, which may be long before.
    let at = ["created_at", "tst"].into_iter().find_map(|name| json.get(name)?.as_f64());
    let at = at.map(|at| moment(Scalar::Number(at))).transpose().map_err(Amiss::Refused)?;
    let charging = match json.get("bs").and_then(Value::as_i64) {
        Some(1) => Part::Is(false),
        Some(2) => Part::Is(true),
        // Not known, or full, which says neither.
        Some(_) | None => Part::Unknown,
    };
    Ok(Said {
        level: Part::Is(level),
        charging,
        temperature: Part::Absent,
        measured_at: at.and_then(Part::known),
    })
}

/// A phone that does not know its level says a negative one.
fn battery(json: &Value) -> Result<Part<Level>, Amiss> {
    match json.get("batt") {
        None | Some(Value::Null) => Ok(Part::Absent),
        Some(Value::Number(number)) => match number.as_f64() {
            Some(percent) if percent < 0.0 => Ok(Part::Unknown),
            percent => level(Scalar::Number(percent.unwrap_or(f64::NAN)), 1.0).map_err(Amiss::Refused),
        },
        Some(_) => Err(Amiss::Refused("`batt` is not a number".to_owned())),
    }
}
