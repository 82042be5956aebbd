//! Stations on a hub that does not exist, bridged to a broker.

use std::{collections::BTreeMap, sync::Arc};

use smart_charging_station::{
    controller::{Clock, Directory, Ending, Handle, Remembered, Wiring, start},
    model::{
        Ask, Care, DeviceName, Event, EventKind, HubLocation, OnExit, Policy, PortId, PortPlan, Power,
        Record, RuleName, RuleUse, Seen, Socket, Span, Station, StationName, SwitchKind, SwitchRequest,
    },
    mqtt::{self, DiscoverySettings, Form, Link, MqttSettings, Secret, Status},
    rules::{RuleSet, RuleSource},
};
use tokio::{
    sync::{broadcast, mpsc, watch},
    task::JoinSet,
    time::timeout,
};

use crate::{PATIENCE, broker::Broker, shows};

const RULE: &str = r#"//! Keep the battery between two levels.
let low  = param("low", 20);     // percent
let high = param("high", 80);    // percent
if battery.level <= low  { charge(`${battery.level}% is low`); }
if battery.level >= high { rest(`${battery.level}% is high`); }
"#;

pub(crate) struct World {
    pub(crate) directory: Directory,
    pub(crate) status: watch::Receiver<Status>,
    pub(crate) events: broadcast::Receiver<Arc<Event>>,
    journal: mpsc::Sender<Record>,
    pub(crate) clock: Clock,
    stop: watch::Sender<bool>,
    bridge: tokio::task::JoinHandle<()>,
    tasks: JoinSet<()>,
}

pub(crate) fn settings(broker: &Broker) -> MqttSettings {
    at(broker.port())
}

pub(crate) fn at(port: u16) -> MqttSettings {
    let discovery = DiscoverySettings { form: Form::Off, ..DiscoverySettings::default() };
    MqttSettings { port, client_id: "scs-test".to_owned(), discovery, ..MqttSettings::default() }
}

pub(crate) fn login(broker: &Broker, user: &str, password: &str) -> MqttSettings {
    MqttSettings {
        user: Some(user.to_owned()),
        password: Some(Secret(password.to_owned())),
        ..settings(broker)
    }
}

/// A station with these devices in the ports from 1 on; an empty name is an empty port.
pub(crate) fn station(name: &str, topic: &str, devices: &[&str]) -> Arc<Station> {
    let rule = RuleUse { rule: RuleName::new("keep-between").unwrap(), with: BTreeMap::new() };
    let policy = Arc::new(Policy { guards: Vec::new(), rules: vec![rule] });
    let plan = |(device, number): (&&str, u16)| {
        let hub = HubLocation::new("5").unwrap().below(u8::try_from(number / 10 + 1).unwrap());
        PortPlan {
            id: PortId::new(number).unwrap(),
            socket: Socket::new(hub, u8::try_from(number % 10 + 1).unwrap()).unwrap(),
            device: DeviceName::new(device).ok(),
            serial: None,
            care: Arc::new(Care { charge_per_hour: 20.0, policy: policy.clone(), ..Care::default() }),
        }
    };
    let ports = devices.iter().zip(1_u16..).map(plan).map(|plan| (plan.id, Arc::new(plan))).collect();
    Arc::new(Station {
        topic: topic.to_owned(),
        min_hold: Span::ZERO,
        on_exit: OnExit::Keep,
        ports,
        ..Station::new(StationName::new(name).unwrap(), SwitchKind::Simulated)
    })
}

pub(crate) fn rules() -> Arc<RuleSet> {
    let source = RuleSource {
        name: RuleName::new("keep-between").unwrap(),
        file: "rules/keep-between.rhai".to_owned(),
        text: RULE.to_owned(),
    };
    Arc::new(RuleSet::compile(&[source]).unwrap())
}

impl World {
    /// The station `desk` under `smartcharger`, with a pixel-7 in port 1 and nothing in port 2.
    pub(crate) fn desk(settings: MqttSettings) -> Self {
        Self::start(settings, vec![station("desk", "smartcharger", &["pixel-7", ""])])
    }

    pub(crate) fn start(settings: MqttSettings, stations: Vec<Arc<Station>>) -> Self {
        Self::start_at(settings, stations, Clock::real())
    }

