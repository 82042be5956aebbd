//! What a device went through.

use poem_openapi::Object;
use serde::Serialize;

use crate::{
    model::DeviceName,
    workshop::care::{BothDays, Cared, Strain},
};

/// What a device went through, day by day.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Care")]
pub(in crate::http) struct CareOut {
    /// The device.
    device: DeviceName,
    /// The first day that was asked for.
    from: String,
    /// The last one.
    to: String,
    /// The time zone by whose clock days begin.
    zone: String,
    /// How fast the device charges, percent points per hour; the days on the charger are worked out with it.
    per_hour: f64,
    /// True: that was learned from its reports; false: it is what the station file says.
    per_hour_learned: bool,
    /// True: there were more reports than are read at once, and the earliest days are missing.
    cut: bool,
    /// All days together.
    total: BothOut,
    /// The days of which something is known, in order.
    days: Vec<DayOut>,
}

/// One day.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "CareDay")]
struct DayOut {
    /// The day.
    date: String,
    /// How it was.
    was: StrainOut,
    /// Had the device been on the charger whenever it was in reach.
    stayed: StayedOut,
}

/// As it was, and as it had been.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "CareTotal")]
struct BothOut {
    /// How it was.
    was: StrainOut,
    /// Had the device been on the charger whenever it was in reach.
    stayed: StayedOut,
}

/// What a battery went through.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Strain")]
struct StrainOut {
    /// Hours of which the level is known: between reports at most 45 minutes apart.
    hours_known: f64,
    /// Hours at more than 80 %.
    hours_above_80: f64,
    /// Hours at more than 35 °C.
    hours_above_35_degrees: f64,
    /// Hours in each band of ten percent points: 0 to 10 %, 10 to 20 %, …
    hours_by_level: Vec<f64>,
    /// Hours under 10 °C, at 10 to 20, 20 to 30, 30 to 35, 35 to 40, 40 to 45 °C, and above.
    hours_by_temperature: Vec<f64>,
    /// All that was charged, as parts of a full charge.
    full_cycles: f64,
    /// How often its port was switched.
    switches: u32,
    /// The lowest level, percent; null: none is known.
    #[oai(nullable)]
    lowest: Option<f64>,
    /// The highest temperature, °C.
    #[oai(nullable)]
    highest_temperature: Option<f64>,
}

/// What the battery had gone through on the charger. How warm it had been nobody knows.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "StrainOnCharger")]
struct StayedOut {
    /// Hours at more than 80 %.
    hours_above_80: f64,
    /// Hours in each band of ten percent points: 0 to 10 %, 10 to 20 %, …
    hours_by_level: Vec<f64>,
    /// All that had been charged, as parts of a full charge.
    full_cycles: f64,
}

impl From<&Cared> for CareOut {
    fn from(cared: &Cared) -> Self {
        let (asked, account) = (&cared.asked, &cared.account);
        let zone = asked.zone.iana_name().unwrap_or("UTC").to_owned();
        Self {
            device: asked.device.clone(),
            from: asked.from.to_string(),
            to: asked.to.to_string(),
            zone,
            per_hour: rounded(account.per_hour),
            per_hour_learned: account.is_learned,
            cut: cared.cut,
            total: BothOut { was: (&account.was()).into(), stayed: (&account.stayed()).into() },
            days: account.days.iter().map(DayOut::from).collect(),
        }
    }
}

impl From<&BothDays> for DayOut {
    fn from(day: &BothDays) -> Self {
        Self { date: day.date.to_string(), was: (&day.was).into(), stayed: (&day.stayed).into() }
    }
}

impl From<&Strain> for StrainOut {
    fn from(strain: &Strain) -> Self {
        Self {
            hours_known: rounded(strain.hours),
            hours_above_80: rounded(strain.above_80),
            hours_above_35_degrees: rounded(strain.above_35),
            hours_by_level: strain.by_level.map(rounded).into(),
            hours_by_temperature: strain.by_temperature.map(rounded).into(),
            full_cycles: rounded(strain.cycles),
            switches: strain.switches,
            lowest: strain.lowest.map(rounded),
            highest_temperature: strain.hottest.map(rounded),
        }
    }
}

impl From<&Strain> for StayedOut {
    fn from(strain: &Strain) -> Self {
        Self {
            hours_above_80: rounded(strain.above_80),
            hours_by_level: strain.by_level.map(rounded).into(),
            full_cycles: rounded(strain.cycles),
        }
    }
}

/// To a thousandth: an hour has 3,600 seconds.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The account of a device as the API answers it.
pub fn care_json(cared: &Cared) -> serde_json::Value {
    // INVARIANT: texts, finite numbers and lists always are JSON.
    serde_json::to_value(CareOut::from(cared)).unwrap_or_default()
}
