//! Hubs that are switched by running `uhubctl`.
//!
//! Its exit code says nothing: what counts is what the hub shows afterwards, for every port. Must never toggle,
//! cycle or reset a hub, never switch a root hub or a socket that has another hub behind it, never run two calls
//! at once, and never keep anybody waiting without an end: in one batch at most five calls hang (two while it
//! looks for new hubs, one that switches, two while it looks again), and the others answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    PowerSwitch, UsbSettings,
    call::{self, Failure, Killed, Output},
    lock,
    outcome::{Found, Group, answer, groups, holds_up, power},
    parser::{Listing, Phase, parse},
    tool::{self, Tool},
    topology::Topology,
};
use crate::model::{HubLocation, Order, PortId, Power, Seen, Socket, SwitchProblem};

/// The hubs of this host.
pub(super) struct Uhubctl {
    settings: UsbSettings,
    tool: Option<Tool>,
    topology: Topology,
    /// A call that was killed and is not gone.
    stuck: Option<Killed>,
    /// The hub whose call hung last: the next batch begins after it, so that it does not starve the others.
    hung_at: Option<HubLocation>,
    /// The permission warning is told once.
    warned: bool,
}

/// What one call printed, read.
struct Answer {
    listing: Listing,
    stderr: String,
}

impl Uhubctl {
    pub(super) fn new(settings: UsbSettings) -> Self {
        let topology = Topology::default();
        Self { settings, tool: None, topology, stuck: None, hung_at: None, warned: false }
    }

    fn limit(&self) -> Duration {
        self.settings.time_limit.unsigned_abs()
    }

    /// Runs the tool once. An answer is one that exited well and showed a hub.
    async fn call(&mut self, arguments: Vec<String>) -> Result<Answer, SwitchProblem> {
        if let Some(stuck) = self.stuck.take()
            && let Err(alive) = stuck.gone().await
        {
            self.stuck = Some(alive);
            return Err(SwitchProblem::Timeout(self.limit().as_secs()));
        }
        let (path, arguments) = {
            let tool = self.tool().await?;
            let first = tool.without_names.then(|| "-N".to_owned());
            (tool.info.path.clone(), first.into_iter().chain(arguments).collect::<Vec<_>>())
        };
        // Another service ends a call that hangs after its own limit, so twice the limit is enough for one.
        let lock = lock::acquire(&self.settings.lock, self.limit().saturating_mul(2)).await?;
        let started = tokio::time::Instant::now();
        let ended = call::run(&path, &arguments, self.limit(), Some(lock)).await;
        tracing::debug!(
            arguments = arguments.join(" "),
            milliseconds = started.elapsed().as_millis(),
            "uhubctl"
        );
        match ended {
            Ok(output) => self.read_answer(&output),
            Err(Failure::NotStarted(error)) => {
                self.tool = None;
                Err(SwitchProblem::ToolMissing(format!("`{}`: {error}", path.display())))
            }
            Err(Failure::TooMuch(killed)) => {
                self.stuck = killed.gone().await.err();
                Err(SwitchProblem::Unreadable("endless output".to_owned()))
            }
            Err(Failure::TooLong(killed)) => {
                self.stuck = killed.gone().await.err();
                tracing::warn!(
                    arguments = arguments.join(" "),
                    stuck = self.stuck.is_some(),
                    "uhubctl hangs"
                );
                Err(SwitchProblem::Timeout(self.limit().as_secs()))
            }
        }
    }

    /// The tool, examined once; again while it is missing, so that installing it is enough.
    async fn tool(&mut self) -> Result<&Tool, SwitchProblem> {
        if let Some(tool) = self.tool.take() {
            return Ok(self.tool.insert(tool));
        }
        let tool = tool::examine(&self.settings).await?;
        tracing::info!(path = %tool.info.path.display(), version = tool.info.version, "uhubctl found");
        if !tool.without_names {
            tracing::warn!("uhubctl is older than 2.5: the names of devices can disturb it");
        }
        Ok(self.tool.insert(tool))
    }

    fn read_answer(&mut self, output: &Output) -> Result<Answer, SwitchProblem> {
        let listing = parse(&output.stdout);
        self.topology.learn(&listing);
        if let Some(problem) = tool::exit_problem(output) {
            return Err(problem);
        }
        if listing.blocks.is_empty() {
            return Err(SwitchProblem::Unreadable("no hub in its output".to_owned()));
        }
        Ok(Answer { listing, stderr: output.stderr.clone() })
    }

