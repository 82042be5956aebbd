//! Events of a calendar file, as far as they say when something begins.

use jiff::{
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};

use super::{Span, Timestamp};

/// So far ahead is looked for the next beginning of an event, days: two years.
const AHEAD: usize = 732;

/// A moment as a calendar writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct CivilMoment {
    /// What the clock shows.
    pub at: DateTime,
    /// Where; `None`: wherever the station is.
    pub zone: Option<TimeZone>,
}

impl CivilMoment {
    /// The moment on the world's time line. A time that the clock skips counts as moved on by what is skipped; of one that
    /// it shows twice the first counts.
    pub fn instant(&self, local: &TimeZone) -> Option<Timestamp> {
        instant(self.at, self.zone.as_ref().unwrap_or(local))
    }
}

/// When a clock of this zone shows this time, see [`CivilMoment::instant`].
pub(crate) fn instant(at: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(at).compatible().ok()
}

/// In which rhythm an event comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Each so many days.
    Daily,
    /// Each so many weeks on these days: bit 0 is Monday. Weeks begin on Monday.
    Weekly(u8),
    /// Each so many months on the same day of the month; months without such a day are left out.
    Monthly,
    /// Each so many years on the same date; 29 February only in leap years.
    Yearly,
}

/// How an event comes again.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurrence {
    /// In which rhythm.
    pub rhythm: Rhythm,
    /// Every so many days, weeks, months or years: 1 and more.
    pub every: i32,
    /// Not after this moment.
    pub until: Option<CivilMoment>,
}

/// One event of a calendar.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarEvent {
    /// When it begins, the first time.
    pub start: CivilMoment,
    /// How it comes again, if it does.
    pub again: Option<Recurrence>,
    /// Beginnings that are left out.
    pub except: Vec<CivilMoment>,
}

impl CalendarEvent {
    /// When it begins next, not before `from`; `None` when that is more than two years away or never.
    pub fn next(&self, from: Timestamp, local: &TimeZone) -> Option<Timestamp> {
        let zone = self.start.zone.as_ref().unwrap_or(local);
        let except: Vec<Timestamp> = self.except.iter().filter_map(|moment| moment.instant(local)).collect();
        let fits = |at: &Timestamp| *at >= from && !except.contains(at);
        let Some(again) = &self.again else { return self.start.instant(local).filter(fits) };
        let until = again.until.as_ref().and_then(|until| until.instant(local));
        // A day earlier, for a time that the clock skips counts later than it is written.
        let near = zone.to_datetime(from).date().yesterday().ok()?.max(self.start.at.date());
        let days = std::iter::successors(Some(near), |day| day.tomorrow().ok()).take(AHEAD);
        days.filter(|day| self.comes_on(again, *day))
            .filter_map(|day| instant(day.to_datetime(self.start.at.time()), zone))
            .take_while(|at| until.is_none_or(|until| *at <= until))
            .find(fits)
    }

    /// Whether it begins on this day, exceptions aside; the day is not before the first one.
    pub fn comes_on(&self, again: &Recurrence, day: Date) -> bool {
        let first = self.start.at.date();
        let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
        let since = match again.rhythm {
            Rhythm::Daily => days_between(first, day),
            Rhythm::Weekly(on) if on & bit(day.weekday()) == 0 => return false,
            Rhythm::Weekly(_) => days_between(monday(first), monday(day)) / 7,
            Rhythm::Monthly if day.day() != first.day() => return false,
            Rhythm::Monthly => months(day) - months(first),
            Rhythm::Yearly if (day.month(), day.day()) != (first.month(), first.day()) => return false,
            Rhythm::Yearly => i32::from(day.year()) - i32::from(first.year()),
        };
        since % again.every.max(1) == 0
    }
}

/// A day of the week in [`Rhythm::Weekly`].
pub(crate) fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

fn monday(day: Date) -> Date {
    let since = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(Span::from_hours(24 * since)).unwrap_or(day)
}

fn days_between(first: Date, day: Date) -> i32 {
    i32::try_from(day.duration_since(first).as_hours() / 24).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn event(start: &str, rhythm: Option<(Rhythm, i32)>) -> CalendarEvent {
        let again = rhythm.map(|(rhythm, every)| Recurrence { rhythm, every, until: None });
        let start = CivilMoment { at: start.parse().unwrap(), zone: None };
        CalendarEvent { start, again, except: Vec::new() }
    }

    /// The next beginnings, as the clock in Berlin shows them.
    fn next(event: &CalendarEvent, from: &str, many: usize) -> Vec<String> {
        let mut at = instant(from.parse().unwrap(), &berlin()).unwrap();
        let mut found = Vec::new();
        while let Some(next) = event.next(at, &berlin()).filter(|_| found.len() < many) {
            found.push(next.to_zoned(berlin()).strftime("%m-%d %H:%M").to_string());
            at = next.checked_add(Span::from_secs(1)).unwrap();
        }
        found
    }

    #[test]
    fn an_event_comes_in_its_rhythm() {
        let once = event("2026-11-24T08:00", None);
        assert_eq!(next(&once, "2026-11-24T08:00", 3), ["11-24 08:00"]);
        assert_eq!(next(&once, "2026-11-24T08:01", 3), Vec::<String>::new());
        let daily = event("2026-11-24T08:00", Some((Rhythm::Daily, 3)));
        assert_eq!(next(&daily, "2026-11-25T00:00", 2), ["11-27 08:00", "11-30 08:00"]);
        let monday_and_friday = Rhythm::Weekly(bit(Weekday::Monday) | bit(Weekday::Friday));
        let weekly = event("2026-11-24T08:00", Some((monday_and_friday, 2)));
        assert_eq!(next(&weekly, "2026-11-01T00:00", 3), ["11-27 08:00", "12-07 08:00", "12-11 08:00"]);
        let monthly = event("2026-10-31T08:00", Some((Rhythm::Monthly, 1)));
        assert_eq!(next(&monthly, "2026-11-01T00:00", 2), ["12-31 08:00", "01-31 08:00"]);
        let yearly = event("2020-12-24T18:00", Some((Rhythm::Yearly, 1)));
        assert_eq!(next(&yearly, "2026-11-01T00:00", 2), ["12-24 18:00", "12-24 18:00"]);
    }

    #[test]
    fn exceptions_and_the_end_are_kept() {
        let mut daily = event("2026-11-24T08:00", Some((Rhythm::Daily, 1)));
        let at = |text: &str| CivilMoment { at: text.parse().unwrap(), zone: None };
        daily.except.push(at("2026-11-25T08:00"));
        if let Some(again) = &mut daily.again {
            again.until = Some(CivilMoment { zone: Some(TimeZone::UTC), ..at("2026-11-26T07:00") });
        }
        assert_eq!(next(&daily, "2026-11-24T00:00", 9), ["11-24 08:00", "11-26 08:00"]);
    }

    #[test]
    fn a_skipped_hour_moves_the_event_and_a_repeated_one_counts_once() {
        let daily = event("2026-01-01T02:30", Some((Rhythm::Daily, 1)));
        assert_eq!(next(&daily, "2026-03-29T00:00", 2), ["03-29 03:30", "03-30 02:30"]);
        assert_eq!(next(&daily, "2026-10-25T00:00", 2), ["10-25 02:30", "10-26 02:30"]);
        let first = daily.next("2026-10-24T22:00:00Z".parse().unwrap(), &berlin()).unwrap();
        assert_eq!(first.to_string(), "2026-10-25T00:30:00Z", "the first of the two");
    }
}
