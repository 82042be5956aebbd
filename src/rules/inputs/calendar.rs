//! Texts by which rules speak of days and hours: `Mon-Fri`, `0-5, 13`, `07:00`, `2026-12-24 07:00`.
//!
//! Pure: reads texts and never asks for the time. Every text is read or refused with what is allowed.

use jiff::civil::{Date, DateTime, Time, Weekday};

use crate::{
    model::Due,
    rules::inputs::clock::{time_of_day, weekday_name},
};

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Moment {
    /// Every day at this time.
    Daily(Time),
    /// Once.
    Once(DateTime),
}

/// Some of the days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) struct Days(u8);

impl Days {
    /// Every day.
    pub(in crate::rules) const ALL: Self = Self(0b111_1111);

    pub(in crate::rules) fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

/// Reads days of the week: names, whole or by their first three letters, and spans of them, between commas.
pub(in crate::rules) fn days(text: &str) -> Result<Days, String> {
    let mut set = 0;
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (Some(first), Some(last)) = (weekday(first), weekday(last)) else {
            return Err(format!(
                "`{}` is not a list of days: write names and spans of them, for example \"Mon-Fri\" or \"Sat, Sun\"",
                shown(text)
            ));
        };
        let span = usize::try_from(first.until(last)).unwrap_or(0);
        set = first.cycle_forward().take(span + 1).fold(set, |set, day| set | bit(day));
    }
    Ok(Days(set))
}

fn weekday(text: &str) -> Option<Weekday> {
    let text = text.trim();
    Weekday::Monday.cycle_forward().take(7).find(|day| {
        let name = weekday_name(*day);
        text.eq_ignore_ascii_case(name) || name.get(..3).is_some_and(|name| text.eq_ignore_ascii_case(name))
    })
}

/// True when the hour, 0 to 23, is among those of the text: hours and spans of them, between commas. A span holds its
/// last hour to the end, and may pass midnight.
pub(in crate::rules) fn hour_in(hour: i8, text: &str) -> Result<bool, String> {
    let mut found = false;
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (Some(first), Some(last)) = (whole_hour(first), whole_hour(last)) else {
            return Err(format!(
                "`{}` is not a list of hours: write 0 to 23 and spans of them, for example \"0-5, 13\"",
                shown(text)
            ));
        };
        found |= if first <= last { (first..=last).contains(&hour) } else { hour >= first || hour <= last };
    }
    Ok(found)
}

fn whole_hour(text: &str) -> Option<i8> {
    let text = text.trim();
    let right = matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|hour| right && *hour < 24)
}

/// Reads a time of day, or a day and a time of day: `07:00`, `2026-12-24 07:00`.
pub(in crate::rules) fn moment(text: &str) -> Result<Moment, String> {
    // What is shorter is no day: `7 am` is meant as a time of day.
    let Some((day, time)) = text.trim().split_once(' ').filter(|(day, _)| day.len() >= 8) else {
        return time_of_day(text).map(Moment::Daily);
    };
    let day = date(day)
        .map_err(|_| format!("`{}` is not a time: write \"07:00\" or \"2026-12-24 07:00\"", shown(text)))?;
    Ok(Moment::Once(day.to_datetime(time_of_day(time.trim())?)))
}

/// When something is due that is written as rules write it: a moment, and the days on which a time of day counts.
pub(crate) fn due(by: &str, on: &str) -> Result<Due, String> {
    check_days(on)?;
    Ok(match moment(by)? {
        Moment::Daily(at) => Due::Weekly { at, days: on.trim().to_owned() },
        Moment::Once(when) => Due::Once(when),
    })
}

/// Fails with what is allowed when this is not a list of days.
pub(crate) fn check_days(text: &str) -> Result<(), String> {
    days(text).map(|_| ())
}

/// True when the day is among those of the text; of one that is no list of days all are.
pub(crate) fn on_days(text: &str, day: Weekday) -> bool {
    days(text).unwrap_or(Days::ALL).contains(day)
}

/// Reads a day: `2026-12-24`.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    let right = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    text.parse().ok().filter(|_| right).ok_or_else(|| {
        format!("`{}` is not a day: write year, month and day, for example \"2026-12-24\"", shown(text))
    })
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> String {
        let days = days(text).unwrap();
        let week = Weekday::Monday.cycle_forward().take(7);
        week.filter(|day| days.contains(*day)).map(|day| &weekday_name(day)[..2]).collect()
    }

    #[test]
    fn days_are_names_and_spans() {
        assert_eq!(names("Mon-Fri"), "MoTuWeThFr");
        assert_eq!(names("sat, Sunday"), "SaSu");
        assert_eq!(names("Sat-Mon"), "MoSaSu");
        assert_eq!(names("Wed"), "We");
        assert_eq!(names("Mon-Sun"), "MoTuWeThFrSaSu");
        for wrong in ["", "Mo", "Mon-", "Mon Fri", "Mon,,Fri", "weekdays", "1-5", "Mon-Wed-Fri", "M\u{f6}n"] {
            assert!(days(wrong).unwrap_err().contains("is not a list of days"), "{wrong}");
        }
    }

    #[test]
    fn hours_are_numbers_and_spans() {
        let within = |text: &str| (0..24).filter(|hour| hour_in(*hour, text).unwrap()).collect::<Vec<_>>();
        assert_eq!(within("0-2, 13"), [0, 1, 2, 13]);
        assert_eq!(within("22-1"), [0, 1, 22, 23]);
        assert_eq!(within("07"), [7]);
        for wrong in ["", "24", "-1", "5-", "0-5,", "7:00", "0 5", "seven", "+5", "1-2-3", "\u{663}"] {
            assert!(hour_in(0, wrong).unwrap_err().contains("is not a list of hours"), "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_daily_or_once() {
        let once = "2026-12-24T07:00".parse().map(Moment::Once).unwrap();
        assert_eq!(moment("2026-12-24 7:00"), Ok(once));
        assert_eq!(moment("07:00"), Ok(Moment::Daily(Time::constant(7, 0, 0, 0))));
        for wrong in
            ["2026-12-24", "24.12.2026 07:00", "2026-13-01 07:00", "2026-12-24 25:00", "", "tomorrow 7:00"]
        {
            assert!(moment(wrong).unwrap_err().contains("is not a time"), "{wrong}");
        }
    }
}
