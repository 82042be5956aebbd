//! Modes: who holds the switch of a port, of a device, of a whole station.

use std::sync::Arc;

use jiff::tz::TimeZone;
use poem_openapi::OpenApi;

use super::{Heading, devices::unknown_device, refused, station, station_with};
use crate::{
    http::{
        auth::{May, Operate},
        dto::{DeviceOut, ModeIn, PortOut, StationOut},
        params::Path,
        payload::{Body, Json},
        problem::Problem,
        server::Services,
    },
    model::{
        Author, DeviceName, MODE_LENGTHS, Mode, ModeWish, PortId, StationName, Timestamp, WrongMode, length,
    },
};

pub(super) struct Modes(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1")]
impl Modes {
    /// Set who holds the switch
    ///
    /// `on` and `off` hold the port, `once` charges to `level` and ends then, `hold` keeps `level`: until `until`, for the
    /// time `for`, or until somebody sets `auto`. With `auto` the device's mode counts, then the station's, then the
    /// rules. Heat and the floor of the battery stand above all modes. The answer comes once it is on disk. Status 507
    /// `not_kept`: the mode is at work, but a restart will lose it.
    #[oai(
        path = "/stations/:station/ports/:port/mode",
        method = "put",
        operation_id = "set_mode",
        tag = "Heading::Stations"
    )]
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
        let station = station_with(&self.0.directory, &name.0, number.0)?;
        let mode = wished(&body.0, may.0.name, self.0.clock.now(), &station.view().station.zone)?;
        let state = station.set_mode(number.0, mode).await.map_err(|reason| refused(&reason))?;
        Ok(Json(PortOut::new(&station.view(), &state)))
    }

    /// Set who holds the switches of a station
    ///
    /// As for one port, and for all ports whose own mode and device's mode are `auto`. `once` is done at each port once its
    /// device is at `level`, and ends when it is done wherever a device reports. `until: "unplugged"` is for ports and
    /// devices only. The ports follow in the moments after the answer.
    #[oai(
        path = "/stations/:station/mode",
        method = "put",
        operation_id = "set_station_mode",
        tag = "Heading::Stations"
    )]
    async fn set_station_mode(
        &self,
        may: May<Operate>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        body: Body<ModeIn>,
    ) -> Result<Json<StationOut>, Problem> {
        let station = station(&self.0.directory, &name.0)?;
        let mode = wished(&body.0, may.0.name, self.0.clock.now(), &station.view().station.zone)?;
        if mode.unplugged {
            let detail = "a station is not unplugged: use a time, or set the mode of a port or a device";
            return Err(Problem::unprocessable("invalid_end", detail));
        }
        let view = station.set_station_mode(mode).await.map_err(|reason| refused(&reason))?;
        Ok(Json(StationOut::from(&view)))
    }

    /// Set who holds the switch of a device's port
    ///
    /// The mode goes with the device from port to port. A port's own mode counts before it, the station's after it. A device
    /// that is in no port is 404 `unknown_device`.
    #[oai(
        path = "/devices/:device/mode",
        method = "put",
        operation_id = "set_device_mode",
        tag = "Heading::Devices"
    )]
    async fn set_device_mode(
        &self,
        may: May<Operate>,
        /// The device's name.
        #[oai(name = "device")]
        name: Path<DeviceName>,
        body: Body<ModeIn>,
    ) -> Result<Json<DeviceOut>, Problem> {
        let (station, _) =
            self.0.directory.find_device(&name.0).ok_or_else(|| unknown_device(name.0.clone()))?;
        let mode = wished(&body.0, may.0.name, self.0.clock.now(), &station.view().station.zone)?;
        let state = station.set_device_mode(name.0.clone(), mode).await.map_err(|reason| refused(&reason))?;
        DeviceOut::new(&station.view(), &state).map(Json).ok_or_else(|| unknown_device(name.0))
    }
}

/// The mode that a body asks for.
fn wished(body: &ModeIn, by: Option<String>, now: Timestamp, zone: &TimeZone) -> Result<Mode, Problem> {
    let wrong = |wrong: WrongMode| Problem::unprocessable(wrong.code(), wrong.to_string());
    let length = body.length.as_deref().map(|text| length(text, &MODE_LENGTHS)).transpose();
    let length = length.map_err(WrongMode::End).map_err(wrong)?;
    let wish =
        ModeWish { kind: body.mode, level: body.level, length, until: body.until.map(|until| until.0) };
    wish.mode(Author::Rest(by), now, zone).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(json: &str) -> Result<Mode, String> {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let body: ModeIn = serde_json::from_str(json).map_err(|error| error.to_string())?;
        wished(&body, None, now, &TimeZone::get("Europe/Berlin").unwrap()).map_err(|p| p.detail().to_owned())
    }

    #[test]
    fn a_mode_ends_at_a_time_or_after_a_time() {
        let ends = |json: &str| mode(json).map(|mode| mode.until);
        assert_eq!(ends(r#"{"mode": "on"}"#), Ok(None));
        assert_eq!(ends(r#"{"mode": "on", "for": "2 h"}"#), Ok("2026-11-22T14:00:00Z".parse().ok()));
        assert_eq!(
            ends(r#"{"mode": "off", "until": "2026-11-22T14:00:00+01:00"}"#),
            Ok("2026-11-22T13:00:00Z".parse().ok())
        );
        assert_eq!(
            ends(r#"{"mode": "off", "until": "18:00"}"#),
            Ok("2026-11-22T17:00:00Z".parse().ok()),
            "in Berlin"
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
        assert!(ends(r#"{"mode": "on", "until": "soon"}"#).unwrap_err().starts_with("`soon` is not an end"));
        assert!(ends(r#"{"mode": "on", "until": 18}"#).unwrap_err().starts_with("until must be a text"));
    }

    #[test]
    fn a_mode_may_have_a_level_and_end_when_unplugged() {
        let once = mode(r#"{"mode": "once", "level": 90, "until": "unplugged"}"#).unwrap();
        assert_eq!((once.goal().map(u8::from), once.unplugged, once.until), (Some(90), true, None));
        let usual = |json: &str| mode(json).unwrap().goal().map(u8::from);
        assert_eq!(usual(r#"{"mode": "once"}"#), Some(100));
        assert_eq!(usual(r#"{"mode": "hold", "level": null}"#), Some(50));
        assert_eq!(usual(r#"{"mode": "on"}"#), None);
        let told = |json: &str| mode(json).unwrap_err();
        assert!(told(r#"{"mode": "off", "level": 50}"#).starts_with("`off` has no level"));
        assert!(told(r#"{"mode": "hold", "level": 4}"#).contains("5 to 100"));
        assert!(told(r#"{"mode": "hold", "level": 101}"#).contains("out of range"));
        assert!(told(r#"{"mode": "hold", "level": "50"}"#).contains("level must be a whole number"));
    }
}
