//! The figures of a fleet's life: those that people compare chargers by.

use super::{
    promises::Promise,
    world::{Life, Moment},
};
use crate::{
    model::{DeviceName, PortId, Power, Safety, Station, Timestamp},
    trial::care::{Point, Strain, days},
};

/// A device is ready when it lacks no more percent points than this: a full battery is not charged again for less.
const READY_WITHIN: f64 = 3.0;

/// Promises that were not kept and are told one by one.
const TOLD: usize = 50;

/// What a month with one charger comes to. Means are over all devices of the fleet, those with a dead cable among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// How many devices.
    pub devices: usize,
    /// How many days.
    pub days: f64,
    /// Deadlines that can be met: the device is in its port then, and with a port that is always on it would be ready.
    pub reachable: u32,
    /// Of these, those that were met: no more than 3 percent points were missing.
    pub ready: u32,
    /// Those that were not, at most 50 of them.
    pub missed: Vec<Missed>,
    /// Hours above 80 %, per device and day, wherever the device was.
    pub above_80: f64,
    /// Hours above 35 °C, per device and day.
    pub above_35: f64,
    /// Full charges, per device and day.
    pub cycles: f64,
    /// Switches, per port and day.
    pub switches: f64,
    /// The most switches of one port on one day.
    pub most_switches: u32,
    /// The lowest level of all devices whose cable works, percent.
    pub lowest: f64,
    /// Minutes that devices spent below the floor of the station with their port off, although power would have charged them
    /// and they were not too hot.
    pub under_floor: f64,
    /// Minutes in which more had power than the station's limits allow.
    pub over_budget: f64,
    /// How often that began, also where it ended at the same instant.
    pub times_over: u32,
}

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    /// Where the device is.
    pub port: PortId,
    /// The device.
    pub device: DeviceName,
    /// When it was to be ready.
    pub at: Timestamp,
    /// The level that was asked for, percent.
    pub level: f64,
    /// The level that it had.
    pub had: f64,
}

impl Figures {
    /// Percent of the deadlines that can be met and were; `None` where there is none.
    pub fn readiness(&self) -> Option<f64> {
        (self.reachable > 0).then(|| 100.0 * f64::from(self.ready) / f64::from(self.reachable))
    }
}

/// The figures of a life; `always_on` is the same fleet with all ports always on, and says what can be reached.
pub fn figures(station: &Station, promises: &[Promise], life: &Life, always_on: &Life) -> Figures {
    let mut figures = Figures {
        devices: life.courses.len(),
        lowest: 100.0,
        over_budget: life.over_budget.as_secs_f64() / 60.0,
        times_over: life.times_over,
        ..Figures::default()
    };
    let mut all = Strain::default();
    for course in life.courses.values() {
        let points: Vec<Point> = course.moments.iter().map(|moment| moment.point).collect();
        let by_day = days(&points, &course.switches, &station.zone);
        let was = Strain::sum(by_day.iter().map(|day| &day.was));
        figures.most_switches =
            by_day.iter().map(|day| day.was.switches).fold(figures.most_switches, u32::max);
        if !course.dead_cable {
            figures.lowest = was.lowest.map_or(figures.lowest, |low| low.min(figures.lowest));
        }
        figures.under_floor += under_floor(&course.moments, &station.safety);
        all = all.and(&was);
    }
    let device_days = all.hours / 24.0;
    if device_days > 0.0 {
        figures.above_80 = all.above_80 / device_days;
        figures.above_35 = all.above_35 / device_days;
        figures.cycles = all.cycles / device_days;
        figures.switches = f64::from(all.switches) / device_days;
        // A fleet has devices, or there were no days.
        figures.days = device_days / f64::from(u32::try_from(figures.devices).unwrap_or(u32::MAX));
    }
    for promise in promises {
        keep(&mut figures, station, promise, life, always_on);
    }
    figures
}

fn keep(figures: &mut Figures, station: &Station, promise: &Promise, life: &Life, always_on: &Life) {
    let at = |life: &Life| at(&life.courses.get(&promise.port)?.moments, promise.at);
    let (Some((had, present)), Some((reachable, _))) = (at(life), at(always_on)) else { return };
    let enough = |level: f64| level.round() >= promise.level - READY_WITHIN;
    if !present || !enough(reachable) {
        return;
    }
    figures.reachable += 1;
    if enough(had) {
        figures.ready += 1;
    } else if figures.missed.len() < TOLD {
        let named = station.ports.get(&promise.port).and_then(|plan| plan.device.clone());
        figures.missed.push(Missed {
            port: promise.port,
            device: named.unwrap_or_else(|| DeviceName::anonymous(promise.port)),
            at: promise.at,
            level: promise.level,
            had,
        });
    }
}

/// The level at a moment, and whether the device was in its port; `None` outside of the course.
fn at(moments: &[Moment], at: Timestamp) -> Option<(f64, bool)> {
    let next = moments.partition_point(|moment| moment.point.at < at);
    let to = moments.get(next)?;
    if to.point.at == at {
        return Some((to.point.level, to.present));
    }
    let from = moments.get(next.checked_sub(1)?)?;
    let whole = to.point.at.duration_since(from.point.at).as_secs_f64();
    let part = at.duration_since(from.point.at).as_secs_f64() / whole;
    Some((from.point.level + (to.point.level - from.point.level) * part, from.present && to.present))
}

fn under_floor(moments: &[Moment], safety: &Safety) -> f64 {
    let floor = f64::from(safety.floor.percent());
    let is_left = |moment: &Moment| {
        let hot = moment.point.temperature.is_some_and(|degrees| degrees > safety.cool_again.degrees());
        moment.point.level.round() < floor && moment.power == Power::Off && moment.chargeable && !hot
    };
    let minutes = |pair: &[Moment]| {
        let [from, to] = pair else { return 0.0 };
        let both = is_left(from) && is_left(to);
        if both { to.point.at.duration_since(from.point.at).as_secs_f64() / 60.0 } else { 0.0 }
    };
    moments.windows(2).map(minutes).sum()
}
