//! One rule after the other: what part each had in the decision.

use std::sync::Arc;

use super::{
    told::{Asked, Origin, ParameterSaid, Role},
    way,
};
use crate::{
    model::{Decision, Facts, Layer, Opinion, RuleFailure, RuleUse},
    rules::{RuleSet, TraceEnd},
    trial::policy::is_of_unknown,
};

/// Goes through a policy in the order of asking.
pub(super) struct Asking<'a> {
    rules: &'a RuleSet,
    decision: &'a Decision,
    /// Why nobody is listened to any more; `None` as long as the first opinion is wanted.
    settled: Option<String>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(rules: &'a RuleSet, decision: &'a Decision) -> Self {
        let settled = match decision.by {
            _ if is_of_unknown(decision) => {
                Some("nobody has named what is plugged in, and then no rule is asked".to_owned())
            }
            Layer::Policy | Layer::Nobody => None,
            Layer::Budget if decision.rule.is_some() => None,
            Layer::Budget => Some("a person or the service had decided before it".to_owned()),
            Layer::Mode => Some("a person had decided before it".to_owned()),
            // A guard that fails is found on the way.
            Layer::Safety if decision.failures.iter().any(|failure| failure.guard) => None,
            Layer::Safety => {
                Some("the service had decided before it, to keep the device from harm".to_owned())
            }
        };
        Self { rules, decision, settled }
    }

    /// The next one.
    pub(super) fn one(&mut self, usage: &RuleUse, guard: bool, facts: &Arc<Facts>) -> Asked {
        let trace = self.rules.trace(usage, facts);
        let (role, summary) = match &trace.end {
            TraceEnd::Spoke(said) => self.spoke(said),
            TraceEnd::Silent => (Role::Silent, format!("{} has no opinion", usage.rule)),
            TraceEnd::Failed(failure) => self.failed(failure, guard),
        };
        let opinion = match &trace.end {
            TraceEnd::Spoke(said) => Some(said.clone()),
            TraceEnd::Silent | TraceEnd::Failed(_) => None,
        };
        Asked {
            rule: usage.rule.clone(),
            guard,
            role,
            opinion,
            summary,
            why: way::in_words(&trace, facts),
            parameters: self.parameters(usage),
            trace,
        }
    }

    fn spoke(&mut self, said: &Opinion) -> (Role, String) {
        let Opinion { verdict, reason, rule, .. } = said;
        match &self.settled {
            None => {
                self.settled = Some(format!("{rule} had decided before it"));
                (Role::Decided, format!("{rule} decides: {verdict}, because {reason}"))
            }
            Some(why) => {
                (Role::Overruled, format!("{rule} would say {verdict}, because {reason}; but {why}"))
            }
        }
    }

    fn failed(&mut self, failure: &RuleFailure, guard: bool) -> (Role, String) {
        let RuleFailure { rule, message, .. } = failure;
        let mut summary = format!("{rule} could not answer: {message}");
        if guard && self.settled.is_none() {
            self.settled =
                Some(format!("the guard {rule} had failed before it, and then nobody else is asked"));
            summary.push_str("; it is a guard, so nobody else is asked");
        }
        (Role::Failed, summary)
    }

    fn parameters(&self, usage: &RuleUse) -> Vec<ParameterSaid> {
        let declared = self.rules.rule(usage.rule.as_str()).map(|rule| rule.parameters.as_slice());
        let set = self.decision.adjusted.0.get(&usage.rule);
        let said = declared.unwrap_or_default().iter().map(|parameter| {
            let name = parameter.name.clone();
            let value = usage.with.get(&name);
            let by_person = set.and_then(|set| set.get(&name));
            let origin = match (by_person, value) {
                (Some(set), _) => Origin::Person { by: set.by.clone(), at: set.at },
                (None, Some(_)) => Origin::Station,
                (None, None) => Origin::Rule,
            };
            ParameterSaid { value: value.unwrap_or(&parameter.default).clone(), name, origin }
        });
        said.collect()
    }
}
