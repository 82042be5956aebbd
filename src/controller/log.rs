//! What of a station's events is worth a line in the log.

use std::collections::BTreeMap;

use crate::model::{Celsius, Event, EventKind, ModeEnd, StationName};

/// So many drifts in ten minutes are no accident.
const CONTESTED: u32 = 3;

/// Logs the events of one step.
pub(super) fn events(events: &[Event]) {
    unreadable(events);
    for event in events {
        one(event);
    }
}

/// A hub that is away makes all its ports unreadable: one line for the same trouble.
fn unreadable(events: &[Event]) {
    let mut told: BTreeMap<(&Option<StationName>, &str), Vec<String>> = BTreeMap::new();
    for event in events {
        if let EventKind::Unreadable { message } = &event.kind {
            let ports = told.entry((&event.station, message)).or_default();
            ports.extend(event.port.map(|port| port.to_string()));
        }
    }
    for ((station, message), ports) in told {
        let station = station.as_ref().map(tracing::field::display);
        tracing::warn!(station, ports = ports.join(","), "unreadable: {message}");
    }
}

/// Switches and problems are worth a line; reports are not.
fn one(event: &Event) {
    let station = event.station.as_ref().map(tracing::field::display);
    let port = event.port.map(tracing::field::display);
    let code = event.kind.code();
    match &event.kind {
        EventKind::Switched { power, reason } => tracing::info!(station, port, %power, reason, "{code}"),
        EventKind::ModeChanged { mode, device, ended } => {
            let device = device.as_ref().map(tracing::field::display);
            let ended = ended.map(ModeEnd::in_words);
            tracing::info!(station, port, device, mode = mode.in_words(), by = %mode.by, ended, "{code}");
        }
        EventKind::DeviceNamed { device, by } => {
            let device = device.as_ref().map(tracing::field::display);
            tracing::info!(station, port, device, %by, "{code}");
        }
        EventKind::ParameterChanged { rule, parameter, value, by } => {
            let value = value.as_ref().map(tracing::field::display);
            tracing::info!(station, port, %rule, parameter, value, %by, "{code}");
        }
        EventKind::ParameterUnfit { rule, parameter, message } => {
            tracing::warn!(station, port, %rule, parameter, "{code}: {message}; it is kept, and not applied");
        }
        EventKind::Silent | EventKind::Heard | EventKind::SilentChargeOver | EventKind::Woken => {
            tracing::info!(station, port, "{code}");
        }
        EventKind::SwitchFailed { wanted, message, failures, .. } => {
            tracing::warn!(station, port, %wanted, failures, "{code}: {message}");
        }
        EventKind::Drift { seen, wanted, times } if *times >= CONTESTED => tracing::warn!(
            station, port, %seen, %wanted, times,
            "{code}: another program switches this port again and again; stop it, or give it a hub of its own"
        ),
        EventKind::Drift { seen, wanted, .. } => tracing::warn!(station, port, %seen, %wanted, "{code}"),
        EventKind::DeviceMoved { device, from } => tracing::info!(station, port, %device, %from, "{code}"),
        EventKind::DeviceUnknown { serial, name } => tracing::info!(station, port, serial, name, "{code}"),
        EventKind::DeviceUnplaced { device } => tracing::info!(station, %device, "{code}"),
        EventKind::HubMissing { hub } => {
            tracing::warn!(station, %hub, "{code}: its ports wait until it is back")
        }
        EventKind::HubBack { hub } => tracing::info!(station, %hub, "{code}"),
        EventKind::HubMoved { hub, to } => tracing::info!(station, %hub, %to, "{code}"),
        EventKind::PowerLeak { message }
        | EventKind::NotCharging { message }
        | EventKind::Unwell { message } => {
            tracing::warn!(station, port, "{code}: {message}");
        }
        EventKind::Alarm { wanted, message } => tracing::error!(station, port, %wanted, "{code}: {message}"),
        EventKind::FaultOver { fault } => tracing::info!(station, port, fault = fault.code(), "{code}"),
        EventKind::AlarmOver | EventKind::Well | EventKind::WillMakeItAgain { .. } => {
            tracing::info!(station, port, "{code}");
        }
        EventKind::RuleFailed { message, .. } | EventKind::WillNotMakeIt { message, .. } => {
            tracing::warn!(station, port, "{code}: {message}");
        }
        // Told for all ports together.
        EventKind::Unreadable { .. } => {}
        _ => of_safety(event),
    }
}

/// What keeps devices from harm; everything else is for those who look closely.
fn of_safety(event: &Event) {
    let station = event.station.as_ref().map(tracing::field::display);
    let port = event.port.map(tracing::field::display);
    let code = event.kind.code();
    match &event.kind {
        EventKind::TooHot { temperature, limit } => {
            let (temperature, limit) = (temperature.degrees(), limit.degrees());
            tracing::warn!(station, port, temperature, limit, "{code}");
        }
        EventKind::CooledDown { temperature } => {
            let temperature = temperature.map(Celsius::degrees);
            tracing::info!(station, port, temperature, "{code}");
        }
        EventKind::UnderFloor { level, floor } => tracing::warn!(station, port, %level, %floor, "{code}"),
        EventKind::OverFloor { level } => tracing::info!(station, port, %level, "{code}"),
        EventKind::LevelJumped { from, to } => tracing::info!(station, port, %from, %to, "{code}"),
        EventKind::LevelMisread { level } => tracing::info!(station, port, %level, "{code}"),
        EventKind::LevelsDisagree { low, high } => tracing::warn!(
            station, port, %low, %high,
            "{code}: do two devices report for this port? the lower level counts"
        ),
        _ => tracing::debug!(station, port, "{code}"),
    }
}
