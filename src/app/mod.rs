//! The whole service: connects the parts, watches over them, ends them in order.
//!
//! Start: history, files, stations, MQTT, HTTP. Every task is watched: one that ends before it was told to ends the
//! program, so that a supervisor starts it again, rather than leaving half a service. Stop: HTTP and MQTT first,
//! then the stations give their ports back, then history writes what is left.

mod change;
mod failed;
mod first;
mod identity;
mod reading;
mod reload;
mod save;
mod shadow;
mod stations;
mod tasks;
mod wires;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use tokio::sync::{broadcast, oneshot, watch};

pub use self::failed::Failed;
pub(crate) use self::save::{Replacement, Unsaved, save};
use self::{
    first::first_plan,
    reload::{Reloader, World},
    shadow::Keeper,
    stations::Stations,
    tasks::Tasks,
    wires::wires,
};
use crate::{
    controller::{Clock, Directory},
    history::{self, TokenDoor},
    host::Inspector,
    http::{self, Services, Stage},
    model::{ConfigState, Event, PortId, Power, StationName, Tally},
    mqtt,
    settings::Settings,
};

/// HTTP and MQTT get this long to end: open answers are given, MQTT says `offline`.
const EDGES_END: Duration = Duration::from_secs(8);
/// Stations get this long: a little more than they give themselves to bring the ports back.
const STATIONS_END: Duration = Duration::from_secs(85);
/// History gets this long to write what is waiting.
const HISTORY_END: Duration = Duration::from_secs(10);

/// What the service is started with.
#[derive(Debug)]
pub struct Options {
    /// What `settings.ron` and the environment say.
    pub settings: Settings,
    /// The time.
    pub clock: Clock,
    /// Whether it is the real thing.
    pub stage: Stage,
    /// Set to true to stop.
    pub stop: watch::Receiver<bool>,
    /// Told once everything runs.
    pub ready: oneshot::Sender<Running>,
}

/// A service that runs.
#[derive(Debug)]
pub struct Running {
    /// Where HTTP listens.
    pub address: SocketAddr,
    /// The stations.
    pub directory: Directory,
    /// What happens, from the start on: a broker may be missed before everything runs.
    pub events: broadcast::Receiver<Arc<Event>>,
    /// The state of the files.
    pub config: watch::Receiver<Arc<ConfigState>>,
    /// The powers of the hubs that do not exist, by station.
    pub simulated: BTreeMap<StationName, watch::Receiver<BTreeMap<PortId, Power>>>,
}

/// Runs the service until it is told to stop. Fails when it cannot start, or when a part of it ends early.
pub async fn run(options: Options) -> Result<(), Failed> {
    let Options { settings, clock, stage, mut stop, ready } = options;
    let hangup = reload::hangup();
    let history = history::start(&settings.history)?;
    let directory = Directory::new(history.journal.clone());
    let events = directory.events();
    let (plan, state) = first_plan(&settings, &history.reader, &clock).await?;
    let plan = Arc::new(plan);
    let (wires, ends) = wires(Arc::clone(&plan), state, history.health.clone(), hangup);
    let (tell_links, links) = watch::channel(mqtt::Status::new());
    let (tally, calls) = watch::channel(Tally::new());
    let (shadows, mut keeper) =
        Keeper::new(ends.plan.clone(), history.reader.clone(), &settings, clock, directory.clone());
    let services = Services {
        shadows,
        directory: directory.clone(),
        reader: history.reader.clone(),
        config: ends.config.clone(),
        reload: ends.reload.clone(),
        history: history.health.clone(),
        tally: calls,
        workshop: ends.workshop(&settings, &history.reader),
        mqtt: Arc::new(mqtt_in_words(settings.mqtt.is_some(), links)),
        clock,
        tokens: TokenDoor::new(&settings.history.path),
        inspector: Inspector::new(settings.host()),
        started_at: clock.now(),
        stage,
    };
    let server = http::bind(&settings.http, services).await.map_err(Failed::Http)?;
    let address = server.address();

    let (end_edges, edges) = watch::channel(false);
    let mut tasks = Tasks::default();
    let history::Started { journal, reader, health, writer } = history;
    tasks.spawn("history", async move {
        writer.ended().await;
    });
    let mut stations =
        Stations::new(directory.clone(), journal.clone(), reader.clone(), clock, &settings, tally);
    stations.apply(&plan, &mut tasks).await;
    let simulated = stations.simulated();
    let mut reloader = Reloader::new(wires, reader.clone(), &settings, clock);
    // Before anybody is told that the service runs: the next start may need it.
    reloader.keep_plan().await;
    keeper.begin(&stations).await;
    if let Some(broker) = identity::identified(&settings).await {
        tasks.spawn("mqtt", mqtt::run(broker, directory.clone(), clock, tell_links, edges.clone()));
    }
    tasks.spawn("history watch", stations::tell_history_health(health, directory.clone(), clock));
    tasks.spawn("http", serve(server, edges));
    let config = ends.config;
    // Whoever started the service may not want to know.
    let _ = ready.send(Running { address, directory: directory.clone(), events, config, simulated });
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "the service runs");

    let world = World { stations: &mut stations, tasks: &mut tasks, directory: &directory };
    let ended = Box::pin(work(world, &mut reloader, &mut keeper, &mut stop)).await;
    end(&end_edges, &mut stations, &mut tasks).await;
    drop((stations, reloader, keeper, directory, journal, reader));
    tasks.cut_others("history");
    tasks.end("history", HISTORY_END).await;
    ended
}

/// Takes files and wishes as they come, until it is told to stop or a task ends.
async fn work(
    mut world: World<'_>,
    reloader: &mut Reloader,
    keeper: &mut Keeper,
    stop: &mut watch::Receiver<bool>,
) -> Result<(), Failed> {
    loop {
        let reason = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
            name = world.tasks.unexpected_end() => return Err(Failed::TaskEnded(name)),
            wish = keeper.wait() => {
                keeper.take(wish, world.stations).await;
                continue;
            }
            reason = reloader.wait() => reason,
        };
        reloader.take(reason, &mut world).await;
        keeper.follow(world.stations).await;
    }
}

/// Ends the edges, then the stations, so that nobody asks a station that is gone.
async fn end(edges: &watch::Sender<bool>, stations: &mut Stations, tasks: &mut Tasks) {
    // Nobody may be listening any more, when an edge has ended by itself.
    let _ = edges.send(true);
    tasks.end("http", EDGES_END).await;
    tasks.end("mqtt", EDGES_END).await;
    stations.stop(tasks, STATIONS_END).await;
}

async fn serve(server: http::Bound, mut stop: watch::Receiver<bool>) {
    let stopped = async move {
        // A sender that is gone means that the service ends.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    if let Err(error) = server.serve(stopped).await {
        tracing::error!("http: {error}");
    }
}

/// For health: `off`, `connected`, or what is wrong with which station's connection.
fn mqtt_in_words(
    configured: bool,
    links: watch::Receiver<mqtt::Status>,
) -> impl Fn() -> String + Send + Sync {
    move || {
        if !configured {
            return "off".to_owned();
        }
        let links = links.borrow();
        let wrong = links.iter().filter_map(|(name, link)| Some(format!("{name}: {}", link.problem()?)));
        let wrong: Vec<String> = wrong.collect();
        let connecting = links.values().any(|link| *link == mqtt::Link::Connecting);
        match wrong.is_empty() {
            true if connecting => "connecting".to_owned(),
            true => "connected".to_owned(),
            false => wrong.join("; "),
        }
    }
}
