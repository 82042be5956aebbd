//! What a station's file says, against what is there. Pure.

use std::collections::BTreeMap;

use super::{Hubs, Unit, UnitPort};
use crate::{
    model::{ChipPath, HubLocation, HubPlan, Power, Socket, Station, SwitchKind},
    usb::{Survey, misfit, places},
};

/// Where the hub of a station is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    /// Where the file says, and of that kind.
    Here,
    /// At the same place of another bus: the service finds it by itself.
    Moved(HubLocation),
    /// At the same place of another bus, and these stations could mean it.
    Contested(HubLocation, Vec<String>),
    /// Something else is there: what does not fit, and the line for the file that would.
    Misfit(String, Option<String>),
    /// Nowhere.
    Missing,
    /// Not where the file says; hubs of this kind that no station has are plugged in at these other places.
    Elsewhere(Vec<HubLocation>),
    /// Not where the file says, and at these places: nobody knows which it is.
    Several(Vec<HubLocation>),
    /// Nobody knows, because nothing could be looked at; why.
    Unseen(String),
}

/// What is to be said of a place that is not as the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misplaced {
    /// A stable code for programs.
    pub(crate) code: &'static str,
    /// What is so.
    pub(crate) text: String,
    /// What to do.
    pub(crate) hint: String,
}

impl Place {
    /// True when the ports are there.
    pub(crate) fn is_found(&self) -> bool {
        matches!(self, Self::Here | Self::Moved(_))
    }

    /// What to say of it; `None`: all is as the file says.
    pub(crate) fn misplaced(&self, plan: &HubPlan) -> Option<Misplaced> {
        let (title, at) = (&plan.model.title, &plan.at);
        let (code, text, hint) = match self {
            Self::Here => return None,
            Self::Moved(now) => (
                "hub-moved",
                format!("the {title} is at `{now}` now, not at `{at}`: the service finds it by itself"),
                format!("write at: \"{now}\" in the station file when you like"),
            ),
            Self::Contested(now, stations) => (
                "hub-contested",
                format!(
                    "the {title} is not at `{at}`; one is at `{now}`, but several stations could mean it: {}",
                    stations.join(", ")
                ),
                "write the right `at` in each of these station files".to_owned(),
            ),
            Self::Misfit(why, line) => (
                "hub-misfit",
                format!("what is at `{at}` is no {title}: {why}"),
                match line {
                    Some(line) => format!("write {line} in the station file"),
                    None => "mend `hub` in the station file; `scs discover` shows what is there".to_owned(),
                },
            ),
            Self::Missing => (
                "hub-missing",
                format!("there is no {title} at `{at}` on this host"),
                "plug it in and give it power, or mend `hub` in the station file; `scs discover` looks"
                    .to_owned(),
            ),
            Self::Elsewhere(places) => (
                "hub-missing",
                format!("there is no {title} at `{at}`, there is one at {}", quoted(places)),
                "if that is it, write its place as `at` in the station file".to_owned(),
            ),
            Self::Several(places) => (
                "hub-missing",
                format!("there is no {title} at `{at}`, and several elsewhere: {}", listed(places)),
                "write the right one as `at` in the station file".to_owned(),
            ),
            Self::Unseen(why) => (
                "hub-unseen",
                format!(
                    "whether the {title} is at `{at}` is not known, as nothing could be looked at: {why}"
                ),
                "mend that first; `scs doctor` says more".to_owned(),
            ),
        };
        Some(Misplaced { code, text, hint })
    }
}

fn listed(places: &[HubLocation]) -> String {
    places.iter().map(HubLocation::as_str).collect::<Vec<_>>().join(", ")
}

fn quoted(places: &[HubLocation]) -> String {
    places.iter().map(|at| format!("`{at}`")).collect::<Vec<_>>().join(" and at ")
}

impl Hubs {
    /// Where a station's hub is when no other station is looked at, as the service finds it when it starts: where the file
    /// says if it is whole there, else at the same place of another bus if just one is there.
    pub(super) fn place(&self, plan: &HubPlan, survey: &Survey) -> Place {
        let mut found = places(survey, plan);
        match (found.pop(), found.is_empty()) {
            (Some(at), true) if at == plan.at => Place::Here,
            (Some(at), true) => Place::Moved(at),
            (Some(last), false) => Place::Several(found.into_iter().chain([last]).collect()),
            (None, _) if survey.hubs.contains_key(&plan.at) => misfit(survey, plan)
                .map_or(Place::Here, |why| Place::Misfit(why, self.unit_at(&plan.at).and_then(Unit::line))),
            (None, _) => unseen(survey).map_or_else(|| self.elsewhere(plan), Place::Unseen),
        }
    }

    fn elsewhere(&self, plan: &HubPlan) -> Place {
        let kind = |unit: &&Unit| unit.model.as_ref().is_some_and(|model| model.name == plan.model.name);
        Place::Elsewhere(self.units.iter().filter(kind).map(|unit| unit.at.clone()).collect())
    }

