//! One case of a test file and the facts that it describes (reference: docs/rules.md).
//!
//! What a case leaves out has a default: Monday 12:00 (UTC), level 50 just reported, no temperature, charging not
//! reported, port 1 on for an hour, not held by the rule, 40 percent points per hour, a device called `device`
//! at the station `station`, one port on.

use std::{collections::BTreeMap, fmt};

use jiff::{ToSpan, civil, tz::TimeZone};
use serde::{
    Deserialize,
    de::{Deserializer, Error, MapAccess, Visitor},
};

use super::clock;
use crate::model::{
    Battery, Celsius, DeviceFacts, DeviceName, Facts, HistoryFacts, Level, PortFacts, PortId, RuleName, Span,
    Spells, StationFacts, StationName, Value,
};

/// What a case expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Expect {
    Charge,
    Rest,
    Keep,
    Nothing,
}

/// One case as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    #[serde(default)]
    pub(super) with: With,
    at: Option<TimeOfDay>,
    weekday: Option<Weekday>,
    #[serde(default)]
    battery: BatteryCase,
    #[serde(default)]
    port: PortCase,
    #[serde(default)]
    holds: bool,
    #[serde(default)]
    history: HistoryCase,
    #[serde(default)]
    device: DeviceCase,
    #[serde(default)]
    station: StationCase,
    pub(super) expect: Expect,
    pub(super) because: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatteryCase {
    level: Option<Level>,
    temp: Option<Celsius>,
    charging: Option<bool>,
    #[serde(default)]
    age_minutes: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PortCase {
    number: Option<PortId>,
    on: bool,
    minutes: Option<u32>,
}

impl Default for PortCase {
    fn default() -> Self {
        Self { number: None, on: true, minutes: Some(60) }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryCase {
    charge_per_hour: Option<Rate>,
    #[serde(default)]
    minutes_at_level: u32,
    #[serde(default)]
    minutes_at_temp: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceCase {
    name: Option<DeviceName>,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StationCase {
    name: Option<StationName>,
    ports_on: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "f64")]
struct Rate(f64);

impl TryFrom<f64> for Rate {
    type Error = String;
    fn try_from(rate: f64) -> Result<Self, String> {
        if rate.is_finite() && rate > 0.0 && rate <= 10_000.0 {
            return Ok(Self(rate));
        }
        Err(format!(
            "charge_per_hour {rate} is out of range: percent points per hour, more than 0, up to 10000"
        ))
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct TimeOfDay(civil::Time);

impl TryFrom<String> for TimeOfDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        clock::time_of_day(&text).map(Self)
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Weekday(civil::Weekday);

impl TryFrom<String> for Weekday {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let mut days = civil::Weekday::Monday.cycle_forward().take(7);
        days.find(|day| clock::weekday_name(*day) == text).map(Self).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            format!("`{shown}` is not a day of the week: write \"Monday\" to \"Sunday\"")
        })
    }
}

/// Values of parameters; each name may stand there once.
#[derive(Debug, Default)]
pub(super) struct With(pub(super) BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for With {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = With;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("parameters like {\"high\": 60}")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<With, A::Error> {
                let mut with = BTreeMap::new();
                while let Some((name, AnyValue(value))) = map.next_entry::<String, AnyValue>()? {
                    if with.contains_key(&name) {
                        return Err(A::Error::custom(format!("parameter `{name}` is given twice")));
                    }
                    with.insert(name, value);
                }
                Ok(With(with))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

struct AnyValue(Value);

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = AnyValue;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a text, true or false")
            }
            fn visit_bool<E: Error>(self, answer: bool) -> Result<AnyValue, E> {
                Ok(AnyValue(Value::Bool(answer)))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<AnyValue, E> {
                Ok(AnyValue(Value::Int(number)))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<AnyValue, E> {
                i64::try_from(number).map(|number| AnyValue(Value::Int(number))).map_err(E::custom)
            }
            fn visit_f32<E: Error>(self, number: f32) -> Result<AnyValue, E> {
                // By way of the text, so that 31.6 stays 31.6.
                number.to_string().parse().map(|number| AnyValue(Value::Float(number))).map_err(E::custom)
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<AnyValue, E> {
                Ok(AnyValue(Value::Float(number)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<AnyValue, E> {
                Ok(AnyValue(Value::Text(text.to_owned())))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl Case {
    /// The facts that the case describes. Fails only on dates beyond the calendar.
    pub(super) fn facts(&self, rule: &RuleName) -> Result<Facts, String> {
        let time = self.at.map_or(civil::Time::constant(12, 0, 0, 0), |at| at.0);
        let day = self.weekday.map_or(civil::Weekday::Monday, |day| day.0);
        let days = civil::Weekday::Monday.until(day);
        let date = civil::Date::constant(2026, 1, 5).checked_add(i32::from(days).days()).map_err(text)?;
        let at = TimeZone::UTC.to_timestamp(date.to_datetime(time)).map_err(text)?;
        let earlier = |minutes: u32| at.checked_sub(Span::from_mins(i64::from(minutes))).map_err(text);
        let level = self.battery.level.map_or_else(|| Level::new(50), Ok)?;
        let device = &self.device;
        Ok(Facts {
            at,
            zone: TimeZone::UTC,
            station: StationFacts {
                name: self
                    .station
                    .name
                    .clone()
                    .map_or_else(|| StationName::new("station"), Ok)
                    .map_err(text)?,
                ports_on: self.station.ports_on.unwrap_or(1),
            },
            port: PortFacts {
                number: self.port.number.map_or_else(|| PortId::new(1), Ok).map_err(text)?,
                on: self.port.on,
                since: self.port.minutes.map(earlier).transpose()?,
            },
            device: DeviceFacts {
                name: device.name.clone().map_or_else(|| DeviceName::new("device"), Ok).map_err(text)?,
                kind: device.kind.clone(),
                tags: device.tags.clone(),
            },
            battery: Battery {
                level,
                charging: self.battery.charging,
                temperature: self.battery.temp,
                measured_at: earlier(self.battery.age_minutes)?,
            },
            holder: self.holds.then(|| rule.clone()),
            history: HistoryFacts {
                charge_per_hour: self.history.charge_per_hour.map_or(40.0, |rate| rate.0),
                level: spell(Some(f64::from(level.percent())), earlier(self.history.minutes_at_level)?),
                temperature: spell(
                    self.battery.temp.map(Celsius::degrees),
                    earlier(self.history.minutes_at_temp)?,
                ),
                full_at: None,
            },
            signals: BTreeMap::new(),
        })
    }
}

fn spell(value: Option<f64>, since: crate::model::Timestamp) -> Spells {
    let mut spells = Spells::default();
    if let Some(value) = value {
        spells.push(value, since);
    }
    spells
}

fn text(error: impl fmt::Display) -> String {
    error.to_string()
}

/// The facts of a case that says nothing, for tests.
#[cfg(test)]
pub(super) fn example(rule: &RuleName) -> Facts {
    ron::from_str::<Case>("(name: \"n\", expect: Keep)").unwrap().facts(rule).unwrap()
}
