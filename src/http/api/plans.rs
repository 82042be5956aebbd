//! When ports charge so that their devices are ready.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{Heading, refused, station};
use crate::{
    http::{
        auth::{May, Operate, Read},
        dto::{DeadlineIn, PlannedOut},
        params::Path,
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::StationName,
};

pub(super) struct Plans(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Stations")]
impl Plans {
    /// When each port charges for its next deadline
    ///
    /// All ports of the station, planned together under its power budget: as late as possible, earliest deadline first, then
    /// the lowest level. Made anew with each report, mode and deadline, and once a minute.
    #[oai(path = "/stations/:station/plan", method = "get", operation_id = "plan")]
    async fn plan(
        &self,
        _may: May<Read>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
    ) -> Result<Json<Vec<PlannedOut>>, Problem> {
        Ok(Json(PlannedOut::all(&station(&self.0.directory, &name.0)?.view())))
    }

    /// Tell when devices are to be ready
    ///
    /// For a deadline that the station file leaves to others: `deadlines: [(topic: "school/next")]`. It counts until another
    /// one is told, also after a restart. The answer comes once that is on disk, with the new plan.
    #[oai(path = "/stations/:station/deadlines", method = "put", operation_id = "tell_deadline")]
    async fn tell(
        &self,
        _may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        body: Body<DeadlineIn>,
    ) -> Result<Json<Vec<PlannedOut>>, Problem> {
        let handle = station(&self.0.directory, &name.0)?;
        let DeadlineIn { topic, at } = body.0;
        let view = handle.deadline(topic, at.unwrap_or_default()).await.map_err(|reason| refused(&reason))?;
        Ok(Json(PlannedOut::all(&view)))
    }
}
