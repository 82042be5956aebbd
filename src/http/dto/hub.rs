//! What a hub shows of its ports, what is wrong there, and who waits for a name or a place.

use poem_openapi::{Enum, Object};
use serde::Serialize;

use super::super::wire::Time;
use super::BatteryOut;
use crate::{
    controller::{PortState, Unplaced, View},
    model::{Alarm, Counts, DeviceName, Fault, Plugged, PortId, Power, Probe, StationName, Thing, Unwell},
};

/// What the hub shows in a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "Shows", rename_all = "snake_case")]
pub(in crate::http) enum ShowsOut {
    /// Not known: a port without power shows nothing, and not every reading tells.
    NotShown,
    /// Nothing that talks: an empty port, or a device that only charges.
    Nothing,
    /// A USB device, see `plugged`.
    Thing,
}

impl From<&Plugged> for ShowsOut {
    fn from(plugged: &Plugged) -> Self {
        match plugged {
            Plugged::NotShown => Self::NotShown,
            Plugged::Nothing => Self::Nothing,
            Plugged::Thing(_) => Self::Thing,
        }
    }
}

/// A USB device as it shows itself.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Thing")]
pub(in crate::http) struct ThingOut {
    /// Vendor and product number, as `lsusb` prints them.
    id: String,
    /// Its USB serial number, if it has one.
    #[oai(nullable)]
    serial: Option<String>,
    /// What it says that it is; may be empty.
    name: String,
}

impl From<&Thing> for ThingOut {
    fn from(thing: &Thing) -> Self {
        Self { id: thing.id.to_string(), serial: thing.serial.clone(), name: thing.name.clone() }
    }
}

impl ThingOut {
    /// The device in a port, if the hub shows one.
    pub(in crate::http) fn of(plugged: &Plugged) -> Option<Self> {
        match plugged {
            Plugged::Thing(thing) => Some(Self::from(&**thing)),
            Plugged::NotShown | Plugged::Nothing => None,
        }
    }
}

/// A USB device that nobody knows, shown now or when the port last had power. It is not switched until somebody names it.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "UnknownDevice")]
pub(in crate::http) struct UnknownOut {
    /// Its USB serial number.
    serial: String,
    /// What it says that it is; may be empty.
    name: String,
}

impl UnknownOut {
    /// The stranger in a port, if there is one.
    pub(in crate::http) fn of(state: &PortState) -> Option<Self> {
        let thing = state.unknown()?;
        Some(Self { serial: thing.serial.clone()?, name: thing.name.clone() })
    }
}

/// A contradiction between what the hub shows and what the device says.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Fault")]
pub(in crate::http) struct FaultOut {
    /// `power_leak`: off, and it goes on charging; `not_charging`: on, and it does not charge.
    code: String,
    /// Since when it is known.
    since: Time,
    /// What it may come from and what to do.
    message: String,
}

impl From<&Fault> for FaultOut {
    fn from(fault: &Fault) -> Self {
        Self { code: fault.kind.code().to_owned(), since: fault.since.into(), message: fault.message.clone() }
    }
}

/// A device that has had power for two hours and has not gained a point, though it is not full.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Unwell")]
pub(in crate::http) struct UnwellOut {
    /// When that was found.
    since: Time,
    /// What it may come from and what to do.
    message: String,
}

impl From<&Unwell> for UnwellOut {
    fn from(unwell: &Unwell) -> Self {
        Self { since: unwell.since.into(), message: unwell.message.clone() }
    }
}

/// A port that could not be brought to what is wanted. It is tried again now and then, and when something changes.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Alarm")]
pub(in crate::http) struct AlarmOut {
    /// Since when.
    since: Time,
    /// What was wanted.
    wanted: Power,
    /// What went wrong last and what to do.
    message: String,
}

impl From<&Alarm> for AlarmOut {
    fn from(alarm: &Alarm) -> Self {
        Self { since: alarm.since.into(), wanted: alarm.wanted, message: alarm.message.clone() }
    }
}

/// A port that is switched for a moment to find out what is plugged into it.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Probe")]
pub(in crate::http) struct ProbeOut {
    /// What it is switched to.
    power: Power,
    /// When it ends by itself.
    until: Time,
}

impl From<&Probe> for ProbeOut {
    fn from(probe: &Probe) -> Self {
        Self { power: probe.power, until: probe.until.into() }
    }
}

/// The hub of a station whose file names a model.
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
#[oai(rename = "Hub")]
pub(in crate::http) struct HubOut {
    /// The name of its model.
    model: String,
    /// What people call it.
    title: String,
    /// Where the file says that it is plugged in.
    at: String,
    /// Where it was found, when that is elsewhere.
    #[oai(nullable)]
    found_at: Option<String>,
    /// The station's ports as they stand on the housing, row by row; empty where the model does not tell.
    rows: Vec<Vec<PortId>>,
}

