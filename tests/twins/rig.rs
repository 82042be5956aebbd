//! The USB task in front of the real `uhubctl`, and stations that ask it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::Arc,
};

use smart_charging_station::{
    model::{
        Ask, ChipPath, ChipSocket, Driver, HubLocation, HubModel, HubPlan, ModelName, Order, PortId, Power,
        Reach, Seen, Socket, Span, StationName, SwitchProblem, SwitchRequest, Tally,
    },
    usb::{self, Bus, Line, UsbSettings},
};
use stand_in::{Stage, World};
use tokio::{sync::watch, task::JoinSet, time::timeout};

use crate::{PATIENCE, play::Play};

/// The task with the hubs that it believes to be real.
pub(crate) struct Rig {
    play: Play,
    bus: Bus,
    pub(crate) tally: watch::Receiver<Tally>,
    _task: JoinSet<()>,
}

/// A station with its line to the task.
pub(crate) struct Station {
    reach: Arc<Reach>,
    ports: BTreeMap<PortId, Socket>,
    line: Line,
}

impl Rig {
    pub(crate) fn of(world: &World) -> Self {
        Self::with_limit(world, 20)
    }
    /// A call of `uhubctl` may take so many seconds.
    pub(crate) fn with_limit(world: &World, seconds: i64) -> Self {
        let play = Play::of(world);
        let kernel = play.folder.path().join("sys");
        fs::create_dir(&kernel).unwrap();
        let settings = UsbSettings {
            uhubctl: Some(play.stage.tool()),
            time_limit: Span::from_secs(seconds),
            sysfs: kernel,
            lock: play.folder.path().join("lock"),
        };
        let (counts, tally) = watch::channel(Tally::new());
        let (bus, task) = usb::start(Driver::Uhubctl, settings, counts);
        let mut tasks = JoinSet::new();
        tasks.spawn(task);
        Self { play, bus, tally, _task: tasks }
    }

    pub(crate) fn stage(&self) -> &Stage {
        &self.play.stage
    }

    /// What plays the kernel's files, empty at first.
    pub(crate) fn kernel(&self) -> PathBuf {
        self.play.folder.path().join("sys")
    }

    /// What the kernel says that the board is called.
    pub(crate) fn board(&self, name: &str) {
        let folder = self.kernel().join("firmware/devicetree/base");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("model"), name).unwrap();
        fs::create_dir_all(self.kernel().join("bus/usb/devices")).unwrap();
    }

    /// A station with an RSH-A16 that is written to be there.
    pub(crate) fn a16(&self, name: &str, at: &str) -> Station {
        let plan = HubPlan { model: Arc::new(rsh_a16()), at: hub(at) };
        let ports = plan.model.ports.keys().map(|port| (*port, plan.socket(*port).unwrap())).collect();
        self.station(name, Some(plan), ports)
    }

    /// A station whose file names sockets and no model; its ports are numbered from 1.
    pub(crate) fn sockets(&self, name: &str, sockets: &[(&str, u8)]) -> Station {
        let ports = (1..)
            .zip(sockets)
            .map(|(number, (at, port))| (PortId::new(number).unwrap(), Socket::new(hub(at), *port).unwrap()));
        self.station(name, None, ports.collect())
    }

    /// A station with an RSH-A16 and sockets of its own.
    pub(crate) fn a16_with(&self, name: &str, at: &str, more: &[(u16, &str, u8)]) -> Station {
        let plan = HubPlan { model: Arc::new(rsh_a16()), at: hub(at) };
        let ports = more
            .iter()
            .map(|(number, at, port)| (PortId::new(*number).unwrap(), Socket::new(hub(at), *port).unwrap()));
        self.station(name, Some(plan), ports.collect())
    }

    fn station(&self, name: &str, hub: Option<HubPlan>, ports: BTreeMap<PortId, Socket>) -> Station {
        let station = StationName::new(name).unwrap();
        let reach = Reach { station, hub: hub.map(Arc::new), sockets: ports.values().cloned().collect() };
        let reach = Arc::new(reach);
        Station { line: self.bus.line(Arc::clone(&reach)), reach, ports }
    }

    /// Every order that was sent to a port, in the order of sending; forgets them.
    pub(crate) fn take_orders(&self) -> Vec<String> {
        let log = self.stage().take_log();
        log.iter().filter_map(|line| line.strip_prefix("power ")).map(str::to_owned).collect()
    }

    /// Whether each side of a port has power.
    pub(crate) fn sides(&self, usb2: &str, usb3: &str, port: u8) -> (bool, bool) {
        let world = self.stage().world();
        (world.power(usb2, port).unwrap(), world.power(usb3, port).unwrap())
    }
}

