//! A service to talk to.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use std::{collections::BTreeMap, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use serde_json::Value;
use smart_charging_station::{
    config::Directories,
    controller::{self, Clock, Directory, Handle, PortState, Remembered, Wiring},
    history::{self, HistorySettings, Retention, Role, TokenDoor, TokenStore},
    host::{HostSettings, Inspector},
    http::{self, Access, HttpSettings, ReloadRequest, Services, Stage},
    model::{
        Budget, Care, ConfigState, DeviceName, HubLocation, Loaded, OnExit, Policy, PortId, PortPlan, Record,
        RuleName, RuleUse, Safety, SignalName, SignalPlan, Socket, Span, Station, StationName, SwitchKind,
        Tally, Timestamp, Version,
    },
    rules::{RuleSet, RuleSource},
    usb::UsbSettings,
    workshop::shadow_door,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{mpsc, oneshot, watch},
};

use crate::{
    plan,
    stand_in::{self, Shown},
};

/// Nothing in these tests takes longer unless it is broken.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

pub(crate) const RULE: &str = "//! Keep the battery between two levels.\n\
    if battery.level <= 20 { charge(`${battery.level}% is at or under 20%`); }\n\
    if battery.level >= param(\"high\", 80) { rest(`${battery.level}% is at or over 80%`); }\n";

/// How the service of a test is to be.
pub(crate) struct Options {
    pub(crate) access: Access,
    pub(crate) stations: &'static [&'static str],
    pub(crate) tokens: &'static [(&'static str, &'static str)],
    pub(crate) hub: Hub,
    pub(crate) mqtt: &'static str,
    /// How often the hub is read.
    pub(crate) poll: Span,
    /// So long after a switch reports are compared with it.
    pub(crate) verify_after: Span,
    pub(crate) budget: Budget,
    /// The host; `None`: one whose USB is empty.
    pub(crate) host: Option<HostSettings>,
}

/// How the hub of a test is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hub {
    /// Does what it is told.
    Works,
    /// Never answers.
    Silent,
    /// Cannot be asked.
    Missing,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access: Access::Auto,
            stations: &["desk"],
            tokens: &[],
            hub: Hub::Works,
            mqtt: "off",
            poll: Span::from_secs(60),
            verify_after: Span::from_mins(3),
            budget: Budget::default(),
            host: None,
        }
    }
}

/// A running service.
pub(crate) struct TestService {
    pub(crate) address: SocketAddr,
    pub(crate) directory: Directory,
    /// What is sent here is written into history.
    pub(crate) journal: mpsc::Sender<Record>,
    pub(crate) config: watch::Sender<Arc<ConfigState>>,
    pub(crate) tally: watch::Sender<Tally>,
    pub(crate) shown: watch::Sender<Shown>,
    /// Secrets by the name of their token.
    pub(crate) secrets: BTreeMap<String, String>,
    client: reqwest::Client,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    files: TempDir,
}

/// The settings for a free port on loopback.
pub(crate) fn settings(access: Access) -> HttpSettings {
    HttpSettings { listen: ([127, 0, 0, 1], 0).into(), access }
}

/// Everything that the server works with, and where its files are.
pub(crate) struct Parts {
    pub(crate) services: Services,
    journal: mpsc::Sender<Record>,
    config: watch::Sender<Arc<ConfigState>>,
    tally: watch::Sender<Tally>,
    shown: watch::Sender<Shown>,
    secrets: BTreeMap<String, String>,
    pub(crate) files: TempDir,
}

/// A host whose USB is empty, in this folder.
fn host(files: &Path) -> HostSettings {
    let folder = |name: &str| files.join(name);
    HostSettings {
        usb: UsbSettings {
            uhubctl: Some(folder("no-uhubctl")),
            time_limit: Span::from_secs(1),
            sysfs: folder("sys"),
            lock: folder("lock"),
        },
        directories: Directories {
            stations: folder("stations"),
            rules: folder("rules"),
            hubs: folder("hubs"),
        },
    }
}

