//! What the hubs and sockets of stations may not have in common: a socket is one port of one station, a hub belongs to
//! one station, and no port may have a hub with other ports behind it. And what they must have in common: the way in
//! which they switch.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    problems::error,
    station::Draft,
    together::{Owner, Owners},
    tokens::Place,
};
use crate::model::{Diagnostic, HubLocation, HubPlan, PortId, Socket, StationName, SwitchKind};

/// All such problems.
pub(super) fn check(drafts: &[Draft]) -> Vec<Diagnostic> {
    let real: Vec<&Draft> = drafts.iter().filter(|draft| is_real(draft)).collect();
    let chips = Chips::of(&real);
    let mut problems: Vec<Diagnostic> = mixed(&real).chain(chips.clashes.iter().cloned()).collect();
    let mut sockets = Owners::new("socket", "used by another port", "one socket is one port");
    for draft in drafts {
        // Sockets of simulated hubs belong to their station alone.
        let host = if is_real(draft) { "" } else { draft.station.name.as_str() };
        for (id, owner) in owners(draft) {
            let Some(port) = draft.station.ports.get(&id) else { continue };
            if !chips.is_told(draft, id) {
                problems.extend(sockets.claim(host, &port.socket.to_string(), owner));
            }
        }
    }
    let mut told = BTreeSet::new();
    for draft in &real {
        for (id, owner) in owners(draft) {
            let Some(port) = draft.station.ports.get(&id) else { continue };
            let Some((other, plan)) = chips.other(draft, &port.socket) else { continue };
            told.insert((&draft.station.name, id));
            if !chips.is_told(draft, id) {
                problems.extend(inside(&port.socket, &owner, other, plan));
            }
        }
    }
    problems.extend(daisy_chains(&real, &chips, &told));
    problems
}

/// Stations that switch in another way than the first one. Each way has its own knowledge of who has which socket, so two
/// stations that share a hub by its two sides would not be told from each other.
fn mixed<'d>(drafts: &'d [&Draft]) -> impl Iterator<Item = Diagnostic> + 'd {
    let first = drafts.first().copied();
    let others = drafts.iter().filter_map(move |draft| Some((*draft, first?)));
    others.filter(|(draft, first)| draft.station.switch != first.station.switch).map(|(draft, first)| {
        let message = format!("the station `{}` switches in another way", first.station.name);
        let hint = format!(
            "write the same `switch` here as in {}: `Uhubctl()` and `Sysfs()` do not know of each other's ports, so one \
             of them could switch a port of the other",
            place(first, first.switch_at)
        );
        error(&draft.file, draft.switch_at, "switch-mixed", message, &hint)
    })
}

/// True for a station whose sockets exist on this host.
fn is_real(draft: &Draft) -> bool {
    match draft.station.switch {
        SwitchKind::Uhubctl | SwitchKind::Sysfs => true,
        SwitchKind::Simulated => false,
    }
}

/// The ports of a station, each with the place that says where its socket is.
fn owners(draft: &Draft) -> impl Iterator<Item = (PortId, Owner<'_>)> {
    draft
        .spots
        .iter()
        .map(move |(id, spots)| (*id, Owner { draft, port: *id, at: spots.socket.unwrap_or(spots.number) }))
}

fn place(draft: &Draft, at: Place) -> String {
    format!("{}:{}:{}", draft.file, at.line, at.column)
}

/// The chips of all hubs that stations name, by location.
struct Chips<'d> {
    owners: BTreeMap<HubLocation, (&'d Draft, &'d HubPlan)>,
    /// Hubs that two stations name.
    clashes: Vec<Diagnostic>,
    /// The stations whose hubs belong to another one: all their ports would be told again.
    second: BTreeSet<&'d StationName>,
}

