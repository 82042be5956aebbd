//! Switches sockets of hubs that have two sides, for many stations, by any driver.
//!
//! Finds out where each written socket really is, refuses what must not be switched before anything is sent, and
//! believes only what each side shows afterwards. Must never keep anybody waiting without an end. Of the calls of one
//! batch at most eight of those hang that are made one at a time: two in each of three looks (the list of all hubs and
//! one of the hubs by itself, or the names of the devices and one question for the other side), and one in each of two
//! rounds of switching.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use super::{
    Asked, Ordered, PowerSwitch,
    claims::Claims,
    driver::{Extent, HubDriver},
    guard, locate,
    locate::Place,
    outcome::{Found, Said, answer, half, holds_up, is_half, shown},
    recognise,
    topology::Topology,
};
use crate::model::{HubLocation, Plugged, Power, Reach, Seen, Socket, StationName, SwitchProblem};

/// Looks after which a driver is asked again for the other side of a hub, when it could not tell: each question may take
/// as long as a call may last.
const LOOKS_WITHOUT_QUESTION: u32 = 30;

/// The hubs of this host, by one driver.
pub(super) struct Hubs<D> {
    pub(super) driver: D,
    pub(super) topology: Topology,
    claims: Claims,
    /// The hub whose call hung last: the next batch begins after it, so that it does not starve the others.
    pub(super) hung_at: Option<HubLocation>,
    /// Hubs whose other side the driver could not tell, and for how many looks it is not asked again.
    unanswered: BTreeMap<HubLocation, u32>,
}

/// Where an order goes.
pub(super) struct Aim {
    /// The sides that are switched, with `true` for a USB 3 side.
    pub(super) sides: Vec<(bool, Socket)>,
    /// The hub by one name.
    pub(super) hub: HubLocation,
}

/// Why an order goes nowhere.
enum Objection {
    /// It never will.
    Never(SwitchProblem),
    /// It may when the hubs are seen again.
    Now(SwitchProblem),
}

impl<D: HubDriver> Hubs<D> {
    pub(super) fn new(driver: D) -> Self {
        let (topology, claims) = (Topology::default(), Claims::default());
        Self { driver, topology, claims, hung_at: None, unanswered: BTreeMap::new() }
    }

