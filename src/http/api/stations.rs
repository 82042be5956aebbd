//! Stations and ports: what is, and which device is where.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{Heading, port, refused, station, station_with};
use crate::{
    http::{
        auth::{May, Operate, Read},
        dto::{DeviceIn, PortOut, StationOut},
        params::Path,
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::{Author, PortId, StationName},
};

pub(super) struct Stations(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Stations")]
impl Stations {
    /// All stations
    #[oai(path = "/stations", method = "get", operation_id = "stations")]
    async fn all(&self, _may: May<Read>) -> Result<Json<Vec<StationOut>>, Problem> {
        let stations = self.0.directory.stations();
        Ok(Json(stations.values().map(|station| StationOut::from(&station.view())).collect()))
    }

    /// One station
    #[oai(path = "/stations/:station", method = "get", operation_id = "station")]
    async fn one(
        &self,
        _may: May<Read>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
    ) -> Result<Json<StationOut>, Problem> {
        Ok(Json(StationOut::from(&station(&self.0.directory, &name.0)?.view())))
    }

    /// All ports of a station
    #[oai(path = "/stations/:station/ports", method = "get", operation_id = "ports")]
    async fn ports(
        &self,
        _may: May<Read>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
    ) -> Result<Json<Vec<PortOut>>, Problem> {
        let view = station(&self.0.directory, &name.0)?.view();
        Ok(Json(view.ports.values().map(|state| PortOut::new(&view, state)).collect()))
    }

    /// One port
    #[oai(path = "/stations/:station/ports/:port", method = "get", operation_id = "port")]
    async fn port(
        &self,
        _may: May<Read>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
    ) -> Result<Json<PortOut>, Problem> {
        let view = station(&self.0.directory, &name.0)?.view();
        Ok(Json(PortOut::new(&view, port(&view, number.0)?)))
    }

    /// Name the device in a port
    ///
    /// The name counts on top of the station file, also after a restart, until `null` gives the file's name back. Within
    /// a station it moves from the port that had it; status 409 `name_taken`: another station has it, `device_elsewhere`:
    /// its serial number shows that it is plugged into another port.
    #[oai(path = "/stations/:station/ports/:port/device", method = "put", operation_id = "name_device")]
    async fn name_device(
        &self,
        may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
        body: Body<DeviceIn>,
    ) -> Result<Json<PortOut>, Problem> {
        let station = station_with(&self.0.directory, &name.0, number.0)?;
        let by = Author::Rest(may.0.name);
        let state =
            station.name_device(number.0, body.0.device, by).await.map_err(|reason| refused(&reason))?;
        Ok(Json(PortOut::new(&station.view(), &state)))
    }
}
