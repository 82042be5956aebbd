//! Rows of history.

use poem_openapi::Object;
use serde::Serialize;

use super::super::wire::Time;
use super::{BatteryOut, DecisionOut};
use crate::{
    history::{Stored, StoredReport, StoredSwitch},
    model::{PortId, Power, StationName},
};

/// Decisions, the newest first.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Decisions")]
pub(in crate::http) struct DecisionsOut {
    /// The decisions.
    pub(in crate::http) decisions: Vec<DecisionOut>,
    /// What to give as `before` for the next page; null: this was the last.
    #[oai(nullable)]
    pub(in crate::http) next: Option<String>,
}

/// A report as it was taken.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "ReportTaken")]
pub(in crate::http) struct ReportRow {
    /// Its number in history.
    number: i64,
    /// The station.
    station: StationName,
    /// The port.
    port: PortId,
    /// The device that reported.
    device: String,
    /// When it was received.
    received_at: Time,
    /// What it said.
    battery: BatteryOut,
}

impl From<&Stored<StoredReport>> for ReportRow {
    fn from(row: &Stored<StoredReport>) -> Self {
        Self {
            number: row.number,
            station: row.value.station.clone(),
            port: row.value.port,
            device: row.value.device.clone(),
            received_at: row.value.received_at.into(),
            battery: BatteryOut::from(&row.value.battery),
        }
    }
}

/// Reports, the newest first.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Reports")]
pub(in crate::http) struct ReportsOut {
    /// The reports.
    pub(in crate::http) reports: Vec<ReportRow>,
    /// What to give as `before` for the next page; null: this was the last.
    #[oai(nullable)]
    pub(in crate::http) next: Option<String>,
}

/// A switch and what was seen on the hub afterwards.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Switch")]
pub(in crate::http) struct SwitchRow {
    /// Its number in history.
    number: i64,
    /// The station.
    station: StationName,
    /// The port.
    port: PortId,
    /// When the answer came.
    at: Time,
    /// What was wanted.
    wanted: Power,
    /// What was seen; null: it could not be read.
    #[oai(nullable)]
    seen: Option<Power>,
    /// What went wrong.
    #[oai(nullable)]
    problem: Option<String>,
    /// Why it was wanted.
    reason: String,
}

impl From<&Stored<StoredSwitch>> for SwitchRow {
    fn from(row: &Stored<StoredSwitch>) -> Self {
        let switch = &row.value;
        Self {
            number: row.number,
            station: switch.station.clone(),
            port: switch.port,
            at: switch.at.into(),
            wanted: switch.wanted,
            seen: switch.seen,
            problem: switch.problem.clone(),
            reason: switch.reason.clone(),
        }
    }
}

/// Switches, the newest first.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Switches")]
pub(in crate::http) struct SwitchesOut {
    /// The switches.
    pub(in crate::http) switches: Vec<SwitchRow>,
    /// What to give as `before` for the next page; null: this was the last.
    #[oai(nullable)]
    pub(in crate::http) next: Option<String>,
}
