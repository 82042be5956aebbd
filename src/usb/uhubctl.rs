//! Hubs that are switched by running `uhubctl`.
//!
//! Its exit code says nothing: what counts is what the hub shows afterwards, for every port. Must never toggle, cycle or
//! reset a hub, never let the tool choose the other side of a hub by itself (it can take a foreign one), and never keep
//! anybody waiting without an end: of the calls of one look at most two hang, and the hubs behind them answer the next
//! time.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tokio::sync::watch;

use super::{
    Survey, UsbSettings,
    driver::{Extent, HubDriver, Look},
    glance::Glance,
    kernel::{Depth, Found, Reader},
    listed,
    listed::Unread,
    outcome::holds_up,
    parser::{Listing, Phase, Shown},
    runner::{Answer, Names, Runner},
    sequence::{Call, Sequence, Told},
    tool,
};
use crate::model::{HubLocation, Power, Purpose, SwitchProblem, Tally};

/// The longest location that the tool takes: it cuts what is longer, and would switch another hub.
const LOCATION_MAX: usize = 31;
/// The most port numbers in a location that the tool lists.
const DEPTH_MAX: usize = 7;
/// The most ports of a hub that the tool knows.
const PORT_MAX: u8 = 14;
/// Looks without names after a listing with names failed: a thing that spoils it seldom leaves soon, and each try may
/// take as long as a call may last.
const LOOKS_WITHOUT_NAMES: u32 = 30;
/// Looks without the list of all hubs after it hung: what hangs is one hub, and nobody should wait for it each time.
const LOOKS_WITHOUT_LIST: u32 = 10;

/// The hubs that `uhubctl` finds.
pub(super) struct Uhubctl {
    runner: Runner,
    kernel: Reader,
    /// The hub whose call hung last: the next look begins after it, so that it does not starve the others.
    hung_at: Option<HubLocation>,
    /// Looks that do without names.
    nameless: u32,
    /// Looks that do without the list of all hubs.
    listless: u32,
    /// What the kernel showed last.
    shown: Survey,
}

impl Uhubctl {
    pub(super) fn new(settings: UsbSettings, tally: watch::Sender<Tally>) -> Self {
        let kernel = Reader::new(&settings);
        let (runner, shown) = (Runner::new(settings, tally), Survey::default());
        Self { runner, kernel, hung_at: None, nameless: 0, listless: 0, shown }
    }

    /// What the kernel's files show of what is plugged in, and the hubs of which they do not tell in time. Nothing where
    /// there are none; what they showed last where they fail.
    async fn kernel(&mut self) -> (Survey, Unread) {
        let unread = match self.kernel.look(None, Depth::Things).await {
            Ok(Found { mut survey, late }) => {
                let known = |hub: &HubLocation| Some((hub.clone(), self.shown.hubs.get(hub)?.clone()));
                survey.hubs.extend(late.iter().filter_map(known));
                self.shown = survey;
                let timeout = SwitchProblem::Timeout(self.runner.limit().as_secs());
                late.into_iter().map(|hub| (hub, timeout.clone())).collect()
            }
            Err(problem) => {
                tracing::debug!("what is plugged in is not known from the kernel: {problem}");
                Unread::new()
            }
        };
        (self.shown.clone(), unread)
    }

    /// A listing with the names of devices, where only that can tell who is plugged in. If it fails, nothing is lost.
    async fn names(&mut self, listing: &Listing, kernel: &Survey) -> Option<Listing> {
        if !self.runner.leaves_out_names() || !listed::wants_names(listing, kernel) {
            return None;
        }
        if self.nameless > 0 {
            self.nameless -= 1;
            return None;
        }
        match self.runner.call(Purpose::Read, Names::With, &[]).await {
            Ok(answer) => Some(answer.listing),
            Err(problem) => {
                tracing::warn!("the names of the devices could not be listed: {problem}");
                self.nameless = LOOKS_WITHOUT_NAMES;
                None
            }
        }
    }

