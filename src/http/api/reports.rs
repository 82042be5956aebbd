//! `POST /api/v1/reports`: the way of every report that comes by REST.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::OpenApi;

use super::{Heading, refused, station, stations_named};
use crate::{
    controller::Handle,
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
    /// decision that the report led to.
    #[oai(path = "/reports", method = "post", operation_id = "report")]
    async fn report(&self, may: May<Report>, body: Body<ReportIn>) -> Result<Json<DecisionOut>, Problem> {
        let report = body.0;
        let (station, port) = self.place(&report)?;
        check_device(&may.0, &station, port)?;
        let report = BatteryReport {
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

impl Reports {
    /// The station and port that a report is about.
    fn place(&self, report: &ReportIn) -> Result<(Handle, PortId), Problem> {
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
                let found = match named {
                    Some(station) => {
                        let port = station.changed().borrow().devices.get(device).copied();
                        port.map(|port| (station, port))
                    }
                    None => directory.find_device(device),
                };
                let (station, of_device) = found.ok_or_else(|| unknown_device(device))?;
                match port {
                    Some(port) if port != of_device => Err(mismatch(device, of_device, port)),
                    _ => Ok((station, of_device)),
                }
            }
            (None, Some(port)) => {
                let station = match named {
                    Some(station) => station,
                    None => self.only_station()?,
                };
                Ok((station, port))
            }
        }
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

fn unknown_device(device: &DeviceName) -> Problem {
    let rejected = ReportRejected::UnknownDevice(device.clone());
    Problem::not_found(rejected.code(), rejected.to_string())
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
