//! What a battery went through, as figures: hours by level and by temperature, full cycles, switches; and the same for a
//! device that had stayed on the charger.
//!
//! Pure: measurements in, figures out. Where nothing was measured for long, nothing is claimed: such hours are counted
//! apart. It says what was, and promises nothing about how long a battery lives.

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    model::{Battery, Span, Timestamp},
    simulation::{Battery as Cell, Flow},
};

/// Between two measurements that lie further apart anything may have happened.
pub(in crate::trial) const TOGETHER: Span = Span::from_mins(45);

/// Above this level, percent, hours are counted: most makers offer it as their limit.
pub const HIGH: f64 = 80.0;

/// Above this temperature, degrees Celsius, hours are counted: makers of phones name it as the limit for the room.
pub const WARM: f64 = 35.0;

/// Where bands of temperature end, degrees Celsius; the last one has no end. 35 is [`WARM`]; at 40 and 45 industrial handhelds
/// stop to charge or charge more slowly.
pub const EDGES: [f64; 6] = [10.0, 20.0, 30.0, WARM, 40.0, 45.0];

/// Percent points in a band of levels; the last band has 100 % in it.
const BAND: f64 = 10.0;

/// One moment at which it was known how the battery was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When.
    pub at: Timestamp,
    /// Percent, 0 to 100.
    pub level: f64,
    /// Degrees Celsius, where it was measured.
    pub temperature: Option<f64>,
}

impl From<&Battery> for Point {
    fn from(battery: &Battery) -> Self {
        Self {
            at: battery.measured_at,
            level: f64::from(battery.level.percent()),
            temperature: battery.temperature.map(crate::model::Celsius::degrees),
        }
    }
}

/// What a battery went through in a day, or in many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Strain {
    /// Hours of which the level is known.
    pub hours: f64,
    /// Of these, hours in each band of ten percent points, from 0 on.
    pub by_level: [f64; 10],
    /// Hours at more than [`HIGH`].
    pub above_80: f64,
    /// Hours of which the temperature is known, in each band that [`EDGES`] makes.
    pub by_temperature: [f64; 7],
    /// Hours at more than [`WARM`].
    pub above_35: f64,
    /// All that was charged, as parts of a full charge.
    pub cycles: f64,
    /// How often its port was switched.
    pub switches: u32,
    /// The lowest level, percent; `None` where none is known.
    pub lowest: Option<f64>,
    /// The highest temperature, degrees Celsius.
    pub hottest: Option<f64>,
}

impl Strain {
    /// Both together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.hours += other.hours;
        self.above_80 += other.above_80;
        self.above_35 += other.above_35;
        self.cycles += other.cycles;
        self.switches = self.switches.saturating_add(other.switches);
        self.by_level.iter_mut().zip(other.by_level).for_each(|(all, more)| *all += more);
        self.by_temperature.iter_mut().zip(other.by_temperature).for_each(|(all, more)| *all += more);
        self.lowest = [self.lowest, other.lowest].into_iter().flatten().reduce(f64::min);
        self.hottest = [self.hottest, other.hottest].into_iter().flatten().reduce(f64::max);
        self
    }

    /// All of these together.
    pub fn sum<'a>(days: impl IntoIterator<Item = &'a Self>) -> Self {
        days.into_iter().fold(Self::default(), Self::and)
    }

    fn meet(&mut self, point: &Point) {
        self.lowest = Some(self.lowest.map_or(point.level, |low| low.min(point.level)));
        if let Some(degrees) = point.temperature {
            self.hottest = Some(self.hottest.map_or(degrees, |hot| hot.max(degrees)));
        }
    }

    fn live(&mut self, from: &Point, to: &Point) {
        let hours = hours_between(from, to);
        self.hours += hours;
        self.above_80 += hours * share_above(from.level, to.level, HIGH);
        self.cycles += (to.level - from.level).max(0.0) / 100.0;
        let ends = (1_u8..10).map(|band| f64::from(band) * BAND);
        spread(&mut self.by_level, ends, from.level, to.level, hours);
        if let (Some(from), Some(to)) = (from.temperature, to.temperature) {
            self.above_35 += hours * share_above(from, to, WARM);
            spread(&mut self.by_temperature, EDGES, from, to, hours);
        }
    }
}

/// What a battery went through on one day, by the local clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// How it was.
    pub was: Strain,
}