impl<'d> Chips<'d> {
    fn of(drafts: &[&'d Draft]) -> Self {
        let mut chips = Self { owners: BTreeMap::new(), clashes: Vec::new(), second: BTreeSet::new() };
        for draft in drafts {
            let Some(plan) = draft.station.hub.as_deref() else { continue };
            let here: Vec<HubLocation> =
                plan.model.chips.keys().filter_map(|path| plan.at.chip(path)).collect();
            let other = here.iter().find_map(|chip| Some((chip, chips.owners.get(chip)?)));
            if let Some((chip, (first, theirs))) = other {
                chips.clashes.push(clash(draft, plan, chip, first, theirs));
                chips.second.insert(&draft.station.name);
                continue;
            }
            chips.owners.extend(here.into_iter().map(|chip| (chip, (*draft, plan))));
        }
        chips
    }

    /// True for a port of the model of a hub that is another station's: the hub itself is told.
    fn is_told(&self, draft: &Draft, id: PortId) -> bool {
        let written = draft.spots.get(&id).is_some_and(|spots| spots.socket.is_some());
        !written && self.second.contains(&draft.station.name)
    }

    /// The other station whose hub a socket is a part of.
    fn other(&self, draft: &Draft, socket: &Socket) -> Option<(&'d Draft, &'d HubPlan)> {
        self.owners.get(socket.hub()).copied().filter(|(other, _)| !std::ptr::eq(*other, draft))
    }
}

/// A port whose socket is a part of another station's hub; nothing for one of its ports, which is told as used twice.
fn inside(socket: &Socket, owner: &Owner<'_>, other: &Draft, plan: &HubPlan) -> Option<Diagnostic> {
    if other.station.ports.values().any(|port| port.socket == *socket) {
        return None;
    }
    let role = if plan.chain().any(|link| link == *socket) { "connects the chips" } else { "is a part" };
    let message = format!("the socket `{socket}` {role} of the hub of the station `{}`", other.station.name);
    let hint = format!(
        "that hub, `{}` at `{}`, is named in {}; a hub belongs to one station: remove port {} or mend its socket",
        plan.model.name,
        plan.at,
        place(other, other.hub_at),
        owner.port
    );
    Some(error(&owner.draft.file, owner.at, "socket-in-hub", message, &hint))
}

fn clash(draft: &Draft, plan: &HubPlan, chip: &HubLocation, first: &Draft, theirs: &HubPlan) -> Diagnostic {
    let whose = format!("the station `{}`", first.station.name);
    let message = if plan.at == theirs.at {
        format!("the hub at `{}` is already that of {whose}", plan.at)
    } else {
        let (at, their) = (&plan.at, &theirs.at);
        format!("the hub at `{at}` and the hub at `{their}` of {whose} would both have the chip at `{chip}`")
    };
    let hint = format!("it is named in {}; a hub belongs to one station", place(first, first.hub_at));
    error(&draft.file, draft.hub_at, "hub-used-twice", message, &hint)
}

/// Ports behind which a hub with other ports hangs: switching one would take power and data from all of those.
fn daisy_chains(
    drafts: &[&Draft],
    chips: &Chips<'_>,
    told: &BTreeSet<(&StationName, PortId)>,
) -> Vec<Diagnostic> {
    let mut hubs: BTreeMap<HubLocation, String> = BTreeMap::new();
    for (chip, (draft, plan)) in &chips.owners {
        let named = format!("the hub at `{}` is named in {}", plan.at, place(draft, draft.hub_at));
        hubs.insert(chip.clone(), named);
    }
    for draft in drafts {
        for (id, owner) in owners(draft) {
            let Some(port) = draft.station.ports.get(&id) else { continue };
            let named = || format!("port {id} is there ({})", place(draft, owner.at));
            hubs.entry(port.socket.hub().clone()).or_insert_with(named);
        }
    }
    let mut problems = Vec::new();
    for draft in drafts {
        for (id, owner) in owners(draft) {
            let Some(port) = draft.station.ports.get(&id) else { continue };
            let Some((hub, why)) = hub_behind(&port.socket, &hubs) else { continue };
            if told.contains(&(&draft.station.name, id)) {
                continue;
            }
            let message = format!("the hub `{hub}` with other ports hangs on the socket `{}`", port.socket);
            let written = draft.spots.get(&id).is_some_and(|spots| spots.socket.is_some());
            let cure = if written {
                format!("remove port {id} or mend its socket")
            } else {
                "plug that hub in elsewhere, or list `ports` with sockets instead of `hub`".to_owned()
            };
            let hint = format!("{why}; such a socket must never be switched: {cure}");
            problems.push(error(&draft.file, owner.at, "daisy-chain-socket", message, &hint));
        }
    }
    problems
}

fn hub_behind<'h, T>(
    socket: &Socket,
    hubs: &'h BTreeMap<HubLocation, T>,
) -> Option<(&'h HubLocation, &'h T)> {
    let below = socket.hub().below(socket.port());
    // In the order of texts, all hubs deeper than `5-2.3` follow `5-2.3` itself and come before `5-2.30`.
    let first = hubs.range(below.clone()..).next()?;
    let deeper = format!("{below}.");
    (*first.0 == below || first.0.as_str().starts_with(&deeper)).then_some(first)
}
