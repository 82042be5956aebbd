//! Asks the service.

use std::io::Write;

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::args::{Cycle, SetMode, Whose};
use crate::{
    cli::{
        api::{Api, segment},
        failure::{Exit, Failure},
        held::{Held, Mode},
    },
    model::{PortId, Timestamp},
};

/// A station of `GET /api/v1/stations`.
#[derive(Deserialize)]
struct Station {
    station: String,
    #[serde(default)]
    zone: String,
}

/// What is needed of a port, a device or a station that was answered.
#[derive(Deserialize)]
struct Answer {
    station: String,
    port: Option<u16>,
    device: Option<String>,
    #[serde(default)]
    mode: Mode,
    held_by: Option<Held>,
    decision: Option<Decision>,
}

#[derive(Deserialize)]
struct Decision {
    reason: String,
}

/// Sets a mode, and prints what holds now.
pub(in crate::cli) async fn mode(args: &SetMode, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    let stations: Vec<Station> = api.get("stations").await?;
    let path = path(&stations, &args.what)?;
    let answer: Value = api.put(&path, &body(args)).await?;
    if args.json {
        return Ok(writeln!(out, "{answer:#}")?);
    }
    print(&api, &stations, &answer, out)
}

/// Takes the power of a port for a moment, and prints what holds now.
pub(in crate::cli) async fn cycle(args: &Cycle, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    let stations: Vec<Station> = api.get("stations").await?;
    let path = match &args.what {
        Whose::Station(station) => {
            let what = format!("`{station}/all` cannot be cycled: all devices would start anew at once");
            return Err(Failure::new(
                Exit::Failed,
                what,
                format!("name one port, for example `{station}/3`"),
            ));
        }
        Whose::Device(device) => {
            let found: Answer = api.get(&format!("devices/{}", segment(device.as_str()))).await?;
            let port = found.port.ok_or_else(|| not_understood(&api))?;
            format!("stations/{}/ports/{port}/cycle", found.station)
        }
        port @ Whose::Port(..) => {
            let path = path(&stations, port)?;
            format!("{}/cycle", path.strip_suffix("/mode").unwrap_or(&path))
        }
    };
    let answer: Value = api.post(&path, &json!({})).await?;
    if args.json {
        return Ok(writeln!(out, "{answer:#}")?);
    }
    print(&api, &stations, &answer, out)
}

fn print(api: &Api, stations: &[Station], answer: &Value, out: &mut impl Write) -> Result<(), Failure> {
    let answer = Answer::deserialize(answer).map_err(|_| not_understood(api))?;
    let zone = stations.iter().find(|one| one.station == answer.station).map(|one| one.zone.as_str());
    let zone = zone.and_then(|zone| TimeZone::get(zone).ok()).unwrap_or(TimeZone::UTC);
    Ok(writeln!(out, "{}", answer.words(&zone, Timestamp::now()))?)
}

fn not_understood(api: &Api) -> Failure {
    let what = format!("the answer of `{}` is not understood", api.base());
    Failure::new(Exit::Failed, what, "is the service of another version than this program?")
}

fn body(args: &SetMode) -> Value {
    let fields = [
        ("mode", Some(json!(args.mode))),
        ("level", args.level.map(|level| json!(level))),
        ("for", args.lasting.as_ref().map(|lasting| json!(lasting))),
        ("until", args.until.map(|until| json!(until.to_string()))),
    ];
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect::<Map<_, _>>())
}

/// Where the mode is, below `/api/v1/`.
fn path(stations: &[Station], whose: &Whose) -> Result<String, Failure> {
    match whose {
        Whose::Device(device) if stations.iter().any(|one| one.station == device.as_str()) => {
            let what = format!("`{device}` is a station, not a device");
            let hint = format!("write `{device}/all` for all its ports, or `{device}/3` for one");
            Err(Failure::new(Exit::Failed, what, hint))
        }
        Whose::Device(device) => Ok(format!("devices/{}/mode", segment(device.as_str()))),
        Whose::Station(station) => Ok(format!("stations/{station}/mode")),
        Whose::Port(Some(station), port) => Ok(port_path(station.as_str(), *port)),
        Whose::Port(None, port) => match stations {
            [only] => Ok(port_path(&only.station, *port)),
            [] => Err(Failure::new(Exit::Failed, "no station runs there", "see `scs check`")),
            several => {
                let named: Vec<String> =
                    several.iter().take(10).map(|one| format!("{}/{port}", one.station)).collect();
                let what = format!("there are several stations with a port {port}");
                Err(Failure::new(Exit::Failed, what, format!("say which: {}", named.join(", "))))
            }
        },
    }
}

