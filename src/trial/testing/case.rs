//! A single situation and what the rule shall say to it.
//!
//! What a case leaves out has a default: Monday 12:00 (UTC), level 50 just reported, no temperature, charging not
//! reported, port 1 on for an hour, not held by the rule, 40 percent points per hour, a device called `device`
//! at the station `station`, one port on.

use std::{collections::BTreeMap, fmt};

use jiff::civil;
use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::values::{BandRates, Date, Drain, Number, Rate, Start, Sure, TimeOfDay, Weekday, With, Zone};
use crate::model::{
    Battery, Celsius, DeadlineFacts, DeviceFacts, DeviceName, Facts, HistoryFacts, Level, Paces, PortFacts,
    PortId, RuleName, Signal, Span, Spells, StationFacts, StationName, Timestamp, Verdict,
};

/// What a case expects of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Expect {
    Charge,
    Rest,
    Keep,
    Nothing,
}

impl Expect {
    pub(super) fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Charge => Some(Verdict::Charge),
            Self::Rest => Some(Verdict::Rest),
            Self::Keep => Some(Verdict::Keep),
            Self::Nothing => None,
        }
    }

    /// As it is said to people.
    pub(super) fn words(self) -> &'static str {
        self.verdict().map_or("nothing", Verdict::as_str)
    }
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
    date: Option<Date>,
    zone: Option<Zone>,
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
    #[serde(default)]
    signals: BTreeMap<String, SignalCase>,
    deadline: Option<DeadlineCase>,
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
    #[serde(default)]
    levels: Ages,
    #[serde(default)]
    temps: Ages,
    hours_since_full: Option<u32>,
    sure: Option<Sure>,
    #[serde(default)]
    paces: BandRates,
    drain_per_hour: Option<Drain>,
}

/// For how many minutes a value has been at or above which limits: `{40: 90, 50: 30}`.
#[derive(Debug, Default)]
struct Ages(Vec<(Number, u32)>);

impl<'de> Deserialize<'de> for Ages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Limits;
        impl<'de> Visitor<'de> for Limits {
            type Value = Ages;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("limits and minutes like {40: 90, 50: 30}")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ages, A::Error> {
                let mut ages = Vec::new();
                while let Some(entry) = map.next_entry::<Number, u32>()? {
                    ages.push(entry);
                }
                Ok(Ages(ages))
            }
        }
        deserializer.deserialize_map(Limits)
    }
}

/// The device of a case, a series or a night.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeviceCase {
    pub(super) name: Option<DeviceName>,
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) tags: Vec<String>,
}

/// What is planned for the next deadline: `(minutes_left: 90, starts_in: 0)`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadlineCase {
    minutes_left: u32,
    #[serde(default)]
    starts_in: u32,
    target: Option<Level>,
    in_time: Option<bool>,
    source: Option<String>,
}

