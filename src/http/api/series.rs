//! The course of a device over hours to years.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{
    Heading,
    devices::unknown_device,
    history::{settle, unreadable},
};
use crate::{
    history::{Series, SeriesAsked},
    http::{
        auth::{May, Read},
        csv::Table,
        dto::{SeriesOut, series_csv},
        params::{Path, Points, Query},
        payload::Json,
        problem::Problem,
        server::Services,
        wire::Time,
    },
    model::{DeviceName, Span, Timestamp},
};

/// What is shown when nobody says from when.
const USUAL: Span = Span::from_hours(24);

pub(super) struct Courses(pub(super) Arc<Services>);

/// A course, and the time that it is about.
struct Found {
    device: DeviceName,
    bounds: (Timestamp, Timestamp),
    series: Option<Series>,
}

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Devices")]
impl Courses {
    /// The course of a device, for a chart
    ///
    /// Level, temperature, charging and the power of its port in cells of one length, the shortest with which they are at most
    /// `points`; hours and days are those of UTC. What is not known is null. Long times, and those of which only hours or days
    /// are kept, come from roll-ups. A device that was removed may be asked for as long as it has a past.
    #[oai(path = "/devices/:device/series", method = "get", operation_id = "series")]
    async fn series(
        &self,
        _may: May<Read>,
        /// The device's name.
        #[oai(name = "device")]
        name: Path<DeviceName>,
        /// From here on; a day before `to` when it is left out.
        from: Query<Time>,
        /// Until just before this; now when it is left out.
        to: Query<Time>,
        /// How many cells at most.
        points: Query<Points>,
    ) -> Result<Json<SeriesOut>, Problem> {
        let found = self.find(name.0, (from.0, to.0), points.0).await?;
        Ok(Json(SeriesOut::new(found.device, found.bounds, found.series.as_ref())))
    }

    /// The course of a device as a table
    ///
    /// The same for spreadsheets, as comma-separated values, without the cells of which nothing is known.
    #[oai(path = "/devices/:device/series.csv", method = "get", operation_id = "series_csv")]
    async fn series_csv(
        &self,
        _may: May<Read>,
        /// The device's name.
        #[oai(name = "device")]
        name: Path<DeviceName>,
        /// From here on; a day before `to` when it is left out.
        from: Query<Time>,
        /// Until just before this; now when it is left out.
        to: Query<Time>,
        /// How many lines at most.
        points: Query<Points>,
    ) -> Result<Table, Problem> {
        let found = self.find(name.0, (from.0, to.0), points.0).await?;
        Ok(Table::new(series_csv(found.series.as_ref())))
    }
}

impl Courses {
    async fn find(
        &self,
        device: DeviceName,
        (from, to): (Option<Time>, Option<Time>),
        points: Option<Points>,
    ) -> Result<Found, Problem> {
        let now = self.0.clock.now();
        let to = to.map_or(now, |to| to.0);
        let from = from.map_or_else(|| to.checked_sub(USUAL).unwrap_or(Timestamp::MIN), |from| from.0);
        if from >= to {
            let detail = format!("`from`, {from}, is not before `to`, {to}");
            return Err(Problem::unprocessable("wrong_range", detail));
        }
        settle(&self.0).await;
        let points = points.unwrap_or_default().0;
        let asked = SeriesAsked { device: device.clone(), from, to, now, points };
        let series = self.0.reader.series(asked).await.map_err(|error| unreadable(&error))?;
        if series.is_none() && self.0.directory.find_device(&device).is_none() {
            return Err(unknown_device(device));
        }
        Ok(Found { device, bounds: (from, to), series })
    }
}
