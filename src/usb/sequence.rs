//! The calls to one hub in one direction, one after the other. Pure.
//!
//! The USB 3 side comes first. A port whose first side has surely kept its power keeps it on the other side too, and one
//! whose other side has surely kept it gets it back on the first: half a port off is no port off.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt::Display,
};

use super::outcome::{Said, holds_up, keeps_power};
use crate::model::{HubLocation, Power, Socket, SwitchProblem};

/// One hub that is to be switched in one direction.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) power: Power,
    /// The hub by one name.
    pub(super) hub: HubLocation,
    /// One call per side, USB 3 side first: the side and its ports.
    pub(super) calls: Vec<(HubLocation, BTreeSet<u8>)>,
}

/// Ports of one side of a hub that are to be switched together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) side: HubLocation,
    pub(super) ports: BTreeSet<u8>,
    pub(super) power: Power,
}

/// What came of a call: what each port shows afterwards. An error means that nothing was sent, except
/// [`SwitchProblem::Timeout`] and [`SwitchProblem::Unreadable`], after which nothing is known; a port that is not in the
/// answer is not known either.
pub(super) type Told = Result<BTreeMap<u8, Said>, SwitchProblem>;

/// A unit on its way.
#[derive(Debug)]
pub(super) struct Sequence {
    power: Power,
    hub: HubLocation,
    to_do: VecDeque<Call>,
    /// Ports that have kept their power on one side.
    kept: BTreeSet<u8>,
    said: BTreeMap<Socket, Said>,
    /// Why no further call makes sense.
    trouble: Option<SwitchProblem>,
    /// Sides that are not there.
    missing: Vec<HubLocation>,
}

impl Sequence {
    pub(super) fn new(unit: Unit) -> Self {
        let Unit { power, hub, calls } = unit;
        let to_do = calls.into_iter().map(|(side, ports)| Call { side, ports, power }).collect();
        let (kept, said) = (BTreeSet::new(), BTreeMap::new());
        Self { power, hub, to_do, kept, said, trouble: None, missing: Vec::new() }
    }

    pub(super) fn power(&self) -> Power {
        self.power
    }
    pub(super) fn hub(&self) -> &HubLocation {
        &self.hub
    }
    /// Why no further call made sense, if so.
    pub(super) fn trouble(&self) -> Option<&SwitchProblem> {
        self.trouble.as_ref()
    }
    /// Sides that turned out not to be there.
    pub(super) fn missing(&self) -> &[HubLocation] {
        &self.missing
    }
    /// The calls that are still to be made.
    pub(super) fn to_do(&self) -> impl Iterator<Item = &Call> {
        self.to_do.iter()
    }
    /// What each side said.
    pub(super) fn said(self) -> BTreeMap<Socket, Said> {
        self.said
    }

    /// The next call; its answer is to be told before the next one is asked for.
    pub(super) fn next_call(&mut self) -> Option<Call> {
        while let Some(mut call) = self.to_do.pop_front() {
            if call.power == Power::Off {
                call.ports.retain(|port| !self.kept.contains(port));
            }
            if !call.ports.is_empty() {
                return Some(call);
            }
        }
        None
    }

    /// Takes the answer of a call.
    pub(super) fn take(&mut self, call: &Call, told: &Told) {
        if let Err(problem) = told {
            if matches!(problem, SwitchProblem::HubMissing(_)) {
                self.missing.push(call.side.clone());
            }
            if holds_up(problem) {
                self.trouble.get_or_insert(problem.clone());
            }
        }
        let mut kept = BTreeSet::new();
        for port in &call.ports {
            let Ok(socket) = Socket::new(call.side.clone(), *port) else { continue };
            let said = match told {
                Ok(told) => told.get(port).cloned(),
                Err(problem) => Some(Err(problem.clone())),
            };
            let said = said.unwrap_or_else(|| Err(no_answer(&socket)));
            if call.power != self.power {
                if said != Ok(Power::On) {
                    tracing::warn!(%socket, ?said, "half of a port has lost its power and does not get it back");
                }
                // The order itself has failed already; what the other side says of it stays.
                self.said.extend(said.ok().map(|power| (socket, Ok(power))));
                continue;
            }
            if call.power == Power::Off && keeps_power(&said) {
                kept.insert(*port);
            }
            self.said.insert(socket, said);
        }
        self.give_back(&call.side, &kept);
        self.kept.extend(kept);
        if let Some(problem) = self.trouble.clone() {
            self.give_up(&problem);
        }
    }

