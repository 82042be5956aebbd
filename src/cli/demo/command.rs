//! Puts the demo together and shows what happens.

use std::{collections::BTreeMap, io::Write, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use tokio::sync::{broadcast::error::RecvError, mpsc, oneshot, watch};

use super::{
    args::Demo,
    banner::{Banner, farewell},
    files::Places,
    phones::Phones,
    story::Story,
};
use crate::{
    app::Running,
    cli::{
        failure::{Exit, Failure},
        look::Look,
        service::{reachable, serve},
    },
    controller::{Clock, Handle},
    history::{Role, TokenStore},
    http::{Access, Stage},
    model::{ConfigState, Event, EventKind, PortId, StationName, Timestamp},
    mqtt::InstallationId,
    settings::Settings,
    simulation::cast,
};

type Config = watch::Receiver<Arc<ConfigState>>;

/// The station of the demo.
const STATION: &str = "demo";

/// Troubles of phones that may wait to be shown.
const TROUBLES: usize = 64;

/// Runs the demo until Ctrl-C, or for as long as it was told.
pub(in crate::cli) async fn demo(
    args: &Demo,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let places = Places::find(Path::new(""), args.history.clone())?;
    let settings = settings(args, environment, &places)?;
    let token = token(&settings)?;
    let broker = settings.mqtt.as_ref().map(|mqtt| format!("{}:{}", mqtt.host, mqtt.port));
    let clock = Clock::faster(f64::from(args.speed));
    let start = clock.now();
    let lasting = args.lasting.and_then(|span| Duration::try_from(span).ok());
    let (ready, running) = oneshot::channel();
    let stop = watch::Sender::new(false);
    let stopping = stop.subscribe();
    let mut show = Show { args, look, clock, places: &places, token, broker, stopping, switches: 0 };
    let result = {
        let service = Box::pin(serve(settings, clock, Stage::Demo, ready, stop, lasting));
        tokio::select! {
            ended = service => ended,
            told = Box::pin(show.run(running, out)) => told,
        }
    };
    let switches = show.switches;
    let kept = places.clear();
    result?;
    write!(out, "{}", farewell(clock.now().duration_since(start), switches, kept.as_deref()))?;
    Ok(())
}

/// The user's settings, with everything that the demo has of its own.
fn settings(
    args: &Demo,
    environment: &dyn Fn(&str) -> Option<String>,
    places: &Places,
) -> Result<Settings, Failure> {
    let mut settings = args.settings.load(environment).map_err(Failure::settings)?;
    settings.http.listen = args.listen;
    settings.http.access = Access::Auto;
    settings.history.path.clone_from(&places.history);
    settings.directories.stations.clone_from(&places.stations);
    settings.directories.rules.clone_from(&places.rules);
    settings.directories.hubs.clone_from(&places.hubs);
    settings.stations = StationName::new(STATION).into_iter().collect();
    if let Some(mqtt) = &mut settings.mqtt {
        // A broker puts the first of two clients of one name out: the real service of this host shall stay.
        mqtt.client_id.push_str("-demo");
        // The same at every demo, so that no devices of former ones stay behind in Home Assistant.
        mqtt.discovery.id = InstallationId::new("sc_demo");
    }
    Ok(settings)
}

/// On other addresses than loopback everybody needs a token, the phones too.
fn token(settings: &Settings) -> Result<Option<String>, Failure> {
    if settings.http.listen.ip().is_loopback() {
        return Ok(None);
    }
    let store = TokenStore::open(&settings.history.path)?;
    let name = format!("demo {}", Timestamp::now().strftime("%F %T"));
    Ok(Some(store.add(&name, &Role::Edit, Timestamp::now())?))
}

/// Shows a running service.
struct Show<'a> {
    args: &'a Demo,
    look: Look,
    clock: Clock,
    places: &'a Places,
    token: Option<String>,
    broker: Option<String>,
    stopping: watch::Receiver<bool>,
    switches: usize,
}

