//! Stations and ports: what is, and who holds the switch.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{
    Heading,
    length::{Lengths, length},
    port, refused, station,
};
use crate::{
    http::{
        auth::{May, Operate, Read},
        dto::{DeviceIn, ModeIn, PortOut, StationOut},
        params::Path,
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::{Author, Mode, ModeKind, PortId, Span, StationName, Timestamp},
};

/// A mode for longer than this is one without an end.
const LENGTHS: Lengths = Lengths {
    shortest: Span::from_nanos(1),
    longest: Span::from_hours(10 * 366 * 24),
    allowed: "more than nothing, up to ten years",
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
        Ok(Json(view.ports.values().map(|state| PortOut::new(&name.0, state)).collect()))
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
        Ok(Json(PortOut::new(&name.0, port(&view, number.0)?)))
    }

    /// Set who holds the switch
    ///
    /// `on` and `off` hold the port until `until`, for the time `for`, or until somebody sets `auto`. The answer comes
    /// once that is on disk. Status 507 `not_kept`: the mode is at work, but a restart will lose it.
    #[oai(path = "/stations/:station/ports/:port/mode", method = "put", operation_id = "set_mode")]
    async fn set_mode(
        &self,
        may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
        body: Body<ModeIn>,
    ) -> Result<Json<PortOut>, Problem> {
        let station = station(&self.0.directory, &name.0)?;
        port(&station.view(), number.0)?;
        let until = end(&body.0, self.0.clock.now())?;
        let mode = Mode { kind: body.0.mode, until, by: Author::Rest(may.0.name) };
        let state = station.set_mode(number.0, mode).await.map_err(|reason| refused(&reason))?;
        Ok(Json(PortOut::new(&name.0, &state)))
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
        let station = station(&self.0.directory, &name.0)?;
        port(&station.view(), number.0)?;
        let by = Author::Rest(may.0.name);
        let state =
            station.name_device(number.0, body.0.device, by).await.map_err(|reason| refused(&reason))?;
        Ok(Json(PortOut::new(&name.0, &state)))
    }
}

/// When the wished mode ends.
fn end(wish: &ModeIn, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
    let wrong = |detail: String| Problem::unprocessable("invalid_end", detail);
    match (wish.until, &wish.length) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(wrong("give `until` or `for`, not both".to_owned())),
        _ if wish.mode == ModeKind::Auto => {
            Err(wrong("`auto` has no end: leave `until` and `for` out".to_owned()))
        }
        (Some(until), None) if until.0 <= now => {
            Err(wrong(format!("until {} is not in the future, now is {now:.0}", until.0)))
        }
        (Some(until), None) => Ok(Some(until.0)),
        (None, Some(text)) => {
            let length = length(text, &LENGTHS).map_err(wrong)?;
            Ok(Some(now.checked_add(length).map_err(|_| wrong(LENGTHS.refusal(text)))?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(json: &str) -> ModeIn {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_mode_ends_at_a_time_or_after_a_time() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let ends = |json: &str| end(&wish(json), now).map_err(|p| p.detail().to_owned());
        assert_eq!(ends(r#"{"mode": "on"}"#), Ok(None));
        assert_eq!(ends(r#"{"mode": "on", "for": "2 h"}"#), Ok("2026-11-22T14:00:00Z".parse().ok()));
        assert_eq!(
            ends(r#"{"mode": "off", "until": "2026-11-22T14:00:00+01:00"}"#),
            Ok("2026-11-22T13:00:00Z".parse().ok())
        );
        assert!(
            ends(r#"{"mode": "on", "until": "2026-11-22T12:00:00Z"}"#)
                .unwrap_err()
                .contains("not in the future")
        );
        assert!(ends(r#"{"mode": "on", "for": "soon"}"#).unwrap_err().starts_with("`soon` is not a length"));
        assert_eq!(ends(r#"{"mode": "on", "for": "1 day"}"#), Ok("2026-11-23T12:00:00Z".parse().ok()));
        for far in ["1000000 days", "99999999999999999999 days", "9999999999 h", "0 s"] {
            let told = ends(&format!("{{\"mode\": \"on\", \"for\": \"{far}\"}}")).unwrap_err();
            assert_eq!(told, format!("`{far}` is out of range: more than nothing, up to ten years"));
        }
        assert!(ends(r#"{"mode": "on", "for": "1 month"}"#).unwrap_err().contains("write days"));
        assert!(ends(r#"{"mode": "on", "for": "-2 h"}"#).unwrap_err().contains("out of range"));
        assert!(ends(r#"{"mode": "auto", "for": "2 h"}"#).unwrap_err().starts_with("`auto` has no end"));
    }
}
