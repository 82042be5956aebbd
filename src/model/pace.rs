//! How fast a battery charges over its levels.
//!
//! Lithium cells slow down near the end, so "percent per hour" alone is no answer. Here the way between two levels is measured in
//! points at full pace, by the shape that all such cells share; what differs from device to device is a pace for each band.

use serde::{Deserialize, Serialize};

/// Percent above which batteries charge more slowly. Lithium cells are charged with constant current first and with
/// constant voltage later (Battery University, BU-409); at the currents of a USB port the change is at 70 to 85 %.
/// Ours: 80 %.
pub const TAPER_FROM: f64 = 80.0;

/// Share of the full pace that is left just under 100 %. Chargers stop at 3 to 5 % of the capacity per hour (BU-409),
/// which for USB ports is 10 to 15 % of the pace. Ours: 12 %.
pub const TAPER_TO: f64 = 0.12;

/// Bands in which paces are told apart: ten of 10 %.
pub const BANDS: usize = 10;

/// How wide a band is, percent.
const WIDTH: f64 = 10.0;

/// Slower than this, in hundredths of a point per hour, is no pace: 0.1 % per hour, ten days for half a battery.
const SLOWEST: u16 = 10;

/// The way through each band, in percent points at full pace: what [`effort`] gives, worked out beforehand.
pub(super) const THROUGH: [f64; BANDS] =
    [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 13.1776930739, 35.010114567];

/// The way from one level to another, in percent points at full pace: at an even pace up to [`TAPER_FROM`], ever more slowly from
/// there on. 0 when it is already there.
pub(super) fn effort(from: f64, to: f64) -> f64 {
    if to <= from {
        return 0.0;
    }
    // Hours at full pace; a share of it that falls with the level adds up to a logarithm.
    let even = to.clamp(0.0, TAPER_FROM) - from.clamp(0.0, TAPER_FROM);
    let slope = (1.0 - TAPER_TO) / (100.0 - TAPER_FROM);
    let share = |level: f64| 1.0 - slope * (level.clamp(TAPER_FROM, 100.0) - TAPER_FROM);
    even + (share(from) / share(to)).ln() / slope
}

/// The levels where each band begins and ends, percent, from the lowest on.
pub(super) fn bands() -> impl Iterator<Item = (f64, f64)> {
    (0_u8..10).map(|band| {
        let low = f64::from(band) * WIDTH;
        (low, low + WIDTH)
    })
}

/// The part of a way that lies in each band, in points at full pace.
pub(super) fn efforts(from: f64, to: f64) -> impl Iterator<Item = f64> {
    bands().map(move |(low, high)| effort(from.max(low), to.min(high)))
}

/// The pace of each band of 10 %, in hundredths of a percent point per hour at full pace: small, because it is written with every
/// decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Paces([u16; BANDS]);

impl Paces {
    /// From percent points per hour at full pace, band by band from the lowest; what is no number, too slow or too fast is taken
    /// as the nearest that is not.
    pub fn new(per_hour: [f64; BANDS]) -> Self {
        Self(per_hour.map(hundredths))
    }

    /// The same in all bands.
    pub fn even(per_hour: f64) -> Self {
        Self::new([per_hour; BANDS])
    }

    /// Percent points per hour at full pace, band by band from the lowest.
    pub fn per_hour(&self) -> [f64; BANDS] {
        self.0.map(|pace| f64::from(pace.max(SLOWEST)) / 100.0)
    }

    /// Minutes to charge from one level to another, in percent. 0 when it is already there.
    pub fn minutes(&self, from: f64, to: f64) -> f64 {
        if from.is_nan() || to.is_nan() {
            return f64::NAN;
        }
        let ways = efforts(from.max(0.0), to.min(100.0));
        ways.zip(self.per_hour()).map(|(way, pace)| way / pace * 60.0).sum()
    }
}

fn hundredths(per_hour: f64) -> u16 {
    let hundredths = (per_hour * 100.0).round();
    if hundredths.is_nan() {
        return SLOWEST;
    }
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of the type")]
    let whole = hundredths.clamp(f64::from(SLOWEST), f64::from(u16::MAX)) as u16;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_way_add_up() {
        let paces = Paces::even(40.0);
        assert!((paces.minutes(50.0, 80.0) - 45.0).abs() < 1e-9);
        assert!((paces.minutes(-20.0, 300.0) - effort(0.0, 100.0) * 1.5).abs() < 1e-9);
        assert_eq!(paces.minutes(90.0, 20.0), 0.0);
        assert!(paces.minutes(f64::NAN, 100.0).is_nan());
        assert!((efforts(3.0, 99.0).sum::<f64>() - effort(3.0, 99.0)).abs() < 1e-9);
    }

    #[test]
    fn the_way_through_each_band_is_right() {
        for ((low, high), through) in bands().zip(THROUGH) {
            assert!((effort(low, high) - through).abs() < 1e-6, "{low}: {through}");
        }
    }

    #[test]
    fn each_band_has_its_own_pace() {
        let mut per_hour = [40.0; BANDS];
        per_hour[5] = 20.0;
        let paces = Paces::new(per_hour);
        assert!((paces.minutes(40.0, 70.0) - 60.0).abs() < 1e-9);
        assert_eq!(paces.per_hour()[5], 20.0);
    }

    #[test]
    fn no_pace_is_nothing_or_endless() {
        for odd in [0.0, -3.0, f64::NAN, f64::INFINITY, 1e9] {
            let minutes = Paces::even(odd).minutes(0.0, 100.0);
            assert!(minutes.is_finite() && minutes > 0.0, "{odd}: {minutes}");
        }
        let text = serde_json::to_string(&Paces::even(41.25)).unwrap();
        assert_eq!(text, "[4125,4125,4125,4125,4125,4125,4125,4125,4125,4125]");
        let none: Paces = serde_json::from_str("[0,0,0,0,0,0,0,0,0,0]").unwrap();
        assert!(none.minutes(0.0, 10.0).is_finite());
    }
}
