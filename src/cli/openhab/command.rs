//! Reads the station and prints the file.

use std::io::Write;

use super::args::{Address, Openhab, What};
use crate::{
    cli::failure::{Exit, Failure},
    config::{Files, Plan},
    model::{Station, StationName},
    mqtt::openhab::{self, Bridge, Broker, Place},
    settings::Settings,
};

/// openHAB's name for the broker where nobody names another.
const BRIDGE: &str = "home";

/// Prints one file for openHAB. The files of the station are read as `scs check` reads them; no service is needed.
pub(in crate::cli) fn openhab(
    args: &Openhab,
    environment: &dyn Fn(&str) -> Option<String>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    let only = args.station.as_ref().map_or(settings.stations.as_slice(), std::slice::from_ref);
    let files = Files::read(&settings.directories, only).map_err(Failure::files)?;
    let plan = Plan::check(files).map_err(Failure::files)?;
    let station = the_one(&plan)?;
    alone(station, &settings)?;
    let place = place(args, &settings)?;
    let text = match args.what {
        What::Things => openhab::things(station, &place),
        What::Items => openhab::items(station, &place.bridge),
        What::Sitemap => openhab::sitemap(station),
        What::Yaml => openhab::yaml(station, &place),
        What::Rules => openhab::rules(station),
    };
    Ok(out.write_all(text.as_bytes())?)
}

fn the_one(plan: &Plan) -> Result<&Station, Failure> {
    let mut stations = plan.stations.values();
    match (stations.next(), stations.next()) {
        (Some(station), None) => Ok(station),
        _ => {
            let names: Vec<_> = plan.stations.keys().map(StationName::as_str).collect();
            let what = format!("there are {} stations, and each has files of its own", names.len());
            Err(Failure::new(
                Exit::Failed,
                what,
                format!("say which: --station {}", names.join(", --station ")),
            ))
        }
    }
}

/// Fails when another station would have the same names in openHAB.
fn alone(station: &Station, settings: &Settings) -> Result<(), Failure> {
    let others = settings.directories.station_names();
    let others = others.iter().filter_map(|name| StationName::new(name).ok());
    match others.filter(|other| *other != station.name).find(|other| openhab::clash(&station.name, other)) {
        None => Ok(()),
        Some(other) => {
            let what =
                format!("the stations `{}` and `{other}` would have the same names in openHAB", station.name);
            Err(Failure::new(Exit::Failed, what, "rename the file of one of them"))
        }
    }
}

/// Where openHAB finds the broker: as told, else where this service finds it.
fn place(args: &Openhab, settings: &Settings) -> Result<Place, Failure> {
    let id = args.bridge.clone().unwrap_or_else(|| BRIDGE.to_owned());
    let is_asked = matches!(args.what, What::Things | What::Yaml) && args.bridge.is_none();
    let broker = match (&args.broker, &settings.mqtt) {
        _ if !is_asked => None,
        (Some(Address(broker)), _) => Some(broker.clone()),
        (None, Some(mqtt)) if mqtt.websocket.is_some() => {
            let address = mqtt.address();
            let what =
                format!("the settings reach the broker by a WebSocket, `{address}`, and openHAB speaks none");
            let hint = "say where the broker speaks plain MQTT or TLS: --broker HOST:1883 or --broker mqtts://HOST:8883";
            return Err(Failure::new(Exit::Failed, what, hint));
        }
        (None, Some(mqtt)) => {
            Some(Broker { host: mqtt.host.clone(), port: mqtt.port, secure: mqtt.tls.is_some() })
        }
        (None, None) => {
            let what = "the settings name no broker by which openHAB and the station could speak";
            let hint =
                "set the url in the section mqtt of settings.ron, or say it here: --broker 192.168.1.10:1883";
            return Err(Failure::new(Exit::Failed, what, hint));
        }
    };
    Ok(Place { bridge: Bridge { id, broker }, location: args.location.clone() })
}
