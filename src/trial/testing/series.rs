//! Reports that are written down one after the other, taken by the real engine. The rules switch the port, the reports
//! do not mind: they come as they are written.

use std::sync::Arc;

use jiff::civil;
use serde::Deserialize;

use super::{
    case::DeviceCase,
    notation::Notation,
    scene::{self, RuleCase},
    values::{Date, Rate, Start, TimeOfDay, Weekday, With, Zone},
    wanted::Wanted,
};
use crate::{
    engine::{Engine, Remembered, Step},
    model::{
        BatteryReport, Celsius, DeviceName, EventKind, Level, PortId, Power, Record, RuleName, Seen, Span,
        Station, Timestamp,
    },
    rules::RuleSet,
    trial::world::{Sample, Switched, Track},
};

/// Longest series in minutes: 31 days. What a test needs shows within a month.
const LONGEST: usize = 31 * 24 * 60;
/// The engine has this often something to do at one moment; in a station with one port it is three times at most.
const TICKS: usize = 16;
/// Answers of the hub that bring new orders at one moment.
const ANSWERS: usize = 8;

/// A series as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Series {
    pub(super) name: String,
    #[serde(default)]
    guards: Vec<RuleCase>,
    #[serde(default)]
    rules: Vec<RuleCase>,
    #[serde(default)]
    with: With,
    from: Option<TimeOfDay>,
    weekday: Option<Weekday>,
    date: Option<Date>,
    zone: Option<Zone>,
    levels: Notation,
    temps: Option<Notation>,
    every_minutes: Option<u32>,
    charge_per_hour: Option<Rate>,
    #[serde(default)]
    device: DeviceCase,
    pub(super) expect: Vec<Wanted>,
}

/// A series that can be played.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    pub(super) station: Arc<Station>,
    start: Timestamp,
    every: Span,
    reports: Vec<Option<Reported>>,
}

/// Level and temperature of one report.
type Reported = (Level, Option<Celsius>);

impl Series {
    /// The station and its reports.
    pub(super) fn ready(&self, tested: &RuleName) -> Result<Ready, String> {
        let policy = scene::policy(&self.guards, &self.rules, &self.with, tested)?;
        let start =
            Start { time: self.from, weekday: self.weekday, date: self.date, zone: self.zone.clone() };
        let (at, zone) = start.moment(civil::Time::constant(12, 0, 0, 0))?;
        let rate = self.charge_per_hour.map_or(40.0, |rate| rate.0);
        let every = self.every_minutes.unwrap_or(1);
        if !(1..=24 * 60).contains(&every) {
            return Err(format!("every_minutes {every} is out of range: minutes, 1 to 1440"));
        }
        let minutes = usize::try_from(every).unwrap_or(usize::MAX).saturating_mul(self.levels.0.len());
        if minutes > LONGEST {
            return Err(format!("the series lasts {} days, at most 31 are played", minutes / (24 * 60)));
        }
        Ok(Ready {
            station: scene::station(zone, &self.device, rate, policy, [])?,
            start: at,
            every: Span::from_mins(i64::from(every)),
            reports: self.reports()?,
        })
    }

    fn reports(&self) -> Result<Vec<Option<Reported>>, String> {
        let temps = self.temps.as_ref().map(|temps| temps.0.as_slice()).unwrap_or_default();
        if temps.len() > self.levels.0.len() {
            let (temps, levels) = (temps.len(), self.levels.0.len());
            return Err(format!("there are {temps} temperatures and only {levels} levels"));
        }
        let one = |(n, level): (usize, &Option<f64>)| {
            let Some(level) = level else { return Ok(None) };
            let temp = temps.get(n).copied().flatten().map(Celsius::new).transpose()?;
            Ok(Some((percent(*level)?, temp)))
        };
        self.levels.0.iter().enumerate().map(one).collect()
    }
}

fn percent(level: f64) -> Result<Level, String> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be 0 to 100")]
    let whole = if (-0.5..100.5).contains(&level) { level.round() as i64 } else { -1 };
    Level::new(whole).map_err(|_| format!("level {level} is out of range: percent, 0 to 100"))
}

impl Ready {
    /// When it begins and when the last report comes, or would have come.
    pub(super) fn times(&self) -> (Timestamp, Timestamp) {
        let last = i32::try_from(self.reports.len().saturating_sub(1)).unwrap_or(i32::MAX);
        let end = self.start.checked_add(self.every.saturating_mul(last)).unwrap_or(Timestamp::MAX);
        (self.start, end)
    }

    /// Plays it, minute by minute.
    pub(super) fn run(&self, rules: &Arc<RuleSet>) -> Option<Track> {
        let (start, end) = self.times();
        let (port, plan) = self.station.ports.iter().next()?;
        let mut desk = Desk {
            engine: Engine::new(Arc::clone(&self.station), Arc::clone(rules), Remembered::default(), start),
            port: *port,
            power: Power::On,
            track: Track {
                device: plan.device.clone().or_else(|| DeviceName::new("device").ok())?,
                samples: Vec::new(),
                switches: Vec::new(),
                decisions: Vec::new(),
            },
        };
        desk.tick(start);
        let mut reports = self.reports.iter();
        let (mut now, mut due) = (start, start);
        while now <= end {
            if now >= due {
                due = due.checked_add(self.every).ok()?;
                desk.report(reports.next().copied().flatten(), now);
            }
            desk.tick(now);
            desk.sample(now);
            now = now.checked_add(Span::from_mins(1)).ok()?;
        }
        Some(desk.track)
    }
}

/// The engine of a station with one port, and a hub that does as it is told.
struct Desk {
    engine: Engine,
    port: PortId,
    power: Power,
    track: Track,
}

impl Desk {
    fn report(&mut self, report: Option<Reported>, now: Timestamp) {
        let Some((level, temperature)) = report else { return };
        let report = BatteryReport {
            device: None,
            port: self.port,
            level,
            charging: None,
            temperature,
            measured_at: None,
        };
        // A report of now about a port that there is, is always taken.
        if let Ok(step) = self.engine.report(&report, now) {
            self.act(step, now);
        }
    }

    fn tick(&mut self, now: Timestamp) {
        for _ in 0..TICKS {
            if self.engine.next_due() > now {
                break;
            }
            let step = self.engine.tick(now);
            self.act(step, now);
        }
    }

    fn act(&mut self, mut step: Step, now: Timestamp) {
        for _ in 0..ANSWERS {
            let mut seen = Vec::new();
            for order in &step.orders {
                self.power = order.power;
                seen.push(Seen::new(order.port, Some(order.id), Some(order.power), None));
            }
            seen.extend(step.read.iter().map(|(id, _)| Seen::new(*id, None, Some(self.power), None)));
            self.note(step);
            if seen.is_empty() {
                return;
            }
            step = self.engine.seen(&seen, now);
        }
    }

    fn note(&mut self, step: Step) {
        for event in step.events {
            if let EventKind::Switched { power, reason } = event.kind {
                self.track.switches.push(Switched { at: event.at, power, reason });
            }
        }
        for record in step.records {
            if let Record::Decision(decision) = record {
                self.track.decisions.push(decision);
            }
        }
    }

    fn sample(&mut self, now: Timestamp) {
        let battery = self.engine.view().ports.get(&self.port).and_then(|port| port.memory.battery.as_ref());
        let Some(battery) = battery else { return };
        self.track.samples.push(Sample {
            at: now,
            level: f64::from(battery.level.percent()),
            temperature: battery.temperature.map_or(0.0, Celsius::degrees),
            power: self.power,
            present: true,
        });
    }
}
