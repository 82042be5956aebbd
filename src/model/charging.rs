//! One stretch of charging: as it goes on, and as it was.

use serde::{Deserialize, Serialize};

use super::{Battery, Celsius, DeviceName, Level, PortId, Span, StationName, Timestamp};

/// What a device took in one stretch with power: from when its port was on and it was there, until one of both ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Which station.
    pub station: StationName,
    /// Which port.
    pub port: PortId,
    /// Which device.
    pub device: DeviceName,
    /// Since when the device had been in the port, if that is known.
    pub plugged_at: Option<Timestamp>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The first level that was measured.
    pub from: Level,
    /// The last one.
    pub to: Level,
    /// The highest temperature that was measured.
    pub hottest: Option<Celsius>,
    /// Minutes of it at more than 80 %.
    pub minutes_above_80: f64,
}

impl Session {
    /// How long it lasted, minutes.
    pub fn minutes(&self) -> f64 {
        self.ended_at.duration_since(self.began_at).as_secs_f64() / 60.0
    }

    /// Percent points per hour; `None` for one that is too short to tell: under five minutes.
    pub fn per_hour(&self) -> Option<f64> {
        let gained = f64::from(self.to.percent()) - f64::from(self.from.percent());
        let hours = self.minutes() / 60.0;
        (hours >= 5.0 / 60.0).then(|| gained / hours)
    }
}

/// Shorter ones are a search, or a switch that was taken back, and tell nothing.
const SHORTEST: Span = Span::from_mins(1);
/// What lies between two reports further apart than this was not seen, and counts for nothing.
const TOGETHER: Span = Span::from_mins(45);
/// From here on time is bad for a battery, percent.
const HIGH: u8 = 80;

/// A stretch of charging that goes on. Part of what is remembered over a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Which device.
    pub device: DeviceName,
    /// Since when the device has been in the port, if that is known.
    pub plugged_at: Option<Timestamp>,
    /// When it began.
    pub began_at: Timestamp,
    /// The first level.
    pub from: Level,
    /// The last one.
    pub to: Level,
    /// When that was measured.
    pub seen_at: Timestamp,
    /// The highest temperature that was measured.
    pub hottest: Option<Celsius>,
    /// Minutes of it at more than 80 %.
    pub minutes_above_80: f64,
    /// When the device last gained, or when it began.
    gained_at: Timestamp,
    /// The highest and the lowest level since then.
    top: Level,
    bottom: Level,
}

impl Stretch {
    /// One that begins now, with the last report of the device.
    pub fn new(
        device: DeviceName,
        plugged_at: Option<Timestamp>,
        began_at: Timestamp,
        battery: &Battery,
    ) -> Self {
        let level = battery.level;
        Self {
            device,
            plugged_at,
            began_at,
            from: level,
            to: level,
            seen_at: battery.measured_at.max(began_at),
            hottest: battery.temperature,
            minutes_above_80: 0.0,
            gained_at: began_at,
            top: level,
            bottom: level,
        }
    }

    /// Takes the next report; one that is not newer changes nothing. True when it was taken.
    pub fn take(&mut self, battery: &Battery) -> bool {
        let (at, level) = (battery.measured_at, battery.level);
        if at <= self.seen_at {
            return false;
        }
        self.minutes_above_80 += self.above_until(at);
        let unseen = at.duration_since(self.seen_at) > TOGETHER;
        // One point up and down is the rounding of one level.
        if unseen || level > self.top || level.percent() >= self.bottom.percent().saturating_add(2) {
            (self.gained_at, self.top, self.bottom) = (at, level, level);
        }
        self.bottom = self.bottom.min(level);
        self.to = level;
        self.seen_at = at;
        let hotter = |known: Celsius| battery.temperature.filter(|new| new.degrees() > known.degrees());
        self.hottest = self.hottest.map_or(battery.temperature, |known| hotter(known).or(Some(known)));
        true
    }

    /// For how long the level has not risen, by the last report.
    pub fn without_gain(&self) -> Span {
        self.seen_at.duration_since(self.gained_at).max(Span::ZERO)
    }

    /// True when the level has risen since it began.
    pub fn has_gained(&self) -> bool {
        self.gained_at > self.began_at
    }

