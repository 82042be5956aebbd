//! Why a port is as it is, in words for people who do not program: which rule decided and by which values, and why each
//! of the others did not.
//!
//! Computed from recorded facts when somebody asks, never on the way to a decision. The rules and the station must be
//! those of the version that decided: a text that was changed since explains nothing.

mod asked;
mod told;
mod way;
mod words;

use asked::Asking;
pub use told::{Asked, Because, Explanation, Origin, ParameterSaid, Role};
pub(in crate::trial) use way::in_words;

use crate::{
    model::{Decision, Layer, Station, Verdict},
    rules::RuleSet,
    trial::policy::is_of_unknown,
};

/// Explains a decision by the rules and the station that decided.
pub fn explain(rules: &RuleSet, station: &Station, decision: &Decision) -> Explanation {
    let policy = super::policy_of(station, decision);
    let guards = policy.guards.iter().map(|usage| (usage, true));
    let uses = guards.chain(policy.rules.iter().map(|usage| (usage, false)));
    let mut asking = Asking::new(rules, decision);
    let asked = match &decision.facts {
        Some(facts) => uses.map(|(usage, guard)| asking.one(usage, guard, facts)).collect(),
        None => Vec::new(),
    };
    Explanation { summary: summary(decision), note: note(decision, &asked), asked }
}

/// Who decided what, and why, in one sentence.
fn summary(decision: &Decision) -> String {
    let who = match &decision.device {
        Some(device) => format!("{device} in port {}", decision.port),
        None => format!("port {}", decision.port),
    };
    let what = match decision.verdict {
        Verdict::Charge => "shall charge",
        Verdict::Rest => "shall rest",
        Verdict::Keep => "stays as it is",
    };
    let why = match (&decision.by, &decision.rule) {
        (Layer::Policy, Some(rule)) => {
            let line = decision.line.map(|line| format!(", line {line}")).unwrap_or_default();
            format!("the rule {rule}{line} says so: {}", decision.reason)
        }
        (Layer::Mode, _) => format!("a person says so, which comes before all rules: {}", decision.reason),
        (Layer::Safety, _) => {
            format!("the service says so, to keep the device from harm: {}", decision.reason)
        }
        (Layer::Budget, _) => {
            format!("the power supply says so, as others have power before it: {}", decision.reason)
        }
        (Layer::Policy | Layer::Nobody, _) => decision.reason.clone(),
    };
    format!("{who} {what}: {why}")
}

/// What keeps the explanation from being the whole story, if something does.
fn note(decision: &Decision, asked: &[Asked]) -> Option<String> {
    if decision.facts.is_none() {
        return Some("the device had not reported yet, so no rule could be asked".to_owned());
    }
    if asked.is_empty() {
        return Some("no rules are named for this port: its station file decides who is asked".to_owned());
    }
    let decided = asked.iter().find(|one| one.role == Role::Decided);
    let now = decided.and_then(|one| Some((&one.rule, one.opinion.as_ref()?.verdict)));
    // A rule that is named where the power supply decided wanted power.
    let by_budget = decision.by == Layer::Budget;
    let wish = if by_budget { Verdict::Charge } else { decision.verdict };
    let then = decision.rule.as_ref().map(|rule| (rule, wish));
    let by_rules = matches!(decision.by, Layer::Policy | Layer::Nobody) || (by_budget && then.is_some());
    let comparable = by_rules && !is_of_unknown(decision);
    (comparable && now != then).then(|| {
        let says = now.map_or_else(
            || "no rule has an opinion".to_owned(),
            |(rule, verdict)| format!("{rule} says {verdict}"),
        );
        format!("asked again with these values, {says}: the next look at the port decides by that")
    })
}
