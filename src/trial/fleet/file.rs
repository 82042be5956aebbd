//! A fleet as its file describes it.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};
use serde::Deserialize;

use super::faults::Fault;
use crate::{
    model::{Level, PortId, Span, StationName},
    simulation::{Away, Days, DeviceModel, Drain, Temper},
    trial::testing::DaysCase,
};

/// More faults or demands than this are a mistake.
const MOST: usize = 1_000;

/// What a fleet is: a station, how long it is lived through, its devices, and what happens to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// What people call it.
    pub title: String,
    /// The station, by the name of its file.
    pub station: StationName,
    /// When it begins, by the station's clock.
    pub start: DateTime,
    /// How many days, 1 to 400.
    pub days: u16,
    /// How far the clock moves at a time, 1 to 15 minutes.
    pub step: Span,
    /// Decides on all that is left open.
    pub seed: u64,
    /// The devices, by port. A port that is not listed is empty.
    pub devices: BTreeMap<PortId, Member>,
    /// What people ask for on the way.
    pub demands: Vec<Demand>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

/// One device of a fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// What it is like.
    pub model: DeviceModel,
    /// Percent of its capacity that it loses over the whole time, 0 to 50: it charges and drains so much faster at the end.
    pub wear: f64,
}

/// Somebody needs a device on some days: asks for it, and takes it later.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// Where it is.
    pub port: PortId,
    /// On which days.
    pub days: Days,
    /// When it is asked for.
    pub asked: Time,
    /// When it is to be ready, on the same day.
    pub due: Time,
    /// The level to be reached, percent.
    pub level: Level,
}

impl Fleet {
    /// Reads the text of a fleet file. Fails with place and reason of the first thing that is wrong.
    pub fn read(text: &str) -> Result<Self, String> {
        let case: FleetCase = ron::Options::default()
            .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
            .from_str(text)
            .map_err(|error| error.to_string())?;
        case.fleet()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FleetCase {
    title: String,
    station: StationName,
    start: DateTime,
    days: u16,
    #[serde(default = "five_minutes")]
    step: Span,
    seed: u64,
    devices: BTreeMap<PortId, MemberCase>,
    #[serde(default)]
    demands: Vec<DemandCase>,
    #[serde(default)]
    faults: Vec<Fault>,
}

fn five_minutes() -> Span {
    Span::from_mins(5)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberCase {
    level: f64,
    charge_per_hour: f64,
    drain_per_hour: DrainCase,
    #[serde(default)]
    heat: f64,
    #[serde(default)]
    wear: f64,
    #[serde(default = "five_minutes")]
    report_every: Span,
    #[serde(default)]
    away: Vec<AwayCase>,
}

/// The same all day, or one rate by day and one by night.
#[derive(Deserialize)]
enum DrainCase {
    Flat(f64),
    /// From 7:00 to 22:00, and else.
    Day(f64, f64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AwayCase {
    days: DaysCase,
    from: Time,
    to: Time,
    drain_per_hour: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemandCase {
    port: PortId,
    days: DaysCase,
    asked: Time,
    due: Time,
    #[serde(default = "full")]
    level: Level,
}

fn full() -> Level {
    Level::saturating(100)
}

impl FleetCase {
    fn fleet(self) -> Result<Fleet, String> {
        if !(1..=400).contains(&self.days) {
            return Err(format!("days: `{}` is out of range: 1 to 400", self.days));
        }
        if !(Span::from_mins(1)..=Span::from_mins(15)).contains(&self.step) {
            return Err("step: use 1 to 15 minutes, for example \"5 min\"".to_owned());
        }
        if self.devices.is_empty() {
            return Err("devices: a fleet has at least one device".to_owned());
        }
        if self.demands.len() > MOST || self.faults.len() > MOST {
            return Err(format!("a fleet has at most {MOST} demands and {MOST} faults"));
        }
        let devices: BTreeMap<PortId, Member> = self
            .devices
            .into_iter()
            .map(|(id, case)| {
                case.member().map(|member| (id, member)).map_err(|why| format!("port {id}: {why}"))
            })
            .collect::<Result<_, _>>()?;
        let known = |port: &PortId| devices.contains_key(port);
        let demands = self.demands.into_iter().map(DemandCase::demand).collect::<Result<Vec<_>, _>>()?;
        let asked = demands.iter().map(|demand| demand.port);
        let mut named = asked.chain(self.faults.iter().flat_map(Fault::ports).copied());
        if let Some(port) = named.find(|port| !known(port)) {
            return Err(format!("port {port} has no device in this fleet, and a demand or a fault names it"));
        }
        self.faults.iter().try_for_each(Fault::check)?;
        Ok(Fleet {
            title: self.title,
            station: self.station,
            start: self.start,
            days: self.days,
            step: self.step,
            seed: self.seed,
            devices,
            demands,
            faults: self.faults,
        })
    }
}

impl MemberCase {
    fn member(self) -> Result<Member, String> {
        let within = |name: &str, value: f64, least: f64, most: f64| {
            let fits = value.is_finite() && (least..=most).contains(&value);
            fits.then_some(value).ok_or_else(|| format!("{name} {value} is out of range: {least} to {most}"))
        };
        let rate = |value| within("drain_per_hour", value, 0.0, 500.0);
        let drain = match self.drain_per_hour {
            DrainCase::Flat(rate_) => Drain::flat(rate(rate_)?),
            DrainCase::Day(day, night) => {
                let (day, night) = (rate(day)?, rate(night)?);
                Drain::by_hour(std::array::from_fn(|hour| if (7..22).contains(&hour) { day } else { night }))
            }
        };
        let away = |case: AwayCase| {
            Ok(Away { days: case.days.0, from: case.from, to: case.to, per_hour: rate(case.drain_per_hour)? })
        };
        if !(Span::from_mins(1)..=Span::from_hours(24)).contains(&self.report_every) {
            return Err("report_every: use 1 min to 24 h".to_owned());
        }
        let model = DeviceModel {
            level: within("level", self.level, 0.0, 100.0)?,
            charge_per_hour: within("charge_per_hour", self.charge_per_hour, 1.0, 500.0)?,
            drain,
            rise: within("heat", self.heat, 0.0, 40.0)?,
            habits: self.away.into_iter().map(away).collect::<Result<_, String>>()?,
            report_every: self.report_every,
            temper: Temper::Ordinary,
        };
        Ok(Member { model, wear: within("wear", self.wear, 0.0, 50.0)? })
    }
}

impl DemandCase {
    fn demand(self) -> Result<Demand, String> {
        let Self { port, days, asked, due, level } = self;
        if asked >= due {
            return Err(format!("port {port}: a demand is due after it is asked for, on the same day"));
        }
        Ok(Demand { port, days: days.0, asked, due, level })
    }
}
