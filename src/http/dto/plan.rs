//! When ports charge so that their devices are ready.

use std::sync::Arc;

use poem_openapi::{Object, types::Example};
use serde::{Deserialize, Serialize};

use super::super::wire::Time;
use crate::{
    controller::View,
    model::{Deadline, DeadlineFacts, DeviceName, Level, PortId},
};

/// When a device is to be ready.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Deadline")]
pub(in crate::http) struct DeadlineOut {
    /// When.
    at: Time,
    /// The level that it is to have, percent.
    level: Level,
    /// Who asks for it: `Mon-Fri 08:00`, `daily 07:00 (ready-by)`, `calendar exams.ics`, `topic school/next`.
    source: String,
}

impl From<&Deadline> for DeadlineOut {
    fn from(deadline: &Deadline) -> Self {
        Self { at: deadline.at.into(), level: deadline.level, source: deadline.source.to_string() }
    }
}

/// When a port charges so that its device is ready, and why then.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Planned")]
pub(in crate::http) struct PlannedOut {
    /// The number on the housing.
    port: PortId,
    /// The device in it.
    #[oai(nullable)]
    device: Option<DeviceName>,
    /// Its last level, percent.
    #[oai(nullable)]
    level: Option<Level>,
    /// The deadline that counts next; null when nothing is planned.
    #[oai(nullable)]
    deadline: Option<DeadlineOut>,
    /// When charging is to begin, margin included, or when it began; the deadline itself when nothing is needed.
    #[oai(nullable)]
    start: Option<Time>,
    /// Minutes of charging that are needed, without the margin.
    #[oai(nullable)]
    minutes: Option<f64>,
    /// When it will have the level; null when nobody can tell.
    #[oai(nullable)]
    ready_at: Option<Time>,
    /// False: it will not make it.
    #[oai(nullable)]
    in_time: Option<bool>,
    /// Why it begins then, or why nothing is planned.
    reason: String,
}

impl PlannedOut {
    /// One for each port of a station.
    pub(in crate::http) fn all(view: &View) -> Vec<Self> {
        let ports = view.ports.iter();
        let one = |(id, port): (&PortId, &Arc<crate::controller::PortState>)| {
            let planned = view.plan.get(id);
            let why_not = || view.unplanned(*id).unwrap_or_default().to_owned();
            Self {
                port: *id,
                device: port.device().cloned(),
                level: port.memory.battery.as_ref().map(|battery| battery.level),
                deadline: planned.map(|planned| DeadlineOut::from(&planned.deadline)),
                start: planned.map(|planned| planned.start.into()),
                minutes: planned.map(|planned| (planned.minutes * 10.0).round() / 10.0),
                ready_at: planned.and_then(|planned| planned.ready_at).map(Time),
                in_time: planned.map(|planned| planned.in_time),
                reason: planned.map_or_else(why_not, |planned| planned.reason.clone()),
            }
        };
        ports.map(one).collect()
    }
}

/// What a rule could see of the next deadline.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "DeadlineFact")]
pub(in crate::http) struct DeadlineFactOut {
    /// When the device was to be ready.
    at: Time,
    /// The level that it was to have, percent.
    level: Level,
    /// Who asked for it.
    source: String,
    /// When charging was to begin.
    start: Time,
    /// False: it would not make it.
    in_time: bool,
}

impl From<&DeadlineFacts> for DeadlineFactOut {
    fn from(facts: &DeadlineFacts) -> Self {
        Self {
            at: facts.at.into(),
            level: facts.level,
            source: facts.source.to_string(),
            start: facts.start.into(),
            in_time: facts.in_time,
        }
    }
}

/// When devices are to be ready, as somebody tells it.
#[derive(Debug, Deserialize, Object)]
#[serde(
    deny_unknown_fields,
    expecting = "a JSON object such as {\"topic\": \"school/next\", \"at\": \"07:30\"}"
)]
#[oai(rename = "DeadlineTold", example)]
pub(in crate::http) struct DeadlineIn {
    /// The topic that the station file names: `deadlines: [(topic: "school/next")]`.
    pub(in crate::http) topic: String,
    /// A time of day, which counts every day; a local day and time; or RFC 3339. Null or empty takes it back.
    #[serde(default)]
    #[oai(nullable)]
    pub(in crate::http) at: Option<String>,
}

impl Example for DeadlineIn {
    fn example() -> Self {
        Self { topic: "school/next".to_owned(), at: Some("2026-11-24 07:30".to_owned()) }
    }
}
