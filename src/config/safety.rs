//! Reads what keeps the devices of a station from harm.

use super::{
    fields::{Fields, Lengths, integer, length, number},
    problems::{Problems, Wrong},
};
use crate::model::{Celsius, Level, Safety, Span};

const FIELDS: &[&str] = &["floor", "too_hot", "cool_again", "silent_charge", "wake_every", "wake_for"];

/// A floor over half of a battery would be a rule, and rules can do that better.
const FLOOR: std::ops::RangeInclusive<i64> = 0..=50;
/// Lithium batteries may not be charged above 60 °C, whoever made them; below 30 °C a warm room would end all charging.
const TOO_HOT: std::ops::RangeInclusive<f64> = 30.0..=60.0;
const COOL_AGAIN: std::ops::RangeInclusive<f64> = 20.0..=59.0;
const SILENT_CHARGE: Lengths =
    Lengths { least: Span::from_mins(10), most: Span::from_hours(7 * 24), words: "10 min to 7 days" };
const WAKE_EVERY: Lengths =
    Lengths { least: Span::from_mins(15), most: Span::from_hours(7 * 24), words: "15 min to 7 days" };
const WAKE_FOR: Lengths =
    Lengths { least: Span::from_mins(1), most: Span::from_hours(2), words: "1 min to 2 h" };

/// The safety values of a station, by default where its file says nothing.
pub(super) fn safety(station: &Fields<'_>, problems: &mut Problems<'_>) -> Safety {
    let mut safety = Safety::default();
    let Some(node) = station.get("safety") else { return safety };
    let Some(fields) = Fields::open(node, "safety", FIELDS, problems) else { return safety };
    let floor = fields.read("floor", problems, |node| integer(node, FLOOR));
    let floor = floor.and_then(|percent| Level::new(percent).ok());
    let mut degrees = |name, range: &std::ops::RangeInclusive<f64>| {
        fields.read(name, problems, |node| number(node, range.clone())).map(Celsius::saturating)
    };
    let (too_hot, cool_again) = (degrees("too_hot", &TOO_HOT), degrees("cool_again", &COOL_AGAIN));
    let mut span = |name, range| fields.read(name, problems, |node| length(node, range));
    let (every, wake) = (span("wake_every", &WAKE_EVERY), span("wake_for", &WAKE_FOR));
    safety.silent_charge = span("silent_charge", &SILENT_CHARGE).unwrap_or(safety.silent_charge);
    safety.floor = floor.unwrap_or(safety.floor);
    safety.too_hot = too_hot.unwrap_or(safety.too_hot);
    // Who lowers one of a pair only means the other to follow.
    let below = Celsius::saturating(safety.too_hot.degrees() - GAP);
    safety.cool_again =
        cool_again.unwrap_or(if below < safety.cool_again { below } else { safety.cool_again });
    safety.wake_every = every.unwrap_or(safety.wake_every);
    safety.wake_for = wake.unwrap_or(safety.wake_for);
    pairs(&fields, &safety, problems);
    safety
}

/// So many degrees lie between the two where the file names one only.
const GAP: f64 = 5.0;

fn pairs(fields: &Fields<'_>, safety: &Safety, problems: &mut Problems<'_>) {
    let at = |name: &str| fields.get(name).unwrap_or(fields.node()).at;
    if safety.cool_again >= safety.too_hot {
        let (cool, hot) = (safety.cool_again.degrees(), safety.too_hot.degrees());
        let message = format!("cool_again: {cool} is not below too_hot, which is {hot}");
        let hint =
            "a device that was too hot is charged again at cool_again: leave some degrees between them";
        problems.add(at("cool_again"), Wrong::new("wrong-value", message, hint));
    }
    if safety.wake_for >= safety.wake_every {
        let message = format!(
            "wake_for: {:#} is not shorter than wake_every, which is {:#}",
            safety.wake_for, safety.wake_every
        );
        let hint = "a port is on for wake_for once in every wake_every";
        problems.add(at("wake_for"), Wrong::new("wrong-value", message, hint));
    }
}
