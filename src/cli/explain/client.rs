//! Asks the service.

use std::io::Write;

use serde::Deserialize;
use serde_json::Value;

use super::{args::Explain, args::What, page::Answer};
use crate::cli::{
    api::Api,
    failure::{Exit, Failure},
    look::Look,
};

#[derive(Deserialize)]
struct Station {
    station: String,
}

#[derive(Deserialize)]
struct Device {
    device: String,
    station: String,
    port: u16,
}

/// Prints why a port is as it is, or why something was decided.
pub(in crate::cli) async fn explain(args: &Explain, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    let path = path(&api, &args.what).await?;
    let answer: Value = api.get(&path).await?;
    if args.json {
        return Ok(writeln!(out, "{answer:#}")?);
    }
    let answer = Answer::deserialize(&answer).map_err(|_| {
        let what = format!("the answer of `{}` is not understood", api.base());
        Failure::new(Exit::Failed, what, "is the service of another version than this program?")
    })?;
    Ok(write!(out, "{}", answer.page(look))?)
}

/// Where the explanation is, below `/api/v1/`.
async fn path(api: &Api, what: &What) -> Result<String, Failure> {
    match what {
        What::Decision(station, id) => Ok(format!("stations/{station}/decisions/{id}/explanation")),
        What::Port(Some(station), port) => Ok(format!("stations/{station}/ports/{port}/explanation")),
        What::Port(None, port) => {
            let stations: Vec<Station> = api.get("stations").await?;
            match stations.as_slice() {
                [only] => Ok(format!("stations/{}/ports/{port}/explanation", only.station)),
                [] => Err(Failure::new(Exit::Failed, "no station runs there", "see `scs check`")),
                several => {
                    let named: Vec<String> =
                        several.iter().take(10).map(|one| format!("{}/{port}", one.station)).collect();
                    let hint = format!("say which: {}", named.join(", "));
                    Err(Failure::new(
                        Exit::Failed,
                        format!("there are several stations with a port {port}"),
                        hint,
                    ))
                }
            }
        }
        What::Device(name) => {
            let devices: Vec<Device> = api.get("devices").await?;
            let found = devices.iter().find(|device| device.device == name.as_str());
            let place =
                found.map(|device| format!("stations/{}/ports/{}/explanation", device.station, device.port));
            place.ok_or_else(|| {
                let hint = "`scs status` shows the devices; write a port as STATION/PORT, a decision as STATION#NUMBER";
                Failure::new(Exit::Failed, format!("there is no device `{name}`"), hint)
            })
        }
    }
}
