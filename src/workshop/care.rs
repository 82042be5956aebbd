//! What a device went through, read from history and worked out.

use jiff::{civil::Date, tz::TimeZone};

use super::{Closed, Workshop};
pub use crate::trial::care::{Account, BothDays, EDGES, Strain, csv};
use crate::{
    history::{Lived, ReadError},
    model::{DeviceName, Timestamp},
    trial::care::{Heard, account},
};

/// Why there is no account.
#[derive(Debug, thiserror::Error)]
pub enum NoAccount {
    /// The past could not be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// The workshop did not answer.
    #[error(transparent)]
    Closed(#[from] Closed),
}

/// Whose account is asked for, and for which days.
#[derive(Clone, Debug)]
pub struct CareAsked {
    /// The device.
    pub device: DeviceName,
    /// The clock by which days begin.
    pub zone: TimeZone,
    /// The first day.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// How fast it charges, percent points per hour, for as long as its reports do not tell.
    pub per_hour: f64,
}

/// The account of a device, and what it was asked for.
#[derive(Clone, Debug)]
pub struct Cared {
    /// What was asked.
    pub asked: CareAsked,
    /// The days.
    pub account: Account,
    /// There were more reports than are read at once, and the earliest days are missing.
    pub cut: bool,
}

impl CareAsked {
    /// From when until just before when; `None` when these days lie out of reach.
    pub fn bounds(&self) -> Option<(Timestamp, Timestamp)> {
        let midnight = |date: Date| Some(date.to_zoned(self.zone.clone()).ok()?.timestamp());
        Some((midnight(self.from)?, midnight(self.to.tomorrow().ok()?)?))
    }

    /// Works the account out from what history tells.
    pub fn of(self, lived: Lived) -> Cared {
        let heard: Vec<Heard> = lived
            .reports
            .into_iter()
            .map(|report| Heard {
                place: (report.station, report.port),
                at: report.received_at,
                battery: report.battery,
            })
            .collect();
        let switches: Vec<_> =
            lived.switches.into_iter().map(|(station, port, at)| ((station, port), at)).collect();
        let account = account(&heard, &switches, &self.zone, self.per_hour);
        Cared { account, cut: lived.cut, asked: self }
    }
}

impl Workshop {
    /// What a device went through. Days that lie out of reach have nothing in them.
    pub async fn care(&self, asked: CareAsked) -> Result<Cared, NoAccount> {
        let lived = match asked.bounds() {
            Some((from, to)) => self.reader().lived(&asked.device, from, to).await?,
            None => Lived::default(),
        };
        Ok(self.glance(move || asked.of(lived)).await?)
    }
}
