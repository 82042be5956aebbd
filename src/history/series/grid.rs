//! Cells of one length, and what is known of each. Pure.

use std::collections::BTreeMap;

use super::super::roll::{HOLDS, Minute, Sums};

/// Lengths that people can read from an axis, in seconds.
const LENGTHS: [i64; 15] =
    [60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200, 86_400];
const DAY: i64 = 86_400;

/// The shortest good length with which a time has so many cells at most, and no shorter than the least.
pub(super) fn step(bounds: (i64, i64), points: u16, least: i64) -> i64 {
    let fits = |length: &i64| *length >= least && cells(bounds, *length) <= i64::from(points);
    if let Some(length) = LENGTHS.iter().copied().find(fits) {
        return length;
    }
    let days = bounds.1.saturating_sub(bounds.0) / i64::from(points) / DAY;
    // One more at each end, where cells do not begin and end with the time that is asked for.
    (days.max(1)..days.saturating_mul(2).saturating_add(3))
        .map(|days| days.saturating_mul(DAY))
        .find(fits)
        .unwrap_or_else(|| days.saturating_mul(2).saturating_add(3).saturating_mul(DAY))
}

fn cells((from, to): (i64, i64), length: i64) -> i64 {
    let last = to.saturating_sub(1).div_euclid(length);
    last - from.div_euclid(length) + 1
}

/// What is known of one stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// Reports in it.
    pub reports: i64,
    /// The mean of their levels, percent; without a report, while the last one holds, its level.
    pub level: Option<f64>,
    /// The lowest level.
    pub level_min: Option<i64>,
    /// The highest level.
    pub level_max: Option<i64>,
    /// The last level.
    pub level_last: Option<i64>,
    /// The mean temperature, degrees Celsius.
    pub temperature: Option<f64>,
    /// The highest temperature.
    pub temperature_max: Option<f64>,
    /// The share of reports that said that it charges, 0 to 1.
    pub charging: Option<f64>,
    /// The share of time for which the port in which it was had power, 0 to 1.
    pub power: Option<f64>,
}

/// The cells while they are filled.
pub(super) struct Grid {
    pub(super) begin: i64,
    pub(super) length: i64,
    sums: Vec<Sums>,
    held: Vec<Option<Cell>>,
}

impl Grid {
    pub(super) fn new(bounds: (i64, i64), length: i64) -> Self {
        let count = usize::try_from(cells(bounds, length)).unwrap_or_default();
        let begin = bounds.0.div_euclid(length).saturating_mul(length);
        Self { begin, length, sums: vec![Sums::default(); count], held: vec![None; count] }
    }

    /// The second after the last cell.
    pub(super) fn end(&self) -> i64 {
        let count = i64::try_from(self.sums.len()).unwrap_or(i64::MAX);
        self.begin.saturating_add(count.saturating_mul(self.length))
    }

    fn index(&self, at: i64) -> Option<usize> {
        usize::try_from((at - self.begin).div_euclid(self.length))
            .ok()
            .filter(|index| *index < self.sums.len())
    }

    /// Adds what a table has of a stretch that begins at this second.
    pub(super) fn add(&mut self, at: i64, sums: &Sums) {
        let cell = self.index(at).and_then(|index| self.sums.get_mut(index));
        if let Some(cell) = cell {
            cell.add(sums);
        }
    }

    /// Adds minutes. What a device said holds until it says something else, for 45 minutes at most.
    pub(super) fn minutes(&mut self, minutes: &BTreeMap<i64, Minute>, now: i64) {
        let ends = minutes.keys().skip(1).copied().chain([i64::MAX]);
        for ((at, minute), next) in minutes.iter().zip(ends) {
            self.add(*at, &minute.sums);
            let held = Cell { reports: 0, level: minute.sums.level_last.map(to_float), ..cell(&minute.sums) };
            let held = Cell {
                level_min: held.level_last,
                level_max: held.level_last,
                temperature_max: held.temperature,
                charging: None,
                power: None,
                ..held
            };
            let until = next.min(at.saturating_add(HOLDS.as_secs())).min(now);
            let mut second = (at.div_euclid(self.length) + 1).saturating_mul(self.length).max(self.begin);
            while second < until.min(self.end()) {
                if let Some(place) = self.index(second).and_then(|index| self.held.get_mut(index)) {
                    *place = Some(held);
                }
                second = second.saturating_add(self.length);
            }
        }
    }

    /// Adds a stretch with or without power.
    pub(super) fn power(&mut self, from: i64, to: i64, is_on: bool) {
        let (mut at, to) = (from.max(self.begin), to.min(self.end()));
        while at < to {
            let Some(index) = self.index(at) else { return };
            let end = to.min((at.div_euclid(self.length) + 1).saturating_mul(self.length));
            if let Some(sums) = self.sums.get_mut(index) {
                sums.power(is_on, to_float(end - at));
            }
            at = end;
        }
    }

    pub(super) fn into_cells(self) -> Vec<Cell> {
        let filled = |(sums, held): (&Sums, Option<Cell>)| {
            let known = cell(sums);
            match held.filter(|_| sums.reports == 0) {
                Some(held) => Cell { power: known.power, ..held },
                None => known,
            }
        };
        self.sums.iter().zip(self.held).map(filled).collect()
    }
}

fn cell(sums: &Sums) -> Cell {
    let mean = |sum: i64, count: i64| (count > 0).then(|| to_float(sum) / to_float(count));
    Cell {
        reports: sums.reports,
        level: mean(sums.level_sum, sums.reports),
        level_min: sums.level_min,
        level_max: sums.level_max,
        level_last: sums.level_last,
        temperature: mean(sums.temperature_sum, sums.temperature_count.saturating_mul(100)),
        temperature_max: sums.temperature_max.map(|hundredths| to_float(hundredths) / 100.0),
        charging: mean(sums.charging, sums.charging_known),
        power: (sums.power_known > 0.0).then(|| (sums.powered / sums.power_known).clamp(0.0, 1.0)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "sums of percents and seconds stay far below 2^52")]
fn to_float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_the_shortest_good_one_that_fits() {
        let day = 86_400;
        assert_eq!(step((0, 6 * 3_600), 500, 60), 60);
        assert_eq!(step((0, day), 500, 60), 180);
        assert_eq!(step((0, 7 * day), 500, 60), 1_800);
        assert_eq!(step((0, 30 * day), 500, 60), 7_200);
        assert_eq!(step((0, 365 * day), 500, 60), day);
        assert_eq!(step((1, 365 * day + 1), 366, 60), day);
        assert_eq!(step((1, 365 * day + 1), 365, 60), 2 * day);
    }

    #[test]
    fn no_time_is_too_long_and_none_too_short() {
        for bounds in [(-377_705_023_201, 253_402_207_200), (-1, 1), (5, 6), (-5, 10_000_000_000)] {
            for points in [2, 3, 500, 2_000] {
                let length = step(bounds, points, 60);
                assert!(cells(bounds, length) <= i64::from(points), "{bounds:?} {points} {length}");
                let grid = Grid::new(bounds, length);
                assert!(grid.begin <= bounds.0 && grid.end() >= bounds.1);
            }
        }
    }
}