    /// Looks at the hubs of these sockets, both sides; where that is not enough, at where all hubs are, and then at those
    /// that the sockets turn out to belong to.
    pub(super) async fn look<'a>(
        &mut self,
        sockets: impl Iterator<Item = (&'a Reach, &'a Socket)>,
    ) -> Result<(), SwitchProblem> {
        let sockets: Vec<(&Reach, &Socket)> = sockets.collect();
        let mut hubs = self.hubs_of(&sockets);
        let look = self.driver.look(Some(&hubs)).await?;
        let extent = look.extent;
        let there = |hub: &HubLocation| look.survey.hubs.contains_key(hub) || look.unread.contains_key(hub);
        let enough = hubs.iter().all(there);
        self.topology.learn(look, &hubs);
        if extent == Extent::Asked && !(enough && self.topology.is_complete()) {
            match self.driver.look(None).await {
                Ok(places) => self.topology.learn(places, &hubs),
                Err(problem) if !self.topology.is_complete() => return Err(problem),
                Err(problem) => tracing::debug!("missing hubs cannot be looked for elsewhere: {problem}"),
            }
            self.settle();
            let now = self.hubs_of(&sockets);
            let found = |hub: &&HubLocation| !hubs.contains(*hub) && self.topology.hub(hub).is_some();
            let found: BTreeSet<HubLocation> = now.iter().filter(found).cloned().collect();
            if !found.is_empty() {
                let look = self.driver.look(Some(&found)).await?;
                self.topology.learn(look, &found);
            }
            hubs = now;
        }
        self.settle();
        // A list that hung is followed by no more questions than needed.
        if extent != Extent::NoMore {
            self.ask_for_other_sides(&hubs).await;
        }
        Ok(())
    }

    /// Gives out the sockets anew.
    fn settle(&mut self) {
        self.claims.renew();
        self.claims.settle(&self.topology);
    }

    /// Asks the driver which two hubs are one where places do not tell. What is not answered is asked again later.
    async fn ask_for_other_sides(&mut self, hubs: &BTreeSet<HubLocation>) {
        self.unanswered.retain(|_, looks| {
            *looks = looks.saturating_sub(1);
            *looks > 0
        });
        for hub in hubs {
            let known = self.topology.unread(hub).is_some() || !self.topology.is_doubtful(hub);
            if known || self.unanswered.contains_key(hub) {
                continue;
            }
            let answer = self.driver.other_side(hub).await;
            match &answer {
                Ok(other) => self.topology.answered(hub, other.as_ref()),
                Err(problem) => tracing::debug!(%hub, "the other side is not known: {problem}"),
            }
            if self.topology.is_doubtful(hub) {
                self.unanswered.insert(hub.clone(), LOOKS_WITHOUT_QUESTION);
            }
            if matches!(&answer, Err(problem) if holds_up(problem)) {
                break;
            }
        }
        self.settle();
    }

    /// All hubs on which the answers for these sockets depend.
    fn hubs_of(&self, sockets: &[(&Reach, &Socket)]) -> BTreeSet<HubLocation> {
        let mut hubs = BTreeSet::new();
        for (reach, socket) in sockets {
            match reach.hub.as_ref().filter(|_| locate::inside(reach, socket).is_some()) {
                None => {
                    hubs.insert(socket.hub().clone());
                }
                Some(plan) => {
                    let found = self.claims.hub(reach).and_then(|hub| hub.as_ref().ok());
                    let at = found.unwrap_or(&plan.at);
                    hubs.extend(recognise::chips(at, &plan.model).map(|(chip, ..)| chip));
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
        if order.power == Power::Off {
            self.may_go_off(&place).map_err(Objection::Now)?;
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

    /// Of two sides, what cannot be read cannot be seen to be off, and what cannot be written keeps its power.
    fn may_go_off(&self, place: &Place) -> Result<(), SwitchProblem> {
        if place.sides.len() < 2 && place.hidden.is_none() {
            return Ok(());
        }
        let refused = |side: &Socket| {
            let socket = self.topology.hub(side.hub())?.sockets.get(&side.port())?;
            self.driver.refuses(side, socket)
        };
        let problem = |side: &Socket| self.topology.power(side).err().or_else(|| refused(side));
        match (place.sides.iter().find_map(problem), &place.hidden) {
            (Some(problem), _) if problem.may_pass() => Err(problem),
            (Some(problem), _) => Err(SwitchProblem::OtherSide(problem.to_string())),
            (None, Some(why)) => Err(SwitchProblem::OtherSide(why.clone())),
            (None, None) => Ok(()),
        }
    }

    /// Where all orders are to be sent; looks at the hubs first if that may help and was not just done.
    pub(super) async fn aims(&mut self, orders: &[&Ordered], fresh: bool) -> Vec<Result<Aim, SwitchProblem>> {
        let first: Vec<Result<Aim, Objection>> = orders.iter().map(|ordered| self.aim(ordered)).collect();
        let doubtful = orders
            .iter()
            .zip(&first)
            .filter(|(_, aim)| matches!(aim, Err(Objection::Now(_))))
            .map(|(ordered, _)| (&*ordered.reach, &ordered.order.socket));
        let doubtful: Vec<_> = doubtful.collect();
        if fresh || doubtful.is_empty() {
            return first.into_iter().map(|aim| aim.map_err(Objection::problem)).collect();
        }
        let looked = self.look(doubtful.into_iter()).await;
        let again = orders.iter().zip(first);
        again
            .map(|(ordered, first)| match (self.aim(ordered), first, &looked) {
                (Err(Objection::Now(_)), Err(Objection::Now(_)), Err(problem)) => Err(problem.clone()),
                // What was looked at for somebody else stops nobody from giving power.
                (Err(Objection::Now(_)), Ok(aim), _) if ordered.order.power == Power::On => Ok(aim),
                (aim, ..) => aim.map_err(Objection::problem),
            })
            .collect()
    }

    /// What is seen at a socket. After a look.
    fn reading(&self, reach: &Reach, socket: &Socket) -> Reading {
        let place = match self.place(reach, socket) {
            Ok(place) => place,
            Err(problem) => return Reading::unknown(problem),
        };
        if let Some(owner) = self.claims.owner(reach, &place.sides) {
            return Reading::unknown(SwitchProblem::Forbidden(format!("it is a port of station `{owner}`")));
        }
        let said: Vec<Said> = place.sides.iter().map(|side| self.topology.power(side)).collect();
        let power = shown(&said, place.hidden.as_deref());
        let plugged =
            if power == Ok(Power::Off) { Plugged::NotShown } else { self.plugged(&place, power.is_ok()) };
        Reading { power, plugged, half: is_half(&said) }
    }

    /// What either side shows; the one with a serial number if both show something.
    fn plugged(&self, place: &Place, sure: bool) -> Plugged {
        let socket = |side: &Socket| self.topology.hub(side.hub())?.sockets.get(&side.port());
        let sockets = || place.sides.iter().filter_map(socket);
        match sockets().filter_map(|socket| socket.thing.as_ref()).max_by_key(|thing| thing.serial.is_some())
        {
            Some(thing) => Plugged::Thing(Arc::new(thing.clone())),
            None if sure && !sockets().any(|socket| socket.undescribed) => Plugged::Nothing,
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

/// What is seen at one socket.
struct Reading {
    power: Said,
    plugged: Plugged,
    /// By one side only.
    half: bool,
}

impl Reading {
    fn unknown(problem: SwitchProblem) -> Self {
        Self { power: Err(problem), plugged: Plugged::NotShown, half: false }
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
    const GATHERS: Duration = D::GATHERS;

    fn meet(&mut self, reach: &Arc<Reach>) {
        self.claims.note(reach);
    }

    async fn switch(&mut self, orders: &[Ordered]) -> Vec<Seen> {
        self.claims.settle(&self.topology);
        let all: Vec<&Ordered> = orders.iter().collect();
        let mut found = self.perform(&all, false).await;
        self.once_more(orders, &mut found).await;
        let unclear = |found: &Found| matches!(found, Found::Unclear(_) | Found::Unsent(_));
        let again: Vec<_> = orders
            .iter()
            .zip(&found)
            .filter(|(_, found)| unclear(found))
            .map(|(ordered, _)| (&*ordered.reach, &ordered.order.socket))
            .collect();
        let looked = if again.is_empty() { Ok(()) } else { self.look(again.into_iter()).await };
        let seen = orders.iter().zip(&found).map(|(Ordered { reach, order }, found)| {
            let again = unclear(found).then(|| match &looked {
                Ok(()) => self.reading(reach, &order.socket),
                Err(problem) => Reading::unknown(problem.clone()),
            });
            let hub_at = self.hub_at(reach, &order.socket);
            let mut seen = Seen { hub_at, ..answer(order, found, again.as_ref().map(|again| &again.power)) };
            if order.power == Power::On && again.is_some_and(|again| again.half) {
                seen.half = true;
                seen.problem.get_or_insert_with(half);
            }
            seen
        });
        seen.collect()
    }

    async fn read(&mut self, ports: &[Asked]) -> Vec<Seen> {
        self.claims.settle(&self.topology);
        let looked = self.look(ports.iter().map(|asked| (&*asked.reach, &asked.socket))).await;
        ports
            .iter()
            .map(|Asked { reach, port, socket }| {
                let Reading { power, plugged, half } = match &looked {
                    Ok(()) => self.reading(reach, socket),
                    Err(problem) => Reading::unknown(problem.clone()),
                };
                let (power, problem) = match power {
                    Ok(power) => (Some(power), None),
                    Err(problem) => (None, Some(problem)),
                };
                let hub_at = self.hub_at(reach, socket);
                Seen { plugged, half, hub_at, ..Seen::new(*port, None, power, problem) }
            })
            .collect()
    }

    fn forget(&mut self, station: &StationName) {
        self.claims.forget(station);
    }
}
