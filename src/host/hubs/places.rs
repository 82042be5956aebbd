//! What the files of several stations say together, against what is there. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hubs, Place, Unit, sockets_of};
use crate::{
    model::{HubLocation, Socket, Station, StationName, SwitchKind},
    usb::{Survey, twin},
};

/// The places of the hubs of stations; a station that writes its sockets out is `Here`.
pub(crate) type Places = BTreeMap<StationName, Place>;

/// Sockets of hubs that two ports claim, one mostly by its USB 2 side and the other by its USB 3 side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Twice {
    /// The station that comes later, and has to do without them.
    pub(crate) station: StationName,
    /// What is so.
    pub(crate) text: String,
}

/// What to do about it.
pub(crate) const ONE_SIDE: &str =
    "remove one of the two ports: both sides are switched whichever of them the file names";

impl Hubs {
    /// Where the hubs of all these stations are. A hub that was found at another place belongs to one of them only.
    pub(crate) fn places(&self, stations: &[&Station], survey: &Survey) -> Places {
        let place = |station: &Station| match &station.hub {
            Some(plan) => self.place(plan, survey),
            None => Place::Here,
        };
        let alone: Places = real(stations).map(|station| (station.name.clone(), place(station))).collect();
        alone.iter().map(|(name, place)| (name.clone(), self.among(stations, &alone, name, place))).collect()
    }

    fn among(&self, stations: &[&Station], alone: &Places, name: &StationName, place: &Place) -> Place {
        let others = |unit: &Unit| -> BTreeSet<String> {
            let others = real(stations).filter(|other| other.name != *name);
            let has = |other: &&Station| alone.get(&other.name).is_some_and(|place| uses(other, place, unit));
            others.filter(has).map(|other| other.name.to_string()).collect()
        };
        match place {
            Place::Moved(now) => {
                let mut named = self.unit_at(now).map(others).unwrap_or_default();
                if named.is_empty() {
                    return place.clone();
                }
                named.insert(name.to_string());
                Place::Contested(now.clone(), named.into_iter().collect())
            }
            Place::Elsewhere(places) => {
                let is_free =
                    |at: &&HubLocation| self.unit_at(at).is_some_and(|unit| others(unit).is_empty());
                let free: Vec<HubLocation> = places.iter().filter(is_free).cloned().collect();
                if free.is_empty() { Place::Missing } else { Place::Elsewhere(free) }
            }
            _ => place.clone(),
        }
    }

    /// The sockets that two ports of these stations claim.
    pub(crate) fn claimed_twice(
        &self,
        stations: &[&Station],
        places: &Places,
        survey: &Survey,
    ) -> Vec<Twice> {
        let mut claims: BTreeMap<Socket, Vec<(&StationName, u16, Socket)>> = BTreeMap::new();
        for station in real(stations) {
            let Some(place) = places.get(&station.name).filter(|place| place.is_found()) else { continue };
            for (port, socket) in sockets_of(station, place) {
                let other = twin(survey, socket.hub()).and_then(|hub| Socket::new(hub, socket.port()).ok());
                let first = other.map_or_else(|| socket.clone(), |other| other.min(socket.clone()));
                claims.entry(first).or_default().push((&station.name, port, socket));
            }
        }
        let mut pairs: BTreeMap<(&StationName, &StationName), Vec<String>> = BTreeMap::new();
        for claim in claims.values() {
            for two in claim.windows(2) {
                let [(one, port, socket), (other, other_port, other_socket)] = two else { continue };
                let text = if one == other {
                    format!("ports {port} and {other_port} are one socket: {socket} and {other_socket}")
                } else {
                    format!(
                        "port {port} of `{one}` and port {other_port} of `{other}` are one socket: {socket} and {other_socket}"
                    )
                };
                pairs.entry((one, other)).or_default().push(text);
            }
        }
        let told = |((_, later), texts): ((&StationName, &StationName), Vec<String>)| {
            let more = match texts.len() {
                0 | 1 => String::new(),
                some => format!(" (and {} more)", some - 1),
            };
            let first = texts.into_iter().next().unwrap_or_default();
            Twice { station: later.clone(), text: format!("{first} are its two sides{more}") }
        };
        pairs.into_iter().map(told).collect()
    }
}

fn real<'s>(stations: &'s [&'s Station]) -> impl Iterator<Item = &'s Station> {
    stations.iter().copied().filter(|station| station.switch != SwitchKind::Simulated)
}

/// True if a station has sockets of this hub.
fn uses(station: &Station, place: &Place, unit: &Unit) -> bool {
    let sides: BTreeSet<&Socket> = unit.ports.iter().flat_map(|port| &port.sides).collect();
    sockets_of(station, place).iter().any(|(_, socket)| sides.contains(socket))
}

/// The station that has this hub by its file, and where its own is.
pub(crate) fn owner<'s>(
    stations: &'s [&'s Station],
    places: &'s Places,
    unit: &Unit,
) -> Option<(&'s Station, &'s Place)> {
    real(stations).find_map(|station| {
        let place = places.get(&station.name)?;
        uses(station, place, unit).then_some((station, place))
    })
}