impl DeadlineCase {
    fn facts(&self, now: Timestamp) -> Result<DeadlineFacts, String> {
        let later =
            |minutes: u32| now.checked_add(Span::from_mins(minutes.into())).map_err(text::<jiff::Error>);
        Ok(DeadlineFacts {
            at: later(self.minutes_left)?,
            level: self.target.map_or_else(|| Level::new(100), Ok)?,
            start: later(self.starts_in)?,
            in_time: self.in_time.unwrap_or(true),
            source: self.source.as_deref().unwrap_or("daily 07:00").into(),
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StationCase {
    name: Option<StationName>,
    ports_on: Option<u32>,
}

/// A number from elsewhere: `0.31`, or `(value: 0.31, age_minutes: 90)`.
#[derive(Debug)]
struct SignalCase {
    value: f64,
    age_minutes: u32,
}

impl<'de> Deserialize<'de> for SignalCase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Whole {
            value: f64,
            #[serde(default)]
            age_minutes: u32,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = SignalCase;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or (value: 0.31, age_minutes: 90)")
            }
            fn visit_f64<E>(self, value: f64) -> Result<SignalCase, E> {
                Ok(SignalCase { value, age_minutes: 0 })
            }
            fn visit_f32<E>(self, value: f32) -> Result<SignalCase, E> {
                Ok(SignalCase { value: exact(value), age_minutes: 0 })
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<SignalCase, E> {
                let value = i32::try_from(value).map_err(E::custom)?;
                Ok(SignalCase { value: value.into(), age_minutes: 0 })
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<SignalCase, E> {
                let value = u32::try_from(value).map_err(E::custom)?;
                Ok(SignalCase { value: value.into(), age_minutes: 0 })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SignalCase, A::Error> {
                let whole = Whole::deserialize(MapAccessDeserializer::new(map))?;
                Ok(SignalCase { value: whole.value, age_minutes: whole.age_minutes })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// The number that was written, and not the nearest of single precision: 31.6 stays 31.6.
fn exact(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

impl Case {
    /// The facts that the case describes.
    pub(super) fn facts(&self, rule: &RuleName) -> Result<Facts, String> {
        let start = Start { time: self.at, weekday: self.weekday, date: self.date, zone: self.zone.clone() };
        let (at, zone) = start.moment(civil::Time::constant(12, 0, 0, 0))?;
        let earlier =
            |minutes: u32| at.checked_sub(Span::from_mins(i64::from(minutes))).map_err(text::<jiff::Error>);
        let level = self.battery.level.map_or_else(|| Level::new(50), Ok)?;
        let device = &self.device;
        let station = &self.station;
        let signals = self.signals.iter().map(|(name, signal)| {
            if !signal.value.is_finite() {
                return Err(format!("the signal `{name}` is no number"));
            }
            Ok((name.clone(), Signal { value: signal.value, at: earlier(signal.age_minutes)? }))
        });
        Ok(Facts {
            at,
            zone,
            station: StationFacts {
                name: station.name.clone().map_or_else(|| StationName::new("station"), Ok).map_err(text)?,
                ports_on: station.ports_on.unwrap_or(1),
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
            history: self.history.facts(level, self.battery.temp, &earlier)?,
            signals: signals.collect::<Result<_, String>>()?,
            deadline: self.deadline.as_ref().map(|case| case.facts(at)).transpose()?,
        })
    }
}

impl HistoryCase {
    fn facts(
        &self,
        level: Level,
        temp: Option<Celsius>,
        earlier: &impl Fn(u32) -> Result<Timestamp, String>,
    ) -> Result<HistoryFacts, String> {
        let now = |value: Option<f64>, minutes: u32| value.map(|value| (Number(value), minutes));
        let level = now(Some(f64::from(level.percent())), self.minutes_at_level);
        let temp = now(temp.map(Celsius::degrees), self.minutes_at_temp);
        let rate = self.charge_per_hour.map_or(40.0, |rate| rate.0);
        let learned = self.sure.map(|_| self.paces.0.unwrap_or_else(|| Paces::even(rate)));
        Ok(HistoryFacts {
            charge_per_hour: rate,
            paces: learned.or(self.paces.0),
            sure: self.sure.map_or(0, |sure| sure.0),
            drain_per_hour: self.drain_per_hour.map(|drain| drain.0),
            level: self.levels.spells(level, earlier)?,
            temperature: self.temps.spells(temp, earlier)?,
            full_at: self.hours_since_full.map(|hours| earlier(hours.saturating_mul(60))).transpose()?,
        })
    }
}

impl Ages {
    /// The spells in which a value has been at or above these limits, and at or above the present value.
    fn spells(
        &self,
        present: Option<(Number, u32)>,
        earlier: &impl Fn(u32) -> Result<Timestamp, String>,
    ) -> Result<Spells, String> {
        let mut all: Vec<(f64, u32)> =
            self.0.iter().copied().chain(present).map(|(limit, minutes)| (limit.0, minutes)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Who has been above a limit for an hour has been above every lower one for an hour at least.
        let mut longest = 0;
        for (_, minutes) in all.iter_mut().rev() {
            longest = longest.max(*minutes);
            *minutes = longest;
        }
        let mut spells = Spells::default();
        for (limit, minutes) in all {
            spells.push(limit, earlier(minutes)?);
        }
        Ok(spells)
    }
}

fn text<E: fmt::Display>(error: E) -> String {
    error.to_string()
}