    pub(crate) fn start_at(settings: MqttSettings, stations: Vec<Arc<Station>>, clock: Clock) -> Self {
        let (journal, mut records) = mpsc::channel(10_000);
        let directory = Directory::new(journal.clone());
        let events = directory.events();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            while let Some(record) = records.recv().await {
                if let Record::Keep(kept) = record {
                    kept(Ok(()));
                }
            }
        });
        let (says, status) = watch::channel(Status::new());
        let (stop, stopped) = watch::channel(false);
        let bridge = tokio::spawn(mqtt::run(settings, directory.clone(), clock, says, stopped));
        let mut world = Self { directory, status, events, journal, clock, stop, bridge, tasks };
        for station in stations {
            world.add(station);
        }
        world
    }

    pub(crate) fn add(&mut self, station: Arc<Station>) {
        let (requests, asked) = mpsc::channel(64);
        let (answers, outcomes) = mpsc::channel(64);
        self.tasks.spawn(hub(asked, answers));
        let wiring = Wiring {
            requests,
            outcomes,
            journal: self.journal.clone(),
            directory: self.directory.clone(),
            clock: self.clock,
        };
        let name = station.name.clone();
        let (handle, task) = start(station, rules(), Some(Remembered::default()), wiring);
        self.tasks.spawn(task);
        let mut stations = (*self.directory.stations()).clone();
        stations.insert(name, handle);
        self.directory.replace(stations);
    }

    pub(crate) async fn remove(&mut self, name: &str) {
        let mut stations = (*self.directory.stations()).clone();
        let handle = stations.remove(name).unwrap();
        self.directory.replace(stations);
        handle.stop(Ending::Exit).await;
    }

    pub(crate) fn handle(&self, name: &str) -> Handle {
        self.directory.station(name).unwrap()
    }

    /// Waits until the connection of a station is as wanted.
    pub(crate) async fn link(&self, name: &str, condition: impl Fn(&Link) -> bool) {
        shows(self.status.clone(), "the wanted connection", |all| all.get(name).is_some_and(&condition))
            .await;
    }

    pub(crate) async fn connected(&self, name: &str) {
        self.link(name, |link| *link == Link::Connected).await;
    }

    /// Waits for an event and gives its text, or what it is.
    pub(crate) async fn event(&mut self, code: &str) -> String {
        let find = async {
            loop {
                let event = self.events.recv().await.unwrap();
                if event.kind.code() == code {
                    break event;
                }
            }
        };
        let event = timeout(PATIENCE, find).await.unwrap_or_else(|_| panic!("no event `{code}`"));
        match &event.kind {
            EventKind::ReportRejected { message }
            | EventKind::CommandRejected { message }
            | EventKind::BrokerLost { message } => message.clone(),
            EventKind::ParameterChanged { rule, parameter, value, by } => {
                let value = value.as_ref().map(ToString::to_string).unwrap_or_default();
                format!("{rule} {parameter}={value} by {by}")
            }
            EventKind::ModeChanged { mode, .. } => format!("{} by {}", mode.in_words(), mode.by),
            other => other.code().to_owned(),
        }
    }

    /// What has happened that nobody has waited for.
    pub(crate) fn events_so_far(&mut self) -> Vec<&'static str> {
        std::iter::from_fn(|| self.events.try_recv().ok()).map(|event| event.kind.code()).collect()
    }

    /// Stops the bridge as the service does.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        timeout(PATIENCE, self.bridge).await.expect("the bridge did not stop").unwrap();
    }

    /// Ends the bridge as `kill -9` would.
    pub(crate) fn kill(&self) {
        self.bridge.abort();
    }
}

/// Switches at once whatever it is told, and shows it.
async fn hub(mut asked: mpsc::Receiver<SwitchRequest>, answers: mpsc::Sender<Vec<Seen>>) {
    let mut power = BTreeMap::new();
    while let Some(request) = asked.recv().await {
        let mut see = |port, order, wanted: Option<Power>| {
            let shown = power.entry(port).or_insert(Power::On);
            *shown = wanted.unwrap_or(*shown);
            Seen::new(port, order, Some(*shown), None)
        };
        let seen = match request.ask {
            Ask::Switch(orders) => {
                orders.into_iter().map(|order| see(order.port, Some(order.id), Some(order.power))).collect()
            }
            Ask::Read(ports) => ports.into_iter().map(|(port, _)| see(port, None, None)).collect(),
        };
        if answers.send(seen).await.is_err() {
            return;
        }
    }
}