impl Station {
    /// Switches ports and gives what was seen of each.
    pub(crate) async fn switch(&mut self, ports: &[u16], power: Power) -> Vec<Seen> {
        let orders = (1..).zip(ports).map(|(id, number)| {
            let port = PortId::new(*number).unwrap();
            Order { id, port, socket: self.ports[&port].clone(), power }
        });
        let seen = self.ask(Ask::Switch(orders.collect())).await;
        assert!(seen.iter().zip(1..).all(|(seen, id)| seen.order == Some(id)), "{seen:?}");
        seen
    }

    /// Switches one port: what its power is then, and what went wrong.
    pub(crate) async fn one(&mut self, port: u16, power: Power) -> (Option<Power>, Option<SwitchProblem>) {
        let seen = self.switch(&[port], power).await.remove(0);
        (seen.power, seen.problem)
    }

    /// Reads all ports.
    pub(crate) async fn read(&mut self) -> BTreeMap<u16, Seen> {
        let ports = self.ports.iter().map(|(port, socket)| (*port, socket.clone())).collect();
        let seen = self.ask(Ask::Read(ports)).await;
        seen.into_iter().map(|seen| (seen.port.get(), seen)).collect()
    }

    /// Orders that name a socket which is none of the station's.
    pub(crate) async fn reach_out(&mut self, at: &str, port: u8, power: Power) -> Seen {
        let socket = Socket::new(hub(at), port).unwrap();
        let order = Order { id: 1, port: PortId::new(1).unwrap(), socket, power };
        self.ask(Ask::Switch(vec![order])).await.remove(0)
    }

    async fn ask(&mut self, ask: Ask) -> Vec<Seen> {
        let request = SwitchRequest { reach: Arc::clone(&self.reach), ask };
        self.line.requests.send(request).await.unwrap();
        timeout(PATIENCE, self.line.outcomes.recv()).await.expect("an answer in time").expect("an open line")
    }
}

pub(crate) fn hub(at: &str) -> HubLocation {
    HubLocation::new(at).unwrap()
}

/// The numbers on the housing of the RSH-A16.
fn rsh_a16() -> HubModel {
    let chip = |path: &str| ChipPath::new(path).unwrap();
    let socket = |path: &str, port: u8| ChipSocket { chip: chip(path), port };
    let places = [("", 1..=2), ("4", 1..=4), ("3", 1..=2), ("3.4", 1..=4), ("3.3", 1..=4)];
    let places = places.into_iter().flat_map(|(path, ports)| ports.map(move |port| socket(path, port)));
    let chain = [("", 3), ("", 4), ("3", 3), ("3", 4)];
    HubModel {
        name: ModelName::new("rsh-a16").unwrap(),
        title: "RSHTECH RSH-A16".to_owned(),
        chips: ["", "3", "4", "3.3", "3.4"].map(|path| (chip(path), 4)).into(),
        ids: vec!["0bda:5411".parse().unwrap(), "0bda:0411".parse().unwrap()],
        ports: (1..).zip(places).map(|(number, place)| (PortId::new(number).unwrap(), place)).collect(),
        chain: chain.map(|(path, port)| socket(path, port)).into_iter().collect::<BTreeSet<_>>(),
        never: None,
        rows: Vec::new(),
        cautions: Vec::new(),
        boards: Vec::new(),
    }
}