/// Every day of which something is known, in order. The points and the switches are in the order of time; of two points of
/// one moment the first counts.
pub fn days(points: &[Point], switches: &[Timestamp], zone: &TimeZone) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for (n, point) in points.iter().enumerate() {
        let date = zone.to_datetime(point.at).date();
        with_day(&mut days, date, |day| day.meet(point));
        let Some(next) = points.get(n + 1) else { break };
        let gap = next.at.duration_since(point.at);
        if gap <= Span::ZERO || gap > TOGETHER {
            continue;
        }
        let midnight =
            date.tomorrow().ok().and_then(|day| Some(day.to_zoned(zone.clone()).ok()?.timestamp()));
        match midnight.filter(|midnight| *midnight < next.at) {
            None => with_day(&mut days, date, |day| day.live(point, next)),
            Some(midnight) => {
                let middle = between(point, next, midnight);
                with_day(&mut days, date, |day| day.live(point, &middle));
                with_day(&mut days, zone.to_datetime(next.at).date(), |day| day.live(&middle, next));
            }
        }
    }
    for at in switches {
        let date = zone.to_datetime(*at).date();
        if let Ok(place) = days.binary_search_by_key(&date, |day| day.date)
            && let Some(day) = days.get_mut(place)
        {
            day.was.switches = day.was.switches.saturating_add(1);
        }
    }
    days
}

/// Days come in order; only where a clock was set back an earlier one is met again.
fn with_day(days: &mut Vec<Day>, date: Date, live: impl FnOnce(&mut Strain)) {
    let place = days.partition_point(|day| day.date < date);
    if days.get(place).is_none_or(|day| day.date != date) {
        days.insert(place, Day { date, was: Strain::default() });
    }
    if let Some(day) = days.get_mut(place) {
        live(&mut day.was);
    }
}

/// The course of the same device, had it been on the charger whenever it was in reach: it charges as fast as it can, slower
/// towards the end, and stays full. While nothing was measured it loses or gains what it did in earnest. How warm it would
/// have been nobody knows.
pub fn on_charger(points: &[Point], per_hour: f64) -> Vec<Point> {
    let Some(first) = points.first() else { return Vec::new() };
    let mut course = Vec::with_capacity(points.len());
    course.push(Point { temperature: None, ..*first });
    let mut level = first.level;
    for pair in points.windows(2) {
        let [from, to] = pair else { continue };
        let gap = to.at.duration_since(from.at);
        level = if gap > TOGETHER {
            (level + to.level - from.level).clamp(0.0, 100.0)
        } else {
            let mut cell = Cell::new(level);
            cell.step(Flow::Charge { per_hour, rise: 0.0 }, gap.max(Span::ZERO));
            cell.level()
        };
        course.push(Point { at: to.at, level, temperature: None });
    }
    course
}

fn between(from: &Point, to: &Point, at: Timestamp) -> Point {
    let part = at.duration_since(from.at).as_secs_f64() / to.at.duration_since(from.at).as_secs_f64();
    let temperature = from.temperature.zip(to.temperature).map(|(from, to)| from + (to - from) * part);
    Point { at, level: from.level + (to.level - from.level) * part, temperature }
}

fn hours_between(from: &Point, to: &Point) -> f64 {
    to.at.duration_since(from.at).as_secs_f64() / 3600.0
}

/// Which share of the way from one value to the other lies above a limit.
pub(in crate::trial) fn share_above(from: f64, to: f64, limit: f64) -> f64 {
    match (from > limit, to > limit) {
        (true, true) => 1.0,
        (false, false) => 0.0,
        (false, true) => (to - limit) / (to - from),
        (true, false) => (from - limit) / (from - to),
    }
}

