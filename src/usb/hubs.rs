//! Switches sockets of hubs that have two sides, for many stations, by any driver.
//!
//! Finds out where each written socket really is, refuses what must not be switched before anything is sent, switches
//! each side by one call, and believes only what each side shows afterwards. Must never keep anybody waiting without an
//! end: in one batch at most seven calls of a driver hang (three while it looks, one that switches, three while it looks
//! again), and the others answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Asked, Ordered, PowerSwitch,
    claims::Claims,
    driver::{Extent, HubDriver},
    guard, locate,
    locate::Place,
    outcome::{Found, Said, Target, Unit, after, answer, holds_up, keeps_power, shown, units},
    topology::Topology,
};
use crate::model::{HubLocation, Plugged, Power, Reach, Seen, Socket, StationName, SwitchProblem};

/// The hubs of this host, by one driver.
pub(super) struct Hubs<D> {
    pub(super) driver: D,
    topology: Topology,
    claims: Claims,
    /// The hub whose call hung last: the next batch begins after it, so that it does not starve the others.
    hung_at: Option<HubLocation>,
}

/// Where an order goes.
struct Aim {
    /// The sides that are switched, with `true` for a USB 3 side.
    sides: Vec<(bool, Socket)>,
    /// The hub by one name.
    hub: HubLocation,
}

/// Why an order goes nowhere.
enum Objection {
    /// It never will.
    Never(SwitchProblem),
    /// It may when the hubs are seen again.
    Now(SwitchProblem),
}

/// What each side said, with `true` if it was told to be on.
type Answers = BTreeMap<(bool, Socket), Said>;

impl<D: HubDriver> Hubs<D> {
    pub(super) fn new(driver: D) -> Self {
        Self { driver, topology: Topology::default(), claims: Claims::default(), hung_at: None }
    }

