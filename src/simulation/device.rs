//! A device that lives by the calendar: it is used more at some hours than at others, taken away and brought back.

use jiff::civil::DateTime;

use super::{
    battery::{Battery, Flow},
    habit::{Away, Drain},
    phone::{Reading, Temper, reading},
    random::Random,
};
use crate::model::Span;

/// One hour is not like the other. Ours: what is used in an hour is 60 to 140 % of what is usual at that hour.
const UNSTEADY: (u32, u32) = (60, 140);

/// Percent points per hour from which on a device is warm from being used, and by how many degrees. Ours.
const BUSY: (f64, f64) = (10.0, 3.0);

/// What a device is like, and the people who use it.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceModel {
    /// Level at the start, percent, 0 to 100.
    pub level: f64,
    /// Percent points per hour when it charges at a level of 80 % or less.
    pub charge_per_hour: f64,
    /// What it uses while it stands at the station without power.
    pub drain: Drain,
    /// Degrees above the room at which it settles when it charges.
    pub rise: f64,
    /// When it is not there.
    pub habits: Vec<Away>,
    /// The time between two reports; at least one step passes.
    pub report_every: Span,
    /// What is peculiar about it.
    pub temper: Temper,
}

/// A device that does not exist.
#[derive(Clone, Debug)]
pub struct Device {
    model: DeviceModel,
    battery: Battery,
    seed: u64,
    away: Option<usize>,
    powered: bool,
    /// What is left of the capacity that the model tells of; more than 0.
    capacity: f64,
    /// Time since it came into being.
    age: Span,
    /// Age at which it reports next.
    next_report: Span,
}

impl Device {
    /// A device at this local time; the seed decides on what no model says.
    pub fn new(model: DeviceModel, seed: u64, local: DateTime) -> Self {
        let battery = Battery::new(model.level);
        let mut device = Self {
            model,
            battery,
            seed,
            away: None,
            powered: false,
            capacity: 1.0,
            age: Span::ZERO,
            next_report: Span::ZERO,
        };
        device.away = device.habit(local);
        device
    }

    /// From now on so much of its capacity is left, as a part of what the model tells of: it charges and drains so much faster.
    /// What lies outside 0.1 to 1 counts as the nearer of both.
    pub fn wear_to(&mut self, capacity: f64) {
        self.capacity = if capacity.is_nan() { 1.0 } else { capacity.clamp(0.1, 1.0) };
    }

    /// Lets time pass from this local time on, with the port on or off all the while. Who is away gets no power.
    pub fn step(&mut self, powered: bool, local: DateTime, dt: Span) {
        let before = self.away;
        self.away = self.habit(local);
        if before.is_some() && self.away.is_none() {
            // Back in its port it says so at once.
            self.next_report = self.age;
        }
        self.powered = powered && self.away.is_none();
        self.battery.step(self.flow(local), dt);
        self.age = self.age.saturating_add(dt);
    }

    /// What it reports now, if a report is due; nothing when it is away, silent or empty.
    pub fn report(&mut self, powered: bool) -> Option<Reading> {
        if self.away.is_some() || self.age < self.next_report {
            return None;
        }
        self.next_report = self.age.saturating_add(self.model.report_every);
        if self.model.temper.is_silent(self.age) {
            return None;
        }
        self.powered = powered;
        reading(&self.battery, self.is_charging())
    }

    /// Its battery.
    pub fn battery(&self) -> &Battery {
        &self.battery
    }

    /// True when it is in its port.
    pub fn is_present(&self) -> bool {
        self.away.is_none()
    }

    fn is_charging(&self) -> bool {
        self.powered && self.model.temper != Temper::BadCable && self.battery.level() < 100.0
    }

    fn habit(&self, local: DateTime) -> Option<usize> {
        self.model.habits.iter().position(|away| away.holds(local, self.seed))
    }

    fn flow(&self, local: DateTime) -> Flow {
        if self.powered && self.model.temper != Temper::BadCable {
            let per_hour = self.model.charge_per_hour / self.capacity;
            return Flow::Charge { per_hour, rise: self.model.rise };
        }
        let away = self.away.and_then(|index| self.model.habits.get(index));
        let usual = away.map_or_else(|| self.model.drain.at(local.hour()), |away| away.per_hour);
        let per_hour = usual * self.unsteadiness(local) / self.capacity;
        let (busy, rise) = BUSY;
        Flow::Drain { per_hour, rise: if per_hour >= busy { rise } else { 0.0 } }
    }

    /// The same for the same hour of the same day, so that the answer does not hang on the length of steps.
    fn unsteadiness(&self, local: DateTime) -> f64 {
        let hour = i64::from(local.day_of_year()) * 24 + i64::from(local.hour());
        let (low, high) = UNSTEADY;
        let drawn = Random::new(self.seed ^ hour.unsigned_abs().wrapping_mul(0x2545_f491)).between(low, high);
        f64::from(drawn) / 100.0
    }
}
