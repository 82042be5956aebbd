//! The phones of the demo: they live on the demo's clock and report over the real REST API.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use tokio::{
    sync::{mpsc, watch},
    time::{MissedTickBehavior, interval},
};

use crate::{
    controller::{Clock, Handle},
    model::{PortId, Power, Span, StationName, Timestamp},
    simulation::{Phone, Reading, cast},
};

/// Real time between two looks at the phones: short against the five minutes between reports, also at the
/// highest speed of 3600, where it is four minutes of theirs.
const BEAT: Duration = Duration::from_millis(67);

/// A report on loopback takes a millisecond; whoever takes this long is stuck, and the phones go on.
const PATIENCE: Duration = Duration::from_secs(5);

/// A report as the REST API takes it.
#[derive(Serialize)]
struct Body<'a> {
    station: &'a StationName,
    port: PortId,
    level: u8,
    charging: bool,
    temperature: f64,
}

/// A report that was not taken.
#[derive(Debug, PartialEq)]
pub(super) struct Trouble {
    pub(super) at: Timestamp,
    pub(super) port: PortId,
    pub(super) message: String,
}

/// All phones of one station.
pub(super) struct Phones {
    pub(super) station: Handle,
    pub(super) phones: BTreeMap<PortId, Phone>,
    /// What the simulated hub shows.
    pub(super) power: watch::Receiver<BTreeMap<PortId, Power>>,
    /// Where reports go.
    pub(super) url: String,
    /// The token that is needed there, if one is.
    pub(super) token: Option<String>,
    /// The demo's clock.
    pub(super) clock: Clock,
    /// Told of a report that was not taken, once per phone until it is taken again.
    pub(super) troubles: mpsc::Sender<Trouble>,
}

impl Phones {
    /// Lets the phones live until this future is dropped.
    pub(super) async fn live(mut self) -> Result<(), reqwest::Error> {
        let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut last = self.clock.now();
        let mut troubled = BTreeMap::new();
        loop {
            beat.tick().await;
            let now = self.clock.now();
            self.come_and_go();
            let name = self.station.view().station.name.clone();
            for (port, reading) in self.step(now.duration_since(last)) {
                let message = self.send(&client, &name, port, reading).await.err();
                if let Some(message) = message.clone().filter(|message| troubled.get(&port) != Some(message))
                {
                    // A full queue: the page is behind, and troubles are told again by the next one.
                    let _ = self.troubles.try_send(Trouble { at: now, port, message });
                }
                match message {
                    Some(message) => troubled.insert(port, message),
                    None => troubled.remove(&port),
                };
            }
            last = now;
        }
    }

    /// A phone for every port that has a device by now, and for no other.
    fn come_and_go(&mut self) {
        let view = self.station.view();
        self.phones.retain(|id, _| view.ports.get(id).is_some_and(|port| port.device().is_some()));
        for (n, (id, port)) in view.ports.iter().enumerate() {
            if let Some(device) = port.device() {
                let new = || Phone::new(cast(device.as_str(), n), u64::from(id.get()));
                self.phones.entry(*id).or_insert_with(new);
            }
        }
    }

    /// Lets time pass for all phones; gives the reports that fell due.
    fn step(&mut self, dt: Span) -> Vec<(PortId, Reading)> {
        let power = self.power.borrow().clone();
        // A hub powers its ports until it is told otherwise.
        let powered = |port: &PortId| power.get(port) != Some(&Power::Off);
        let due =
            self.phones.iter_mut().filter_map(|(port, phone)| Some((*port, phone.step(powered(port), dt)?)));
        due.collect()
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        station: &StationName,
        port: PortId,
        reading: Reading,
    ) -> Result<(), String> {
        let body = Body {
            station,
            port,
            level: reading.level.percent(),
            charging: reading.charging,
            temperature: reading.temperature.degrees(),
        };
        let mut request = client.post(&self.url).json(&body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await;
        let answer =
            answer.map_err(|error| format!("the service does not answer ({})", error.without_url()))?;
        if answer.status().is_success() {
            return Ok(());
        }
        let status = answer.status();
        let problem: serde_json::Value = answer.json().await.unwrap_or_default();
        let detail = problem.get("detail").and_then(serde_json::Value::as_str);
        Err(detail.map_or_else(|| format!("the service answers {status}"), str::to_owned))
    }
}
