//! Hours and weeks in which rules and a battery that does not exist act on each other.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil;
use serde::Deserialize;

use super::{
    case::DeviceCase,
    due::{self, DeadlineEntry},
    scene::{self, RuleCase},
    values::{Date, Drain, Number, Percent, Rate, Rise, Start, TimeOfDay, Weekday, With, Zone, short},
    wanted::Wanted,
};
use crate::{
    model::{PortId, RuleName, Safety, SignalName, Span, Station, Timestamp},
    simulation::{self, Away, Days, DeviceModel, Temper},
    trial::world::{self, Scenario, SignalCourse, Track},
};

/// A year is simulated by `scs simulate`; what a test needs shows within a month.
const MOST_DAYS: u32 = 31;
/// Up to this length the clock moves a minute at a time, beyond it five.
const BY_THE_MINUTE: Span = Span::from_hours(36);

/// One night as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Night {
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
    hours: Option<u32>,
    days: Option<u32>,
    start: Option<StartCase>,
    #[serde(default)]
    model: ModelCase,
    #[serde(default)]
    device: DeviceCase,
    /// When the device is to be ready, besides what the rules say.
    #[serde(default)]
    deadlines: Vec<DeadlineEntry>,
    /// Numbers from elsewhere, each from a time of day on.
    #[serde(default)]
    signals: BTreeMap<SignalName, BTreeMap<TimeOfDay, Number>>,
    seed: Option<u64>,
    pub(super) expect: Vec<Wanted>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StartCase {
    level: Percent,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelCase {
    charge_per_hour: Option<Rate>,
    drain_per_hour: Option<Drain>,
    heat: Option<Rise>,
    report_every_minutes: Option<u32>,
    #[serde(default)]
    away: Vec<AwayCase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AwayCase {
    days: Option<DaysCase>,
    from: TimeOfDay,
    to: TimeOfDay,
    drain_per_hour: Option<Drain>,
}

/// `"Mon-Fri"`, `"Sat"`, `"Mon, Wed, Fri"`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::trial) struct DaysCase(pub(in crate::trial) Days);

impl TryFrom<String> for DaysCase {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let wrong =
            || format!("`{}` are no days: write \"Mon-Fri\", \"Sat\" or \"Mon, Wed, Sun\"", short(&text));
        let mut days = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let first = day(first.trim()).ok_or_else(wrong)?;
            let last = day(last.trim()).ok_or_else(wrong)?;
            let until = first.until(last);
            days.extend(first.cycle_forward().take(usize::from(until.unsigned_abs()) + 1));
        }
        Ok(Self(Days::of(&days)))
    }
}

fn day(text: &str) -> Option<civil::Weekday> {
    let mut days = civil::Weekday::Monday.cycle_forward().take(7);
    days.find(|day| {
        let name = crate::rules::weekday_name(*day);
        name == text || name.get(..3) == Some(text)
    })
}

/// A night that can be lived through.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    pub(super) station: Arc<Station>,
    scenario: Scenario,
}

impl Night {
    /// The station and what happens at it.
    pub(super) fn ready(&self, tested: &RuleName) -> Result<Ready, String> {
        let policy = scene::policy(&self.guards, &self.rules, &self.with, tested)?;
        let start =
            Start { time: self.from, weekday: self.weekday, date: self.date, zone: self.zone.clone() };
        let (at, zone) = start.moment(civil::Time::constant(22, 0, 0, 0))?;
        let length = self.length()?;
        let rate = self.model.charge_per_hour.map_or(40.0, |rate| rate.0);
        let scene = scene::Scene {
            zone,
            device: &self.device,
            charge_per_hour: rate,
            policy,
            deadlines: due::deadlines(&self.deadlines)?,
            safety: Safety::default(),
        };
        let station = scene::station(scene, self.signals.keys())?;
        let devices: BTreeMap<PortId, DeviceModel> =
            BTreeMap::from([(scene::port()?, self.device_model(rate))]);
        let minutes = if length <= BY_THE_MINUTE { 1 } else { 5 };
        let step = Span::from_mins(minutes);
        Ok(Ready {
            station,
            scenario: Scenario {
                start: at,
                length,
                step,
                seed: self.seed.unwrap_or(1),
                devices,
                signals: self.courses()?,
            },
        })
    }

    fn courses(&self) -> Result<BTreeMap<SignalName, SignalCourse>, String> {
        let course = |(name, values): (&SignalName, &BTreeMap<TimeOfDay, Number>)| {
            let values = values.iter().map(|(time, value)| (time.0, value.0)).collect();
            let course = SignalCourse::new(values).ok_or_else(|| {
                format!("the signal `{name}` has no value: write {{\"{name}\": {{\"00:00\": 0.1}}}}")
            })?;
            Ok((name.clone(), course))
        };
        self.signals.iter().map(course).collect()
    }

    fn length(&self) -> Result<Span, String> {
        let hours = match (self.hours, self.days) {
            (Some(hours), None) => hours,
            (None, Some(days)) => days.saturating_mul(24),
            (Some(_), Some(_)) => return Err("both `hours` and `days` are given: keep one".to_owned()),
            (None, None) => {
                return Err("how long it lasts is missing: write hours: 12, or days: 7".to_owned());
            }
        };
        if (1..=MOST_DAYS * 24).contains(&hours) {
            return Ok(Span::from_hours(i64::from(hours)));
        }
        Err(format!("{hours} hours are out of range: 1 hour to {MOST_DAYS} days"))
    }

    fn device_model(&self, charge_per_hour: f64) -> DeviceModel {
        let model = &self.model;
        let away = |away: &AwayCase| Away {
            days: away.days.map_or(Days::ALL, |days| days.0),
            from: away.from.0,
            to: away.to.0,
            per_hour: away.drain_per_hour.map_or(8.0, |rate| rate.0),
        };
        DeviceModel {
            level: self.start.map_or(50.0, |start| start.level.0),
            charge_per_hour,
            drain: simulation::Drain::flat(model.drain_per_hour.map_or(3.0, |rate| rate.0)),
            rise: model.heat.map_or(9.0, |rise| rise.0),
            habits: model.away.iter().map(away).collect(),
            report_every: Span::from_mins(i64::from(
                model.report_every_minutes.unwrap_or(5).clamp(1, 24 * 60),
            )),
            temper: Temper::Ordinary,
        }
    }
}

impl Ready {
    /// When it begins and ends.
    pub(super) fn times(&self) -> (Timestamp, Timestamp) {
        let end = self.scenario.start.checked_add(self.scenario.length).unwrap_or(Timestamp::MAX);
        (self.scenario.start, end)
    }

    /// Lives through it.
    pub(super) fn run(&self, rules: &Arc<crate::rules::RuleSet>) -> Option<Track> {
        world::run(&self.station, rules, &self.scenario).ports.into_values().next()
    }
}
