//! How a device charges: what was learned of it, and the stretches of the past.

use poem_openapi::Object;
use serde::Serialize;

use super::super::wire::Time;
use crate::{
    controller::PortState,
    history::Stored,
    model::{Celsius, DeviceName, LearnedBand, Level, PortId, Session, StationName, Timestamp},
};

/// What was learned of a device from its own reports.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Learned")]
pub(in crate::http) struct LearnedOut {
    /// The device.
    device: DeviceName,
    /// True when enough was seen to know how fast it charges; else the station file's `charge_per_hour` counts.
    knows_rate: bool,
    /// How sure that is, percent; 0 before enough was seen.
    sure: u8,
    /// Each band of levels from the lowest on; empty before enough was seen.
    bands: Vec<BandOut>,
    /// Minutes from its last level to 100 %; null before enough was seen.
    #[oai(nullable)]
    minutes_to_full: Option<f64>,
    /// What it uses without power, percent points per hour; null before enough was seen.
    #[oai(nullable)]
    drain_per_hour: Option<f64>,
    /// What the station file says, percent points per hour.
    charge_per_hour: f64,
}

/// How fast a device charges between two levels.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "LearnedBand")]
pub(in crate::http) struct BandOut {
    /// Where the band begins, percent.
    from: f64,
    /// Where it ends, percent.
    to: f64,
    /// Percent points per hour through it.
    per_hour: f64,
    /// How often it was charged through of late, 0 to 3. 0: taken from the other bands.
    passes: f64,
}

impl LearnedOut {
    /// Shows what was learned of the device in a port, if there is one.
    pub(in crate::http) fn new(state: &PortState) -> Option<Self> {
        let learned = &state.memory.learned;
        let level = state.memory.battery.as_ref().map(|battery| f64::from(battery.level.percent()));
        let to_full = level.and_then(|level| learned.minutes_to_charge(level, 100.0));
        Some(Self {
            device: state.device()?.clone(),
            knows_rate: learned.paces().is_some(),
            sure: learned.percent_sure(),
            bands: learned.bands().into_iter().map(BandOut::from).collect(),
            minutes_to_full: to_full.map(|estimate| tenths(estimate.minutes)),
            drain_per_hour: learned.drain_per_hour().map(tenths),
            charge_per_hour: state.care().charge_per_hour,
        })
    }
}

impl From<LearnedBand> for BandOut {
    fn from(band: LearnedBand) -> Self {
        Self { from: band.from, to: band.to, per_hour: tenths(band.per_hour), passes: tenths(band.passes) }
    }
}

/// One stretch of charging, as the device told it.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Session")]
pub(in crate::http) struct SessionOut {
    /// Its number in history; null for the one that goes on.
    #[oai(nullable)]
    number: Option<i64>,
    /// The station.
    station: StationName,
    /// The port.
    port: PortId,
    /// Since when the device had been in the port, if the hub showed it come.
    #[oai(nullable)]
    plugged_at: Option<Time>,
    /// When it began.
    began_at: Time,
    /// When it ended; null for the one that goes on.
    #[oai(nullable)]
    ended_at: Option<Time>,
    /// How long it lasted, minutes.
    minutes: f64,
    /// The first level, percent.
    from: Level,
    /// The last level, percent.
    to: Level,
    /// Percent points per hour; null for less than five minutes.
    #[oai(nullable)]
    per_hour: Option<f64>,
    /// The highest temperature that was measured, degrees Celsius.
    #[oai(nullable)]
    hottest: Option<Celsius>,
    /// Minutes of it at more than 80 %.
    minutes_above_80: f64,
}

impl SessionOut {
    fn new(session: &Session, number: Option<i64>) -> Self {
        Self {
            number,
            station: session.station.clone(),
            port: session.port,
            plugged_at: session.plugged_at.map(Time),
            began_at: session.began_at.into(),
            ended_at: number.map(|_| session.ended_at.into()),
            minutes: tenths(session.minutes()),
            from: session.from,
            to: session.to,
            per_hour: session.per_hour().map(tenths),
            hottest: session.hottest,
            minutes_above_80: tenths(session.minutes_above_80),
        }
    }
}

/// Stretches of charging, the newest first.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Sessions")]
pub(in crate::http) struct SessionsOut {
    /// The one that goes on; null when there is none, and on later pages.
    #[oai(nullable)]
    running: Option<SessionOut>,
    /// Those that have ended.
    sessions: Vec<SessionOut>,
    /// What to give as `before` for the next page; null: this was the last.
    #[oai(nullable)]
    next: Option<String>,
}

impl SessionsOut {
    /// A page of so many at most.
    pub(in crate::http) fn new(rows: &[Stored<Session>], limit: u32, running: Option<SessionOut>) -> Self {
        let is_full = u32::try_from(rows.len()).is_ok_and(|rows| rows >= limit);
        Self {
            running,
            sessions: rows.iter().map(|row| SessionOut::new(&row.value, Some(row.number))).collect(),
            next: rows.last().filter(|_| is_full).map(|row| row.number.to_string()),
        }
    }

    /// The stretch that goes on in a port, as it is now.
    pub(in crate::http) fn running(
        station: &StationName,
        state: &PortState,
        now: Timestamp,
    ) -> Option<SessionOut> {
        let session = state.memory.stretch.as_ref()?.end(station, state.plan.id, now)?;
        Some(SessionOut::new(&session, None))
    }
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
