//! What belongs together, before and after; and what changes beside the policies.

use std::{collections::BTreeSet, fmt::Debug, sync::Arc};

use super::{
    Differences, NamedPort, PolicyDifference, Setup,
    policy::{Asking, compare},
    situation::Base,
};
use crate::model::{Care, DeviceName, PortPlan, RuleName, Station, words};

/// Runs of rules in one answer, about ten seconds on a small computer. A policy of three rules takes 100,000 at most.
const RUNS: usize = 1_500_000;

/// Ports that are treated alike before, and alike after.
struct Alike {
    station: (Arc<Station>, Arc<Station>),
    care: (Arc<Care>, Arc<Care>),
    ports: Vec<(Arc<PortPlan>, Arc<PortPlan>)>,
}

/// What would be different with the stations and rules of `after` in place of those of `before`. As soon as it is not
/// `wanted` any more the answer comes at once, and means nothing.
pub fn differences(before: &Setup, after: &Setup, wanted: &dyn Fn() -> bool) -> Differences {
    let mut found = Differences::default();
    let mut alike: Vec<Alike> = Vec::new();
    let gone = before.stations.keys().filter(|name| !after.stations.contains_key(*name));
    found.stations.extend(gone.map(|name| format!("{name}: the station is gone")));
    for (name, new) in &after.stations {
        match before.stations.get(name) {
            None => found.stations.push(format!("{name}: the station is new")),
            Some(old) => {
                found.stations.extend(settings(old, new));
                pair((before, old), (after, new), &mut alike, &mut found.stations);
            }
        }
    }
    found.stations.extend(unused(before, after));
    let mut runs = 0;
    for group in &alike {
        if runs >= RUNS || !wanted() {
            found.left_out += 1;
            continue;
        }
        let Some((difference, more, cut)) = difference(group, before, after, wanted) else { continue };
        runs += more;
        if difference.changes.is_empty() && cut {
            found.left_out += 1;
        } else if difference.changes.is_empty() {
            found.unchanged += 1;
        } else {
            add(&mut found.policies, difference);
        }
    }
    found
}

/// Edited rules that nobody asks: who has edited one wonders why nothing changes.
fn unused(before: &Setup, after: &Setup) -> Vec<String> {
    let ports = after.stations.values().flat_map(|station| station.ports.values());
    let policies = ports.map(|port| &port.care.policy);
    let used: BTreeSet<&RuleName> = policies
        .flat_map(|policy| policy.guards.iter().chain(&policy.rules))
        .map(|usage| &usage.rule)
        .collect();
    let unused = after.rules.rules().filter(|rule| !used.contains(&rule.name));
    let told = unused.filter_map(|rule| match before.rules.rule(rule.name.as_str()) {
        None => Some(format!("the rule `{}` is new, and no station names it", rule.name)),
        Some(old) if old.hash != rule.hash => Some(format!("no station names the rule `{}`", rule.name)),
        Some(_) => None,
    });
    told.collect()
}

/// Ports to which the same happens are told together, whatever else is different about them.
fn add(policies: &mut Vec<PolicyDifference>, difference: PolicyDifference) {
    let alike = policies.iter_mut().find(|known| {
        known.station == difference.station
            && known.changes == difference.changes
            && known.rough == difference.rough
    });
    match alike {
        Some(known) => known.ports.extend(difference.ports),
        None => policies.push(difference),
    }
}

/// What changes for these ports, and how often rules were run to find out.
fn difference(
    group: &Alike,
    before: &Setup,
    after: &Setup,
    wanted: &dyn Fn() -> bool,
) -> Option<(PolicyDifference, usize, bool)> {
    let (old, new) = group.ports.first()?;
    let old_base = base(&group.station.0, old, &group.care.0)?;
    let new_base = base(&group.station.1, new, &group.care.1)?;
    let compared = compare(
        Asking { rules: &before.rules, policy: &group.care.0.policy, base: &old_base },
        Asking { rules: &after.rules, policy: &group.care.1.policy, base: &new_base },
        wanted,
    )?;
    let named =
        |(_, port): &(Arc<PortPlan>, Arc<PortPlan>)| NamedPort { port: port.id, device: port.device.clone() };
    let difference = PolicyDifference {
        station: group.station.1.name.clone(),
        ports: group.ports.iter().map(named).collect(),
        changes: compared.changes,
        rough: compared.rough,
    };
    Some((difference, compared.runs, compared.cut))
}

