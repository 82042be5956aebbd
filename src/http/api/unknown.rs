//! What waits for a name or a place.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::Heading;
use crate::{
    controller::Handle,
    http::{
        auth::{May, Read},
        dto::{ReportIn, UnknownDevicesOut},
        payload::Json,
        problem::Problem,
        server::Services,
    },
    model::{Battery, DeviceName, SwitchKind},
};

pub(super) struct Unknown(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Devices")]
impl Unknown {
    /// What waits for a name or a place
    ///
    /// What is plugged in with a serial number that nobody knows, and devices that report but are in no port. Naming the
    /// device of a port (`PUT …/ports/{port}/device`) gives either what it waits for: the name stays with the serial
    /// number in that port, wherever it is plugged in later.
    #[oai(path = "/unknown-devices", method = "get", operation_id = "unknown_devices")]
    async fn all(&self, _may: May<Read>) -> Result<Json<UnknownDevicesOut>, Problem> {
        let views: Vec<_> = self.0.directory.stations().values().map(|station| station.view()).collect();
        Ok(Json(UnknownDevicesOut::new(&views)))
    }
}

/// Keeps what a device says that is in no port: in the station that it names, else in the only one, else in all with a
/// real hub. False when no station took it.
pub(super) fn keep_for_naming(
    services: &Services,
    device: &DeviceName,
    named: Option<Handle>,
    report: &ReportIn,
) -> bool {
    let now = services.clock.now();
    let battery = Battery {
        level: report.level,
        charging: report.charging,
        temperature: report.temperature,
        measured_at: report.measured_at.map_or(now, |time| time.0.min(now)),
    };
    let stations = services.directory.stations();
    let only = stations.len() == 1;
    let is_real =
        |station: &&Handle| only || station.changed().borrow().station.switch != SwitchKind::Simulated;
    let stations: Vec<Handle> = match named {
        Some(station) => vec![station],
        None => stations.values().filter(is_real).cloned().collect(),
    };
    let mut taken = false;
    for station in stations {
        taken |= station.hear_unplaced(device.clone(), battery.clone()).is_ok();
    }
    taken
}
