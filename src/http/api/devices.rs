//! Devices: where each is and how it does.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::Heading;
use crate::{
    http::{
        auth::{May, Read},
        dto::DeviceOut,
        params::Path,
        payload::Json,
        problem::Problem,
        server::Services,
    },
    model::{DeviceName, ReportRejected},
};

pub(super) struct Devices(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Devices")]
impl Devices {
    /// All devices
    #[oai(path = "/devices", method = "get", operation_id = "devices")]
    async fn all(&self, _may: May<Read>) -> Result<Json<Vec<DeviceOut>>, Problem> {
        let views: Vec<_> = self.0.directory.stations().values().map(|station| station.view()).collect();
        let devices =
            views.iter().flat_map(|view| view.ports.values().filter_map(|state| DeviceOut::new(view, state)));
        Ok(Json(devices.collect()))
    }

    /// One device
    #[oai(path = "/devices/:device", method = "get", operation_id = "device")]
    async fn one(
        &self,
        _may: May<Read>,
        /// The device's name.
        #[oai(name = "device")]
        name: Path<DeviceName>,
    ) -> Result<Json<DeviceOut>, Problem> {
        let found = self.0.directory.find_device(&name.0).and_then(|(station, port)| {
            let view = station.view();
            DeviceOut::new(&view, view.ports.get(&port)?)
        });
        found.map(Json).ok_or_else(|| unknown_device(name.0))
    }
}

/// No port has this device.
pub(super) fn unknown_device(name: DeviceName) -> Problem {
    let rejected = ReportRejected::UnknownDevice(name);
    Problem::not_found(rejected.code(), rejected.to_string())
}