impl Show<'_> {
    /// Tells what happens for as long as it is let.
    async fn run(
        &mut self,
        running: oneshot::Receiver<Running>,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let Ok(running) = running.await else {
            // The service has ended before it ran, and says why itself.
            return std::future::pending().await;
        };
        let Running { address, directory, mut events, simulated, config } = running;
        let nothing = || {
            Failure::new(
                Exit::Configuration,
                "the demo's station is not simulated",
                "write switch: Simulated()",
            )
        };
        let station = directory.station(STATION).ok_or_else(nothing)?;
        let power = simulated.get(STATION).cloned().ok_or_else(nothing)?;
        // History ends with the last directory: holding one would hold up the end.
        drop(directory);
        let (troubles, mut troubled) = mpsc::channel(TROUBLES);
        let phones = Phones {
            station: station.clone(),
            phones: BTreeMap::new(),
            power,
            url: format!("{}/api/v1/reports", reachable(address)),
            token: self.token.clone(),
            clock: self.clock,
            troubles,
        };
        let mut story = self.begin(address, &station, out)?;
        // Phones go before the service does, so that none finds the door closed.
        let mut stopping = self.stopping.clone();
        let mut phones = Box::pin(async move {
            tokio::select! {
                ended = phones.live() => ended,
                _ = stopping.wait_for(|stop| *stop) => Ok(()),
            }
        });
        let mut living = true;
        loop {
            let text = tokio::select! {
                event = events.recv() => match event {
                    Ok(event) => self.tell(&mut story, &event, &station, &config),
                    Err(RecvError::Lagged(missed)) => format!("{missed} events are not shown\n"),
                    // The service is ending.
                    Err(RecvError::Closed) => return std::future::pending().await,
                },
                Some(trouble) = troubled.recv() => {
                    story.trouble(trouble.at, trouble.port, &device(&station, trouble.port), &trouble.message)
                }
                ended = &mut phones, if living => {
                    living = false;
                    ended.map_err(|error| Failure::new(Exit::Failed, format!("phones cannot report ({error})"), ""))?;
                    String::new()
                }
            };
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
    }

    fn begin(&self, address: SocketAddr, station: &Handle, out: &mut impl Write) -> Result<Story, Failure> {
        let view = station.view();
        let ports = view.ports.values().enumerate();
        let phones: Vec<_> = ports
            .filter_map(|(n, port)| {
                let device = port.device()?.to_string();
                let temper = cast(&device, n).temper;
                Some((port.plan.id, device, temper))
            })
            .collect();
        let banner = Banner {
            address,
            speed: self.args.speed,
            stations: &self.places.stations,
            rules: &self.places.rules,
            copies: self.places.copies,
            token: self.token.as_deref(),
            broker: self.broker.as_deref(),
            topic: &view.station.topic,
            phones: &phones,
        };
        let widest = phones.iter().map(|(_, name, _)| name.chars().count()).max().unwrap_or(0);
        let story = Story::new(view.station.zone.clone(), self.look, widest);
        write!(out, "{}{}", banner.text(self.look), story.heading())?;
        out.flush()?;
        Ok(story)
    }

    fn tell(&mut self, story: &mut Story, event: &Arc<Event>, station: &Handle, config: &Config) -> String {
        if matches!(event.kind, EventKind::Switched { .. }) {
            self.switches += 1;
        }
        let device = event.port.map(|port| device(station, port)).unwrap_or_default();
        let state = Arc::clone(&config.borrow());
        let found = match (&event.kind, &state.rejected) {
            (EventKind::ConfigLoaded { .. }, _) => state.active.warnings.as_slice(),
            (EventKind::ConfigRejected { .. }, Some(rejected)) => &rejected.problems,
            _ => &[],
        };
        story.tell(event, &device, found)
    }
}

fn device(station: &Handle, port: PortId) -> String {
    let view = station.view();
    let device = view.ports.get(&port).and_then(|port| port.device().cloned());
    device.map(|device| device.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Directories, Files, Plan},
        simulation::CAST,
    };

    #[test]
    fn every_device_of_the_demo_station_has_a_phone_of_its_name() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let [stations, rules, hubs] = ["stations", "rules", "hubs"].map(|folder| root.join(folder));
        let directories = Directories { stations, rules, hubs };
        let only = [StationName::new(STATION).unwrap()];
        let plan = Plan::check(Files::read(&directories, &only).unwrap()).unwrap();
        let ports = plan.stations[STATION].ports.values();
        let devices: Vec<String> = ports.filter_map(|port| Some(port.device.as_ref()?.to_string())).collect();
        assert_eq!(devices, CAST.map(|phone| phone.name.to_owned()));
    }
}
