//! Asking: one rule, or the guards and rules of a port in their order. The first opinion wins.

use std::sync::Arc;

use crate::{
    model::{Facts, Opinion, Policy, RuleFailure, RuleName, RuleUse},
    rules::{
        compile::RuleSet,
        host::{TIME_LIMIT, place},
        params,
    },
};

/// What a policy says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The first opinion, if there was one.
    pub opinion: Option<Opinion>,
    /// The rules that could not answer on the way to it.
    pub failures: Vec<RuleFailure>,
    /// The guard that could not answer; nobody was asked after it.
    pub failed_guard: Option<RuleName>,
}

impl RuleSet {
    /// Asks one rule. `None`: it has no opinion.
    pub fn ask(&self, usage: &RuleUse, facts: &Arc<Facts>) -> Result<Option<Opinion>, RuleFailure> {
        let failed = |message: String, line: Option<u32>| RuleFailure {
            rule: usage.rule.clone(),
            guard: false,
            message,
            line,
        };
        let rule = self
            .rules
            .get(&usage.rule)
            .ok_or_else(|| failed(format!("there is no rule `{}`", usage.rule), None))?;
        let overrides: Vec<_> = params::overrides(rule, usage)
            .collect::<Result<_, _>>()
            .map_err(|message| failed(message, None))?;
        let spoken = self
            .host
            .evaluate(&rule.script, &usage.rule, overrides, facts, TIME_LIMIT)
            .map_err(|failure| failed(failure.message, (failure.line > 0).then_some(failure.line)))?;
        Ok(spoken.map(|spoken| Opinion {
            verdict: spoken.verdict,
            reason: spoken.reason,
            rule: usage.rule.clone(),
            line: place(spoken.position).0,
        }))
    }

    /// Asks guards, then rules, until one has an opinion. A guard that fails ends the asking without an opinion;
    /// a rule that fails has none, and the next is asked.
    pub fn decide(&self, policy: &Policy, facts: &Arc<Facts>) -> Answer {
        let mut answer = Answer::default();
        for (usage, guard) in in_order(policy) {
            match self.ask(usage, facts) {
                Ok(None) => {}
                Ok(opinion) => {
                    answer.opinion = opinion;
                    return answer;
                }
                Err(failure) => {
                    answer.failures.push(RuleFailure { guard, ..failure });
                    if guard {
                        answer.failed_guard = Some(usage.rule.clone());
                        return answer;
                    }
                }
            }
        }
        answer
    }

    /// The opinions that came too late: all after the first, from the same facts. Those that fail have none.
    pub fn overruled(&self, policy: &Policy, facts: &Arc<Facts>) -> Vec<Opinion> {
        in_order(policy).filter_map(|(usage, _)| self.ask(usage, facts).ok().flatten()).skip(1).collect()
    }
}

fn in_order(policy: &Policy) -> impl Iterator<Item = (&RuleUse, bool)> {
    let guards = policy.guards.iter().map(|usage| (usage, true));
    guards.chain(policy.rules.iter().map(|usage| (usage, false)))
}
