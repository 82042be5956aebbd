//! A mode as people ask for it: with a length of time or a time of day for its end. Becomes a mode with a moment.

use std::{fmt, str::FromStr};

use jiff::{
    ToSpan as _,
    civil::{DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use super::{Author, Lengths, Level, Mode, ModeKind, Span, Timestamp, length};

/// A mode for longer than this is one without an end.
pub const MODE_LENGTHS: Lengths = Lengths {
    shortest: Span::from_nanos(1),
    longest: Span::from_hours(10 * 366 * 24),
    allowed: "more than nothing, up to ten years",
};

/// The lowest level to charge to or to keep, percent: below it a device goes out while it is kept there.
const LOWEST: u8 = 5;

/// Until when a mode is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until a moment.
    At(Timestamp),
    /// Until a date and a time in the station's zone.
    Local(DateTime),
    /// Until the next such time of day in the station's zone.
    Clock(Time),
    /// Until the device is unplugged.
    Unplugged,
}

impl Until {
    /// Reads `18:00`, `2026-11-22 18:00` and `unplugged`; `None` for everything else, also for a moment.
    pub fn word(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("unplugged") {
            return Some(Self::Unplugged);
        }
        let clock = Time::strptime("%H:%M", text).map(Self::Clock);
        clock.or_else(|_| DateTime::strptime("%Y-%m-%d %H:%M", text).map(Self::Local)).ok()
    }
}

impl FromStr for Until {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let moment = || text.parse().map(Self::At);
        Self::word(text).map_or_else(moment, Ok).map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            format!(
                "`{shown}` is not an end: use a time such as `18:00` or 2026-11-22T18:00:00Z, or `unplugged`"
            )
        })
    }
}

impl fmt::Display for Until {
    /// As it is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => at.fmt(f),
            Self::Local(at) => at.strftime("%Y-%m-%d %H:%M").fmt(f),
            Self::Clock(time) => time.strftime("%H:%M").fmt(f),
            Self::Unplugged => f.write_str("unplugged"),
        }
    }
}

/// Why a wish is no mode.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WrongMode {
    /// The end cannot be.
    #[error("{0}")]
    End(String),
    /// The level cannot be.
    #[error("{0}")]
    Level(String),
}

impl WrongMode {
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::End(_) => "invalid_end",
            Self::Level(_) => "invalid_level",
        }
    }
}

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModeWish {
    /// What the mode is to want.
    pub kind: ModeKind,
    /// The level of `once` and `hold`; `None`: the usual one.
    pub level: Option<Level>,
    /// For how long.
    pub length: Option<Span>,
    /// Until when; at most one of both.
    pub until: Option<Until>,
}

impl From<ModeKind> for ModeWish {
    /// Until taken back, at the usual level.
    fn from(kind: ModeKind) -> Self {
        Self { kind, level: None, length: None, until: None }
    }
}

impl ModeWish {
    /// The mode that it asks for now. Fails with what is allowed.
    pub fn mode(&self, by: Author, now: Timestamp, zone: &TimeZone) -> Result<Mode, WrongMode> {
        let kind = self.kind;
        let wrong = |text: String| Err(WrongMode::End(text));
        if self.until.is_some() && self.length.is_some() {
            return wrong("give `until` or `for`, not both".to_owned());
        }
        if kind == ModeKind::Auto && (self.until.is_some() || self.length.is_some()) {
            return wrong("`auto` has no end: leave `until` and `for` out".to_owned());
        }
        let until = match (self.until, self.length) {
            (Some(until), _) => moment(until, now, zone)?,
            (None, Some(length)) => match now.checked_add(length) {
                Ok(until) => Some(until),
                Err(_) => return wrong(format!("`for` is out of range: {}", MODE_LENGTHS.allowed)),
            },
            (None, None) => None,
        };
        if let Some(until) = until.filter(|until| *until <= now) {
            return wrong(format!("until {until} is not in the future, now is {now:.0}"));
        }
        let unplugged = self.until == Some(Until::Unplugged);
        Ok(Mode { kind, level: self.checked_level()?, until, unplugged, since: None, by })
    }

