//! One value as the programs of others write it.

use super::super::inbound::printable;
use crate::model::{Celsius, Degrees, Level, Span, Timestamp};

/// What is written where a value is not known: by Home Assistant, openHAB, and programs in general.
const NOTHING: [&str; 8] = ["", "-", "nan", "none", "null", "unavailable", "undef", "unknown"];
/// From here on a number is milliseconds since 1970: as seconds it would be the year 5138.
const MILLISECONDS: f64 = 1e11;

/// What a message says of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mqtt) enum Part<T> {
    /// Nothing: it is not about this value.
    Absent,
    /// That it is not known.
    Unknown,
    /// That it is this.
    Is(T),
}

impl<T> Part<T> {
    /// The value, if it is known.
    pub(in crate::mqtt) fn known(self) -> Option<T> {
        match self {
            Self::Absent | Self::Unknown => None,
            Self::Is(value) => Some(value),
        }
    }
}

/// A value before it is known what it means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Text(&'a str),
    Number(f64),
    Bool(bool),
}

impl Scalar<'_> {
    /// True when the sender does not know the value.
    pub(super) fn is_nothing(self) -> bool {
        matches!(self, Self::Text(text) if NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word)))
    }

    fn shown(self) -> String {
        match self {
            Self::Text(text) => printable(text),
            Self::Number(number) => number.to_string(),
            Self::Bool(yes) => yes.to_string(),
        }
    }

    /// The number, with one of these units behind it or none; and the unit.
    fn number<'u>(self, units: &[&'u str]) -> Option<(f64, Option<&'u str>)> {
        let (number, unit) = match self {
            Self::Number(number) => (number, None),
            Self::Bool(_) => return None,
            Self::Text(text) => {
                let unit = units.iter().find(|unit| text.ends_with(**unit)).copied();
                let digits = unit.and_then(|unit| text.strip_suffix(unit)).unwrap_or(text);
                (digits.trim().parse().ok()?, unit)
            }
        };
        number.is_finite().then_some((number, unit))
    }
}

/// Percent: `57`, `57.4`, `57 %`; times `scale`.
pub(super) fn level(value: Scalar<'_>, scale: f64) -> Result<Part<Level>, String> {
    let number = value.number(&["%"]).map(|(number, _)| number);
    let number = number.ok_or_else(|| format!("`{}` is not a level: percent, 0 to 100", value.shown()))?;
    #[expect(clippy::float_cmp, reason = "1 is what stands in the file, or nothing")]
    let plain = scale == 1.0;
    if plain && number > 0.0 && number < 1.0 {
        return Err(format!(
            "level {number} looks like one from 0 to 1: add scale: 100 to its entry in `reports`"
        ));
    }
    let percent = (number * scale).round();
    let level = Level::exactly(percent);
    level.map(Part::Is).ok_or_else(|| format!("level {percent} is out of range: percent, 0 to 100"))
}

/// Whether it charges. A battery that is full takes power or not, so that it is full says neither.
pub(super) fn charging(value: Scalar<'_>) -> Result<Part<bool>, String> {
    let word = match value {
        Scalar::Bool(yes) => return Ok(Part::Is(yes)),
        Scalar::Number(number) => number.to_string(),
        Scalar::Text(text) => text.to_lowercase().replace(['_', '-'], " "),
    };
    match word.as_str() {
        "on" | "true" | "yes" | "1" | "charging" => Ok(Part::Is(true)),
        "off" | "false" | "no" | "0" | "discharging" | "not charging" | "notcharging" | "unplugged" => {
            Ok(Part::Is(false))
        }
        "full" | "charged" => Ok(Part::Unknown),
        _ => Err(format!(
            "`{}` does not say whether it charges: ON, OFF, true, false, charging, discharging, not_charging, full",
            value.shown()
        )),
    }
}

/// Degrees Celsius; a unit behind the number goes before that of the file.
pub(super) fn temperature(value: Scalar<'_>, degrees: Degrees) -> Result<Part<Celsius>, String> {
    let found = value.number(&["°C", "°F", "℃", "℉"]);
    let (number, unit) =
        found.ok_or_else(|| format!("`{}` is not a temperature: write it like 31.5", value.shown()))?;
    let degrees = match unit {
        Some("°F" | "℉") => Degrees::Fahrenheit,
        Some(_) => Degrees::Celsius,
        None => degrees,
    };
    Celsius::new(degrees.celsius(number)).map(Part::Is)
}

