//! What stations may not have in common: sockets, devices, serial numbers, topics.

use std::collections::{BTreeMap, BTreeSet};

use super::{problems::error, station::Draft, tokens::Place};
use crate::model::{Diagnostic, HubLocation, PortId, Socket, SwitchKind};

/// What a station's own topics go on with; another station may not begin there.
const BRANCHES: [&str; 3] = ["port", "report", "status"];

/// All problems that the stations have with each other, and within one station its ports.
pub(crate) fn check(drafts: &[Draft]) -> Vec<Diagnostic> {
    let mut problems = topics(drafts);
    let mut sockets = Owners::new("socket", "used by another port", "one socket is one port");
    let mut devices =
        Owners::new("device", "in another port", "a device has one port: leave it out of the others");
    let mut serials =
        Owners::new("serial number", "given to another port", "a serial number belongs to one device");
    for draft in drafts {
        for (id, port) in &draft.station.ports {
            let Some(spots) = draft.spots.get(id) else { continue };
            let owner = |at: Option<Place>| Owner { draft, port: *id, at: at.unwrap_or(spots.number) };
            // Sockets of simulated hubs belong to their station alone.
            let host = match draft.station.switch {
                SwitchKind::Uhubctl | SwitchKind::Sysfs => "",
                SwitchKind::Simulated => draft.station.name.as_str(),
            };
            problems.extend(sockets.claim(host, &port.socket.to_string(), owner(spots.socket)));
            if let Some(device) = &port.device {
                problems.extend(devices.claim("", device.as_str(), owner(spots.device)));
            }
            if let Some(serial) = &port.serial {
                problems.extend(serials.claim("", serial, owner(spots.serial)));
            }
        }
    }
    problems.extend(daisy_chains(drafts));
    problems
}

/// One port of one station, and the place that claims something for it.
#[derive(Clone, Copy)]
struct Owner<'d> {
    draft: &'d Draft,
    port: PortId,
    at: Place,
}

/// Who has what of one kind.
struct Owners<'d> {
    what: &'static str,
    taken: &'static str,
    hint: &'static str,
    owners: BTreeMap<(&'d str, String), Owner<'d>>,
}

impl<'d> Owners<'d> {
    fn new(what: &'static str, taken: &'static str, hint: &'static str) -> Self {
        Self { what, taken, hint, owners: BTreeMap::new() }
    }

    /// Takes a thing for an owner; a problem if somebody has it.
    fn claim(&mut self, host: &'d str, thing: &str, owner: Owner<'d>) -> Option<Diagnostic> {
        let first = *self.owners.entry((host, thing.to_owned())).or_insert(owner);
        if std::ptr::eq(first.draft, owner.draft) && first.port == owner.port {
            return None;
        }
        let message = format!("the {} `{thing}` is already {}", self.what, self.taken);
        let place = format!("{}:{}:{}", first.draft.file, first.at.line, first.at.column);
        let hint = format!("port {} has it ({place}); {}", first.port, self.hint);
        let code = format!("{}-used-twice", self.what.split(' ').next().unwrap_or(self.what));
        Some(error(&owner.draft.file, owner.at, &code, message, &hint))
    }
}

/// Ports behind which a hub with other ports hangs: switching one would take power and data from all of those.
fn daisy_chains(drafts: &[Draft]) -> Vec<Diagnostic> {
    let real = || drafts.iter().filter(|draft| draft.station.switch != SwitchKind::Simulated);
    let hubs: BTreeSet<HubLocation> =
        real().flat_map(|draft| draft.station.ports.values().map(|port| port.socket.hub().clone())).collect();
    let mut problems = Vec::new();
    for draft in real() {
        for (id, port) in &draft.station.ports {
            let Some(hub) = hub_behind(&port.socket, &hubs) else { continue };
            let spots = draft.spots.get(id);
            let at = spots.map(|spots| spots.socket.unwrap_or(spots.number)).unwrap_or_default();
            let message = format!("the hub `{hub}` with other ports hangs on the socket `{}`", port.socket);
            let hint = format!("such a socket must never be switched: remove port {id} or mend its socket");
            problems.push(error(&draft.file, at, "daisy-chain-socket", message, &hint));
        }
    }
    problems
}

fn hub_behind<'h>(socket: &Socket, hubs: &'h BTreeSet<HubLocation>) -> Option<&'h HubLocation> {
    let below = socket.hub().below(socket.port());
    let deeper = format!("{below}.");
    // In the order of texts, all hubs deeper than `5-2.3` follow `5-2.3` itself and come before `5-2.30`.
    let first = hubs.range(below.clone()..).next()?;
    (*first == below || first.as_str().starts_with(&deeper)).then_some(first)
}

fn topics(drafts: &[Draft]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let by_topic: BTreeMap<&str, &Draft> =
        drafts.iter().rev().map(|draft| (draft.station.topic.as_str(), draft)).collect();
    for draft in drafts {
        let topic = draft.station.topic.as_str();
        let mut report = |other: &Draft, relation: &str| {
            let message = format!("the topic `{topic}` {relation} the station `{}`", other.station.name);
            let hint = format!(
                "give this station a `topic` of its own ({} has `{}`)",
                other.file, other.station.topic
            );
            problems.push(error(&draft.file, draft.topic_at, "topic-used-twice", message, &hint));
        };
        match by_topic.get(topic) {
            Some(first) if !std::ptr::eq(*first, draft) => report(first, "is already that of"),
            _ => {}
        }
        for (index, _) in topic.match_indices('/') {
            let (above, rest) = (topic.get(..index).unwrap_or(""), topic.get(index + 1..).unwrap_or(""));
            let branch = rest.split('/').next().unwrap_or("");
            if let Some(other) = by_topic.get(above).filter(|_| BRANCHES.contains(&branch)) {
                report(other, "lies among the topics of");
            }
        }
    }
    problems
}