/// Starts stations and history, without a server.
pub(crate) fn parts(options: &Options) -> Parts {
    let files = TempDir::new().unwrap();
    let path = files.path().join("history.db");
    let started = history::start(&HistorySettings {
        path: path.clone(),
        retention: Retention::of(Span::from_hours(24)),
        gather: Span::from_secs(1),
    })
    .unwrap();
    let tokens = TokenStore::open(&path).unwrap();
    let secrets = options.tokens.iter().map(|(name, role)| {
        let role: Role = role.parse().unwrap();
        ((*name).to_owned(), tokens.add(name, &role, Timestamp::now()).unwrap())
    });
    let secrets = secrets.collect();
    let directory = Directory::new(started.journal.clone());
    let shown = watch::Sender::new(Shown::default());
    directory.replace(stations(options, &directory, &started.journal, &shown));
    let (config, state) = watch::channel(Arc::new(ConfigState {
        active: Loaded {
            version: Version::new("0f3a9c51d2e4"),
            at: "2026-11-22T14:05:00Z".parse().unwrap(),
            from_memory: false,
            warnings: vec![],
        },
        rejected: None,
    }));
    let (reload, mut asked) = mpsc::channel::<ReloadRequest>(4);
    let present = state.clone();
    tokio::spawn(async move {
        while let Some(answer) = asked.recv().await {
            let _gone = answer.send(Arc::clone(&present.borrow()));
        }
    });
    let mqtt = options.mqtt;
    let tally = watch::Sender::new(Tally::new());
    let services = Services {
        tally: tally.subscribe(),
        directory,
        reader: started.reader.clone(),
        config: state,
        reload,
        workshop: plan::workshop(options.stations, started.reader),
        shadows: shadow_door(watch::channel(None).1).0,
        clock: Clock::real(),
        history: started.health,
        mqtt: Arc::new(move || mqtt.to_owned()),
        tokens: TokenDoor::new(&path),
        inspector: Inspector::new(options.host.clone().unwrap_or_else(|| host(files.path()))),
        started_at: Timestamp::now(),
        stage: Stage::World,
    };
    Parts { services, journal: started.journal, config, tally, shown, secrets, files }
}

/// Starts the stations and their hubs.
fn stations(
    options: &Options,
    directory: &Directory,
    journal: &mpsc::Sender<Record>,
    shown: &watch::Sender<Shown>,
) -> BTreeMap<StationName, Handle> {
    let rules = RuleSet::compile(&[RuleSource {
        name: RuleName::new("keep-between").unwrap(),
        file: "rules/keep-between.rhai".to_owned(),
        text: RULE.to_owned(),
    }]);
    let rules = Arc::new(rules.unwrap());
    let mut stations = BTreeMap::new();
    for name in options.stations {
        let (requests, asked) = mpsc::channel(16);
        let (answers, outcomes) = mpsc::channel(16);
        match options.hub {
            Hub::Works => drop(tokio::spawn(stand_in::works(asked, answers, shown.subscribe()))),
            Hub::Missing => drop(tokio::spawn(stand_in::missing(asked, answers))),
            Hub::Silent => drop(tokio::spawn(async move {
                let _kept = (asked, answers);
                std::future::pending::<()>().await;
            })),
        }
        let wiring = Wiring {
            requests,
            outcomes,
            journal: journal.clone(),
            directory: directory.clone(),
            clock: Clock::real(),
        };
        let (poll, verify_after) = (options.poll, options.verify_after);
        let station =
            Station { poll, verify_after, budget: Arc::new(options.budget.clone()), ..station(name) };
        let station = Arc::new(station);
        let (handle, task) =
            controller::start(station, Arc::clone(&rules), Some(Remembered::default()), wiring);
        tokio::spawn(task);
        stations.insert(StationName::new(name).unwrap(), handle);
    }
    stations
}