    /// Looks at the hubs of these sockets, both sides, and at all where that is not enough.
    async fn look<'a>(
        &mut self,
        sockets: impl Iterator<Item = (&'a Reach, &'a Socket)>,
    ) -> Result<(), SwitchProblem> {
        let hubs = self.hubs_of(sockets);
        let mut look = self.driver.look(Some(&hubs)).await?;
        if look.extent == Extent::Asked {
            let there =
                |hub: &HubLocation| look.survey.hubs.contains_key(hub) || look.unread.contains_key(hub);
            if !self.topology.is_complete() || !hubs.iter().all(there) {
                look = self.driver.look(None).await?;
            }
        }
        self.topology.learn(look, &hubs);
        self.claims.renew();
        self.claims.settle(&self.topology);
        self.ask_for_other_sides(&hubs).await;
        Ok(())
    }

    /// Asks the driver which two hubs are one where places do not tell. What is not answered is asked the next time.
    async fn ask_for_other_sides(&mut self, hubs: &BTreeSet<HubLocation>) {
        let here: Vec<&HubLocation> = hubs.iter().filter(|hub| self.topology.unread(hub).is_none()).collect();
        for hub in here {
            if !self.topology.is_doubtful(hub) {
                continue;
            }
            match self.driver.other_side(hub).await {
                Ok(other) => self.topology.answered(hub, other.as_ref()),
                Err(problem) if holds_up(&problem) => break,
                Err(_) => {}
            }
            self.claims.renew();
        }
        self.claims.settle(&self.topology);
    }

    /// All hubs on which the answers for these sockets depend.
    fn hubs_of<'a>(&self, sockets: impl Iterator<Item = (&'a Reach, &'a Socket)>) -> BTreeSet<HubLocation> {
        let mut hubs = BTreeSet::new();
        for (reach, socket) in sockets {
            match reach.hub.as_ref().filter(|_| locate::inside(reach, socket).is_some()) {
                None => {
                    hubs.insert(socket.hub().clone());
                }
                Some(plan) => {
                    let found = self.claims.hub(reach).and_then(|hub| hub.as_ref().ok());
                    let at = found.unwrap_or(&plan.at);
                    hubs.extend(locate::chips(at, &plan.model).map(|(chip, ..)| chip));
                }
            }
        }
        let twins: Vec<_> = hubs.iter().filter_map(|hub| self.topology.twin(hub)).collect();
        hubs.extend(twins);
        hubs
    }

    fn place(&self, reach: &Reach, socket: &Socket) -> Result<Place, SwitchProblem> {
        locate::socket(&self.topology, reach, self.claims.hub(reach), socket)
    }

    /// Where an order is to be sent, or why it is not.
    fn aim(&self, ordered: &Ordered) -> Result<Aim, Objection> {
        let (reach, order) = (&ordered.reach, &ordered.order);
        if let Some(problem) = guard::as_written(&self.claims, reach, &order.socket) {
            return Err(Objection::Never(problem));
        }
        let place = self.place(reach, &order.socket).map_err(Objection::Now)?;
        if let Some(problem) = guard::as_found(&self.topology, &self.claims, reach, &place.sides) {
            return Err(Objection::Never(problem));
        }
        let unread = |side: &Socket| self.topology.unread(side.hub()).filter(|problem| !problem.may_pass());
        let mut sides = place.sides.clone();
        let hub = sides.iter().map(Socket::hub).min().unwrap_or(order.socket.hub()).clone();
        if order.power == Power::Off && (sides.len() > 1 || place.hidden.is_some()) {
            // What cannot be read cannot be seen to be off.
            let said: Vec<Said> = sides.iter().map(|side| self.topology.power(side)).collect();
            if let Some(problem) = said.iter().find_map(|said| said.as_ref().err()) {
                return Err(Objection::Now(SwitchProblem::OtherSide(problem.to_string())));
            }
            if let Some(why) = place.hidden {
                return Err(Objection::Now(SwitchProblem::OtherSide(why)));
            }
        }
        let problem = sides.iter().find_map(unread).cloned();
        sides.retain(|side| unread(side).is_none());
        match problem.filter(|_| sides.is_empty()) {
            Some(problem) => Err(Objection::Now(problem)),
            None => {
                let usb3 = |side: &Socket| self.topology.hub(side.hub()).is_some_and(|hub| hub.usb3);
                Ok(Aim { sides: sides.into_iter().map(|side| (usb3(&side), side)).collect(), hub })
            }
        }
    }

    /// Where all orders are to be sent; looks at the hubs first if that may help.
    async fn aims(&mut self, orders: &[Ordered]) -> Vec<Result<Aim, SwitchProblem>> {
        let first: Vec<Result<Aim, Objection>> = orders.iter().map(|ordered| self.aim(ordered)).collect();
        let doubtful = orders
            .iter()
            .zip(&first)
            .filter(|(_, aim)| matches!(aim, Err(Objection::Now(_))))
            .map(|(ordered, _)| (&*ordered.reach, &ordered.order.socket));
        let doubtful: Vec<_> = doubtful.collect();
        if doubtful.is_empty() {
            return first.into_iter().map(|aim| aim.map_err(Objection::problem)).collect();
        }
        let looked = self.look(doubtful.into_iter()).await;
        let again = orders.iter().map(|ordered| self.aim(ordered));
        again
            .map(|aim| match (aim, &looked) {
                (Err(Objection::Now(_)), Err(problem)) => Err(problem.clone()),
                (aim, _) => aim.map_err(Objection::problem),
            })
            .collect()
    }

    /// Sends everything, one call per side and direction, and says what each side showed.
    async fn send(&mut self, mut units: Vec<Unit>) -> Answers {
        if let Some(hung) = self.hung_at.take() {
            units.sort_by_key(|unit| unit.hub <= hung);
        }
        let mut answers = Answers::new();
        let mut stop: Option<SwitchProblem> = None;
        for Unit { power, hub, calls } in units {
            let mut kept = BTreeSet::new();
            for (side, mut ports) in calls {
                ports.retain(|port| !kept.contains(port));
                if ports.is_empty() {
                    continue;
                }
                let said = match &stop {
                    Some(problem) => Err(problem.clone()),
                    None => self.driver.set(&side, &ports, power).await,
                };
                if let (Err(problem), None) = (&said, &stop) {
                    if matches!(problem, SwitchProblem::Timeout(_)) {
                        self.hung_at = Some(hub.clone());
                    }
                    if matches!(problem, SwitchProblem::HubMissing(_)) {
                        self.topology.lost(&side);
                    }
                    stop = Some(problem.clone()).filter(holds_up);
                }
                for port in ports {
                    let said = match &said {
                        Ok(said) => said.get(&port).cloned(),
                        Err(problem) => Some(Err(problem.clone())),
                    };
                    let Ok(socket) = Socket::new(side.clone(), port) else { continue };
                    let missing = || Err(SwitchProblem::Unreadable(format!("{socket}: no answer")));
                    let said = said.unwrap_or_else(missing);
                    if power == Power::Off && keeps_power(&said) {
                        kept.insert(port);
                    }
                    answers.insert((power == Power::On, socket), said);
                }
            }
        }
        answers
    }

    /// What is seen at a socket, and what is plugged into it. After a look.
    fn reading(&self, reach: &Reach, socket: &Socket) -> (Said, Plugged) {
        let place = match self.place(reach, socket) {
            Ok(place) => place,
            Err(problem) => return (Err(problem), Plugged::NotShown),
        };
        if let Some(owner) = self.claims.owner(reach, &place.sides) {
            let why = format!("it is a port of station `{owner}`");
            return (Err(SwitchProblem::Forbidden(why)), Plugged::NotShown);
        }
        let said: Vec<Said> = place.sides.iter().map(|side| self.topology.power(side)).collect();
        let power = shown(&said, place.hidden.as_deref());
        let plugged =
            if power == Ok(Power::Off) { Plugged::NotShown } else { self.plugged(&place, power.is_ok()) };
        (power, plugged)
    }

    /// What either side shows; the one with a serial number if both show something.
    fn plugged(&self, place: &Place, sure: bool) -> Plugged {
        let things = place
            .sides
            .iter()
            .filter_map(|side| self.topology.hub(side.hub())?.sockets.get(&side.port())?.thing.as_ref());
        match things.max_by_key(|thing| thing.serial.is_some()) {
            Some(thing) => Plugged::Thing(Arc::new(thing.clone())),
            None if sure => Plugged::Nothing,
            None => Plugged::NotShown,
        }
    }

    /// Where the hub of a station is, if that is not where the file says.
    fn hub_at(&self, reach: &Reach, socket: &Socket) -> Option<HubLocation> {
        locate::inside(reach, socket)?;
        let at = self.claims.hub(reach)?.as_ref().ok()?;
        (*at != reach.hub.as_ref()?.at).then(|| at.clone())
    }
}

