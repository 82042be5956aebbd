//! Talks to the service.

use std::io::Write;

use serde::Deserialize;
use serde_json::Value;

use super::{
    args::Plan,
    page::{Page, Row},
};
use crate::{
    cli::{failure::Failure, look::Look},
    model::Timestamp,
};

/// A station of `GET /api/v1/stations`.
#[derive(Debug, Deserialize)]
struct Station {
    station: String,
    #[serde(default)]
    zone: String,
}

/// Prints the plans of a running service.
pub(in crate::cli) async fn plan(args: &Plan, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    let stations: Vec<Station> = match &args.station {
        Some(name) => vec![api.get(&format!("stations/{name}")).await?],
        None => api.get("stations").await?,
    };
    let mut all: Vec<Value> = Vec::new();
    for (n, station) in stations.into_iter().enumerate() {
        let path = format!("stations/{}/plan", station.station);
        if args.json {
            let mut ports: Vec<Value> = api.get(&path).await?;
            for port in &mut ports {
                if let Some(port) = port.as_object_mut() {
                    port.insert("station".to_owned(), station.station.clone().into());
                }
            }
            all.append(&mut ports);
            continue;
        }
        let (ports, now): (Vec<Row>, Timestamp) = api.get_dated(&path).await?;
        let gap = if n == 0 { "" } else { "\n" };
        write!(out, "{gap}{}", Page::new(station.station, &station.zone, ports, now).text(look))?;
    }
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&all).map_err(std::io::Error::other)?)?;
    }
    Ok(())
}
