//! The clock that rules see: times of day in the station's zone, right over changes of daylight saving time.
//!
//! Pure: the moment is an argument. Never asks the system for the time.

use jiff::{
    civil::{Time, Weekday},
    tz::{AmbiguousOffset, TimeZone},
};

use crate::model::Timestamp;

const MINUTE: i64 = 60;

/// Reads a time of day, `7:00` or `07:00`, 00:00 to 23:59. Fails with what is allowed.
pub(super) fn time_of_day(text: &str) -> Result<Time, String> {
    let digits = |part: &str, longest: usize| {
        let right = (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        right.then(|| part.parse::<i8>().ok()).flatten()
    };
    text.split_once(':')
        .filter(|(_, minute)| minute.len() == 2)
        .and_then(|(hour, minute)| Time::new(digits(hour, 2)?, digits(minute, 2)?, 0, 0).ok())
        .ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            format!("`{shown}` is not a time of day: write hours and minutes from \"00:00\" to \"23:59\", for example \"07:00\"")
        })
}

/// The English name of a day of the week.
pub(super) fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// The local time of day, cut to whole minutes.
pub(super) fn local_time(at: Timestamp, zone: &TimeZone) -> Time {
    let time = zone.to_datetime(at).time();
    Time::constant(time.hour(), time.minute(), 0, 0)
}

/// Whole minutes until the local clock next shows `time`; 0 during that minute.
///
/// These are minutes that really pass, also when an hour is skipped or repeated on the way. A time that the
/// clock skips counts as moved on by the skipped hour; of a repeated time the next one counts.
pub(super) fn minutes_until(at: Timestamp, zone: &TimeZone, time: Time) -> Result<i64, String> {
    let seconds = at.as_second();
    let now = seconds - seconds.rem_euclid(MINUTE);
    let mut date = zone.to_datetime(at).date();
    // Today or tomorrow; the third day covers zones that once skipped a whole day.
    for _ in 0..3 {
        let shown = zone.to_ambiguous_timestamp(date.to_datetime(time));
        let first = match shown.offset() {
            AmbiguousOffset::Fold { .. } => shown.earlier(),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => shown.compatible(),
        };
        for moment in [first, shown.later()].into_iter().flatten() {
            if moment.as_second() >= now {
                return Ok((moment.as_second() - now) / MINUTE);
            }
        }
        date = date.tomorrow().map_err(|error| error.to_string())?;
    }
    Err("the clock of this time zone never shows that time".to_owned())
}

/// True from `from` until just before `to`, over midnight when `from` is later than `to`; never when they are equal.
pub(super) fn is_between(now: Time, from: Time, to: Time) -> bool {
    if from <= to { from <= now && now < to } else { now >= from || now < to }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn until(at: &str, time: &str) -> i64 {
        minutes_until(at.parse().unwrap(), &berlin(), time_of_day(time).unwrap()).unwrap()
    }

    #[test]
    fn a_time_of_day_is_hours_and_minutes() {
        assert_eq!(time_of_day("7:05"), Ok(Time::constant(7, 5, 0, 0)));
        assert_eq!(time_of_day("23:59"), Ok(Time::constant(23, 59, 0, 0)));
        for wrong in ["24:00", "7", "07:0", "7:60", "", ":", "07:00:00", "+7:00", "7 am", "-1:00", "٠٧:٠٠"]
        {
            assert!(time_of_day(wrong).unwrap_err().contains("is not a time of day"), "{wrong}");
        }
    }

    #[test]
    fn minutes_are_counted_to_the_next_time_the_clock_shows_it() {
        assert_eq!(until("2026-01-05T22:00:00+01:00", "07:00"), 540);
        assert_eq!(until("2026-01-05T06:59:30+01:00", "07:00"), 1);
        assert_eq!(until("2026-01-05T07:00:30+01:00", "07:00"), 0);
        assert_eq!(until("2026-01-05T07:01:00+01:00", "07:00"), 1439);
    }

    #[test]
    fn an_hour_that_is_skipped_does_not_pass() {
        // 2026-03-29: from 02:00 straight to 03:00.
        assert_eq!(until("2026-03-28T22:00:00+01:00", "07:00"), 480);
        assert_eq!(until("2026-03-29T01:30:00+01:00", "03:30"), 60);
        assert_eq!(until("2026-03-29T01:30:00+01:00", "02:30"), 60, "02:30 is not shown: 03:30 counts");
        assert_eq!(until("2026-03-29T03:45:00+02:00", "02:30"), 22 * 60 + 45);
    }

    #[test]
    fn an_hour_that_is_repeated_passes_twice() {
        // 2026-10-25: 03:00 goes back to 02:00.
        assert_eq!(until("2026-10-24T22:00:00+02:00", "07:00"), 600);
        assert_eq!(until("2026-10-25T01:30:00+02:00", "02:30"), 60);
        assert_eq!(until("2026-10-25T02:45:00+02:00", "02:30"), 45, "the second 02:30");
        assert_eq!(until("2026-10-25T02:45:00+01:00", "02:30"), 23 * 60 + 45, "that of tomorrow");
    }

    #[test]
    fn a_span_may_pass_midnight() {
        let between = |now: &str, from: &str, to: &str| {
            let time = |text| time_of_day(text).unwrap();
            is_between(time(now), time(from), time(to))
        };
        assert!(between("23:00", "22:00", "06:00"));
        assert!(between("22:00", "22:00", "06:00"));
        assert!(between("05:59", "22:00", "06:00"));
        assert!(!between("06:00", "22:00", "06:00"));
        assert!(between("12:00", "08:00", "16:00"));
        assert!(!between("16:00", "08:00", "16:00"));
        assert!(!between("06:00", "06:00", "06:00"));
    }

    #[test]
    fn the_local_time_follows_the_zone() {
        assert_eq!(
            local_time("2026-03-29T01:00:30Z".parse().unwrap(), &berlin()),
            Time::constant(3, 0, 0, 0)
        );
        assert_eq!(
            local_time("2026-10-25T01:00:30Z".parse().unwrap(), &berlin()),
            Time::constant(2, 0, 0, 0)
        );
    }
}
