//! Who decides: safety first, then people, then the policy.

use std::sync::Arc;

use super::safety::without_report;
use crate::engine::core::{Engine, LOOK_AGAIN, Step, later};
use crate::engine::devices::plugged::for_unknown;
use crate::engine::devices::probe::by_search;
use crate::engine::state::PortState;
use crate::model::{
    Decision, EventKind, Facts, Layer, PortId, Power, Record, RuleFailure, RuleName, Safeguard, Timestamp,
    Verdict,
};
use crate::rules::Answer;

/// A guard that failed so often in a row rests the port: nobody watches the danger that it was written for.
const GUARD_FAILURES: u32 = 3;

/// What one look at a port came to.
pub(in crate::engine) struct Judgement {
    pub(in crate::engine) verdict: Verdict,
    pub(in crate::engine) reason: String,
    pub(in crate::engine) by: Layer,
    pub(in crate::engine) safeguard: Option<Safeguard>,
    pub(in crate::engine) rule: Option<RuleName>,
    pub(in crate::engine) line: Option<u32>,
    pub(in crate::engine) facts: Option<Arc<Facts>>,
    pub(in crate::engine) failures: Vec<RuleFailure>,
    /// The policy was asked.
    pub(in crate::engine) by_rules: bool,
}

impl Judgement {
    pub(in crate::engine) fn plain(verdict: Verdict, by: Layer, reason: String) -> Self {
        let (rule, line, facts) = (None, None, None);
        let (safeguard, failures) = (None, Vec::new());
        Self { verdict, reason, by, safeguard, rule, line, facts, failures, by_rules: false }
    }

    /// Another verdict, layer or rule than at the last decision.
    fn is_news(&self, port: &PortState) -> bool {
        port.decision.as_ref().is_none_or(|last| {
            last.verdict != self.verdict
                || last.by != self.by
                || last.safeguard != self.safeguard
                || last.rule != self.rule
        })
    }

    pub(in crate::engine) fn safe(verdict: Verdict, safeguard: Safeguard, reason: String) -> Self {
        Self { safeguard: Some(safeguard), ..Self::plain(verdict, Layer::Safety, reason) }
    }
}

impl Engine {
    /// Looks at one port: decides, orders what follows, and says when to look again. `asked` marks an input that
    /// must get a decision of its own; otherwise only a change makes one.
    pub(in crate::engine) fn judge(&mut self, id: PortId, now: Timestamp, asked: bool, step: &mut Step) {
        let asked = self.follow_device(id, now, step) || asked;
        let asked = self.end_what_is_over(id, now, step) || asked;
        self.watch(id, now, step);
        self.notice_silence(id, now, step);
        self.follow_charging(id, now, step);
        self.tune(id, now, step);
        let Some(port) = self.view.ports.get(&id) else {
            self.due.retain(|(_, other)| *other != id);
            return;
        };
        let judgement = self.judgement(port, now);
        self.note_failures(id, &judgement, now, step);
        self.compare(id, &judgement, now, step);
        let wanted_changed = self.want(id, &judgement);
        self.rank(id, &judgement, now);
        self.allot(now);
        let judgement = self.gate(id, judgement);
        let changed = self.view.ports.get(&id).is_some_and(|port| judgement.is_news(port));
        let woken = judgement.safeguard == Some(Safeguard::Wake) && judgement.verdict == Verdict::Charge;
        if changed && woken {
            self.tell(step, id, now, EventKind::Woken);
        }
        if asked || changed {
            self.record(id, judgement, changed, now, step);
        }
        if asked || wanted_changed || changed {
            self.remember(id, step);
        }
        let again = later(now, LOOK_AGAIN);
        let silent = self.view.ports.get(&id).map(|port| self.silent_at(port));
        self.schedule(id, silent.filter(|at| *at > now).map_or(again, |at| at.min(again)));
        self.pursue(id, now, step);
    }

    fn judgement(&self, port: &PortState, now: Timestamp) -> Judgement {
        let zone = &self.view.station.zone;
        let facts = self.view.facts_of(port, now);
        let judgement = self
            .before_search(port)
            .or_else(|| by_search(port, zone))
            .or_else(|| self.before_people(port))
            .or_else(|| self.by_person(port, now))
            .or_else(|| for_unknown(port))
            .or_else(|| self.by_silence(port, now));
        let mut judgement = match (judgement, &facts) {
            (Some(judgement), _) => judgement,
            (None, Some(facts)) => {
                by_policy(self.view.rules.decide(port.policy(), facts), port, port.guard_failures)
            }
            (None, None) => without_report(port),
        };
        judgement.facts = facts;
        judgement
    }

