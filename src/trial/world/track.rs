//! What a simulation tells: the course of each device, and the figures people ask for.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    model::{Decision, DeviceName, Event, EventKind, PortId, Power, Timestamp},
    trial::care::{HIGH, share_above},
};

/// The answer to one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The course of each device, by port.
    pub ports: BTreeMap<PortId, Track>,
}

/// The course of one device.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Its name; a device that the file does not name is called after its port.
    pub device: DeviceName,
    /// How it was at the beginning and at the end of each step, in the order of time; of very many steps not of each.
    pub samples: Vec<Sample>,
    /// Every switch of its port.
    pub switches: Vec<Switched>,
    /// The decisions that changed verdict, layer or rule.
    pub decisions: Vec<Arc<Decision>>,
}

/// How a device was at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// Percent, 0 to 100, with fractions.
    pub level: f64,
    /// Degrees Celsius.
    pub temperature: f64,
    /// The power of its port from this moment on.
    pub power: Power,
    /// True when it was in its port.
    pub present: bool,
}

/// A port was switched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switched {
    /// When.
    pub at: Timestamp,
    /// What it has been since.
    pub power: Power,
    /// Why.
    pub reason: String,
}

impl Switched {
    /// The switch that an event tells of, if it does.
    pub(in crate::trial) fn of(event: &Event) -> Option<Self> {
        match &event.kind {
            EventKind::Switched { power, reason } => {
                Some(Self { at: event.at, power: *power, reason: reason.clone() })
            }
            _ => None,
        }
    }
}

/// What people ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// How often the port was switched.
    pub switches: u32,
    /// Hours in which the level was above 80 %, wherever the device was.
    pub hours_above_80: f64,
    /// Hours in which the device was in its port and had power.
    pub hours_on: f64,
    /// The lowest level, percent; 0 of an empty course.
    pub lowest: f64,
    /// The highest temperature, degrees Celsius; 0 of an empty course.
    pub highest_temperature: f64,
    /// The level at each deadline, percent.
    pub ready: Vec<(Timestamp, f64)>,
}

impl Track {
    /// The figures of the whole course. Deadlines outside of it are left out.
    pub fn figures(&self, deadlines: &[Timestamp]) -> Figures {
        let mut figures = Figures {
            switches: u32::try_from(self.switches.len()).unwrap_or(u32::MAX),
            ready: deadlines.iter().filter_map(|at| Some((*at, self.level_at(*at)?))).collect(),
            ..Figures::default()
        };
        let temperatures = self.samples.iter().map(|sample| sample.temperature);
        figures.highest_temperature = temperatures.reduce(f64::max).unwrap_or(0.0);
        figures.lowest = self.samples.iter().map(|sample| sample.level).reduce(f64::min).unwrap_or(0.0);
        for pair in self.samples.windows(2) {
            let [from, to] = pair else { continue };
            let hours = to.at.duration_since(from.at).as_secs_f64() / 3600.0;
            figures.hours_above_80 += hours * share_above(from.level, to.level, HIGH);
            if from.power == Power::On && to.present {
                figures.hours_on += hours;
            }
        }
        figures
    }

    /// The decision that held at one moment, of those that changed something.
    pub fn decision_at(&self, at: Timestamp) -> Option<&Arc<Decision>> {
        let next = self.decisions.partition_point(|decision| decision.at <= at);
        self.decisions.get(next.checked_sub(1)?)
    }

    /// The level at one moment, percent; `None` outside of the course.
    pub fn level_at(&self, at: Timestamp) -> Option<f64> {
        let next = self.samples.partition_point(|sample| sample.at < at);
        let to = self.samples.get(next)?;
        if to.at == at {
            return Some(to.level);
        }
        let from = self.samples.get(next.checked_sub(1)?)?;
        let whole = to.at.duration_since(from.at).as_secs_f64();
        let part = at.duration_since(from.at).as_secs_f64();
        Some(from.level + (to.level - from.level) * part / whole)
    }
}