fn port_path(station: &str, port: PortId) -> String {
    format!("stations/{station}/ports/{port}/mode")
}

impl Answer {
    fn words(&self, zone: &TimeZone, now: Timestamp) -> String {
        let (who, held) = match self.port {
            Some(port) => {
                let device = self.device.as_ref().map(|device| format!(" ({device})")).unwrap_or_default();
                (
                    format!("{}/{port}{device}", self.station),
                    self.held_by.as_ref().map(|held| held.words(zone, now)),
                )
            }
            None => (format!("{}/all", self.station), Some(self.mode.words(zone, now))),
        };
        let held = held.unwrap_or_else(|| "the rules decide".to_owned());
        let reason = self.decision.as_ref().map(|decision| format!(": {}", decision.reason));
        format!("{who}: {held}{}", reason.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: SetMode,
    }

    fn asked(line: &[&str]) -> Result<(String, Value), String> {
        let line = Line::try_parse_from([&["mode"], line].concat()).map_err(|error| error.to_string())?;
        let one = |station: &str| Station { station: station.to_owned(), zone: String::new() };
        let path = path(&[one("desk")], &line.args.what).map_err(|failure| failure.what)?;
        Ok((path, body(&line.args)))
    }

    #[test]
    fn what_is_typed_is_what_the_service_is_asked() {
        let once = asked(&["3", "once", "--level", "90", "--until", "unplugged"]).unwrap();
        assert_eq!(once.0, "stations/desk/ports/3/mode");
        assert_eq!(once.1, json!({"mode": "once", "level": 90, "until": "unplugged"}));
        let (path, body) = asked(&["Mäx/Pixel 7", "hold", "--for", "2 h"]).unwrap();
        assert_eq!(
            (path.as_str(), body),
            ("devices/M%C3%A4x%2FPixel%207/mode", json!({"mode": "hold", "for": "2 h"}))
        );
        let (path, body) = asked(&["lab/all", "OFF", "--until", "18:00"]).unwrap();
        assert_eq!((path.as_str(), body), ("stations/lab/mode", json!({"mode": "off", "until": "18:00"})));
    }

    #[test]
    fn what_cannot_be_is_told_where_it_is_typed() {
        let told = |line: &[&str]| asked(line).unwrap_err();
        assert!(told(&["3", "full"]).contains("use auto, on, off, once or hold"));
        assert!(told(&["3", "hold", "--level", "half"]).contains("whole number of percent"));
        assert!(told(&["3", "on", "--for", "soon"]).contains("is not a length of time"));
        assert!(told(&["3", "on", "--until", "soon"]).contains("is not an end"));
        assert!(told(&["3", "on", "--until", "18:00", "--for", "2 h"]).contains("cannot be used with"));
    }

    #[test]
    fn the_answer_says_who_holds_what_and_why() {
        let now = "2026-11-22T14:05:30Z".parse().unwrap();
        let words = |answer: Value| Answer::deserialize(answer).unwrap().words(&TimeZone::UTC, now);
        let port = json!({"station": "desk", "port": 3, "device": "pixel-7", "mode": {"mode": "once", "level": 90},
            "held_by": {"of": "port", "mode": {"mode": "once", "level": 90, "until": null, "until_unplugged": true}},
            "decision": {"reason": "charged once to 90% by REST, until unplugged"}});
        assert_eq!(
            words(port),
            "desk/3 (pixel-7): once 90 until unplugged: charged once to 90% by REST, until unplugged"
        );
        let port = json!({"station": "desk", "port": 3, "device": null, "mode": {"mode": "auto"},
            "held_by": null, "decision": null});
        assert_eq!(words(port), "desk/3: the rules decide");
        let station = json!({"station": "desk", "mode": {"mode": "off", "until": "2026-11-22T18:00:00Z"}});
        assert_eq!(words(station), "desk/all: off until 18:00");
    }
}
