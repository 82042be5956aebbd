//! What series and nights are made of: a station with one port, and the rules that it asks.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{
    Deserialize,
    de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{case::DeviceCase, values::With};
use crate::{
    model::{
        Care, Celsius, DeadlinePlan, DeviceName, HubLocation, Level, Policy, PortId, PortPlan, RuleName,
        RuleUse, Safety, SignalName, SignalPlan, Socket, Station, StationName, SwitchKind,
    },
    rules::{RuleSet, UseProblem},
};

/// One rule of a list: `"cool-down"`, or `(rule: "ready-by", with: {"by": "06:30"})`.
#[derive(Clone, Debug)]
pub(super) struct RuleCase(RuleUse);

impl<'de> Deserialize<'de> for RuleCase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Whole {
            rule: RuleName,
            #[serde(default)]
            with: With,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RuleCase;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rule: \"cool-down\", or (rule: \"ready-by\", with: {\"by\": \"06:30\"})")
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<RuleCase, E> {
                let rule = RuleName::new(name).map_err(E::custom)?;
                Ok(RuleCase(RuleUse { rule, with: BTreeMap::new() }))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RuleCase, A::Error> {
                let Whole { rule, with } = Whole::deserialize(MapAccessDeserializer::new(map))?;
                Ok(RuleCase(RuleUse { rule, with: with.0 }))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Who is asked: these guards and rules, or only the rule that the file belongs to, with these values.
pub(super) fn policy(
    guards: &[RuleCase],
    rules: &[RuleCase],
    with: &With,
    tested: &RuleName,
) -> Result<Arc<Policy>, String> {
    let uses = |list: &[RuleCase]| list.iter().map(|rule| rule.0.clone()).collect::<Vec<_>>();
    let mut policy = Policy { guards: uses(guards), rules: uses(rules) };
    if policy.guards.is_empty() && policy.rules.is_empty() {
        policy.rules.push(RuleUse { rule: tested.clone(), with: BTreeMap::new() });
    }
    let mut all = policy.guards.iter_mut().chain(&mut policy.rules).filter(|usage| usage.rule == *tested);
    let Some(usage) = all.next() else {
        return Err(format!("`{tested}` is not asked here, and this file tests it: name it in `rules`"));
    };
    usage.with.extend(with.0.clone());
    Ok(Arc::new(policy))
}

/// Every problem of the rules of a policy.
pub(super) fn problems(set: &RuleSet, policy: &Policy) -> Vec<(RuleName, UseProblem)> {
    let uses = policy.guards.iter().chain(&policy.rules);
    // Whether a rule fails with these values is what the test finds out.
    let found = uses.map(|usage| (usage, set.check_values(usage)));
    found.flat_map(|(usage, found)| found.into_iter().map(|one| (usage.rule.clone(), one))).collect()
}

/// For a series, which is about what rules say to reports: no floor, and nothing is too hot. Silence is what it is.
pub(super) fn rules_only() -> Safety {
    Safety { floor: Level::saturating(0), too_hot: Celsius::saturating(f64::INFINITY), ..Safety::default() }
}

/// The number of the only port.
pub(super) fn port() -> Result<PortId, String> {
    PortId::new(1).map_err(|error| error.to_string())
}

/// What is told of the station of a series or a night, and of the device at its only port.
pub(super) struct Scene<'a> {
    pub(super) zone: jiff::tz::TimeZone,
    pub(super) device: &'a DeviceCase,
    pub(super) charge_per_hour: f64,
    pub(super) policy: Arc<Policy>,
    pub(super) deadlines: Arc<Vec<DeadlinePlan>>,
    pub(super) safety: Safety,
}

/// A station with one port and the settings that a station file has when it says nothing.
pub(super) fn station<'s>(
    scene: Scene<'_>,
    signals: impl IntoIterator<Item = &'s SignalName>,
) -> Result<Arc<Station>, String> {
    let Scene { zone, device, charge_per_hour, policy, deadlines, safety } = scene;
    let text = |error: crate::model::InvalidName| error.to_string();
    let id = port()?;
    let hub = HubLocation::new("1-1").map_err(|error| error.to_string())?;
    let care = Care {
        kind: device.kind.clone(),
        tags: device.tags.clone(),
        charge_per_hour,
        deadlines,
        policy,
        ..Care::default()
    };
    let plan = PortPlan {
        id,
        socket: Socket::new(hub, 1).map_err(|error| error.to_string())?,
        device: Some(device.name.clone().map_or_else(|| DeviceName::new("device"), Ok).map_err(text)?),
        serial: None,
        care: Arc::new(care),
    };
    Ok(Arc::new(Station {
        title: "station".to_owned(),
        zone,
        topic: "station".to_owned(),
        safety,
        signals: signals.into_iter().map(|name| (name.clone(), SignalPlan::default())).collect(),
        ports: BTreeMap::from([(id, Arc::new(plan))]),
        ..Station::new(StationName::new("station").map_err(text)?, SwitchKind::Simulated)
    }))
}
