//! One station of a running service, as a search needs it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::picture::{Picture, Port, Said};
use crate::{
    cli::{
        api::{Api, Refusal},
        failure::{Exit, Failure},
    },
    model::{DeviceName, PortId, Power, Span, StationName},
};

/// A station of `GET /api/v1/stations`.
#[derive(Debug, Deserialize)]
struct Listed {
    station: StationName,
    switch: String,
    hub: Option<Value>,
}

/// A device of `GET /api/v1/devices`.
#[derive(Debug, Deserialize)]
struct Device {
    device: DeviceName,
    battery: Option<Said>,
}

/// What waits by `GET /api/v1/unknown-devices`.
#[derive(Debug, Deserialize)]
struct Unknown {
    unplaced: Vec<Device>,
}

/// The station.
#[derive(Debug)]
pub(super) struct Station {
    api: Api,
    pub(super) name: StationName,
    /// Whether its file must say where each port is.
    pub(super) writes_sockets: bool,
}

impl Station {
    /// The station of this name, or the only one.
    pub(super) async fn find(api: Api, wanted: Option<&StationName>) -> Result<Self, Failure> {
        let stations: Vec<Listed> = api.get("stations").await?;
        let names: Vec<String> = stations.iter().map(|listed| format!("`{}`", listed.station)).collect();
        let names = names.join(", ");
        let base = api.base();
        let refused = |what: String, hint: &str| Failure::new(Exit::Failed, what, hint);
        let only_one = stations.len() == 1;
        let mut fitting =
            stations.into_iter().filter(|listed| wanted.map_or(only_one, |name| *name == listed.station));
        let found = fitting.next().ok_or_else(|| match wanted {
            _ if names.is_empty() => refused(format!("`{base}` runs no station"), "write one: scs discover"),
            Some(name) => refused(format!("`{base}` has no station `{name}`"), &format!("it has {names}")),
            None => {
                refused(format!("`{base}` has several stations"), &format!("say --station, one of {names}"))
            }
        })?;
        drop(fitting);
        let writes_sockets = found.hub.is_none() && found.switch != "simulated";
        Ok(Self { api, name: found.station, writes_sockets })
    }

    /// Looks once. What devices said is asked for last, so that nothing is older than the ports show.
    pub(super) async fn picture(&self) -> Result<Picture, Failure> {
        let (ports, at) = self.api.get_dated::<Vec<Port>>(&format!("stations/{}/ports", self.name)).await?;
        let placed: Vec<Device> = self.api.get("devices").await?;
        let unknown: Unknown = self.api.get("unknown-devices").await?;
        let mut said = BTreeMap::new();
        let heard = placed.into_iter().chain(unknown.unplaced);
        for (device, new) in heard.filter_map(|heard| Some((heard.device, heard.battery?))) {
            let known: &mut Said = said.entry(device).or_insert_with(|| new.clone());
            if new.measured_at > known.measured_at {
                *known = new;
            }
        }
        let ports = ports.into_iter().map(|port| (port.port, port)).collect();
        Ok(Picture { at, ports, said })
    }

    /// Switches a port for so long, 1 s to 10 min.
    pub(super) async fn hold(&self, port: PortId, power: Power, length: Span) -> Result<(), Failure> {
        let body = json!({"power": power, "for": format!("{} s", length.as_secs().clamp(1, 600))});
        self.api.put::<Value>(&self.path(port, "probe"), &body).await?;
        Ok(())
    }

    /// Ends that.
    pub(super) async fn let_go(&self, port: PortId) -> Result<(), Failure> {
        Ok(self.api.delete(&self.path(port, "probe")).await?)
    }

    /// Says which device is in a port.
    pub(super) async fn name(&self, port: PortId, device: &DeviceName) -> Result<(), Refusal> {
        let body = json!({ "device": device });
        self.api.put::<Value>(&self.path(port, "device"), &body).await.map(|_| ())
    }

    fn path(&self, port: PortId, what: &str) -> String {
        format!("stations/{}/ports/{port}/{what}", self.name)
    }
}
