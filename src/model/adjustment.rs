//! Values of parameters that people set while the service runs. They lie over the files, and say so.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Author, Policy, RuleName, RuleUse, Timestamp, Value};

/// A value that somebody set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// The value.
    pub value: Value,
    /// Who set it.
    pub by: Author,
    /// When.
    pub at: Timestamp,
}

/// All values that people set for one device, by rule and parameter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Adjustments(pub BTreeMap<RuleName, BTreeMap<String, Adjustment>>);

impl Adjustments {
    /// True when nobody set anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The policy with these values over those of the file; rules that it does not use are passed over.
    pub fn over(&self, policy: &Arc<Policy>) -> Arc<Policy> {
        if self.is_empty() {
            return Arc::clone(policy);
        }
        let adjusted = |usage: &RuleUse| {
            let mut usage = usage.clone();
            let set = self.0.get(&usage.rule).into_iter().flatten();
            usage.with.extend(set.map(|(name, adjustment)| (name.clone(), adjustment.value.clone())));
            usage
        };
        Arc::new(Policy {
            guards: policy.guards.iter().map(adjusted).collect(),
            rules: policy.rules.iter().map(adjusted).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_set_lies_over_the_file() {
        let name = |text| RuleName::new(text).unwrap();
        let with = |pairs: &[(&str, i64)]| -> BTreeMap<String, Value> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::Int(*value))).collect()
        };
        let usage = |rule, pairs| RuleUse { rule: name(rule), with: with(pairs) };
        let policy = Arc::new(Policy {
            guards: vec![usage("cool-down", &[])],
            rules: vec![usage("keep-between", &[("low", 30), ("high", 75)])],
        });
        let set = Adjustment { value: Value::Int(60), by: Author::Mqtt, at: Timestamp::UNIX_EPOCH };
        let rules = [("keep-between", "high"), ("storage", "high")];
        let adjustments =
            rules.map(|(rule, parameter)| (name(rule), [(parameter.to_owned(), set.clone())].into()));
        let over = Adjustments(adjustments.into()).over(&policy);
        assert_eq!(over.rules, [usage("keep-between", &[("low", 30), ("high", 60)])]);
        assert_eq!(over.guards, policy.guards);
        assert!(Arc::ptr_eq(&Adjustments::default().over(&policy), &policy));
    }
}