    /// Each of these hubs by a call of its own, because a hub in trouble can spoil the list of all.
    async fn one_by_one(&mut self, asked: &BTreeSet<HubLocation>, kernel: &Survey) -> Look {
        let mut look = Look { extent: Extent::NoMore, ..Look::default() };
        let mut listing = Listing::default();
        let mut hanging: Option<SwitchProblem> = None;
        let mut hubs: Vec<&HubLocation> = asked.iter().collect();
        if let Some(hung) = self.hung_at.take() {
            hubs.sort_by_key(|hub| **hub <= hung);
        }
        for hub in hubs {
            let answer = match (&hanging, addressable(hub)) {
                (Some(problem), _) => Err(problem.clone()),
                (None, Err(problem)) => Err(problem),
                (None, Ok(())) => {
                    self.runner.call(Purpose::Read, Names::Without, &["-e", "-l", hub.as_str()]).await
                }
            };
            match answer {
                Ok(answer) => {
                    listing.blocks.extend(answer.listing.blocks.into_iter().filter(|((_, at), _)| at == hub));
                }
                Err(SwitchProblem::Missing(_)) => {}
                Err(problem) => {
                    if holds_up(&problem) && hanging.is_none() {
                        hanging = Some(problem.clone());
                        self.hung_at = Some(hub.clone());
                    }
                    look.unread.insert(hub.clone(), problem);
                }
            }
        }
        let (mut survey, mut unread) = listed::survey(&listing, None, kernel);
        // Of the others nothing was asked.
        survey.hubs.retain(|at, _| asked.contains(at));
        unread.retain(|at, _| asked.contains(at));
        let unlisted = listed::unlisted(&survey, &listing);
        let unlisted: BTreeMap<_, _> = unlisted.filter(|(at, _)| !look.unread.contains_key(at)).collect();
        look.unread.extend(unlisted);
        look.unread.extend(unread);
        look.survey = survey;
        look
    }

    /// Switches the ports of one side.
    async fn set(&mut self, Call { side, ports, power }: &Call) -> Told {
        addressable(side)?;
        // Without ports the tool would switch all of them.
        if ports.is_empty() || ports.iter().any(|port| !(1..=PORT_MAX).contains(port)) {
            return Err(SwitchProblem::Forbidden(format!("hub `{side}` has no ports {ports:?}")));
        }
        let list = ports.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
        let arguments = ["-e", "-l", side.as_str(), "-p", &list, "-a", power.as_str()];
        match self.runner.call(Purpose::Switch, Names::Without, &arguments).await {
            Ok(answer) => Self::switched(side, ports, *power, &answer),
            Err(SwitchProblem::Missing(_)) => Err(SwitchProblem::HubMissing(side.clone())),
            Err(problem) => {
                if holds_up(&problem) {
                    self.hung_at = Some(side.clone());
                }
                Err(problem)
            }
        }
    }

    /// What a call that switched shows of each port.
    fn switched(side: &HubLocation, ports: &BTreeSet<u8>, power: Power, answer: &Answer) -> Told {
        if let Some((_, foreign)) = answer.listing.blocks.keys().find(|(_, hub)| hub != side) {
            tracing::warn!(hub = %side, %foreign, "uhubctl also switched a foreign hub");
            return Err(SwitchProblem::Unreadable(format!("it switched hub `{foreign}` as well")));
        }
        let Some(block) = answer.listing.block(Phase::New, side) else {
            return Err(SwitchProblem::Unreadable(format!("hub `{side}` went away")));
        };
        let denied = || tool::permission_line(&answer.stderr).map(|line| tool::not_allowed(&line));
        let unreadable =
            |port: u8, why: &str| SwitchProblem::Unreadable(format!("{side} port {port}: {why}"));
        let shown = |port: u8| match block.ports.get(&port) {
            Some(Shown::Power { power: shown, .. }) if *shown == power => Ok(power),
            Some(Shown::Power { power: shown, .. }) => denied().map_or(Ok(*shown), Err),
            Some(Shown::Unreadable(why)) => Err(unreadable(port, why)),
            None => match block.kind {
                Some(kind) if kind.ports < port => Err(SwitchProblem::Missing(format!(
                    "hub `{side}` has {} ports: is the socket right?",
                    kind.ports
                ))),
                _ => Err(unreadable(port, "the port is not in its output")),
            },
        };
        Ok(ports.iter().map(|port| (*port, shown(*port))).collect())
    }
}