    fn note_failures(&mut self, id: PortId, judgement: &Judgement, now: Timestamp, step: &mut Step) {
        let failing: Vec<(String, String)> =
            judgement.failures.iter().map(|f| (f.rule.to_string(), in_words(f))).collect();
        let guard_failed = judgement.failures.iter().any(|failure| failure.guard);
        let before = self.change(id, |port| {
            port.guard_failures = if guard_failed { port.guard_failures.saturating_add(1) } else { 0 };
            std::mem::replace(&mut port.failing_rules, failing.clone())
        });
        for (rule, message) in failing {
            let known = before.as_ref().is_some_and(|before| before.iter().any(|(other, _)| *other == rule));
            if !known {
                self.tell(step, id, now, EventKind::RuleFailed { rule, message });
            }
        }
    }

    /// Turns a verdict into what the port should be. True when that, or the rule that holds it, changed.
    fn want(&mut self, id: PortId, judgement: &Judgement) -> bool {
        let power = match judgement.verdict {
            Verdict::Charge => Power::On,
            Verdict::Rest => Power::Off,
            Verdict::Keep => return false,
        };
        self.change(id, |port| {
            let changed = port.memory.wanted != Some(power) || port.memory.holder != judgement.rule;
            if port.memory.wanted != Some(power) {
                // A new wish is tried at once; growing pauses are for repeating the same one.
                port.try_again();
                port.unheld = port.actual == Some(power);
            }
            if changed || judgement.rule.is_none() {
                port.memory.because.clone_from(&judgement.reason);
            }
            port.memory.wanted = Some(power);
            port.memory.holder.clone_from(&judgement.rule);
            changed
        })
        .unwrap_or(false)
    }

    fn record(&mut self, id: PortId, judgement: Judgement, changed: bool, now: Timestamp, step: &mut Step) {
        let number = self.next_decision_id();
        let port = self.view.ports.get(&id);
        let but = port.and_then(|port| port.but(judgement.verdict));
        let doubted = port.and_then(|port| port.doubted()).map(|note| format!(" ({note})"));
        let reason = format!("{}{}", judgement.reason, doubted.unwrap_or_default());
        let decision = Arc::new(Decision {
            id: number,
            at: now,
            station: self.view.station.name.clone(),
            port: id,
            device: port.and_then(|port| port.device().cloned()),
            verdict: judgement.verdict,
            reason: match but {
                Some(but) => format!("{reason}, but {but}"),
                None => reason,
            },
            by: judgement.by,
            safeguard: judgement.safeguard,
            rule: judgement.rule,
            line: judgement.line,
            version: self.view.station.version.clone(),
            facts: judgement.facts,
            failures: judgement.failures,
            adjusted: port.map(|port| port.applied()).unwrap_or_default(),
        });
        if changed {
            let (verdict, reason) = (decision.verdict, decision.reason.clone());
            self.tell(step, id, now, EventKind::Decided { verdict, reason });
        }
        self.change(id, |port| {
            port.decided_since = if changed { Some(now) } else { port.decided_since.or(Some(now)) };
            port.decision = Some(Arc::clone(&decision));
        });
        step.records.push(Record::Decision(Arc::clone(&decision)));
        step.decision = Some(decision);
    }
}

/// `guard_failures`: how often a guard has failed in a row before.
pub(in crate::engine) fn by_policy(answer: Answer, port: &PortState, guard_failures: u32) -> Judgement {
    let mut judgement = match (answer.opinion, answer.failed_guard) {
        (Some(opinion), _) => Judgement {
            verdict: opinion.verdict,
            reason: opinion.reason,
            by: Layer::Policy,
            safeguard: None,
            rule: Some(opinion.rule),
            line: Some(opinion.line),
            facts: None,
            failures: Vec::new(),
            by_rules: true,
        },
        (None, Some(guard)) if guard_failures.saturating_add(1) >= GUARD_FAILURES => {
            let reason =
                format!("guard `{guard}` failed {GUARD_FAILURES} times in a row: not charged until it works");
            Judgement::safe(Verdict::Rest, Safeguard::GuardFailed, reason)
        }
        (None, Some(guard)) => {
            let reason = format!("guard `{guard}` failed: kept as it is");
            Judgement::safe(Verdict::Keep, Safeguard::GuardFailed, reason)
        }
        (None, None) => Judgement::plain(Verdict::Keep, Layer::Nobody, stays(port)),
    };
    judgement.failures = answer.failures;
    judgement.by_rules = true;
    judgement
}

/// Nobody has an opinion: what the port is then, and since which reason.
fn stays(port: &PortState) -> String {
    match port.memory.wanted {
        Some(power) if !port.memory.because.is_empty() => {
            format!("no rule has an opinion: stays {power} ({})", port.memory.because)
        }
        Some(power) => format!("no rule has an opinion: stays {power}"),
        None => "no rule has an opinion: stays as it is".to_owned(),
    }
}

fn in_words(failure: &RuleFailure) -> String {
    match failure.line {
        Some(line) => format!("rules/{}.rhai:{line}: {}", failure.rule, failure.message),
        None => format!("rules/{}.rhai: {}", failure.rule, failure.message),
    }
}