    fn checked_level(&self) -> Result<Option<Level>, WrongMode> {
        let kind = self.kind;
        match (self.level, kind.usual_level()) {
            (Some(_), None) => {
                let text = format!("`{kind}` has no level: leave it out, or use `once` or `hold`");
                Err(WrongMode::Level(text))
            }
            (Some(level), Some(_)) if level.percent() < LOWEST => {
                let text = format!("level {level} is out of range for `{kind}`: percent, {LOWEST} to 100");
                Err(WrongMode::Level(text))
            }
            (level, usual) => Ok(level.or(usual)),
        }
    }
}

impl FromStr for ModeWish {
    type Err = String;

    /// Reads what is said on MQTT, in any case: `AUTO`, `ON`, `ONCE 90`, `HOLD 50 FOR 2 h`, `OFF UNTIL 18:00`, `ONCE UNTIL
    /// UNPLUGGED`. Fails with what is allowed.
    fn from_str(text: &str) -> Result<Self, String> {
        let (word, mut rest) = word(text);
        let mut wish = Self::from(word.parse::<ModeKind>()?);
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            let (percent, after) = self::word(rest);
            let number: i64 = percent.parse().map_err(|_| {
                let shown: String = percent.chars().take(40).collect();
                format!("`{shown}` is not a level: use a whole number of percent, 5 to 100")
            })?;
            wish.level = Some(Level::new(number)?);
            rest = after;
        }
        let (how, end) = self::word(rest);
        match how.to_ascii_lowercase().as_str() {
            "" => {}
            "for" => wish.length = Some(length(end, &MODE_LENGTHS)?),
            "until" => wish.until = Some(end.parse()?),
            _ => {
                let shown: String = how.chars().take(40).collect();
                return Err(format!(
                    "`{shown}` is not understood: write for example ONCE 90, HOLD 50 FOR 2 h, ON UNTIL 18:00"
                ));
            }
        }
        Ok(wish)
    }
}

/// The first word, and what comes after it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// When that is; `None`: at no time.
fn moment(until: Until, now: Timestamp, zone: &TimeZone) -> Result<Option<Timestamp>, WrongMode> {
    let never = || WrongMode::End(format!("`{until}` is out of range: there is no such time"));
    match until {
        Until::Unplugged => Ok(None),
        Until::At(at) => Ok(Some(at)),
        Until::Local(at) => moments(at, zone).next().map(Some).ok_or_else(never),
        Until::Clock(time) => {
            let today = now.to_zoned(zone.clone()).date();
            // A zone may have left out a whole day: then the one after it counts.
            let days = (0..=2).filter_map(|n| today.checked_add(n.days()).ok());
            let next = days.flat_map(|date| moments(date.to_datetime(time), zone)).find(|at| *at > now);
            next.map(Some).ok_or_else(never)
        }
    }
}