    /// The power of these sockets: one call that lists all hubs; if that fails, one call per hub, because a hub in
    /// trouble can spoil the list of all.
    async fn look(&mut self, sockets: &BTreeSet<Socket>) -> BTreeMap<Socket, Result<Power, SwitchProblem>> {
        let whole = match self.call(Vec::new()).await {
            Err(SwitchProblem::Timeout(_) | SwitchProblem::Unreadable(_)) => None,
            other => Some(other),
        };
        if let Some(whole) = whole {
            return sockets.iter().map(|socket| (socket.clone(), self.shown(&whole, socket))).collect();
        }
        let hubs: BTreeSet<HubLocation> = sockets.iter().map(|socket| socket.hub().clone()).collect();
        let mut seen = BTreeMap::new();
        let mut hanging = None;
        for hub in self.after_the_last_hang(hubs.into_iter().collect(), |hub| hub) {
            let answer = match &hanging {
                Some(problem) => Err(SwitchProblem::clone(problem)),
                None => self.call(vec!["-l".to_owned(), hub.to_string()]).await,
            };
            if let (Err(problem), None) = (&answer, &hanging)
                && holds_up(problem)
            {
                hanging = Some(problem.clone());
                self.hung_at = Some(hub.clone());
            }
            for socket in sockets.iter().filter(|socket| *socket.hub() == hub) {
                seen.insert(socket.clone(), self.shown(&answer, socket));
            }
        }
        seen
    }

    fn shown(&self, answer: &Result<Answer, SwitchProblem>, socket: &Socket) -> Result<Power, SwitchProblem> {
        let answer = answer.as_ref().map_err(SwitchProblem::clone)?;
        let twin = self.topology.twin(socket.hub());
        power(&answer.listing, Phase::Current, socket, twin.as_ref())
    }

    /// Puts first what comes after the hub that hung last.
    fn after_the_last_hang<T>(&mut self, mut items: Vec<T>, hub: impl Fn(&T) -> &HubLocation) -> Vec<T> {
        if let Some(hung) = self.hung_at.take() {
            items.sort_by_key(|item| *hub(item) <= hung);
        }
        items
    }

    /// What forbids or prevents an order before anything is sent.
    async fn objections(&mut self, orders: &[Order]) -> BTreeMap<Socket, SwitchProblem> {
        let strangers: BTreeSet<Socket> = orders
            .iter()
            .map(|order| &order.socket)
            .filter(|socket| !socket.hub().is_root() && !self.topology.knows(socket.hub()))
            .cloned()
            .collect();
        // Only a hub that was seen once can be switched: its daisy chain is known then.
        let seen = if strangers.is_empty() { BTreeMap::new() } else { self.look(&strangers).await };
        let objection = |socket: &Socket| {
            if socket.hub().is_root() {
                return Some(SwitchProblem::Forbidden(format!("`{}` is a root hub", socket.hub())));
            }
            if let Some(behind) = self.topology.hub_behind(socket) {
                return Some(SwitchProblem::Forbidden(format!("hub `{behind}` is plugged into it")));
            }
            if self.topology.knows(socket.hub()) {
                return None;
            }
            Some(match seen.get(socket) {
                Some(Err(problem)) => problem.clone(),
                _ => SwitchProblem::Unreadable(format!("hub `{}` is shown without its kind", socket.hub())),
            })
        };
        orders
            .iter()
            .filter_map(|order| objection(&order.socket).map(|problem| (order.socket.clone(), problem)))
            .collect()
    }

    /// One call for one group, and what it says of each of its ports.
    async fn send(&mut self, group: &Group) -> BTreeMap<Socket, Found> {
        let ports: Vec<String> = group.ports.iter().map(u8::to_string).collect();
        let arguments = ["-l", group.hub.as_str(), "-p", &ports.join(","), "-a", group.power.as_str()];
        match self.call(arguments.map(str::to_owned).to_vec()).await {
            Ok(answer) => {
                let twin = self.other_side(group, &answer.listing);
                let found = |socket: &Socket| self.found(group, &answer, socket, twin.as_ref());
                let found: BTreeMap<_, _> = group.sockets().map(|s| (s.clone(), found(&s))).collect();
                self.warn_once(&answer.stderr);
                found
            }
            Err(problem) => {
                let hung = matches!(problem, SwitchProblem::Timeout(_));
                if hung {
                    self.hung_at = Some(group.hub.clone());
                }
                let unclear = hung || matches!(problem, SwitchProblem::Unreadable(_));
                group
                    .sockets()
                    .map(|socket| {
                        let problem = problem.clone();
                        let found = if unclear {
                            Found::Unclear(problem)
                        } else {
                            Found::Settled(None, Some(problem))
                        };
                        (socket, found)
                    })
                    .collect()
            }
        }
    }

