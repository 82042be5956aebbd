//! What goes over the wire: one type per JSON object, with its description for the OpenAPI document.
//!
//! Values only, made from the model; no decisions are made here.

mod budget;
mod care;
mod charging;
mod check;
mod config;
mod decision;
mod edit;
mod event;
mod explanation;
mod hub;
mod mode;
mod parameter;
mod plan;
mod port;
mod report;
mod rows;
mod rule;
mod rule_test;
mod shadow;
mod signal;
mod station;
mod trying;
mod version;

pub(super) use care::CareOut;
pub use care::care_json;
pub(super) use charging::{LearnedOut, SessionsOut};
pub(super) use check::{CheckIn, CheckOut};
pub(super) use config::{ConfigOut, DiagnosticOut, HealthOut, HubProblemOut, LiveOut};
pub(super) use decision::{DecisionDetail, DecisionOut};
pub(super) use event::{EventRow, EventsOut};
pub(super) use explanation::ExplanationOut;
pub(super) use hub::{UnknownDevicesOut, unplaced};
pub(super) use mode::{HeldOut, ModeIn, ModeOut};
pub(super) use parameter::{AdjustedOut, ParameterOut, ValueIn};
pub(super) use plan::{DeadlineFactOut, DeadlineIn, PlannedOut};
pub(super) use port::{BatteryOut, DeviceIn, DeviceOut, PortOut, ProbeIn};
pub(super) use report::ReportIn;
pub(super) use rows::{DecisionsOut, ReportRow, ReportsOut, SwitchRow, SwitchesOut};
pub(super) use rule::{RuleDetail, RuleIn, RuleOut};
pub(super) use rule_test::{CaseOut, TestIn, TestedOut};
pub(super) use shadow::{PromotedOut, ShadowDecisionsOut, ShadowIn, ShadowOut};
pub(super) use signal::{SignalFactOut, SignalIn, SignalOut};
pub(super) use station::{Snapshot, StationOut};
pub use trying::tried_json;
pub(super) use trying::{PastOut, TriedOut, TryIn};
pub(super) use version::{ChangedOut, VersionDetail, VersionOut, VersionsOut};
