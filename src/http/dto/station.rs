//! Stations, and the whole picture.

use poem_openapi::{Enum, Object};
use serde::Serialize;

use super::super::wire::Time;
use super::{
    ModeOut, PortOut, SignalOut,
    budget::BudgetOut,
    hub::{CountsOut, HubMissingOut, HubOut},
};
use crate::{
    controller::View,
    model::{OnExit, StationName, SwitchKind, words},
};

/// How a station's ports are switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename = "SwitchKind", rename_all = "lowercase")]
pub(in crate::http) enum SwitchOut {
    /// By the program `uhubctl`.
    Uhubctl,
    /// By the files of the kernel.
    Sysfs,
    /// By nothing: a hub that does not exist.
    Simulated,
}

/// What a stop of the service does to ports without power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename = "OnExit", rename_all = "lowercase")]
pub(in crate::http) enum OnExitOut {
    /// Switches them on.
    On,
    /// Leaves them as they are.
    Keep,
}

/// A station: what its file says, and a summary of now.
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
#[oai(rename = "Station")]
pub(in crate::http) struct StationOut {
    /// The file's name without `.ron`.
    station: StationName,
    /// What people call it.
    title: String,
    /// Its time zone.
    zone: String,
    /// Root of its MQTT topics.
    topic: String,
    /// How its ports are switched.
    switch: SwitchOut,
    /// Its hub, if the file names a model.
    #[oai(nullable)]
    hub: Option<HubOut>,
    /// The hubs that are not there. The others go on.
    hubs_missing: Vec<HubMissingOut>,
    /// A rule may switch a port only every so often, in words.
    min_hold: String,
    /// A device that has not reported for so long is charged, in words.
    silent_after: String,
    /// So long after a switch a device's report must agree with it, in words.
    verify_after: String,
    /// What a stop of the service does to ports without power.
    on_exit: OnExitOut,
    /// Version of the files at work.
    version: String,
    /// Since when it has been running.
    started_at: Time,
    /// How many ports it has.
    ports: usize,
    /// How many ports have power: those that are seen on, and those whose device goes on charging although it is seen off.
    ports_on: u32,
    /// How many ports a person holds.
    ports_manual: usize,
    /// The mode of all ports whose own mode and device's mode are `auto`.
    mode: ModeOut,
    /// How much power it may give at once, and what of it is taken; null: as much as wanted.
    #[oai(nullable)]
    budget: Option<BudgetOut>,
    /// Numbers from elsewhere that its rules may ask for.
    signals: Vec<SignalOut>,
    /// What it has seen since it started.
    counts: CountsOut,
}

impl From<&View> for StationOut {
    fn from(view: &View) -> Self {
        let station = &view.station;
        Self {
            station: station.name.clone(),
            title: station.title.clone(),
            zone: station.zone.iana_name().unwrap_or("UTC").to_owned(),
            topic: station.topic.clone(),
            switch: match station.switch {
                SwitchKind::Uhubctl => SwitchOut::Uhubctl,
                SwitchKind::Sysfs => SwitchOut::Sysfs,
                SwitchKind::Simulated => SwitchOut::Simulated,
            },
            hub: HubOut::of(view),
            hubs_missing: HubMissingOut::all(view),
            min_hold: words(station.min_hold),
            silent_after: words(station.silent_after),
            verify_after: words(station.verify_after),
            on_exit: match station.on_exit {
                OnExit::On => OnExitOut::On,
                OnExit::Keep => OnExitOut::Keep,
            },
            version: station.version.as_str().to_owned(),
            started_at: view.started_at.into(),
            ports: view.ports.len(),
            ports_on: view.ports_on,
            ports_manual: view.manual_ports(),
            mode: (&view.memory.mode).into(),
            budget: BudgetOut::of(view),
            signals: SignalOut::all(view),
            counts: view.counts.into(),
        }
    }
}

/// Stations and ports right now: all of them as the first event of the event stream, those that changed in `changed`.
#[derive(Clone, Debug, Default, Serialize, Object)]
pub(in crate::http) struct Snapshot {
    /// The stations.
    stations: Vec<StationOut>,
    /// Their ports.
    ports: Vec<PortOut>,
}

impl Snapshot {
    /// Takes the picture of these stations.
    pub(in crate::http) fn new(views: &[View]) -> Self {
        let ports =
            |view: &View| view.ports.values().map(|state| PortOut::new(view, state)).collect::<Vec<_>>();
        Self {
            stations: views.iter().map(StationOut::from).collect(),
            ports: views.iter().flat_map(ports).collect(),
        }
    }

    /// Adds what differs between two pictures of a station.
    pub(in crate::http) fn add_changes(&mut self, before: &View, now: &View) {
        let station = StationOut::from(now);
        if station != StationOut::from(before) {
            self.stations.push(station);
        }
        let changed = now.ports_changed_since(before);
        let ports =
            now.ports.iter().filter(|(port, _)| changed.as_ref().is_none_or(|set| set.contains(port)));
        self.ports.extend(ports.map(|(_, state)| PortOut::new(now, state)));
    }

    /// True when nothing is in it.
    pub(in crate::http) fn is_empty(&self) -> bool {
        self.stations.is_empty() && self.ports.is_empty()
    }
}
