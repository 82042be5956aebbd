//! The values of a test file: times, days, rates, parameters. Each checks itself and says what is allowed.

use std::{collections::BTreeMap, fmt};

use jiff::{civil, tz::TimeZone};
use serde::{
    Deserialize,
    de::{Deserializer, Error, MapAccess, Visitor},
};

use crate::{
    model::{BANDS, Paces, Value},
    rules,
};

/// A time of day: `"05:30"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct TimeOfDay(pub(super) civil::Time);

impl TryFrom<String> for TimeOfDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        rules::time_of_day(&text).map(Self)
    }
}

/// A day of the week: `"Monday"`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Weekday(pub(super) civil::Weekday);

impl TryFrom<String> for Weekday {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let mut days = civil::Weekday::Monday.cycle_forward().take(7);
        days.find(|day| rules::weekday_name(*day) == text).map(Self).ok_or_else(|| {
            format!("`{}` is not a day of the week: write \"Monday\" to \"Sunday\"", short(&text))
        })
    }
}

/// A date: `"2026-12-24"`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Date(pub(super) civil::Date);

impl TryFrom<String> for Date {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        rules::date(&text).map(Self)
    }
}

/// A time zone: `"Europe/Berlin"`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Zone(pub(super) TimeZone);

impl TryFrom<String> for Zone {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        TimeZone::get(&text).map(Self).map_err(|_| {
            format!("`{}` is not a time zone: write for example \"Europe/Berlin\" or \"UTC\"", short(&text))
        })
    }
}

/// When something begins: time of day, day and zone, as far as they are given.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    pub(super) time: Option<TimeOfDay>,
    pub(super) weekday: Option<Weekday>,
    pub(super) date: Option<Date>,
    pub(super) zone: Option<Zone>,
}

impl Start {
    /// The moment and its zone; without a date in the week from Monday 2026-01-05, without a zone in UTC.
    pub(super) fn moment(&self, usual: civil::Time) -> Result<(crate::model::Timestamp, TimeZone), String> {
        let time = self.time.map_or(usual, |time| time.0);
        let zone = self.zone.as_ref().map_or(TimeZone::UTC, |zone| zone.0.clone());
        let date = match (self.date, self.weekday) {
            (Some(date), Some(weekday)) if date.0.weekday() != weekday.0 => {
                let day = rules::weekday_name(date.0.weekday());
                return Err(format!("{} is a {day}: leave out `weekday`", date.0));
            }
            (Some(date), _) => date.0,
            (None, weekday) => {
                let days = civil::Weekday::Monday.until(weekday.map_or(civil::Weekday::Monday, |day| day.0));
                civil::Date::constant(2026, 1, 5)
                    .checked_add(jiff::Span::new().days(i64::from(days)))
                    .map_err(|error| error.to_string())?
            }
        };
        // Far away the calendar ends, and no battery was ever there.
        if !(1990..2200).contains(&date.year()) {
            return Err(format!("{date} is too far away: use a day from 1990 to 2199"));
        }
        let at = zone.to_timestamp(date.to_datetime(time)).map_err(|error| error.to_string())?;
        Ok((at, zone))
    }
}

/// A number between two bounds that its type names.
macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $from:expr, $to:expr, $allowed:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
        #[serde(try_from = "f64")]
        pub(super) struct $name(pub(super) f64);

        impl TryFrom<f64> for $name {
            type Error = String;
            fn try_from(number: f64) -> Result<Self, String> {
                if ($from..=$to).contains(&number) {
                    return Ok(Self(number));
                }
                Err(format!(concat!("{} is out of range: ", $allowed), number))
            }
        }
    };
}

bounded!(
    /// A level with fractions.
    Percent, 0.0, 100.0, "percent, 0 to 100");
bounded!(
    /// How fast a battery is used.
    Drain, 0.0, 1000.0, "drain_per_hour is percent points per hour, 0 to 1000");
bounded!(
    /// How much warmer than the room a battery gets.
    Rise, 0.0, 60.0, "heat is degrees above the room, 0 to 60");
bounded!(
    /// A number from elsewhere.
    Number, f64::MIN, f64::MAX, "a number that can be counted with");

/// How fast a battery charges.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct Rate(pub(super) f64);

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

/// How sure a learned rate is, percent.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Sure(pub(super) u8);

impl TryFrom<i64> for Sure {
    type Error = String;
    fn try_from(sure: i64) -> Result<Self, String> {
        let percent = u8::try_from(sure).ok().filter(|sure| *sure <= 100);
        percent.map(Self).ok_or_else(|| format!("sure {sure} is out of range: percent, 0 to 100"))
    }
}

/// The rates that were learned: ten, one for each band of 10 %, at full pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "Vec<Rate>")]
pub(super) struct BandRates(pub(super) Option<Paces>);

impl TryFrom<Vec<Rate>> for BandRates {
    type Error = String;
    fn try_from(rates: Vec<Rate>) -> Result<Self, String> {
        let rates: Vec<f64> = rates.into_iter().map(|rate| rate.0).collect();
        let ten = <[f64; BANDS]>::try_from(rates);
        ten.map(|rates| Self(Some(Paces::new(rates))))
            .map_err(|rates| format!("paces are {BANDS} rates, one for each 10 %, these are {}", rates.len()))
    }
}

/// A user's text for a message.
pub(super) fn short(text: &str) -> String {
    text.chars().take(40).collect()
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
