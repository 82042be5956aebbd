//! A port is switched for a moment, to find out what is plugged into it.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{Heading, refused, station_with};
use crate::{
    controller::Handle,
    http::{
        auth::{May, Operate},
        dto::{PortOut, ProbeIn},
        params::Path,
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::{Author, Lengths, PortId, ProbeFor, Span, StationName, length},
};

/// Shorter than a second no lamp goes out visibly; after ten minutes whoever asked has gone.
const LENGTHS: Lengths = Lengths {
    shortest: Span::from_secs(1),
    longest: Span::from_mins(10),
    allowed: "a probe lasts `1 s` to `10 min`",
};

pub(super) struct Probes(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Stations")]
impl Probes {
    /// Switch a port for a moment
    ///
    /// To find out what is plugged into it: which lamp goes out, which phone stops charging? Nothing else switches the
    /// port meanwhile. It ends by itself after `for`, by `DELETE`, and at a restart of the service; then what was wanted
    /// before is wanted again (after a restart: power). A second probe takes the place of the first. The answer comes
    /// once that is on disk.
    #[oai(path = "/stations/:station/ports/:port/probe", method = "put", operation_id = "probe")]
    async fn probe(
        &self,
        _may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
        body: Body<ProbeIn>,
    ) -> Result<Json<PortOut>, Problem> {
        let wrong = |detail: String| Problem::unprocessable("invalid_end", detail);
        let station = station_with(&self.0.directory, &name.0, number.0)?;
        let length = length(&body.0.length, &LENGTHS).map_err(wrong)?;
        set(&station, number.0, Some(ProbeFor { power: body.0.power, length })).await
    }

    /// Power-cycle a port
    ///
    /// Its power is off for 5 seconds, so that what is in it starts anew; then what was wanted before is wanted again (after a
    /// restart of the service meanwhile: power). It shows as `probe` and in the decision. Status 409: `no_battery`, what is in
    /// it has no battery; `no_power`, it is not seen to have power; `underway`, it is switched for a moment already. The
    /// answer comes once the intent is on disk.
    #[oai(path = "/stations/:station/ports/:port/cycle", method = "post", operation_id = "cycle")]
    async fn cycle(
        &self,
        may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
    ) -> Result<Json<PortOut>, Problem> {
        let station = station_with(&self.0.directory, &name.0, number.0)?;
        let by = Author::Rest(may.0.name);
        let state = station.cycle(number.0, by).await.map_err(|reason| refused(&reason))?;
        Ok(Json(PortOut::new(&station.view(), &state)))
    }

    /// End a probe
    ///
    /// Without one this changes nothing.
    #[oai(path = "/stations/:station/ports/:port/probe", method = "delete", operation_id = "end_probe")]
    async fn end_probe(
        &self,
        _may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
    ) -> Result<Json<PortOut>, Problem> {
        set(&station_with(&self.0.directory, &name.0, number.0)?, number.0, None).await
    }
}

async fn set(station: &Handle, number: PortId, probe: Option<ProbeFor>) -> Result<Json<PortOut>, Problem> {
    let state = station.probe(number, probe).await.map_err(|reason| refused(&reason))?;
    Ok(Json(PortOut::new(&station.view(), &state)))
}
