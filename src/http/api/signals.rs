//! Numbers from elsewhere that rules may ask for.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{Heading, refused, station};
use crate::{
    http::{
        auth::{May, Operate},
        dto::{SignalIn, SignalOut},
        params::Path,
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::{SignalName, StationName},
};

pub(super) struct Signals(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Stations")]
impl Signals {
    /// Tell a number
    ///
    /// A number from elsewhere, for example the price of electricity, of a name that the station's file lists under
    /// `signals`. Rules see it by `signal.value("price")` at their next look, a minute later at most. It counts until
    /// another one comes; a restart of the service forgets it.
    #[oai(path = "/stations/:station/signals/:signal", method = "put", operation_id = "tell_signal")]
    async fn tell(
        &self,
        _may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The signal's name.
        #[oai(name = "signal")]
        signal: Path<SignalName>,
        body: Body<SignalIn>,
    ) -> Result<Json<SignalOut>, Problem> {
        let handle = station(&self.0.directory, &name.0)?;
        let told = handle.signal(signal.0.clone(), body.0.value).await.map_err(|reason| refused(&reason))?;
        let plan = handle.view().station.signals.get(&signal.0).cloned();
        Ok(Json(SignalOut::new(&signal.0, &plan.unwrap_or_default(), Some(&told))))
    }
}