/// Gives each band its share of the hours; `ends` are where all bands but the last end.
fn spread(bands: &mut [f64], ends: impl IntoIterator<Item = f64>, from: f64, to: f64, hours: f64) {
    let (low, high) = (from.min(to), from.max(to));
    let mut ends = ends.into_iter();
    let mut begins = f64::NEG_INFINITY;
    for band in bands {
        let ends = ends.next().unwrap_or(f64::INFINITY);
        if high > low {
            let inside = high.min(ends) - low.max(begins);
            *band += hours * inside.max(0.0) / (high - low);
        } else if begins <= low && low < ends {
            *band += hours;
        }
        begins = ends;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone()).unwrap().timestamp()
    }

    fn point(time: &str, level: f64, temperature: f64) -> Point {
        Point { at: at(time), level, temperature: Some(temperature) }
    }

    #[test]
    fn hours_are_split_at_bands_limits_and_midnight() {
        let points = [
            point("2026-11-23T23:30", 76.0, 34.0),
            point("2026-11-24T00:00", 84.0, 36.0),
            point("2026-11-24T00:30", 84.0, 36.0),
        ];
        let days = days(&points, &[at("2026-11-24T00:10"), at("2026-11-29T00:00")], &zone());
        let [first, second] = days.as_slice() else { panic!("{days:?}") };
        assert_eq!(first.date, jiff::civil::date(2026, 11, 23));
        assert_eq!((first.was.hours, first.was.above_80, first.was.above_35), (0.5, 0.25, 0.25));
        assert_eq!((first.was.by_level[7], first.was.by_level[8]), (0.25, 0.25));
        assert_eq!((first.was.by_temperature[3], first.was.by_temperature[4]), (0.25, 0.25));
        assert!((first.was.cycles - 0.08).abs() < 1e-9);
        assert_eq!((second.was.hours, second.was.above_80, second.was.cycles), (0.5, 0.5, 0.0));
        assert_eq!(
            (first.was.switches, second.was.switches),
            (0, 1),
            "a switch of a day without reports is not his"
        );
        let both = Strain::sum(days.iter().map(|day| &day.was));
        assert_eq!((both.hours, both.lowest, both.hottest), (1.0, Some(76.0), Some(36.0)));
    }

    #[test]
    fn a_pair_over_midnight_counts_on_both_days() {
        let points = [point("2026-11-23T23:50", 50.0, 20.0), point("2026-11-24T00:10", 54.0, 20.0)];
        let days = days(&points, &[], &zone());
        let hours: Vec<f64> = days.iter().map(|day| (day.was.hours * 60.0).round()).collect();
        assert_eq!(hours, [10.0, 10.0]);
        assert!(days.iter().all(|day| (day.was.cycles - 0.02).abs() < 1e-9), "{days:?}");
    }

    #[test]
    fn what_was_not_measured_is_not_claimed() {
        let points = [point("2026-11-23T08:00", 90.0, 20.0), point("2026-11-23T17:00", 95.0, 20.0)];
        let days = days(&points, &[], &zone());
        assert_eq!((days[0].was.hours, days[0].was.above_80, days[0].was.cycles), (0.0, 0.0, 0.0));
        assert_eq!(days[0].was.lowest, Some(90.0));
        assert_eq!(super::days(&[], &[at("2026-11-23T08:00")], &zone()), []);
    }

    #[test]
    fn the_long_day_of_autumn_has_twenty_five_hours() {
        let start = at("2026-10-25T00:00");
        let point = |n: i64| Point { at: start + Span::from_mins(30 * n), level: 50.0, temperature: None };
        let points: Vec<Point> = (0..=52).map(point).collect();
        let days = days(&points, &[], &zone());
        assert_eq!((days[0].was.hours, days[0].was.by_level[5]), (25.0, 25.0));
        assert_eq!((days[1].was.hours, days[0].was.by_temperature), (1.0, [0.0; 7]));
    }

    #[test]
    fn full_and_empty_have_their_bands() {
        let points = [point("2026-11-23T08:00", 100.0, 50.0), point("2026-11-23T08:30", 100.0, 50.0)];
        let full = days(&points, &[], &zone())[0].was;
        assert_eq!((full.by_level[9], full.by_temperature[6]), (0.5, 0.5));
        let points = [point("2026-11-23T08:00", 0.0, -5.0), point("2026-11-23T08:30", 0.0, -5.0)];
        let empty = days(&points, &[], &zone())[0].was;
        assert_eq!((empty.by_level[0], empty.by_temperature[0]), (0.5, 0.5));
    }

    #[test]
    fn had_it_stayed_on_the_charger_it_had_been_full_all_day() {
        let steps: Vec<Point> = (0..48)
            .map(|n| Point {
                at: at("2026-11-23T00:00") + Span::from_mins(30 * n),
                level: 50.0,
                temperature: None,
            })
            .collect();
        let course = on_charger(&steps, 40.0);
        let full = days(&course, &[], &zone())[0].was;
        assert!((full.above_80 - 22.75).abs() < 0.05, "{full:?}");
        assert!((full.cycles - 0.5).abs() < 1e-9);
        assert_eq!(on_charger(&[], 40.0), []);
    }

    #[test]
    fn away_it_loses_what_it_lost_in_earnest() {
        let points = [
            point("2026-11-23T07:00", 60.0, 20.0),
            point("2026-11-23T07:40", 60.0, 20.0),
            point("2026-11-23T17:00", 20.0, 20.0),
        ];
        let levels: Vec<f64> = on_charger(&points, 600.0).iter().map(|point| point.level.round()).collect();
        assert_eq!(levels, [60.0, 100.0, 60.0]);
    }
}
