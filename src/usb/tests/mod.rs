//! Hubs that do as tests say, under everything that is the same for every driver.

mod claims;
mod never;
mod places;
mod sides;
mod topology;
mod trouble;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Asked, HubFound, Ordered, PowerSwitch, SocketFound, Survey,
    driver::{Extent, HubDriver, Look},
    glance::Glance,
    hubs::Hubs,
    sequence::{Call, Sequence, Told},
};
use crate::model::{
    ChipId, ChipPath, ChipSocket, HubLocation, HubModel, HubPlan, ModelName, Order, PortId, Power, Reach,
    Seen, Socket, StationName, SwitchProblem, Thing,
};

/// The hubs of a host.
#[derive(Default)]
pub(super) struct Fake {
    pub(super) survey: Survey,
    /// Hubs that are there and not listed.
    pub(super) hidden: BTreeSet<HubLocation>,
    pub(super) unread: BTreeMap<HubLocation, SwitchProblem>,
    /// Ports that do not do as they are told.
    pub(super) stubborn: BTreeSet<Socket>,
    /// What switching a side fails with.
    pub(super) fails: BTreeMap<HubLocation, SwitchProblem>,
    /// What looking fails with.
    pub(super) blind: Option<SwitchProblem>,
    /// What comes to a place when it is switched and nothing is there.
    pub(super) replaced: Option<(&'static str, &'static str)>,
    /// Knows of other sides what its looks show.
    pub(super) silent: bool,
    /// What it holds for the other side.
    pub(super) pairs: BTreeMap<HubLocation, HubLocation>,
    /// Shows only what is asked for.
    pub(super) modest: bool,
    /// What has become of hubs since they were looked at.
    pub(super) since: Glance,
    /// They go on changing.
    pub(super) restless: bool,
    /// What telling the other side fails with.
    pub(super) speechless: Option<SwitchProblem>,
    /// A side that may not be written.
    pub(super) locked: Option<HubLocation>,
    /// Hubs that a look has shown.
    pub(super) shown: BTreeSet<HubLocation>,
    /// Hubs that the last look has shown.
    pub(super) last: BTreeSet<HubLocation>,
    /// Where a look has shown all chips of a sixteen-port hub.
    pub(super) whole: BTreeSet<HubLocation>,
    pub(super) calls: Vec<String>,
}

impl HubDriver for Fake {
    const AT_ONCE: bool = false;

    async fn look(&mut self, hubs: Option<&BTreeSet<HubLocation>>) -> Result<Look, SwitchProblem> {
        let asked = hubs.filter(|_| self.modest);
        if !self.restless {
            self.since.clear();
        }
        self.calls.push(if asked.is_some() { "look at some" } else { "look" }.to_owned());
        if let Some(problem) = &self.blind {
            return Err(problem.clone());
        }
        let mut survey = self.survey.clone();
        survey.hubs.retain(|at, _| !self.hidden.contains(at) && asked.is_none_or(|asked| asked.contains(at)));
        self.shown.extend(survey.hubs.keys().cloned());
        self.last = survey.hubs.keys().cloned().collect();
        let whole = |at: &&HubLocation| {
            let chip =
                |path: &ChipPath| survey.hubs.get(&at.chip(path)?).filter(|hub| hub.sockets.len() == 4);
            rsh_a16().chips.keys().all(|path| chip(path).is_some())
        };
        self.whole.extend(survey.hubs.keys().filter(whole).cloned());
        let extent = if asked.is_some() { Extent::Asked } else { Extent::All };
        Ok(Look { survey, extent, unread: self.unread.clone() })
    }

    async fn glance(&mut self, hubs: &BTreeSet<HubLocation>) -> Glance {
        self.since
            .iter()
            .filter(|(at, _)| hubs.contains(*at))
            .map(|(at, hub)| (at.clone(), hub.clone()))
            .collect()
    }

    async fn set_all(&mut self, hubs: &mut [Sequence]) {
        for hub in hubs {
            while let Some(call) = hub.next_call() {
                let told = self.set(&call);
                hub.take(&call, &told);
            }
        }
    }

    fn refuses(&self, side: &Socket, _: &SocketFound) -> Option<SwitchProblem> {
        let locked = self.locked.as_ref() == Some(side.hub());
        locked.then(|| SwitchProblem::Permission(format!("`{}`", side.hub())))
    }

    async fn other_side(&mut self, side: &HubLocation) -> Result<Option<HubLocation>, SwitchProblem> {
        if self.silent {
            return Err(SwitchProblem::OtherSide("not known".to_owned()));
        }
        self.calls.push(format!("other side of {side}"));
        self.speechless.clone().map_or_else(|| Ok(self.pairs.get(side).cloned()), Err)
    }
}

impl Fake {
    fn set(&mut self, Call { side, ports, power }: &Call) -> Told {
        let list: Vec<String> = ports.iter().map(u8::to_string).collect();
        self.calls.push(format!("{power} {side} {}", list.join(",")));
        if let Some(problem) = self.fails.get(side) {
            return Err(problem.clone());
        }
        if !self.survey.hubs.contains_key(side)
            && let Some((at, id)) = self.replaced
        {
            self.add(at, false, id, 4);
            return Err(SwitchProblem::HubMissing(side.clone()));
        }
        let hub = self.survey.hubs.get_mut(side).ok_or(SwitchProblem::HubMissing(side.clone()))?;
        let mut said = BTreeMap::new();
        for port in ports {
            let Some(socket) = hub.sockets.get_mut(port) else { continue };
            if !self.stubborn.contains(&Socket::new(side.clone(), *port).unwrap()) {
                socket.power = Ok(*power);
            }
            said.insert(*port, socket.power.clone().map_err(SwitchProblem::Unreadable));
        }
        Ok(said)
    }