impl TestService {
    /// Starts a service and waits until its ports are known.
    pub(crate) async fn start(options: Options) -> Self {
        let parts = parts(&options);
        let directory = parts.services.directory.clone();
        let bound = http::bind(&settings(options.access), parts.services).await.unwrap();
        let address = bound.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(bound.serve(async {
            let _told = stopped.await;
        }));
        if options.hub != Hub::Silent {
            for station in directory.stations().values() {
                let mut pictures = station.changed();
                let told = |port: &Arc<PortState>| port.actual.is_some() || port.problem.is_some();
                let known = pictures.wait_for(|view| view.ports.values().all(told));
                tokio::time::timeout(LIMIT, known).await.unwrap().unwrap();
            }
        }
        Self {
            address,
            directory,
            journal: parts.journal,
            config: parts.config,
            tally: parts.tally,
            shown: parts.shown,
            secrets: parts.secrets,
            client: reqwest::Client::new(),
            stop,
            served,
            files: parts.files,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.client.get(self.url(path))).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.client.post(self.url(path)).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.client.put(self.url(path)).json(body)).await
    }

    /// The tokens, as `scs token` sees them.
    pub(crate) fn tokens(&self) -> TokenStore {
        TokenStore::open(&self.files.path().join("history.db")).unwrap()
    }

    /// A request to be sent by [`answer`].
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), self.url(path))
    }

    /// Sends bytes as they are and reads until the service closes the connection.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let _refused_in_the_middle = stream.write_all(bytes).await;
        let mut text = Vec::new();
        let _reset_after_the_answer =
            tokio::time::timeout(LIMIT, stream.read_to_end(&mut text)).await.unwrap();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Stops the service; fails when it takes too long.
    pub(crate) async fn stop(self) {
        let _gone = self.stop.send(());
        tokio::time::timeout(LIMIT, self.served).await.unwrap().unwrap().unwrap();
    }
}

/// Sends a request; the status and the body as JSON, or as text where it is none.
pub(crate) async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = tokio::time::timeout(LIMIT, request.send()).await.unwrap().unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status, body)
}

/// A station of four ports: `pixel-7` in 1, `tablet` in 2, nobody in 3 and 4. Station `desk` has the old topic.
fn station(name: &str) -> Station {
    let rule = RuleUse { rule: RuleName::new("keep-between").unwrap(), with: BTreeMap::new() };
    let policy = Arc::new(Policy { guards: vec![], rules: vec![rule] });
    let device = |number: u16| match (name, number) {
        ("desk", 1) => DeviceName::new("pixel-7").ok(),
        ("desk", 2) => DeviceName::new("tablet").ok(),
        _ => None,
    };
    let port = |number: u16| PortPlan {
        id: PortId::new(number).unwrap(),
        socket: Socket::new(HubLocation::new("5-2").unwrap(), u8::try_from(number).unwrap()).unwrap(),
        device: device(number),
        serial: None,
        care: Arc::new(Care {
            kind: "phone".to_owned(),
            charge_per_hour: 30.0,
            policy: Arc::clone(&policy),
            ..Care::default()
        }),
    };
    let ports = (1..=4).map(|number| (PortId::new(number).unwrap(), Arc::new(port(number)))).collect();
    Station {
        name: StationName::new(name).unwrap(),
        title: format!("The station {name}"),
        zone: TimeZone::UTC,
        topic: if name == "desk" { "smartcharger".to_owned() } else { format!("smartcharger/{name}") },
        switch: SwitchKind::Simulated,
        hub: None,
        min_hold: Span::ZERO,
        silent_after: Span::from_mins(45),
        poll: Span::from_secs(60),
        verify_after: Span::from_mins(3),
        on_exit: OnExit::Keep,
        safety: Safety::default(),
        budget: Arc::default(),
        reports: Arc::default(),
        signals: BTreeMap::from([(
            SignalName::new("price").unwrap(),
            SignalPlan { topic: Some("energy/price".to_owned()) },
        )]),
        ports,
        version: Version::new("0f3a9c51d2e4"),
    }
}