    /// The hub with a side plugged in here.
    pub(super) fn unit_at(&self, at: &HubLocation) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.at == *at || unit.other.as_ref() == Some(at))
    }

    /// The power of a station's port, or why it is not known or not to be switched. `moved`: where its hub is now.
    pub(crate) fn power(&self, socket: &Socket, survey: &Survey) -> Result<Power, String> {
        let at = socket.hub();
        let hub = survey.hubs.get(at).ok_or_else(|| match unseen(survey) {
            Some(why) => {
                format!("whether there is a hub at {at} is not known, as nothing could be looked at: {why}")
            }
            None => format!("there is no hub at {at}"),
        })?;
        if socket.hub().is_root() {
            return Err("a socket of the computer itself is never switched".to_owned());
        }
        if let Some(fixed) = self.fixed.iter().find(|fixed| fixed.at == *socket.hub()) {
            return Err(format!("the hub at {} is never switched: {}", fixed.at, fixed.reason));
        }
        let Some(found) = hub.sockets.get(&socket.port()) else {
            return Err(format!("the hub at {} has no port {}", socket.hub(), socket.port()));
        };
        if found.hub.is_some() {
            return Err(format!("a hub is plugged into {socket}, so it is never switched"));
        }
        match self.port(socket) {
            Some(port) => port.power(survey),
            None => found.power.clone(),
        }
    }

    /// The port of a hub with this socket as one of its sides.
    fn port(&self, socket: &Socket) -> Option<&UnitPort> {
        self.unit_and_port(socket).map(|(_, port)| port)
    }

    /// The hub with this socket as a side of one of its ports, and that port.
    pub(super) fn unit_and_port(&self, socket: &Socket) -> Option<(&Unit, &UnitPort)> {
        let ports = self.units.iter().flat_map(|unit| unit.ports.iter().map(move |port| (unit, port)));
        ports.into_iter().find(|(_, port)| port.sides.contains(socket))
    }

    /// What to know of the hub of a socket when only one of its sides is seen.
    pub(crate) fn half(&self, socket: &Socket, survey: &Survey) -> Option<String> {
        self.unit_and_port(socket)?.0.half(survey)
    }

    /// What `power` hides: a side of a station's port that cannot be read, or switched in this way.
    pub(crate) fn side_troubles(&self, socket: &Socket, survey: &Survey, switch: SwitchKind) -> Vec<String> {
        let Some((unit, port)) = self.unit_and_port(socket) else { return Vec::new() };
        let mut troubles = unit.unread(port, survey);
        if switch == SwitchKind::Uhubctl {
            troubles.extend(unit.unlisted(port, survey));
        }
        troubles
    }
}

/// Why what a survey does not show may be there all the same; `None`: then it is not there.
pub(crate) fn unseen(survey: &Survey) -> Option<String> {
    // A computer with USB has root hubs, and the kernel shows them to everybody.
    let by_kernel = survey.from_kernel && survey.hubs.keys().any(HubLocation::is_root);
    match &survey.without_uhubctl {
        _ if by_kernel => None,
        Some(problem) => Some(problem.to_string()),
        None if survey.hubs.is_empty() => {
            let why = "neither the kernel nor uhubctl shows any hub, not even those of the computer itself: \
                       rights may be missing, or in a container /sys and /dev/bus/usb";
            Some(why.to_owned())
        }
        None => None,
    }
}

/// The sockets of a station where its hub is now; those that its file writes out stay where they are.
pub(crate) fn sockets_of(station: &Station, place: &Place) -> Vec<(u16, Socket)> {
    let moved = match (place, &station.hub) {
        (Place::Moved(at), Some(plan)) => Some((at, plan)),
        _ => None,
    };
    let socket = |written: &Socket| {
        let (at, plan) = moved?;
        let chip = ChipPath::between(&plan.at, written.hub())?;
        Socket::new(at.chip(&chip)?, written.port()).ok()
    };
    let ports = station.ports.values();
    ports.map(|port| (port.id.get(), socket(&port.socket).unwrap_or_else(|| port.socket.clone()))).collect()
}

/// Why ports are not as they should be: each reason once, with the ports that it is true of.
pub(crate) fn by_reason<'a>(ports: impl Iterator<Item = (u16, &'a str)>) -> Vec<String> {
    let mut reasons: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
    for (port, reason) in ports {
        reasons.entry(reason).or_default().push(port);
    }
    let words = |(reason, ports): (&str, Vec<u16>)| {
        let noun = if ports.len() == 1 { "port" } else { "ports" };
        format!("{noun} {}: {reason}", ranges(&ports))
    };
    reasons.into_iter().map(words).collect()
}

/// Numbers as people write them: `1-4, 7`.
pub(crate) fn ranges(numbers: &[u16]) -> String {
    let mut parts: Vec<(u16, u16)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => parts.push((*number, *number)),
        }
    }
    let words = parts.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}-{last}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_do() {
        assert_eq!(ranges(&[1, 2, 3, 5, 6, 9]), "1-3, 5, 6, 9");
        let ports = [(3, "gone"), (7, "off"), (4, "gone")];
        assert_eq!(by_reason(ports.into_iter()), ["ports 3, 4: gone", "port 7: off"]);
    }
}
