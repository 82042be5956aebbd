//! Which station may have which socket switched. Pure.
//!
//! A station reaches what its file says, and nothing else. Of two stations that reach the same socket, be it by its
//! other side, the first one keeps it until it does not reach it any more or has gone. A socket that a station reached
//! once may still be switched by it while it is nobody else's: that is how it is given its power back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    locate::{self, Known},
    topology::Topology,
};
use crate::model::{HubLocation, Reach, Socket, StationName, SwitchProblem};

/// The stations that ask, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Claims {
    stations: Vec<Station>,
    /// Who has a socket, for both sides of it.
    owners: BTreeMap<Socket, StationName>,
    /// True if something was learned since the sockets were given out.
    stale: bool,
    /// Counts the changes of what is reached: who came first.
    turn: u64,
}

#[derive(Debug)]
struct Station {
    reach: Arc<Reach>,
    /// What it reaches, and since which turn.
    since: BTreeMap<Socket, u64>,
    /// All that it ever reached.
    ever: BTreeSet<Socket>,
    /// Where its hub is, if it has a plan.
    hub: Option<Result<HubLocation, SwitchProblem>>,
    /// Its hub, since it was whole.
    known: Option<Known>,
}

impl Claims {
    /// A station has this reach.
    pub(super) fn note(&mut self, reach: &Arc<Reach>) {
        let known = self.stations.iter().position(|station| station.reach.station == reach.station);
        let at = known.unwrap_or_else(|| {
            self.stations.push(Station::new(reach));
            self.stations.len() - 1
        });
        let Some(station) = self.stations.get_mut(at) else { return };
        if known.is_some() && (Arc::ptr_eq(&station.reach, reach) || station.reach == *reach) {
            return;
        }
        station.reaches_now(reach, self.turn);
        self.turn += 1;
        self.stale = true;
    }

    /// A station has gone.
    pub(super) fn forget(&mut self, name: &StationName) {
        self.stations.retain(|station| station.reach.station != *name);
        self.owners.retain(|_, owner| owner != name);
        self.stale = true;
    }

    /// The hubs have changed.
    pub(super) fn renew(&mut self) {
        self.stale = true;
    }

    /// Gives out the sockets, as the hubs are now.
    pub(super) fn settle(&mut self, topology: &Topology) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        for at in 0..self.stations.len() {
            let (hub, known) = self.hub_of(at, topology).unzip();
            if let Some(station) = self.stations.get_mut(at) {
                station.known = known.flatten();
                station.hub = hub;
            }
            // The next station looks for its hub beside those that are taken by now.
            self.give_out(topology);
        }
    }

    fn hub_of(
        &self,
        at: usize,
        topology: &Topology,
    ) -> Option<(Result<HubLocation, SwitchProblem>, Option<Known>)> {
        let station = self.stations.get(at)?;
        let plan = station.reach.hub.as_ref()?;
        let taken = |hub: &HubLocation| {
            let sides = [Some(hub.clone()), topology.twin(hub)];
            sides.into_iter().flatten().any(|hub| self.is_of_another(&station.reach.station, &hub))
        };
        Some(locate::hub(topology, plan, station.known.as_ref(), taken))
    }

    /// True if another station has, or writes, a socket in the tree of this hub.
    fn is_of_another(&self, name: &StationName, hub: &HubLocation) -> bool {
        let within = |socket: &Socket| {
            let rest = socket.hub().as_str().strip_prefix(hub.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let others = self.stations.iter().filter(|station| station.reach.station != *name);
        self.owners.iter().any(|(socket, owner)| owner != name && within(socket))
            || others.flat_map(|station| &station.reach.sockets).any(within)
    }

    /// Both sides of a socket go to one station: who finds its hub where the file says so comes before one who had to
    /// look for it, and else who came first.
    fn give_out(&mut self, topology: &Topology) {
        let mut wanted: Vec<(bool, u64, &StationName, Vec<Socket>)> = Vec::new();
        for station in &self.stations {
            let moved = station.has_moved();
            for (socket, since) in &station.since {
                wanted.push((moved, *since, &station.reach.station, station.sides(topology, socket)));
            }
        }
        wanted.sort();
        let mut owners: BTreeMap<Socket, StationName> = BTreeMap::new();
        for (.., station, sides) in wanted {
            if sides.iter().all(|side| owners.get(side).is_none_or(|owner| owner == station)) {
                owners.extend(sides.into_iter().map(|side| (side, station.clone())));
            }
        }
        self.owners = owners;
    }

    fn station(&self, reach: &Reach) -> Option<&Station> {
        self.stations.iter().find(|station| station.reach.station == reach.station)
    }

    /// Where the hub of a station is, if it has a plan.
    pub(super) fn hub(&self, reach: &Reach) -> Option<&Result<HubLocation, SwitchProblem>> {
        self.station(reach)?.hub.as_ref()
    }

    /// True if the station reaches the socket, or did once.
    pub(super) fn reaches(&self, reach: &Reach, socket: &Socket) -> bool {
        reach.sockets.contains(socket)
            || self.station(reach).is_some_and(|station| station.ever.contains(socket))
    }

    /// Who else has one of these sockets.
    pub(super) fn owner(&self, reach: &Reach, sides: &[Socket]) -> Option<&StationName> {
        sides.iter().filter_map(|side| self.owners.get(side)).find(|owner| **owner != reach.station)
    }
}

impl Station {
    fn new(reach: &Arc<Reach>) -> Self {
        let reach = Arc::clone(reach);
        Self { reach, since: BTreeMap::new(), ever: BTreeSet::new(), hub: None, known: None }
    }

    fn reaches_now(&mut self, reach: &Arc<Reach>, turn: u64) {
        let plan = |reach: &Reach| reach.hub.as_ref().map(|plan| (plan.at.clone(), plan.model.name.clone()));
        if plan(&self.reach) != plan(reach) {
            self.known = None;
        }
        self.since.retain(|socket, _| reach.sockets.contains(socket));
        for socket in &reach.sockets {
            self.since.entry(socket.clone()).or_insert(turn);
        }
        self.ever.extend(reach.sockets.iter().cloned());
        self.reach = Arc::clone(reach);
    }

    fn has_moved(&self) -> bool {
        let at = self.reach.hub.as_ref().map(|plan| &plan.at);
        matches!((&self.hub, at), (Some(Ok(hub)), Some(at)) if hub != at)
    }

    /// A socket that it reaches, both sides. What is not there is its own where the file says that it is.
    fn sides(&self, topology: &Topology, socket: &Socket) -> Vec<Socket> {
        let place = locate::socket(topology, &self.reach, self.hub.as_ref(), socket);
        place.map_or_else(|_| vec![socket.clone()], |place| place.sides)
    }
}