    /// What it was, when it ends at this time; `None`: too short to tell of.
    pub fn end(&self, station: &StationName, port: PortId, at: Timestamp) -> Option<Session> {
        let ended_at = at.max(self.seen_at);
        if ended_at.duration_since(self.began_at) < SHORTEST {
            return None;
        }
        Some(Session {
            station: station.clone(),
            port,
            device: self.device.clone(),
            plugged_at: self.plugged_at,
            began_at: self.began_at,
            ended_at,
            from: self.from,
            to: self.to,
            hottest: self.hottest,
            minutes_above_80: self.minutes_above_80 + self.above_until(ended_at),
        })
    }

    /// The clock was set back: nothing was later than now.
    pub fn not_later_than(&mut self, now: Timestamp) {
        for at in [&mut self.began_at, &mut self.seen_at, &mut self.gained_at] {
            *at = (*at).min(now);
        }
        self.plugged_at = self.plugged_at.map(|at| at.min(now));
    }

    /// Minutes above 80 % from the last report until this time.
    fn above_until(&self, at: Timestamp) -> f64 {
        let passed = at.duration_since(self.seen_at);
        let counts = self.to.percent() > HIGH && (Span::ZERO..=TOGETHER).contains(&passed);
        if counts { passed.as_secs_f64() / 60.0 } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(minute: i64, level: i64, degrees: f64) -> Battery {
        Battery {
            level: Level::new(level).unwrap(),
            charging: Some(true),
            temperature: Celsius::new(degrees).ok(),
            measured_at: Timestamp::from_second(minute * 60).unwrap(),
        }
    }

    fn stretch(reports: &[(i64, i64)]) -> Stretch {
        let (minute, level) = reports[0];
        let first = report(minute, level, 30.0);
        let mut stretch = Stretch::new(DeviceName::new("phone").unwrap(), None, first.measured_at, &first);
        for (minute, level) in &reports[1..] {
            stretch.take(&report(*minute, *level, 30.0 + f64::from(u8::try_from(*level).unwrap()) / 10.0));
        }
        stretch
    }

    fn end(stretch: &Stretch, minute: i64) -> Option<Session> {
        let at = Timestamp::from_second(minute * 60).unwrap();
        stretch.end(&StationName::new("desk").unwrap(), PortId::new(1).unwrap(), at)
    }

    #[test]
    fn a_session_tells_what_was_taken() {
        let stretch = stretch(&[(0, 60), (30, 81), (60, 90), (50, 20), (90, 95)]);
        let session = end(&stretch, 100).unwrap();
        assert_eq!((session.from.percent(), session.to.percent()), (60, 95));
        assert!((session.minutes() - 100.0).abs() < 1e-9);
        assert!((session.per_hour().unwrap() - 21.0).abs() < 1e-9);
        assert!((session.minutes_above_80 - 70.0).abs() < 1e-9, "a late report counts for nothing");
        assert!((session.hottest.unwrap().degrees() - 39.5).abs() < 1e-9);
    }

    #[test]
    fn what_is_too_short_tells_nothing() {
        let at_once = stretch(&[(0, 60)]);
        assert_eq!(end(&at_once, 0), None);
        assert_eq!(end(&at_once, 2).unwrap().per_hour(), None);
    }

    #[test]
    fn hours_that_nobody_saw_count_for_nothing() {
        let stretch = stretch(&[(0, 90), (60, 95), (70, 96)]);
        assert!((end(&stretch, 170).unwrap().minutes_above_80 - 10.0).abs() < 1e-9);
    }

    #[test]
    fn the_rounding_of_one_level_is_no_gain() {
        let flicker: Vec<(i64, i64)> = (0..25).map(|n| (n * 5, 50 - n % 2)).collect();
        assert_eq!(stretch(&flicker).without_gain(), Span::from_mins(120));
        let gains: Vec<(i64, i64)> = (0..25).map(|n| (n * 5, 50 + n / 5)).collect();
        assert_eq!(stretch(&gains).without_gain(), Span::from_mins(20));
        let used_up: Vec<(i64, i64)> = (0..25).map(|n| (n * 5, 50 - n)).collect();
        assert_eq!(stretch(&used_up).without_gain(), Span::from_mins(120));
        let recovers = [(0, 50), (30, 40), (60, 41), (90, 42)];
        assert_eq!(stretch(&recovers).without_gain(), Span::ZERO);
    }
}
