//! What stations may not have in common: devices, serial numbers, topics; hubs and sockets are in `sockets`.

use std::collections::BTreeMap;

use super::{
    problems::{error, warning},
    sockets,
    station::Draft,
    tokens::Place,
};
use crate::{
    model::{Diagnostic, PortId},
    rules::RuleSet,
};

/// What a station's own topics go on with; another station may not begin there.
const BRANCHES: [&str; 4] = ["mode", "port", "report", "status"];

/// All problems that the stations have with each other, and within one station its ports.
pub(crate) fn check(drafts: &[Draft]) -> Vec<Diagnostic> {
    let mut problems = topics(drafts);
    let mut devices =
        Owners::new("device", "in another port", "a device has one port: leave it out of the others");
    let mut serials =
        Owners::new("serial number", "given to another port", "a serial number belongs to one device");
    for draft in drafts {
        for (id, port) in &draft.station.ports {
            let Some(spots) = draft.spots.get(id) else { continue };
            let owner = |at: Option<Place>| Owner { draft, port: *id, at: at.unwrap_or(spots.number) };
            if let Some(device) = &port.device {
                problems.extend(devices.claim("", device.as_str(), owner(spots.device)));
            }
            if let Some(serial) = &port.serial {
                problems.extend(serials.claim("", serial, owner(spots.serial)));
            }
        }
    }
    problems.extend(sockets::check(drafts));
    problems
}

/// Deadlines for which nothing would ever begin to charge: they are told and nothing more, which is seldom meant.
pub(crate) fn unheard_deadlines(drafts: &[Draft], rules: &RuleSet) -> Vec<Diagnostic> {
    let unheard = |draft: &Draft| {
        let ports = draft.station.ports.iter().filter(|(_, port)| {
            let care = &port.care;
            care.battery && !care.deadlines.is_empty() && !rules.begins_by_plan(&care.policy)
        });
        let ports: Vec<PortId> = ports.map(|(id, _)| *id).collect();
        let at = draft.spots.get(ports.first()?)?.number;
        let numbers: Vec<String> = ports.iter().map(PortId::to_string).collect();
        let (word, whose) = if ports.len() == 1 { ("port", "its") } else { ("ports", "their") };
        let message = format!(
            "{word} {}: there are deadlines, and none of {whose} rules begins to charge for them",
            numbers.join(", ")
        );
        let hint = "add `ready-by` to the rules, or write `deadlines: []` at the port";
        Some(warning(&draft.file, at, "deadline-unheard", message, hint))
    };
    drafts.iter().filter_map(unheard).collect()
}

/// One port of one station, and the place that claims something for it.
#[derive(Clone, Copy)]
pub(super) struct Owner<'d> {
    pub(super) draft: &'d Draft,
    pub(super) port: PortId,
    pub(super) at: Place,
}

/// Who has what of one kind.
pub(super) struct Owners<'d> {
    what: &'static str,
    taken: &'static str,
    hint: &'static str,
    owners: BTreeMap<(&'d str, String), Owner<'d>>,
}

impl<'d> Owners<'d> {
    pub(super) fn new(what: &'static str, taken: &'static str, hint: &'static str) -> Self {
        Self { what, taken, hint, owners: BTreeMap::new() }
    }

    /// Takes a thing for an owner; a problem if somebody has it.
    pub(super) fn claim(&mut self, host: &'d str, thing: &str, owner: Owner<'d>) -> Option<Diagnostic> {
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
