//! The same week lived twice: with the rules and stations as they are, and as they would be.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    difference::Setup,
    world::{DeviceModel, Drain, Scenario, Temper, Track, deadlines, run},
};
use crate::model::{DeviceName, PortId, PortPlan, Span, Station, StationName, Timestamp};

/// Decides on what the models of the devices leave open.
const SEED: u64 = 1;
/// Ours: the clock moves so far at a time; rules that look at the clock are still right within it.
const STEP: Span = Span::from_mins(5);
/// Ours: what a device uses that lies there and is looked at now and then, percent points per hour.
const DRAIN: f64 = 3.0;
/// Ours: how full devices are when the week begins, percent.
const LEVEL: f64 = 60.0;
/// Degrees above the room of a phone that charges.
const RISE: f64 = 8.0;
/// Ports that are simulated at most, so that an answer takes seconds.
const PORTS: usize = 64;

/// What becomes of one device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// How often its port is switched.
    pub switches: u32,
    /// Hours in which its level is above 80 %.
    pub hours_above_80: f64,
    /// Hours in which it has power.
    pub hours_on: f64,
    /// The lowest level, percent.
    pub lowest: f64,
    /// The lowest level at the deadlines that its policy names; `None` when it names none.
    pub lowest_at_deadline: Option<f64>,
    /// How many deadlines there are.
    pub deadlines: usize,
}

/// One port in the week that is, and in the week that would be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortWeek {
    /// The station.
    pub station: StationName,
    /// The port.
    pub port: PortId,
    /// Its device, as it would be; a device that the file does not name is called after its port.
    pub device: DeviceName,
    /// With the rules and stations as they are; `None`: there is no such port.
    pub before: Option<Outlook>,
    /// With them as they would be; `None`: there is no such port any more.
    pub after: Option<Outlook>,
}

/// The week of all ports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Week {
    /// How many days it has.
    pub days: u8,
    /// The ports for which it would be another week.
    pub ports: Vec<PortWeek>,
    /// Ports for which it is the same.
    pub same: usize,
    /// Ports that were not simulated, as there are too many.
    pub left_out: usize,
}

/// Simulates so many days from `start` on with both setups, the same devices and the same people. As soon as it is not
/// `wanted` any more the answer comes with the next station, and means nothing.
pub fn week(before: &Setup, after: &Setup, start: Timestamp, days: u8, wanted: &dyn Fn() -> bool) -> Week {
    let length = Span::from_hours(24 * i64::from(days));
    let mut found = Week { days, ..Week::default() };
    let mut room = PORTS;
    let mut names: Vec<&StationName> = before.stations.keys().chain(after.stations.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let sides = [before, after].map(|setup| setup.stations.get(name).map(|station| (setup, station)));
        let ports = sides.iter().flatten().map(|(_, station)| station.ports.len()).max().unwrap_or_default();
        if ports > room || !wanted() {
            found.left_out += ports;
            continue;
        }
        room -= ports;
        let [was, would] = sides.map(|side| {
            side.map(|(setup, station)| outlooks(setup, station, start, length)).unwrap_or_default()
        });
        found.add(name, was, would);
    }
    found
}

type Outlooks = BTreeMap<PortId, (DeviceName, Outlook)>;

impl Week {
    fn add(&mut self, station: &StationName, mut was: Outlooks, would: Outlooks) {
        for (port, (device, after)) in would {
            let before = was.remove(&port).map(|(_, outlook)| outlook);
            if before.as_ref() == Some(&after) {
                self.same += 1;
            } else {
                let after = Some(after);
                self.ports.push(PortWeek { station: station.clone(), port, device, before, after });
            }
        }
        for (port, (device, before)) in was {
            let before = Some(before);
            self.ports.push(PortWeek { station: station.clone(), port, device, before, after: None });
        }
    }
}

fn outlooks(setup: &Setup, station: &Arc<Station>, start: Timestamp, length: Span) -> Outlooks {
    let devices = station.ports.values().map(|port| (port.id, model(port))).collect();
    let scenario = Scenario { start, length, step: STEP, seed: SEED, devices, signals: BTreeMap::new() };
    let run = run(station, &setup.rules, &scenario);
    let outlook = |(port, track): (PortId, Track)| {
        let moments = deadlines(station, &setup.rules, port, start, length);
        let figures = track.figures(&moments);
        let ready = figures.ready.iter().map(|(_, level)| tenths(*level));
        let outlook = Outlook {
            switches: figures.switches,
            hours_above_80: tenths(figures.hours_above_80),
            hours_on: tenths(figures.hours_on),
            lowest: tenths(figures.lowest),
            lowest_at_deadline: ready.reduce(f64::min),
            deadlines: figures.ready.len(),
        };
        (port, (track.device, outlook))
    };
    run.ports.into_iter().map(outlook).collect()
}

/// What people read has one digit behind the point; less is no difference.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

fn model(port: &PortPlan) -> DeviceModel {
    DeviceModel {
        level: LEVEL,
        charge_per_hour: port.care.charge_per_hour,
        drain: Drain::flat(DRAIN),
        rise: RISE,
        habits: Vec::new(),
        report_every: STEP,
        temper: Temper::Ordinary,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Value,
        trial::difference::tests::{KEEP, READY, port, rules, setup, usage},
    };

    fn start() -> Timestamp {
        Timestamp::from_second(1_767_571_200).unwrap()
    }

    #[test]
    fn a_lower_limit_shows_in_the_days_and_leaves_other_ports_alone() {
        let of = |high: i64| {
            let changed = [usage("keep-between", &[("high", Value::Int(high))])];
            let same = [usage("keep-between", &[])];
            setup(rules(&[("keep-between", KEEP)]), &[port(1, &[], &changed), port(2, &[], &same)])
        };
        let found = week(&of(95), &of(60), start(), 2, &|| true);
        assert_eq!((found.ports.len(), found.same, found.left_out), (1, 1, 0));
        let port = &found.ports[0];
        let (before, after) = (port.before.as_ref().unwrap(), port.after.as_ref().unwrap());
        assert_eq!(port.port.get(), 1);
        assert!(before.hours_above_80 > 1.0 && after.hours_above_80 < 0.1, "{port:?}");
        assert_eq!(week(&of(60), &of(60), start(), 2, &|| true).ports, []);
    }

    #[test]
    fn readiness_is_told_where_a_deadline_is_named_and_ports_may_come_and_go() {
        let ready = [usage("ready-by", &[])];
        let before = setup(rules(&[("ready-by", READY)]), &[port(1, &[], &ready)]);
        let after = setup(rules(&[("ready-by", READY)]), &[port(2, &[], &ready)]);
        let found = week(&before, &after, start(), 2, &|| true);
        let (new, gone) = (&found.ports[0], &found.ports[1]);
        assert_eq!((new.port.get(), gone.port.get()), (2, 1));
        assert!(new.before.is_none() && gone.after.is_none());
        let outlook = new.after.as_ref().unwrap();
        assert_eq!(outlook.deadlines, 2);
        assert!(outlook.lowest_at_deadline.unwrap() > 90.0, "{outlook:?}");
    }
}