fn base(station: &Station, port: &PortPlan, care: &Care) -> Option<Base> {
    let device = match &port.device {
        Some(device) => device.clone(),
        None => DeviceName::new(&format!("port-{}", port.id)).ok()?,
    };
    Some(Base { station: station.name.clone(), port: port.id, device, care: care.clone() })
}

/// Finds for each port what it was before: where its device was, else the port of the same number.
fn pair(
    (before, old): (&Setup, &Arc<Station>),
    (after, new): (&Setup, &Arc<Station>),
    alike: &mut Vec<Alike>,
    notes: &mut Vec<String>,
) {
    for port in new.ports.values() {
        let with_device =
            |device: &DeviceName| old.ports.values().find(|other| other.device.as_ref() == Some(device));
        let same_number = old.ports.get(&port.id);
        let Some(other) = port.device.as_ref().and_then(with_device).or(same_number) else {
            notes.push(format!("{}: port {} is new{}", new.name, port.id, holding(port)));
            continue;
        };
        notes.extend(moved(new, same_number, other, port));
        let care = (Arc::clone(&other.care), Arc::clone(&port.care));
        let both = (Arc::clone(other), Arc::clone(port));
        let known = alike.iter_mut().find(|group| {
            Arc::ptr_eq(&group.station.1, new)
                && group.care == care
                && !by_itself(before, &care.0)
                && !by_itself(after, &care.1)
        });
        match known {
            Some(group) => group.ports.push(both),
            None => {
                alike.push(Alike { station: (Arc::clone(old), Arc::clone(new)), care, ports: vec![both] })
            }
        }
    }
    let gone = old.ports.values().filter(|port| !new.ports.contains_key(&port.id));
    notes.extend(gone.map(|port| format!("{}: port {} is gone{}", new.name, port.id, holding(port))));
}

/// True when a rule may tell the port from others that are treated alike.
fn by_itself(setup: &Setup, care: &Care) -> bool {
    let mut uses = care.policy.guards.iter().chain(&care.policy.rules);
    uses.any(|usage| {
        let reads = setup.rules.reads(&usage.rule);
        reads.names.contains("name") || reads.names.contains("number")
    })
}

fn holding(port: &PortPlan) -> String {
    port.device.as_ref().map(|device| format!(", with {device}")).unwrap_or_default()
}

/// What changes in one port beside its policy.
fn moved(
    station: &Station,
    same_number: Option<&Arc<PortPlan>>,
    other: &PortPlan,
    port: &PortPlan,
) -> Vec<String> {
    let mut notes = Vec::new();
    let place = format!("{}: port {}", station.name, port.id);
    let Some(before) = same_number else {
        return vec![format!("{place} is new{}, before in port {}", holding(port), other.id)];
    };
    if before.device != port.device {
        let shown =
            |port: &PortPlan| port.device.as_ref().map_or("no device".to_owned(), ToString::to_string);
        notes.push(format!("{place}: {} → {}", shown(before), shown(port)));
    }
    if before.socket != port.socket {
        notes.push(format!("{place}: socket {} → {}", before.socket, port.socket));
    }
    if before.serial != port.serial {
        notes.push(format!("{place}: another serial number"));
    }
    notes
}

/// What changes in the settings of a station.
fn settings(old: &Station, new: &Station) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |name: &str, before: String, after: String| {
        if before != after {
            notes.push(format!("{}: {name} {before} → {after}", new.name));
        }
    };
    let zone = |station: &Station| station.zone.iana_name().unwrap_or("UTC").to_owned();
    note("title", shown(&old.title), shown(&new.title));
    note("zone", zone(old), zone(new));
    note("topic", old.topic.clone(), new.topic.clone());
    note("switch", shown(&old.switch), shown(&new.switch));
    note("min_hold", words(old.min_hold), words(new.min_hold));
    note("silent_after", words(old.silent_after), words(new.silent_after));
    note("poll", words(old.poll), words(new.poll));
    note("verify_after", words(old.verify_after), words(new.verify_after));
    note("on_exit", shown(&old.on_exit), shown(&new.on_exit));
    if old.hub != new.hub {
        notes.push(format!("{}: another hub", new.name));
    }
    notes
}

fn shown(value: &impl Debug) -> String {
    format!("{value:?}")
}