    /// Adds a hub, all ports on.
    pub(super) fn add(&mut self, at: &str, usb3: bool, id: &str, ports: u8) -> &mut HubFound {
        self.survey.hubs.entry(hub(at)).or_insert_with(|| HubFound::bare(id, usb3, ports))
    }
    /// Adds a hub of five chips with both sides: `usb2` and `usb3` are where its first chip is.
    pub(super) fn add_rsh_a16(&mut self, usb2: &str, usb3: &str) {
        for (at, usb3, id) in [(usb2, false, "0bda:5411"), (usb3, true, "0bda:0411")] {
            for chip in ["", ".3", ".4", ".3.3", ".3.4"] {
                self.add(&format!("{at}{chip}"), usb3, id, 4);
            }
        }
    }
    pub(super) fn socket(&mut self, at: &str, port: u8) -> &mut SocketFound {
        self.survey.hubs.get_mut(&hub(at)).unwrap().sockets.get_mut(&port).unwrap()
    }
    /// What was switched, without the looks.
    pub(super) fn sets(&self) -> Vec<&str> {
        self.calls
            .iter()
            .map(String::as_str)
            .filter(|call| call.starts_with(['o']) && !call.starts_with("other"))
            .collect()
    }
    pub(super) fn looks(&self) -> usize {
        self.calls.iter().filter(|call| call.starts_with("look")).count()
    }
}

pub(super) fn hub(text: &str) -> HubLocation {
    HubLocation::new(text).unwrap()
}
pub(super) fn socket(at: &str, port: u8) -> Socket {
    Socket::new(hub(at), port).unwrap()
}
pub(super) fn port(number: u16) -> PortId {
    PortId::new(number).unwrap()
}
pub(super) fn thing(serial: Option<&str>) -> Thing {
    Thing { id: "04e8:6860".parse().unwrap(), serial: serial.map(str::to_owned), name: String::new() }
}

/// The printed numbers of the sixteen-port hub.
pub(super) fn rsh_a16() -> HubModel {
    let path = |text| ChipPath::new(text).unwrap();
    let place = |chip, port| ChipSocket { chip: path(chip), port };
    let rows = [("", 1, 2), ("4", 1, 4), ("3", 1, 2), ("3.4", 1, 4), ("3.3", 1, 4)];
    let places = rows.into_iter().flat_map(|(chip, first, last)| (first..=last).map(move |p| place(chip, p)));
    HubModel {
        name: ModelName::new("rsh-a16").unwrap(),
        title: "RSHTECH RSH-A16".to_owned(),
        chips: ["", "3", "4", "3.3", "3.4"].map(|chip| (path(chip), 4)).into(),
        ids: ["0bda:5411", "0bda:0411"].map(|id| id.parse::<ChipId>().unwrap()).into(),
        ports: (1..).map(port).zip(places).collect(),
        rows: Vec::new(),
        chain: [("", 3), ("", 4), ("3", 3), ("3", 4)].map(|(chip, p)| place(chip, p)).into(),
        never: None,
        cautions: Vec::new(),
        boards: Vec::new(),
    }
}

/// A station with a sixteen-port hub.
pub(super) fn with_model(name: &str, at: &str) -> Arc<Reach> {
    reach_of(name, rsh_a16(), at)
}
pub(super) fn reach_of(name: &str, model: HubModel, at: &str) -> Arc<Reach> {
    let plan = HubPlan { model: Arc::new(model), at: hub(at) };
    let sockets = plan.model.ports.keys().filter_map(|port| plan.socket(*port)).collect();
    Arc::new(Reach { station: StationName::new(name).unwrap(), hub: Some(Arc::new(plan)), sockets })
}
/// A station whose sockets are written out.
pub(super) fn written(name: &str, sockets: &[(&str, u8)]) -> Arc<Reach> {
    let sockets = sockets.iter().map(|(at, port)| socket(at, *port)).collect();
    Arc::new(Reach { station: StationName::new(name).unwrap(), hub: None, sockets })
}

pub(super) fn order(reach: &Arc<Reach>, socket: Socket, power: Power) -> Ordered {
    let order = Order { id: 1, port: port(u16::from(socket.port())), socket, power };
    Ordered { reach: Arc::clone(reach), order }
}
/// All ports of the station in one direction.
pub(super) fn all(reach: &Arc<Reach>, power: Power) -> Vec<Ordered> {
    reach.sockets.iter().map(|socket| order(reach, socket.clone(), power)).collect()
}
pub(super) async fn switch(hubs: &mut Hubs<Fake>, orders: &[Ordered]) -> Vec<Seen> {
    orders.iter().for_each(|ordered| hubs.meet(&ordered.reach));
    hubs.switch(orders).await
}
/// One order; its power and problem.
pub(super) async fn one(
    hubs: &mut Hubs<Fake>,
    reach: &Arc<Reach>,
    (at, port): (&str, u8),
    power: Power,
) -> (Option<Power>, Option<SwitchProblem>) {
    let seen = switch(hubs, &[order(reach, socket(at, port), power)]).await.remove(0);
    (seen.power, seen.problem)
}
/// A reading of all ports of the station, by socket.
pub(super) async fn read(hubs: &mut Hubs<Fake>, reach: &Arc<Reach>) -> BTreeMap<Socket, Seen> {
    let ask = |socket: &Socket| Asked { reach: Arc::clone(reach), port: port(1), socket: socket.clone() };
    let asked: Vec<Asked> = reach.sockets.iter().map(ask).collect();
    hubs.meet(reach);
    reach.sockets.iter().cloned().zip(hubs.read(&asked).await).collect()
}
pub(super) fn code(problem: Option<&SwitchProblem>) -> &'static str {
    problem.map_or("none", SwitchProblem::code)
}
