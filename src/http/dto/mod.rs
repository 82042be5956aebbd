//! What goes over the wire: one type per JSON object, with its description for the OpenAPI document.
//!
//! Values only, made from the model; no decisions are made here.

mod config;
mod decision;
mod event;
mod hub;
mod parameter;
mod port;
mod report;
mod rows;
mod station;
mod trying;

pub(super) use config::{ConfigOut, DiagnosticOut, HealthOut, HubProblemOut, LiveOut};
pub(super) use decision::{DecisionDetail, DecisionOut};
pub(super) use event::{EventOut, EventRow, EventsOut};
pub(super) use hub::{UnknownDevicesOut, unplaced};
pub(super) use parameter::{AdjustedOut, ParameterOut, ValueIn};
pub(super) use port::{BatteryOut, DeviceIn, DeviceOut, ModeIn, ModeOut, PortOut, ProbeIn};
pub(super) use report::ReportIn;
pub(super) use rows::{DecisionsOut, ReportRow, ReportsOut, SwitchRow, SwitchesOut};
pub(super) use station::{Snapshot, StationOut};
pub(super) use trying::{PastOut, TriedOut, TryIn};