/// The moments at which a clock on the wall shows this. One that clocks skip is the moment at which they do; one that they
/// show twice is both.
fn moments(at: DateTime, zone: &TimeZone) -> impl Iterator<Item = Timestamp> + use<> {
    let both = match zone.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { offset } => [offset.to_timestamp(at).ok(), None],
        AmbiguousOffset::Fold { before, after } => {
            [before.to_timestamp(at).ok(), after.to_timestamp(at).ok()]
        }
        AmbiguousOffset::Gap { after, .. } => {
            let early = after.to_timestamp(at).ok();
            [early.and_then(|early| zone.following(early).next()).map(|change| change.timestamp()), None]
        }
    };
    both.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn ends(text: &str, now: &str) -> Result<Option<String>, String> {
        let wish: ModeWish = text.parse()?;
        let mode = wish.mode(Author::Mqtt, now.parse().unwrap(), &berlin());
        mode.map(|mode| mode.until.map(|until| until.to_string())).map_err(|wrong| wrong.to_string())
    }

    fn end(text: &str, now: &str) -> String {
        ends(text, now).unwrap().unwrap()
    }

    #[test]
    fn a_time_of_day_is_the_next_one_in_the_zone_of_the_station() {
        assert_eq!(end("on until 18:00", "2026-11-22T16:59:00Z"), "2026-11-22T17:00:00Z");
        assert_eq!(end("on until 18:00", "2026-11-22T17:00:00Z"), "2026-11-23T17:00:00Z");
        assert_eq!(end("on until 00:00", "2026-12-31T22:59:59Z"), "2026-12-31T23:00:00Z");
        assert_eq!(end("off until 2026-11-24 07:30", "2026-11-22T17:00:00Z"), "2026-11-24T06:30:00Z");
        assert_eq!(end("off until 2026-11-24T07:30:00Z", "2026-11-22T17:00:00Z"), "2026-11-24T07:30:00Z");
    }

    #[test]
    fn a_time_that_clocks_skip_is_the_moment_at_which_they_do() {
        // In Berlin 02:00 is followed by 03:00 on 28 March 2027, which is 01:00 UTC.
        for time in ["02:00", "02:30", "02:59"] {
            assert_eq!(end(&format!("on until {time}"), "2027-03-27T23:00:00Z"), "2027-03-28T01:00:00Z");
        }
    }

    #[test]
    fn a_time_that_comes_twice_is_the_next_of_both() {
        // In Berlin 03:00 is followed by 02:00 on 25 October 2026, which is 01:00 UTC.
        assert_eq!(end("on until 02:30", "2026-10-24T22:00:00Z"), "2026-10-25T00:30:00Z");
        assert_eq!(end("on until 02:30", "2026-10-25T00:45:00Z"), "2026-10-25T01:30:00Z");
        assert_eq!(end("on until 02:30", "2026-10-25T01:30:00Z"), "2026-10-26T01:30:00Z");
    }

    #[test]
    fn what_is_said_on_mqtt_is_read_in_any_case() {
        let read = |text: &str| text.parse::<ModeWish>().unwrap();
        let level = |percent: i64| Level::new(percent).ok();
        assert_eq!(read("AUTO"), ModeKind::Auto.into());
        assert_eq!(read("once"), ModeKind::Once.into());
        assert_eq!(read(" Once  90 "), ModeWish { level: level(90), ..ModeKind::Once.into() });
        let held = read("HOLD 55 FOR 2 h");
        assert_eq!((held.level, held.length), (level(55), Some(Span::from_hours(2))));
        assert_eq!(read("ON until UNPLUGGED").until, Some(Until::Unplugged));
        for text in ["18:00", "2026-11-24 07:30", "2026-11-24T07:30:00Z", "unplugged"] {
            assert_eq!(text.parse::<Until>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_is_allowed() {
        let now = "2026-11-22T17:00:00Z";
        let long = "x".repeat(500);
        for (said, why) in [
            ("blink", "is not a mode: use auto, on, off, once or hold"),
            ("hold 101", "level 101 is out of range: percent, 0 to 100"),
            ("hold 4", "level 4 is out of range for `hold`: percent, 5 to 100"),
            ("once 5x", "`5x` is not a level"),
            ("once 99999999999999999999", "is not a level"),
            ("on 80", "`on` has no level"),
            ("auto for 2 h", "`auto` has no end"),
            ("auto until unplugged", "`auto` has no end"),
            ("on for", "is not a length of time"),
            ("on for 20 years", "write days"),
            ("on for 0 s", "`0 s` is out of range: more than nothing, up to ten years"),
            ("on until", "is not an end"),
            ("on until 25:00", "is not an end"),
            ("on until tomorrow", "is not an end"),
            ("on until 2026-11-22T16:00:00Z", "is not in the future"),
            ("on until 2026-11-22 18:00", "is not in the future"),
            ("on please", "`please` is not understood"),
            (&long, "is not a mode"),
        ] {
            let told = ends(said, now).unwrap_err();
            assert!(told.contains(why) && told.len() < 200, "{said}: {told}");
        }
        let both = ModeWish {
            length: Some(Span::from_hours(1)),
            until: Some(Until::Unplugged),
            ..ModeKind::On.into()
        };
        let told = both.mode(Author::Mqtt, now.parse().unwrap(), &berlin()).unwrap_err();
        assert_eq!(
            (told.code(), told.to_string().as_str()),
            ("invalid_end", "give `until` or `for`, not both")
        );
    }
}
