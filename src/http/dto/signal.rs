//! Numbers from elsewhere that rules may ask for.

use std::collections::BTreeMap;

use poem_openapi::{Object, types::Example};
use serde::{Deserialize, Serialize};

use super::super::{fields, wire::Time};
use crate::{
    controller::View,
    model::{Signal, SignalName, SignalPlan},
};

/// A number that somebody tells.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields, expecting = "a JSON object such as {\"value\": 0.21}")]
#[oai(rename = "SignalValue", example)]
pub(in crate::http) struct SignalIn {
    /// The number.
    #[serde(deserialize_with = "fields::number")]
    pub(in crate::http) value: f64,
}

impl Example for SignalIn {
    fn example() -> Self {
        Self { value: 0.21 }
    }
}

/// A number that the rules of a station may ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
#[oai(rename = "Signal")]
pub(in crate::http) struct SignalOut {
    /// Its name.
    name: SignalName,
    /// The MQTT topic it comes from, if the file names one.
    #[oai(nullable)]
    topic: Option<String>,
    /// The number that came last; null when none came since the service started.
    #[oai(nullable)]
    value: Option<f64>,
    /// When it came.
    #[oai(nullable)]
    at: Option<Time>,
}

impl SignalOut {
    /// Shows one signal.
    pub(in crate::http) fn new(name: &SignalName, plan: &SignalPlan, last: Option<&Signal>) -> Self {
        Self {
            name: name.clone(),
            topic: plan.topic.clone(),
            value: last.map(|last| last.value),
            at: last.map(|last| last.at.into()),
        }
    }

    /// Those of a station.
    pub(in crate::http) fn all(view: &View) -> Vec<Self> {
        let signals = view.station.signals.iter();
        signals.map(|(name, plan)| Self::new(name, plan, view.signals.get(name.as_str()))).collect()
    }
}

/// A number that a rule could see.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "SignalFact")]
pub(in crate::http) struct SignalFactOut {
    /// Its name.
    name: String,
    /// The number.
    value: f64,
    /// When it came.
    at: Time,
}

impl SignalFactOut {
    /// Those of one decision.
    pub(in crate::http) fn all(signals: &BTreeMap<String, Signal>) -> Vec<Self> {
        let facts = signals.iter();
        facts.map(|(name, one)| Self { name: name.clone(), value: one.value, at: one.at.into() }).collect()
    }
}
