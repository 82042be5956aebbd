//! What the devices of a station are like: as their reports tell, and where those tell nothing, as is usual.

use std::collections::BTreeMap;

use crate::{
    history::{Archive, Filter, ReadError, Scope},
    model::{Battery, DeviceName, PortId, Span, Station, Timestamp},
    settings::Settings,
    trial::world::{DeviceModel, Known, Learned, learn, usual},
};

/// People change: what is older says little about today.
const LOOKS_BACK: Span = Span::from_hours(28 * 24);

/// The devices of one station, and how well they are known.
#[derive(Debug, Default)]
pub(super) struct Devices {
    pub(super) models: BTreeMap<PortId, DeviceModel>,
    pub(super) known: BTreeMap<PortId, Known>,
    /// Why nothing was learned from history, if it could not be read.
    pub(super) trouble: Option<String>,
}

/// Every device that the file names; `history`: learn from it.
pub(super) fn devices(station: &Station, settings: &Settings, history: bool, now: Timestamp) -> Devices {
    let mut devices = Devices::default();
    let archive = match history.then(|| Archive::open(&settings.history.path)) {
        Some(Ok(archive)) => archive,
        Some(Err(error)) => {
            devices.trouble = Some(error.to_string());
            None
        }
        None => None,
    };
    for (n, (id, plan)) in station.ports.iter().enumerate() {
        let Some(device) = &plan.device else { continue };
        let usual = usual(device.as_str(), &plan.care.kind, n, plan.care.charge_per_hour);
        let learned = archive.as_ref().map(|archive| learned(archive, station, *id, device, now));
        let learned = learned.unwrap_or_else(|| Ok(Learned::default())).unwrap_or_else(|error| {
            devices.trouble = Some(error.to_string());
            Learned::default()
        });
        devices.known.insert(*id, learned.known());
        devices.models.insert(*id, learned.over(usual));
    }
    devices
}

fn learned(
    archive: &Archive,
    station: &Station,
    port: PortId,
    device: &DeviceName,
    now: Timestamp,
) -> Result<Learned, ReadError> {
    let scope = Scope::Port(station.name.clone(), port);
    let filter = Filter { scope, device: Some(device.clone()), ..Filter::default() };
    let since = now.checked_sub(LOOKS_BACK).unwrap_or(Timestamp::MIN);
    let reports = archive.reports(&filter, since)?;
    let batteries: Vec<Battery> = reports.into_iter().map(|report| report.battery).collect();
    Ok(learn(&batteries, &station.zone))
}
