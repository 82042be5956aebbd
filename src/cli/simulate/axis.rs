//! The axis of time: where a moment stands, and where days, weeks and months begin.

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use super::svg::{WIDTH, line, rect, text};
use crate::model::Timestamp;

/// Left and right of the plots.
pub(super) const LEFT: f64 = 56.0;
const RIGHT: f64 = 24.0;

/// Up to so many days each has its name, up to so many each week, then each month.
const DAYS: i32 = 16;
const WEEKS: i32 = 120;

/// Up to so many days their hours are marked.
const HOURS: i32 = 4;

/// From the first moment to the last, from left to right.
pub(super) struct Axis<'a> {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) zone: &'a TimeZone,
}

impl Axis<'_> {
    /// Where a moment stands.
    pub(super) fn x(&self, at: Timestamp) -> f64 {
        let whole = self.end.duration_since(self.start).as_secs_f64().max(1.0);
        let part = at.duration_since(self.start).as_secs_f64() / whole;
        LEFT + part.clamp(0.0, 1.0) * (self.right() - LEFT)
    }

    /// Where the last moment stands.
    pub(super) fn right(&self) -> f64 {
        WIDTH - RIGHT
    }

    /// A moment as people say it.
    pub(super) fn words(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%a %-d %b %H:%M").to_string()
    }

    fn length(&self) -> i32 {
        let hours = self.end.duration_since(self.start).as_hours();
        i32::try_from((hours + 23) / 24).unwrap_or(i32::MAX)
    }

    fn midnight(&self, day: Date) -> Option<Timestamp> {
        self.zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible().ok()
    }

    /// Every day that is touched, with its beginning.
    fn days(&self) -> impl Iterator<Item = (Date, Timestamp)> {
        let first = self.zone.to_datetime(self.start).date();
        let days = first.series(1.day()).map_while(|day| Some((day, self.midnight(day)?)));
        days.take_while(|(_, at)| *at < self.end)
    }

    /// Shades of weekends, to be drawn first.
    pub(super) fn weekends(&self, top: f64, bottom: f64) -> String {
        let free =
            self.days().filter(|(day, _)| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday));
        let shade = |(day, at): (Date, Timestamp)| {
            let end = day.tomorrow().ok().and_then(|day| self.midnight(day)).unwrap_or(self.end);
            let (from, to) = (self.x(at), self.x(end));
            rect("weekend", from, top, to - from, bottom - top, "")
        };
        free.map(shade).collect()
    }

    /// Lines where days, weeks or months begin, with their names below.
    pub(super) fn marks(&self, top: f64, bottom: f64) -> String {
        let length = self.length();
        let (wanted, format): (fn(Date) -> bool, &str) = if length <= DAYS {
            (|_| true, "%a %-d %b")
        } else if length <= WEEKS {
            (|day| day.weekday() == Weekday::Monday, "%-d %b")
        } else {
            (|day| day.day() == 1, "%b %Y")
        };
        let mut drawn = String::new();
        let mut last = f64::MIN;
        for (day, at) in self.days().filter(|(day, _)| wanted(*day)) {
            let x = self.x(at);
            if at >= self.start {
                drawn += &line("night", (x, top), (x, bottom));
            }
            // The first day may have begun before the plot does, and leave no room for its name.
            if x - last >= 58.0 && self.right() - x > 40.0 {
                drawn += &text("", x + 4.0, bottom + 16.0, &day.strftime(format).to_string());
                last = x;
            }
            if length <= HOURS {
                drawn += &self.hours(day, bottom);
            }
        }
        drawn
    }

    fn hours(&self, day: Date, bottom: f64) -> String {
        let hour = |hour: i8| {
            let at = self.zone.to_ambiguous_timestamp(day.at(hour, 0, 0, 0)).compatible().ok()?;
            let inside = at > self.start && at < self.end;
            let x = self.x(at);
            inside.then(|| {
                line("grid", (x, bottom), (x, bottom + 5.0))
                    + &*text("mid", x, bottom + 32.0, &format!("{hour:02}:00"))
            })
        };
        [6, 12, 18].into_iter().filter_map(hour).collect()
    }
}
