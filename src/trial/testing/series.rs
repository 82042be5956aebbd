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
    engine::Step,
    model::{BatteryReport, Celsius, DeviceName, Level, PortId, Record, RuleName, Span, Station, Timestamp},
    rules::RuleSet,
    trial::world::{Sample, Stage, Switched, Track},
};

/// Longest series in minutes: 31 days. What a test needs shows within a month.
const LONGEST: usize = 31 * 24 * 60;
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
        let scene = scene::Scene {
            zone,
            device: &self.device,
            charge_per_hour: rate,
            policy,
            deadlines: Arc::default(),
            safety: scene::rules_only(),
        };
        Ok(Ready {
            station: scene::station(scene, [])?,
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
            stage: Stage::new(&self.station, rules, start),
            port: *port,
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

/// A station with one port, and the course of its device.
struct Desk {
    stage: Stage,
    port: PortId,
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
        self.stage.report(&report, now, &mut |step| note(&mut self.track, step));
    }

    fn tick(&mut self, now: Timestamp) {
        self.stage.tick(now, &mut |step| note(&mut self.track, step));
    }

    fn sample(&mut self, now: Timestamp) {
        let battery = self.stage.view().ports.get(&self.port).and_then(|port| port.memory.battery.as_ref());
        let Some(battery) = battery else { return };
        self.track.samples.push(Sample {
            at: now,
            level: f64::from(battery.level.percent()),
            temperature: battery.temperature.map_or(0.0, Celsius::degrees),
            power: self.stage.power(self.port),
            present: true,
        });
    }
}

/// Every decision is kept, also one that changes nothing: each has tried some lines of the rule.
fn note(track: &mut Track, step: Step) {
    track.switches.extend(step.events.iter().filter_map(Switched::of));
    track.decisions.extend(step.records.into_iter().filter_map(|record| match record {
        Record::Decision(decision) => Some(decision),
        _ => None,
    }));
}
