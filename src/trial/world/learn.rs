//! What a device is like, as its own reports tell it: how fast it charges, what it uses at which hour, how warm it gets,
//! and when people take it away.
//!
//! Pure: reports in, a picture out. What the reports do not tell stays unknown; nothing is made up here.

use jiff::tz::TimeZone;

use super::gaps;
use crate::{
    model::{Battery, Span, TAPER_FROM, Timestamp},
    simulation::{AMBIENT, Away, DeviceModel, Drain},
    trial::care::TOGETHER,
};

/// Hours that must have been seen before a rate is believed: whole points over less time are mostly rounding.
const ENOUGH_HOURS: f64 = 2.0;

/// What is usual over the whole day counts as much as so many hours seen at one hour of it, so that one evening makes no
/// habit.
const PRIOR_HOURS: f64 = 2.0;

/// Percent points per hour that batteries can lose and gain; what lies beyond is a device that was changed for another.
const POSSIBLE: f64 = 120.0;

/// So many temperatures of a charging device make a picture.
const ENOUGH_WARM: usize = 12;

/// What is known of a device from its reports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learned {
    /// Its last level, percent.
    pub level: Option<f64>,
    /// Percent points per hour when it charges below the taper.
    pub charge_per_hour: Option<f64>,
    /// What it uses in its port without power, by hour of the day.
    pub drain: Option<Drain>,
    /// Degrees above the room at which it settles when it charges.
    pub rise: Option<f64>,
    /// When people take it away. `None`: too few days were seen to tell.
    pub habits: Option<Vec<Away>>,
    /// The usual time between two reports.
    pub report_every: Option<Span>,
    /// From when to when was looked at; both the same when there was no report.
    pub seen: Option<(Timestamp, Timestamp)>,
}

/// What a model says from the reports, for people to know how far to trust it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing: all is as usual for such a device.
    Nothing,
    /// Something, but not its use by the hour.
    Partly,
    /// Its use by the hour, and maybe more.
    Well,
}

impl Learned {
    /// The model with everything known put in its place.
    pub fn over(self, model: DeviceModel) -> DeviceModel {
        DeviceModel {
            level: self.level.unwrap_or(model.level),
            charge_per_hour: self.charge_per_hour.unwrap_or(model.charge_per_hour),
            drain: self.drain.unwrap_or(model.drain),
            rise: self.rise.unwrap_or(model.rise),
            habits: self.habits.unwrap_or(model.habits),
            report_every: self.report_every.unwrap_or(model.report_every),
            temper: model.temper,
        }
    }

    /// How much is known.
    pub fn known(&self) -> Known {
        if self.drain.is_some() {
            Known::Well
        } else if self.level.is_some() {
            Known::Partly
        } else {
            Known::Nothing
        }
    }
}

/// Learns from the reports of one device, in any order; hours and days are those of `zone`.
pub fn learn(reports: &[Battery], zone: &TimeZone) -> Learned {
    let mut reports: Vec<&Battery> = reports.iter().collect();
    reports.sort_by_key(|report| report.measured_at);
    reports.dedup_by_key(|report| report.measured_at);
    let (Some(first), Some(last)) = (reports.first(), reports.last()) else { return Learned::default() };
    let mut rates = Rates::default();
    let mut pauses = Vec::new();
    for pair in reports.windows(2) {
        let [from, to] = pair else { continue };
        let pause = to.measured_at.duration_since(from.measured_at);
        if pause <= TOGETHER {
            pauses.push(pause);
            rates.take(from, to, pause, zone);
        }
    }
    pauses.sort_unstable();
    Learned {
        level: Some(f64::from(last.level.percent())),
        charge_per_hour: rates.charge(),
        drain: rates.drain(),
        rise: rise(&reports),
        habits: gaps::habits(&reports, zone),
        report_every: pauses.get(pauses.len() / 2).map(|pause| (*pause).max(Span::from_mins(1))),
        seen: Some((first.measured_at, last.measured_at)),
    }
}

/// Sums over pairs of reports.
#[derive(Default)]
struct Rates {
    charged: f64,
    charging_hours: f64,
    drained: [f64; 24],
    hours: [f64; 24],
}

impl Rates {
    fn take(&mut self, from: &Battery, to: &Battery, pause: Span, zone: &TimeZone) {
        let hours = pause.as_secs_f64() / 3600.0;
        let gained = f64::from(to.level.percent()) - f64::from(from.level.percent());
        if gained.abs() > POSSIBLE * hours + 2.0 {
            return;
        }
        match (from.charging, to.charging) {
            (Some(true), Some(true)) if f64::from(to.level.percent()) <= TAPER_FROM => {
                self.charged += gained;
                self.charging_hours += hours;
            }
            (Some(false), Some(false)) => {
                let hour = zone.to_datetime(from.measured_at).hour();
                let place = usize::try_from(hour).unwrap_or(0);
                if let (Some(drained), Some(seen)) = (self.drained.get_mut(place), self.hours.get_mut(place))
                {
                    *drained -= gained;
                    *seen += hours;
                }
            }
            _ => {}
        }
    }

    fn charge(&self) -> Option<f64> {
        let rate = self.charged / self.charging_hours;
        (self.charging_hours >= ENOUGH_HOURS / 2.0 && rate >= 1.0).then_some(rate)
    }

    fn drain(&self) -> Option<Drain> {
        let (drained, seen): (f64, f64) = (self.drained.iter().sum(), self.hours.iter().sum());
        if seen < ENOUGH_HOURS {
            return None;
        }
        let usual = (drained / seen).max(0.0);
        let mut by_hour = [usual; 24];
        for ((rate, drained), hours) in by_hour.iter_mut().zip(self.drained).zip(self.hours) {
            *rate = (drained + usual * PRIOR_HOURS) / (hours + PRIOR_HOURS);
        }
        Some(Drain::by_hour(by_hour))
    }
}

/// The warmest tenth of what it says while it charges is left out: that was the sun.
fn rise(reports: &[&Battery]) -> Option<f64> {
    let charging = reports.iter().filter(|report| report.charging == Some(true));
    let mut warm: Vec<f64> = charging.filter_map(|report| Some(report.temperature?.degrees())).collect();
    warm.sort_unstable_by(f64::total_cmp);
    let warmest = warm.get(warm.len() * 9 / 10).filter(|_| warm.len() >= ENOUGH_WARM)?;
    Some((warmest - AMBIENT).clamp(0.0, 40.0))
}
