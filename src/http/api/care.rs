//! What the batteries of devices went through.

use std::sync::Arc;

use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use poem_openapi::OpenApi;

use super::{Heading, closed, history::unreadable};
use crate::{
    http::{
        auth::{May, Read},
        csv::Table,
        dto::CareOut,
        params::{Day, Path, Query},
        payload::Json,
        problem::Problem,
        server::Services,
    },
    model::{Care as DeviceCare, DeviceName, ReportRejected},
    workshop::care::{CareAsked, Cared, NoAccount, csv},
};

/// Days of one answer: a quarter of a year; more is asked for piece by piece.
const MOST_DAYS: i32 = 92;
/// Days before today when nobody says otherwise.
const USUAL_DAYS: i64 = 29;

pub(super) struct Care(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Devices")]
impl Care {
    /// What the battery of a device went through
    ///
    /// Day by day: hours by level and by temperature, hours above 80 % and above 35 °C, full cycles and switches, as its
    /// reports tell; and beside it the same days, had it stayed on the charger. Hours between reports that lie more than
    /// 45 minutes apart are not counted. At most 92 days.
    #[oai(path = "/devices/:device/care", method = "get", operation_id = "device_care")]
    async fn care(
        &self,
        _may: May<Read>,
        /// The device's name.
        #[oai(name = "device")]
        name: Path<DeviceName>,
        /// The first day, by the station's clock; 29 days before `to` when it is left out.
        from: Query<Day>,
        /// The last day; today when it is left out.
        to: Query<Day>,
    ) -> Result<Json<CareOut>, Problem> {
        let cared = self.cared(name.0, from.0, to.0).await?;
        Ok(Json(CareOut::from(&cared)))
    }

    /// The same as a table
    ///
    /// Comma-separated values (RFC 4180), a line for each day.
    #[oai(path = "/devices/:device/care.csv", method = "get", operation_id = "device_care_csv")]
    async fn care_csv(
        &self,
        _may: May<Read>,
        /// The device's name.
        #[oai(name = "device")]
        name: Path<DeviceName>,
        /// The first day, by the station's clock; 29 days before `to` when it is left out.
        from: Query<Day>,
        /// The last day; today when it is left out.
        to: Query<Day>,
    ) -> Result<Table, Problem> {
        let cared = self.cared(name.0, from.0, to.0).await?;
        Ok(Table::new(csv(&cared.account)))
    }
}

impl Care {
    async fn cared(&self, device: DeviceName, from: Option<Day>, to: Option<Day>) -> Result<Cared, Problem> {
        let found = self.0.directory.find_device(&device);
        let known = found.as_ref().and_then(|(station, port)| {
            let view = station.view();
            let per_hour = view.ports.get(port)?.care().charge_per_hour;
            Some((view.station.zone.clone(), per_hour))
        });
        let is_known = known.is_some();
        let (zone, per_hour) =
            known.unwrap_or_else(|| (TimeZone::UTC, DeviceCare::default().charge_per_hour));
        let today = zone.to_datetime(self.0.clock.now()).date();
        let to = to.map_or(today, |day| day.0);
        let from = from.map_or_else(|| to.saturating_sub(USUAL_DAYS.days()), |day| day.0);
        check(from, to)?;
        if let Err(error) = self.0.reader.flush().await {
            // What is on disk is shown all the same.
            tracing::debug!(%error, "history could not be flushed before a read");
        }
        let asked = CareAsked { device: device.clone(), zone, from, to, per_hour };
        let cared = self.0.workshop.care(asked).await.map_err(|reason| match reason {
            NoAccount::Unreadable(error) => unreadable(&error),
            NoAccount::Closed(reason) => closed(reason),
        })?;
        if !is_known && cared.account.days.is_empty() {
            let rejected = ReportRejected::UnknownDevice(device);
            return Err(Problem::not_found(rejected.code(), rejected.to_string()));
        }
        Ok(cared)
    }
}

fn check(from: Date, to: Date) -> Result<(), Problem> {
    let days = to.since(from).map_or(i32::MAX, |span| span.get_days());
    if (0..MOST_DAYS).contains(&days) {
        return Ok(());
    }
    let detail = if days < 0 {
        format!("the last day, {to}, is before the first, {from}")
    } else {
        format!("from {from} to {to} are more than {MOST_DAYS} days: ask for them piece by piece")
    };
    Err(Problem::unprocessable("wrong_days", detail))
}