impl Objection {
    fn problem(self) -> SwitchProblem {
        match self {
            Self::Never(problem) | Self::Now(problem) => problem,
        }
    }
}

impl<D: HubDriver> PowerSwitch for Hubs<D> {
    fn meet(&mut self, reach: &Arc<Reach>) {
        self.claims.note(reach);
    }

    async fn switch(&mut self, orders: &[Ordered]) -> Vec<Seen> {
        self.claims.settle(&self.topology);
        let aims = self.aims(orders).await;
        let targets = orders.iter().zip(&aims).filter_map(|(ordered, aim)| {
            let aim = aim.as_ref().ok()?;
            Some(Target { sides: &aim.sides, hub: aim.hub.clone(), power: ordered.order.power })
        });
        let units = units(targets);
        let answers = self.send(units).await;
        let found: Vec<Found> = orders
            .iter()
            .zip(&aims)
            .map(|(ordered, aim)| match aim {
                Err(problem) => Found::Settled(None, Some(problem.clone())),
                Ok(aim) => {
                    let power = ordered.order.power;
                    let said = |side: &Socket| answers.get(&(power == Power::On, side.clone())).cloned();
                    let said: Vec<_> = aim.sides.iter().map(|(_, side)| said(side)).collect();
                    after(power, &said)
                }
            })
            .collect();
        let unclear = |found: &Found| matches!(found, Found::Unclear(_));
        let again: Vec<_> = orders
            .iter()
            .zip(&found)
            .filter(|(_, found)| unclear(found))
            .map(|(ordered, _)| (&*ordered.reach, &ordered.order.socket))
            .collect();
        let looked = if again.is_empty() { Ok(()) } else { self.look(again.into_iter()).await };
        let seen = orders.iter().zip(&found).map(|(Ordered { reach, order }, found)| {
            let again =
                unclear(found).then(|| looked.clone().and_then(|()| self.reading(reach, &order.socket).0));
            let hub_at = self.hub_at(reach, &order.socket);
            Seen { hub_at, ..answer(order, found, again.as_ref()) }
        });
        seen.collect()
    }

    async fn read(&mut self, ports: &[Asked]) -> Vec<Seen> {
        self.claims.settle(&self.topology);
        let looked = self.look(ports.iter().map(|asked| (&*asked.reach, &asked.socket))).await;
        ports
            .iter()
            .map(|Asked { reach, port, socket }| {
                let (power, plugged) = match &looked {
                    Ok(()) => self.reading(reach, socket),
                    Err(problem) => (Err(problem.clone()), Plugged::NotShown),
                };
                let (power, problem) = match power {
                    Ok(power) => (Some(power), None),
                    Err(problem) => (None, Some(problem)),
                };
                let hub_at = self.hub_at(reach, socket);
                Seen { plugged, hub_at, ..Seen::new(*port, None, power, problem) }
            })
            .collect()
    }

    fn forget(&mut self, station: &StationName) {
        self.claims.forget(station);
    }
}
