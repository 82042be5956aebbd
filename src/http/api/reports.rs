//! `POST /api/v1/reports`: the way of every report that comes by REST.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::OpenApi;

use super::{Heading, refused, station, stations_named, unknown::keep_for_naming};
use crate::{
    controller::{Handle, Refused},
    http::{
        auth::{Caller, May, Report},
        dto::{DecisionOut, ReportIn},
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::{BatteryReport, DeviceName, PortId, ReportRejected},
};

pub(super) struct Reports(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Reports")]
impl Reports {
    /// Report a battery
    ///
    /// Name the `device`, or the `port` that it is in (with the `station`, when there are several). The answer is the
    /// decision that the report led to. Status 404 `unknown_device`: it is not taken, but the device is offered for
    /// naming by `GET /api/v1/unknown-devices` from now on.
    #[oai(path = "/reports", method = "post", operation_id = "report")]
    async fn report(&self, may: May<Report>, body: Body<ReportIn>) -> Result<Json<DecisionOut>, Problem> {
        let report = body.0;
        let (station, port) = match self.place(&report)? {
            Place::Port(station, port) => (station, port),
            Place::Nowhere(device, named) => return Err(self.not_placed(device, named, &report, &may.0)),
        };
        check_device(&may.0, &station, port)?;
        let device = report.device.as_ref().or_else(|| may.0.only_device()).cloned();
        let report = BatteryReport {
            device,
            port,
            level: report.level,
            charging: report.charging,
            temperature: report.temperature,
            measured_at: report.measured_at.map(|time| time.0),
        };
        let decision = station.report(report).await.map_err(|reason| refused(&reason))?;
        Ok(Json(DecisionOut::from(&*decision)))
    }
}

/// Where the device of a report is.
enum Place<'a> {
    Port(Handle, PortId),
    /// In no port, or in none of the station that the report names.
    Nowhere(&'a DeviceName, Option<Handle>),
}

impl Reports {
    /// The station and port that a report is about.
    fn place<'a>(&self, report: &'a ReportIn) -> Result<Place<'a>, Problem> {
        let directory = &self.0.directory;
        let named = match &report.station {
            Some(name) => Some(station(directory, name)?),
            None => None,
        };
        match (&report.device, report.port) {
            (None, None) => Err(Problem::unprocessable(
                "device_or_port_needed",
                "say who reports: give `device`, or the `port` that it is in",
            )),
            (Some(device), port) => {
                let found = match &named {
                    Some(station) => {
                        let port = station.changed().borrow().devices.get(device).copied();
                        port.map(|port| (station.clone(), port))
                    }
                    None => directory.find_device(device),
                };
                match (found, port) {
                    (None, _) => Ok(Place::Nowhere(device, named)),
                    (Some((_, of_device)), Some(port)) if port != of_device => {
                        Err(mismatch(device, of_device, port))
                    }
                    (Some((station, of_device)), _) => Ok(Place::Port(station, of_device)),
                }
            }
            (None, Some(port)) => {
                let station = match named {
                    Some(station) => station,
                    None => self.only_station()?,
                };
                Ok(Place::Port(station, port))
            }
        }
    }

    /// The answer to a report of a device that is in no port, which waits for a place from now on.
    fn not_placed(
        &self,
        device: &DeviceName,
        named: Option<Handle>,
        report: &ReportIn,
        caller: &Caller,
    ) -> Problem {
        // The device of another token is not its business, and in another station it has a place already.
        let may = caller.only_device().is_none_or(|only| only == device)
            && self.0.directory.find_device(device).is_none();
        let waits = may && keep_for_naming(&self.0, device, named, report);
        let device = device.clone();
        refused(&Refused::Report(if waits {
            ReportRejected::Unplaced(device)
        } else {
            ReportRejected::UnknownDevice(device)
        }))
    }

    fn only_station(&self) -> Result<Handle, Problem> {
        let stations = self.0.directory.stations();
        let mut all = stations.values();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(only.clone()),
            (None, _) => {
                Err(Problem::unavailable("no_station", "no station runs: see GET /api/v1/config", 10))
            }
            (Some(_), Some(_)) => Err(Problem::unprocessable(
                "station_needed",
                format!(
                    "there are several stations, so give `station` with `port`: {}",
                    stations_named(&self.0.directory)
                ),
            )),
        }
    }
}

fn mismatch(device: &DeviceName, of_device: PortId, port: PortId) -> Problem {
    Problem::unprocessable(
        "device_port_mismatch",
        format!(
            "device `{device}` is in port {of_device}, not in port {port}: leave one of them out, or name the device anew"
        ),
    )
}

/// A token of one device reports that device only.
fn check_device(caller: &Caller, station: &Handle, port: PortId) -> Result<(), Problem> {
    let Some(only) = caller.only_device() else { return Ok(()) };
    if station.changed().borrow().devices.get(only) == Some(&port) {
        return Ok(());
    }
    let detail = format!("this token reports the device `{only}` only, which is not in port {port}");
    Err(Problem::new(StatusCode::FORBIDDEN, "other_device", detail).with_needed_role("report"))
}
