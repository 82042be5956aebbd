//! A folder with the stand-in for `uhubctl`, the hubs that it shows, and the task that uses it.

use std::{collections::BTreeSet, fs, os::unix::fs::symlink, path::Path, sync::Arc, time::Duration};

use smart_charging_station::{
    model::{
        Ask, Driver, HubLocation, Order, OrderId, PortId, Power, Reach, Seen, Socket, Span, StationName,
        SwitchProblem, SwitchRequest, Tally,
    },
    usb::{self, Bus, Line, UsbSettings},
};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle};

/// Longer than any answer may take; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const HUBS: &str = "5-2.4 2.10 4\n5-2 2.10 4\n5-2.3 2.10 4\n";

/// A folder with the stand-in and its hubs, and the task that uses it.
pub(crate) struct Rig {
    pub(crate) dir: TempDir,
    pub(crate) settings: UsbSettings,
    pub(crate) bus: Bus,
    pub(crate) line: Line,
    pub(crate) tally: watch::Receiver<Tally>,
    pub(crate) task: JoinHandle<()>,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self::with_limit(20)
    }
    pub(crate) fn with_limit(seconds: i64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tool = dir.path().join("uhubctl");
        symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bin/uhubctl"), &tool).unwrap();
        for folder in ["off", "behind", "thing", "line", "once"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        let settings = UsbSettings {
            sysfs: "/nowhere".into(),
            uhubctl: Some(tool),
            time_limit: Span::from_secs(seconds),
            lock: dir.path().join("run/uhubctl.lock"),
        };
        let (counted, tally) = watch::channel(Tally::new());
        let (bus, task) = usb::start(Driver::Uhubctl, settings.clone(), counted);
        let line = line(&bus);
        let rig = Self { dir, settings, line, tally, bus, task: tokio::spawn(task) };
        rig.put("hubs", HUBS);
        rig
    }
    pub(crate) fn put(&self, name: &str, text: &str) {
        fs::write(self.dir.path().join(name), text).unwrap();
    }
    pub(crate) fn get(&self, name: &str) -> String {
        fs::read_to_string(self.dir.path().join(name)).unwrap_or_default()
    }
    pub(crate) fn calls(&self) -> Vec<String> {
        self.get("calls").lines().map(str::to_owned).collect()
    }
    pub(crate) fn is_off(&self, port: &str) -> bool {
        self.dir.path().join("off").join(port).exists()
    }
    pub(crate) async fn switch(&mut self, orders: &[Order]) -> Vec<Seen> {
        ask(&mut self.line, asking(Ask::Switch(orders.to_vec()))).await
    }
    pub(crate) async fn read(&mut self, sockets: &[(&str, u8)]) -> Vec<Seen> {
        let ports = (1..).zip(sockets).map(|(n, (hub, at))| (port(n), socket(hub, *at))).collect();
        ask(&mut self.line, asking(Ask::Read(ports))).await
    }
    /// One order; its power and problem.
    pub(crate) async fn one(
        &mut self,
        hub: &str,
        at: u8,
        power: Power,
    ) -> (Option<Power>, Option<SwitchProblem>) {
        let seen = self.switch(&[order(1, hub, at, power)]).await.remove(0);
        assert_eq!(seen.order, Some(1));
        (seen.power, seen.problem)
    }
}

/// A line of the station that [`asking`] asks for.
pub(crate) fn line(bus: &Bus) -> Line {
    let station = StationName::new("desk").unwrap();
    bus.line(Arc::new(Reach { station, hub: None, sockets: BTreeSet::new() }))
}

/// A request of a station that may reach what it asks for.
pub(crate) fn asking(ask: Ask) -> SwitchRequest {
    let sockets = match &ask {
        Ask::Switch(orders) => orders.iter().map(|order| order.socket.clone()).collect(),
        Ask::Read(ports) => ports.iter().map(|(_, socket)| socket.clone()).collect(),
    };
    let reach = Arc::new(Reach { station: StationName::new("desk").unwrap(), hub: None, sockets });
    SwitchRequest { reach, ask }
}

pub(crate) async fn ask(line: &mut Line, request: SwitchRequest) -> Vec<Seen> {
    line.requests.send(request).await.unwrap();
    answer(line).await
}
pub(crate) async fn answer(line: &mut Line) -> Vec<Seen> {
    tokio::time::timeout(PATIENCE, line.outcomes.recv())
        .await
        .expect("an answer in time")
        .expect("an open line")
}
pub(crate) fn port(number: u16) -> PortId {
    PortId::new(number).unwrap()
}
pub(crate) fn socket(hub: &str, at: u8) -> Socket {
    Socket::new(HubLocation::new(hub).unwrap(), at).unwrap()
}
pub(crate) fn order(id: OrderId, hub: &str, at: u8, power: Power) -> Order {
    Order { id, port: port(u16::from(at)), socket: socket(hub, at), power }
}
pub(crate) fn powers(seen: &[Seen]) -> Vec<Option<Power>> {
    seen.iter().map(|seen| seen.power).collect()
}