    fn found(&self, group: &Group, answer: &Answer, socket: &Socket, twin: Option<&HubLocation>) -> Found {
        match power(&answer.listing, Phase::New, socket, twin) {
            Ok(power) if power == group.power => Found::Settled(Some(power), None),
            Ok(power) => {
                let denied = tool::permission_line(&answer.stderr).map(SwitchProblem::Permission);
                Found::Settled(Some(power), Some(denied.unwrap_or(SwitchProblem::Refused(power))))
            }
            // The hub was there a moment before, so what is missing now may come back.
            Err(SwitchProblem::Missing(_)) if answer.listing.block(Phase::New, &group.hub).is_none() => {
                Found::Unclear(SwitchProblem::Missing(format!("hub `{}` went away", group.hub)))
            }
            Err(problem @ SwitchProblem::Missing(_)) => Found::Settled(None, Some(problem)),
            Err(problem) => Found::Unclear(problem),
        }
    }

    /// The second side that the tool switched with the hub. Any other hub in its output is foreign: the tool pairs
    /// chips by an identity that many hubs give to all their chips.
    fn other_side(&mut self, group: &Group, listing: &Listing) -> Option<HubLocation> {
        let others: BTreeSet<&HubLocation> =
            listing.blocks.keys().map(|(_, hub)| hub).filter(|hub| **hub != group.hub).collect();
        let mut twin = None;
        for other in others {
            if self.topology.pair(&group.hub, other) {
                twin = Some(other.clone());
            } else {
                let power = group.power.as_str();
                tracing::warn!(hub = %group.hub, foreign = %other, power, "uhubctl also switched a foreign hub");
            }
        }
        twin
    }

    fn warn_once(&mut self, stderr: &str) {
        if let Some(line) = tool::permission_line(stderr)
            && !self.warned
        {
            self.warned = true;
            tracing::warn!(
                line,
                "uhubctl lacks a permission and switches the slow way: power may come back by itself"
            );
        }
    }
}

impl PowerSwitch for Uhubctl {
    async fn switch(&mut self, orders: &[Order]) -> Vec<Seen> {
        let mut found: BTreeMap<Socket, Found> = self
            .objections(orders)
            .await
            .into_iter()
            .map(|(socket, problem)| (socket, Found::Settled(None, Some(problem))))
            .collect();
        let groups = groups(orders.iter().filter(|order| !found.contains_key(&order.socket)));
        let mut stop: Option<SwitchProblem> = None;
        for group in self.after_the_last_hang(groups, |group| &group.hub) {
            if let Some(problem) = &stop {
                found.extend(group.sockets().map(|socket| (socket, Found::Unclear(problem.clone()))));
                continue;
            }
            let answers = self.send(&group).await;
            stop = answers.values().find_map(Found::ends_the_batch);
            found.extend(answers);
        }
        let unclear: BTreeSet<Socket> = found
            .iter()
            .filter(|(_, f)| matches!(f, Found::Unclear(_)))
            .map(|(socket, _)| socket.clone())
            .collect();
        let again = if unclear.is_empty() || matches!(stop, Some(SwitchProblem::Busy(_))) {
            BTreeMap::new()
        } else {
            self.look(&unclear).await
        };
        orders.iter().map(|order| answer(order, found.get(&order.socket), again.get(&order.socket))).collect()
    }

    async fn read(&mut self, ports: &[(PortId, Socket)]) -> Vec<Seen> {
        let sockets = ports.iter().map(|(_, socket)| socket.clone()).collect();
        let seen = self.look(&sockets).await;
        ports
            .iter()
            .map(|(port, socket)| {
                let (power, problem) = match seen.get(socket) {
                    Some(Ok(power)) => (Some(*power), None),
                    Some(Err(problem)) => (None, Some(problem.clone())),
                    None => (None, Some(SwitchProblem::Missing(socket.to_string()))),
                };
                Seen::new(*port, None, power, problem)
            })
            .collect()
    }
}