/// Refuses a location that the tool would cut or does not list.
fn addressable(hub: &HubLocation) -> Result<(), SwitchProblem> {
    let (_, path) = hub.parts();
    if hub.as_str().len() > LOCATION_MAX || path.split('.').count() > DEPTH_MAX {
        return Err(SwitchProblem::Forbidden(format!(
            "hub `{hub}` is deeper in the tree than uhubctl knows: plug it in nearer to the computer"
        )));
    }
    Ok(())
}

impl HubDriver for Uhubctl {
    const AT_ONCE: bool = false;
    /// A call takes half a second at least on real hubs.
    const GATHERS: Duration = Duration::from_millis(30);

    async fn look(&mut self, hubs: Option<&BTreeSet<HubLocation>>) -> Result<Look, SwitchProblem> {
        let (kernel, late) = self.kernel().await;
        if let Some(hubs) = hubs.filter(|_| self.listless > 0) {
            self.listless -= 1;
            let mut look = self.one_by_one(hubs, &kernel).await;
            look.unread.extend(late.into_iter().filter(|(at, _)| hubs.contains(at)));
            return Ok(look);
        }
        let listing = match (self.runner.call(Purpose::Read, Names::Without, &[]).await, hubs) {
            (Ok(answer), _) => answer.listing,
            // It found no hub that it could switch, which is an answer.
            (Err(SwitchProblem::Missing(_)), _) => Listing::default(),
            (Err(problem @ (SwitchProblem::Timeout(_) | SwitchProblem::Unreadable(_))), Some(hubs)) => {
                if matches!(problem, SwitchProblem::Timeout(_)) {
                    self.listless = LOOKS_WITHOUT_LIST;
                }
                let mut look = self.one_by_one(hubs, &kernel).await;
                look.unread.extend(late.into_iter().filter(|(at, _)| hubs.contains(at)));
                return Ok(look);
            }
            (Err(problem), _) => return Err(problem),
        };
        let names = self.names(&listing, &kernel).await;
        let (survey, mut unread) = listed::survey(&listing, names.as_ref(), &kernel);
        unread.extend(listed::unlisted(&survey, &listing));
        unread.extend(late);
        Ok(Look { survey, extent: Extent::All, unread })
    }

    async fn glance(&mut self, hubs: &BTreeSet<HubLocation>) -> Glance {
        let Ok(Found { survey, late }) = self.kernel.look(Some(hubs), Depth::Shape).await else {
            return Glance::new();
        };
        let mut now: Glance = survey.hubs.into_iter().map(|(at, hub)| (at, Some(hub))).collect();
        // The kernel does not show every hub that the tool finds.
        for gone in hubs.iter().filter(|hub| self.shown.hubs.contains_key(*hub) && !late.contains(*hub)) {
            now.entry(gone.clone()).or_insert(None);
        }
        now
    }

    async fn set_all(&mut self, hubs: &mut [Sequence]) {
        for hub in hubs {
            while let Some(call) = hub.next_call() {
                let told = self.set(&call).await;
                hub.take(&call, &told);
            }
        }
    }

    async fn other_side(&mut self, side: &HubLocation) -> Result<Option<HubLocation>, SwitchProblem> {
        addressable(side)?;
        let listing = match self.runner.call(Purpose::Read, Names::Without, &["-l", side.as_str()]).await {
            Ok(answer) => answer.listing,
            // The tool lists a USB 3 side only together with its USB 2 side.
            Err(SwitchProblem::Missing(_)) => return Ok(None),
            Err(problem) => return Err(problem),
        };
        let mut others = listing.blocks.into_keys().map(|(_, hub)| hub).filter(|hub| hub != side);
        Ok(others.next().filter(|_| others.next().is_none()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_that_the_tool_would_cut_is_refused() {
        let deep = HubLocation::new("3-1.2.3.4.5.6.7").unwrap();
        assert!(addressable(&deep).is_ok());
        let told = addressable(&deep.below(1)).unwrap_err().to_string();
        assert!(told.contains("`3-1.2.3.4.5.6.7.1` is deeper in the tree than uhubctl knows"), "{told}");
        let long = HubLocation::new("255-255.255.255.255.255.255").unwrap();
        assert!(addressable(&long).is_ok());
        assert!(addressable(&long.below(14).below(14)).is_err());
    }
}
