//! The power of every port of every station, and whether its hub is there. Pure.

use super::{
    checks::{Line, State},
    facts::{Facts, Stations},
};
use crate::{
    host::{
        hubs::{ONE_SIDE, Place, Places, by_reason, ranges, sockets_of},
        words::count,
    },
    model::{self, Socket, Station, SwitchKind},
};

/// The power of one port.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Power {
    /// The station.
    pub(crate) station: String,
    /// The port.
    pub(crate) port: u16,
    /// Where it is.
    pub(crate) socket: Socket,
    /// Its power, or why that is not known.
    pub(crate) power: Result<model::Power, String>,
}

/// The power of all ports of stations with a hub.
pub(crate) fn power(facts: &Facts) -> Vec<Power> {
    let stations = facts.stations.as_ref().map(Vec::as_slice).unwrap_or_default();
    stations
        .iter()
        .filter(|station| station.switch != SwitchKind::Simulated)
        .flat_map(|station| of(station, facts))
        .collect()
}

fn of(station: &Station, facts: &Facts) -> Vec<Power> {
    let places = places(facts);
    let sockets = sockets_of(station, places.get(&station.name).unwrap_or(&Place::Missing)).into_iter();
    sockets
        .map(|(port, socket)| {
            let power = facts.hubs.power(&socket, &facts.survey);
            Power { station: station.name.to_string(), port, socket, power }
        })
        .collect()
}

fn known(facts: &Facts) -> Vec<&Station> {
    facts.stations.iter().flatten().map(AsRef::as_ref).collect()
}

fn places(facts: &Facts) -> Places {
    facts.hubs.places(&known(facts), &facts.survey)
}

/// The checks of all stations.
pub(super) fn lines(facts: &Facts) -> Vec<Line> {
    match &facts.stations {
        Err(Stations::None) => {
            let hint = "`scs discover --write` makes one of the hub that is plugged in";
            vec![Line::new(State::Note, "stations", "there is none yet", hint)]
        }
        Err(Stations::Broken(errors)) => {
            let text = format!("the files are broken: {}", count(*errors, "error"));
            vec![Line::new(State::Wrong, "stations", text, "`scs check` says where")]
        }
        Ok(stations) => {
            let twice = facts.hubs.claimed_twice(&known(facts), &places(facts), &facts.survey);
            let twice = twice
                .into_iter()
                .map(|twice| Line::new(State::Wrong, twice.station.as_str(), twice.text, ONE_SIDE));
            stations.iter().flat_map(|station| station_lines(station, facts)).chain(twice).collect()
        }
    }
}

fn station_lines(station: &Station, facts: &Facts) -> Vec<Line> {
    let topic = station.name.as_str();
    if station.switch == SwitchKind::Simulated {
        return vec![Line::fine(topic, "its hub is simulated")];
    }
    let mut lines = Vec::new();
    if let Some(plan) = &station.hub {
        let place = places(facts).remove(&station.name).unwrap_or(Place::Missing);
        let state = if place.is_found() { State::Note } else { State::Wrong };
        lines.extend(place.misplaced(plan).map(|told| Line::new(state, topic, told.text, told.hint)));
        if !place.is_found() {
            return lines;
        }
    }
    lines.extend(ports(topic, &of(station, facts)));
    lines
}

/// Each reason once, with the ports that it is true of.
fn ports(topic: &str, ports: &[Power]) -> Vec<Line> {
    let mut lines = Vec::new();
    let with = |wanted: model::Power| -> Vec<u16> {
        ports.iter().filter(|port| port.power == Ok(wanted)).map(|port| port.port).collect()
    };
    let (on, off) = (with(model::Power::On), with(model::Power::Off));
    if !(on.is_empty() && off.is_empty()) {
        let off_are = if off.is_empty() { String::new() } else { format!(", off: {}", ranges(&off)) };
        lines.push(Line::fine(topic, format!("{}: {} on{off_are}", count(ports.len(), "port"), on.len())));
    }
    let wrong = ports.iter().filter_map(|port| Some((port.port, port.power.as_ref().err()?.as_str())));
    let hint = "`scs discover` shows which sockets there are";
    lines.extend(by_reason(wrong).into_iter().map(|text| Line::new(State::Wrong, topic, text, hint)));
    lines
}
