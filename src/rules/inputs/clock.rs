//! The clock that rules see: times of day in the station's zone, right over changes of daylight saving time.
//!
//! Pure: the moment is an argument. Never asks the system for the time.

use jiff::{
    civil::{Time, Weekday},
    tz::{AmbiguousOffset, AmbiguousTimestamp, TimeZone},
};

use crate::{
    model::Timestamp,
    rules::inputs::calendar::{Days, Moment},
};

const MINUTE: i64 = 60;

/// What is over, and what is more than ten years away, is ten years away in minutes: no rule waits for it.
const NEVER: i64 = 5_256_000;

/// Reads a time of day, `7:00` or `07:00`, 00:00 to 23:59. Fails with what is allowed.
pub(crate) fn time_of_day(text: &str) -> Result<Time, String> {
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
pub(crate) fn weekday_name(day: Weekday) -> &'static str {
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
pub(crate) fn local_time(at: Timestamp, zone: &TimeZone) -> Time {
    let time = zone.to_datetime(at).time();
    Time::constant(time.hour(), time.minute(), 0, 0)
}

/// Whole minutes until the moment comes next on one of the days; 0 during that minute. Of a moment that comes only once
/// the days do not matter, and when it is over it is ten years away.
///
/// These are minutes that really pass, also when an hour is skipped or repeated on the way. A time that the
/// clock skips counts as moved on by the skipped hour; of a repeated time the next one counts.
pub(in crate::rules) fn minutes_until(
    at: Timestamp,
    zone: &TimeZone,
    moment: Moment,
    days: Days,
) -> Result<i64, String> {
    let seconds = at.as_second();
    let now = seconds - seconds.rem_euclid(MINUTE);
    let time = match moment {
        Moment::Daily(time) => time,
        Moment::Once(when) => {
            let next = next_shown(&zone.to_ambiguous_timestamp(when), now);
            return Ok(next.map_or(NEVER, |minutes| minutes.min(NEVER)));
        }
    };
    let mut date = zone.to_datetime(at).date();
    // Today and a week; two days more cover zones that once skipped a whole day.
    for _ in 0..10 {
        let next = next_shown(&zone.to_ambiguous_timestamp(date.to_datetime(time)), now);
        if let Some(minutes) = next.filter(|_| days.contains(date.weekday())) {
            return Ok(minutes);
        }
        date = date.tomorrow().map_err(|error| error.to_string())?;
    }
    Err("the clock of this time zone never shows that time".to_owned())
}

/// Minutes until the clock first shows this, not before `now`, in seconds; `None` when that is over.
fn next_shown(shown: &AmbiguousTimestamp, now: i64) -> Option<i64> {
    let first = match shown.offset() {
        AmbiguousOffset::Fold { .. } => shown.earlier(),
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => shown.compatible(),
    };
    let mut moments = [first, shown.later()].into_iter().flatten();
    moments.find(|moment| moment.as_second() >= now).map(|moment| (moment.as_second() - now) / MINUTE)
}

/// True from `from` until just before `to`, over midnight when `from` is later than `to`; never when they are equal.
pub(in crate::rules) fn is_between(now: Time, from: Time, to: Time) -> bool {
    if from <= to { from <= now && now < to } else { now >= from || now < to }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::inputs::calendar;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn until(at: &str, time: &str) -> i64 {
        until_on(at, time, "Mon-Sun")
    }

    fn until_on(at: &str, moment: &str, days: &str) -> i64 {
        let (moment, days) = (calendar::moment(moment).unwrap(), calendar::days(days).unwrap());
        minutes_until(at.parse().unwrap(), &berlin(), moment, days).unwrap()
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
    fn only_some_days_may_count() {
        // A Friday.
        assert_eq!(until_on("2026-01-09T06:00:00+01:00", "07:00", "Mon-Fri"), 60);
        assert_eq!(until_on("2026-01-09T07:00:30+01:00", "07:00", "Mon-Fri"), 0);
        assert_eq!(until_on("2026-01-09T08:00:00+01:00", "07:00", "Mon-Fri"), 71 * 60);
        assert_eq!(until_on("2026-01-09T08:00:00+01:00", "07:00", "Fri"), 167 * 60);
    }

    #[test]
    fn a_day_may_be_meant_that_comes_only_once() {
        let until = |at| until_on(at, "2026-12-24 07:00", "Mon");
        assert_eq!(until("2026-12-23T22:00:00+01:00"), 540);
        assert_eq!(until("2026-12-24T07:00:59+01:00"), 0);
        assert_eq!(until("2026-12-24T07:01:00+01:00"), NEVER);
        assert_eq!(until("2000-01-01T00:00:00+01:00"), NEVER);
        assert_eq!(until_on("2026-10-25T02:45:00+02:00", "2026-10-25 02:30", "Mon"), 45, "the second 02:30");
        assert_eq!(until_on("2026-03-29T01:30:00+01:00", "2026-03-29 02:30", "Mon"), 60, "not shown");
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