impl HubOut {
    /// The hub of a station, if its file names a model.
    pub(in crate::http) fn of(view: &View) -> Option<Self> {
        let hub = view.station.hub.as_ref()?;
        let found = view.ports.values().find_map(|state| state.hub_at.as_ref());
        Some(Self {
            model: hub.model.name.to_string(),
            title: hub.model.title.clone(),
            at: hub.at.to_string(),
            found_at: found.map(ToString::to_string),
            rows: rows(view, &hub.model.rows),
        })
    }
}

/// Rows without the ports that the station does not have.
fn rows(view: &View, rows: &[Vec<PortId>]) -> Vec<Vec<PortId>> {
    let there =
        |row: &Vec<PortId>| row.iter().copied().filter(|port| view.ports.contains_key(port)).collect();
    rows.iter().map(there).filter(|row: &Vec<PortId>| !row.is_empty()).collect()
}

/// A hub of a station that is not there.
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
#[oai(rename = "HubMissing")]
pub(in crate::http) struct HubMissingOut {
    /// Where the file says that it is.
    hub: String,
    /// Since when it is known to be away.
    since: Time,
}

impl HubMissingOut {
    /// The hubs of a station that are not there, each once.
    pub(super) fn all(view: &View) -> Vec<Self> {
        let missing = view.hubs_missing.iter();
        missing.map(|(hub, since)| Self { hub: hub.to_string(), since: Time(*since) }).collect()
    }
}

/// What a station has seen since the service started.
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
#[oai(rename = "Counts")]
pub(in crate::http) struct CountsOut {
    /// Orders after which the hub showed what was ordered.
    verified: u64,
    /// Orders after which it did not.
    failed: u64,
    /// Ports that somebody else had switched.
    drifted: u64,
    /// Ports that went on charging although they were off.
    leaked: u64,
    /// Ports whose device did not charge although they were on.
    not_charging: u64,
    /// Ports that were given up until something changed.
    alarms: u64,
}

impl From<Counts> for CountsOut {
    fn from(counts: Counts) -> Self {
        let Counts { verified, failed, drifted, leaked, not_charging, alarms } = counts;
        Self { verified, failed, drifted, leaked, not_charging, alarms }
    }
}

/// A USB device in a port that nobody knows.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "PluggedUnknown")]
pub(in crate::http) struct PluggedUnknown {
    /// The station.
    station: StationName,
    /// The port that it is in.
    port: PortId,
    /// Its USB serial number.
    serial: String,
    /// What it says that it is; may be empty.
    name: String,
    /// True when the hub does not show it right now, as in a port without power: it was the last one to be seen there.
    assumed: bool,
}

/// A device that reports, and nobody knows which port it is in.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "UnplacedDevice")]
pub(in crate::http) struct UnplacedOut {
    /// What it calls itself.
    device: DeviceName,
    /// The station that keeps it for naming.
    station: StationName,
    /// What it said last.
    battery: BatteryOut,
    /// When that came.
    heard_at: Time,
}

impl UnplacedOut {
    fn new(station: &StationName, device: &DeviceName, said: &Unplaced) -> Self {
        Self {
            device: device.clone(),
            station: station.clone(),
            battery: BatteryOut::from(&said.battery),
            heard_at: said.heard_at.into(),
        }
    }
}

/// The devices that a station keeps for naming and that no other station has in a port meanwhile.
pub(in crate::http) fn unplaced<'v>(
    view: &'v View,
    all: &'v [View],
) -> impl Iterator<Item = (&'v DeviceName, &'v Unplaced)> {
    let is_placed = |device: &DeviceName| all.iter().any(|view| view.devices.contains_key(device));
    view.unplaced.iter().filter(move |(device, _)| !is_placed(device))
}

/// Everything that waits for a name or a place.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "UnknownDevices")]
pub(in crate::http) struct UnknownDevicesOut {
    /// What is plugged in and has a serial number that nobody knows: give its port a device.
    plugged: Vec<PluggedUnknown>,
    /// What reports and is in no port, as far as anybody knows: name the port that it is in.
    unplaced: Vec<UnplacedOut>,
}

impl UnknownDevicesOut {
    /// Those of these stations. A device that is in a port of any of them waits nowhere.
    pub(in crate::http) fn new(views: &[View]) -> Self {
        let plugged = views.iter().flat_map(|view| {
            let station = &view.station.name;
            view.ports.iter().filter_map(|(port, state)| {
                let UnknownOut { serial, name } = UnknownOut::of(state)?;
                let assumed = !matches!(state.plugged, Plugged::Thing(_));
                Some(PluggedUnknown { station: station.clone(), port: *port, serial, name, assumed })
            })
        });
        let unplaced = views.iter().flat_map(|view| {
            let waiting = unplaced(view, views);
            waiting.map(|(device, said)| UnplacedOut::new(&view.station.name, device, said))
        });
        Self { plugged: plugged.collect(), unplaced: unplaced.collect() }
    }
}
