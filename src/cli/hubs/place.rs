//! What a station's file says, against what is there. Pure.

use std::collections::BTreeMap;

use super::{Hubs, UnitPort};
use crate::{
    model::{ChipPath, HubLocation, HubPlan, Power, Socket, Station},
    usb::{Survey, misfit, places},
};

/// Where the hub of a station is.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cli) enum Place {
    /// Where the file says, and of that kind.
    Here,
    /// At the same place of another bus: the service finds it by itself.
    Moved(HubLocation),
    /// Something else is there, and this is what does not fit.
    Misfit(String),
    /// Nowhere.
    Missing,
    /// Not where the file says, and at these places: nobody knows which it is.
    Several(Vec<HubLocation>),
}

/// What is to be said of a place that is not as the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Misplaced {
    /// A stable code for programs.
    pub(in crate::cli) code: &'static str,
    /// What is so.
    pub(in crate::cli) text: String,
    /// What to do.
    pub(in crate::cli) todo: String,
}

impl Place {
    /// True when the ports are there.
    pub(in crate::cli) fn is_found(&self) -> bool {
        matches!(self, Self::Here | Self::Moved(_))
    }

    /// What to say of it; `None`: all is as the file says.
    pub(in crate::cli) fn misplaced(&self, plan: &HubPlan) -> Option<Misplaced> {
        let (title, at) = (&plan.model.title, &plan.at);
        let (code, text, todo) = match self {
            Self::Here => return None,
            Self::Moved(now) => (
                "hub-moved",
                format!("the {title} is at `{now}` now, not at `{at}`: the service finds it by itself"),
                format!("write at: \"{now}\" in the station file when you like"),
            ),
            Self::Misfit(why) => (
                "hub-misfit",
                format!("what is at `{at}` is no {title}: {why}"),
                "mend `hub` in the station file; `scs discover` shows what is there".to_owned(),
            ),
            Self::Missing => (
                "hub-missing",
                format!("there is no {title} at `{at}` on this host"),
                "plug it in and give it power, or mend `hub` in the station file; `scs discover` looks"
                    .to_owned(),
            ),
            Self::Several(places) => {
                let places: Vec<&str> = places.iter().map(HubLocation::as_str).collect();
                (
                    "hub-missing",
                    format!("there is no {title} at `{at}`, and several elsewhere: {}", places.join(", ")),
                    "write the right one as `at` in the station file".to_owned(),
                )
            }
        };
        Some(Misplaced { code, text, todo })
    }

    /// Where a station's hub is, as the service finds it when it starts: where the file says if it is whole there, else at
    /// the same place of another bus if just one is there.
    pub(in crate::cli) fn of(plan: &HubPlan, survey: &Survey) -> Self {
        let mut places = places(survey, plan);
        match (places.pop(), places.is_empty()) {
            (Some(at), true) if at == plan.at => Self::Here,
            (Some(at), true) => Self::Moved(at),
            (Some(last), false) => Self::Several(places.into_iter().chain([last]).collect()),
            (None, _) if survey.hubs.contains_key(&plan.at) => {
                misfit(survey, plan).map_or(Self::Here, Self::Misfit)
            }
            (None, _) => Self::Missing,
        }
    }
}

impl Hubs {
    /// The power of a station's port, or why it is not known or not to be switched. `moved`: where its hub is now.
    pub(in crate::cli) fn power(&self, socket: &Socket, survey: &Survey) -> Result<Power, String> {
        let hub =
            survey.hubs.get(socket.hub()).ok_or_else(|| format!("there is no hub at {}", socket.hub()))?;
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
        self.units.iter().flat_map(|unit| &unit.ports).find(|port| port.sides.contains(socket))
    }
}

/// The sockets of a station where its hub is now; those that its file writes out stay where they are.
pub(in crate::cli) fn sockets_of(station: &Station, place: &Place) -> Vec<(u16, Socket)> {
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
pub(in crate::cli) fn by_reason<'a>(ports: impl Iterator<Item = (u16, &'a str)>) -> Vec<String> {
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
pub(in crate::cli) fn ranges(numbers: &[u16]) -> String {
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