    /// Sends power to the other sides of ports that have kept theirs here.
    fn give_back(&mut self, here: &HubLocation, kept: &BTreeSet<u8>) {
        let mut lost: BTreeMap<HubLocation, BTreeSet<u8>> = BTreeMap::new();
        let off = self.said.iter().filter(|(_, said)| **said == Ok(Power::Off)).map(|(socket, _)| socket);
        for socket in off.filter(|socket| socket.hub() != here && kept.contains(&socket.port())) {
            lost.entry(socket.hub().clone()).or_default().insert(socket.port());
        }
        let calls = lost.into_iter().map(|(side, ports)| Call { side, ports, power: Power::On });
        self.to_do.extend(calls);
    }

    /// Makes no further call, for this reason.
    pub(super) fn give_up(&mut self, problem: &SwitchProblem) {
        for call in std::mem::take(&mut self.to_do) {
            let ports =
                call.ports.iter().filter(|port| call.power == self.power && !self.kept.contains(port));
            let sockets = ports.filter_map(|port| Socket::new(call.side.clone(), *port).ok());
            let said: Vec<_> = sockets.map(|socket| (socket, Err(problem.clone()))).collect();
            self.said.extend(said);
        }
    }
}

/// A port was left out of an answer.
pub(super) fn no_answer(socket: impl Display) -> SwitchProblem {
    SwitchProblem::Unreadable(format!("{socket}: no answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub(text: &str) -> HubLocation {
        HubLocation::new(text).unwrap()
    }
    fn call(side: &str, ports: &[u8], power: Power) -> Call {
        Call { side: hub(side), ports: ports.iter().copied().collect(), power }
    }
    fn both_sides(power: Power) -> Sequence {
        let calls = ["4-1", "3-1"].map(|side| (hub(side), BTreeSet::from([1, 2]))).into();
        Sequence::new(Unit { power, hub: hub("3-1"), calls })
    }
    fn shows(ports: &[(u8, Power)]) -> Told {
        Ok(ports.iter().map(|(port, power)| (*port, Ok(*power))).collect())
    }
    fn socket(at: &str, port: u8) -> Socket {
        Socket::new(hub(at), port).unwrap()
    }

    #[test]
    fn power_that_the_second_side_kept_is_given_back_to_the_first() {
        for second in [shows(&[(1, Power::Off), (2, Power::On)]), {
            let denied = Err(SwitchProblem::Permission("no".to_owned()));
            Ok(BTreeMap::from([(1, Ok(Power::Off)), (2, denied)]))
        }] {
            let mut all = both_sides(Power::Off);
            let first = all.next_call().unwrap();
            assert_eq!(first, call("4-1", &[1, 2], Power::Off));
            all.take(&first, &shows(&[(1, Power::Off), (2, Power::Off)]));
            let next = all.next_call().unwrap();
            all.take(&next, &second);
            let back = all.next_call().unwrap();
            assert_eq!(back, call("4-1", &[2], Power::On));
            all.take(&back, &shows(&[(2, Power::On)]));
            assert_eq!(all.next_call(), None);
            let said = all.said();
            assert_eq!(said[&socket("4-1", 1)], Ok(Power::Off));
            assert_eq!(said[&socket("4-1", 2)], Ok(Power::On));
        }
    }

    #[test]
    fn what_is_not_known_gets_nothing_back() {
        let mut all = both_sides(Power::Off);
        let first = all.next_call().unwrap();
        all.take(&first, &shows(&[(1, Power::Off), (2, Power::Off)]));
        let next = all.next_call().unwrap();
        all.take(&next, &Err(SwitchProblem::Unreadable("garbled".to_owned())));
        assert_eq!(all.next_call(), None);
    }

    #[test]
    fn a_side_that_hangs_is_the_last_one() {
        let mut all = both_sides(Power::On);
        let first = all.next_call().unwrap();
        all.take(&first, &Err(SwitchProblem::Timeout(3)));
        assert_eq!((all.next_call(), all.trouble()), (None, Some(&SwitchProblem::Timeout(3))));
        let said = all.said();
        assert_eq!(said.len(), 4);
        assert!(said.values().all(|said| *said == Err(SwitchProblem::Timeout(3))));
    }

    #[test]
    fn a_first_side_that_keeps_its_power_leaves_the_second_alone() {
        let mut all = both_sides(Power::Off);
        let first = all.next_call().unwrap();
        all.take(&first, &shows(&[(1, Power::On), (2, Power::Off)]));
        assert_eq!(all.next_call(), Some(call("3-1", &[2], Power::Off)));
    }
}