/// A moment: RFC 3339, or seconds or milliseconds since 1970.
pub(super) fn moment(value: Scalar<'_>) -> Result<Part<Timestamp>, String> {
    if let Scalar::Text(text) = value
        && let Ok(moment) = text.parse()
    {
        return Ok(Part::Is(moment));
    }
    let number = value.number(&[]).map(|(number, _)| number);
    let seconds = number.map(|number| if number < MILLISECONDS { number } else { number / 1000.0 });
    let span = seconds.and_then(|seconds| Span::try_from_secs_f64(seconds).ok());
    let moment = span.and_then(|span| Timestamp::from_duration(span).ok());
    moment.map(Part::Is).ok_or_else(|| {
        format!("`{}` is not a time: 2026-11-22T07:00:00Z, or seconds since 1970", value.shown())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_written_in_many_ways() {
        for same in ["57", "57.0", "57 %", "57%", "56.6", "57.4 %", "5.7e1"] {
            assert_eq!(level(Scalar::Text(same), 1.0), Ok(Part::Is(Level::saturating(57))), "{same}");
        }
        assert_eq!(level(Scalar::Number(0.85), 100.0), Ok(Part::Is(Level::saturating(85))));
        assert_eq!(level(Scalar::Number(1.0), 100.0), Ok(Part::Is(Level::saturating(100))));
        assert_eq!(level(Scalar::Number(0.0), 1.0), Ok(Part::Is(Level::saturating(0))));
        assert_eq!(level(Scalar::Number(0.4), 100.0), Ok(Part::Is(Level::saturating(40))));
    }

    #[test]
    fn whether_it_charges_is_written_in_many_ways() {
        for yes in ["ON", "on", "True", "yes", "1", "Charging"] {
            assert_eq!(charging(Scalar::Text(yes)), Ok(Part::Is(true)), "{yes}");
        }
        for no in ["OFF", "false", "0", "discharging", "not_charging", "Not Charging", "unplugged"] {
            assert_eq!(charging(Scalar::Text(no)), Ok(Part::Is(false)), "{no}");
        }
        assert_eq!(charging(Scalar::Bool(true)), Ok(Part::Is(true)));
        assert_eq!(charging(Scalar::Number(0.0)), Ok(Part::Is(false)));
        assert_eq!(charging(Scalar::Text("Full")), Ok(Part::Unknown));
        assert!(charging(Scalar::Text("57")).is_err());
    }

    #[test]
    fn a_temperature_has_a_unit_or_that_of_the_file() {
        let read = |text, degrees| match temperature(Scalar::Text(text), degrees) {
            Ok(Part::Is(celsius)) => (celsius.degrees() * 10.0).round(),
            other => panic!("{text}: {other:?}"),
        };
        for (text, degrees) in [
            ("31.5", Degrees::Celsius),
            ("31.5 °C", Degrees::Fahrenheit),
            ("88.7 °F", Degrees::Celsius),
            ("88.7", Degrees::Fahrenheit),
            ("315", Degrees::Tenths),
        ] {
            assert!((read(text, degrees) - 315.0).abs() < 0.1, "{text}");
        }
        assert!(temperature(Scalar::Text("315"), Degrees::Celsius).is_err());
        assert!(temperature(Scalar::Text("warm"), Degrees::Celsius).is_err());
    }

    #[test]
    fn a_moment_is_a_date_or_a_number() {
        let wanted: Timestamp = "2026-11-22T07:00:00Z".parse().unwrap();
        for same in ["2026-11-22T07:00:00+00:00", "2026-11-22T08:00:00+01:00", "1795330800", "1795330800000"]
        {
            assert_eq!(moment(Scalar::Text(same)), Ok(Part::Is(wanted)), "{same}");
        }
        assert_eq!(moment(Scalar::Number(1_795_330_800.0)), Ok(Part::Is(wanted)));
        for bad in ["yesterday", "2026-11-22", "1e300", "-1e300"] {
            assert!(moment(Scalar::Text(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_known_is_no_value() {
        for word in ["NULL", "UNDEF", "unavailable", "Unknown", "None", "", "NaN"] {
            assert!(Scalar::Text(word).is_nothing(), "{word}");
        }
        assert!(!Scalar::Text("57").is_nothing() && !Scalar::Number(0.0).is_nothing());
    }
}
