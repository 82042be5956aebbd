//! Who decides: safety first, then people, then the policy.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::core::{Engine, LOOK_AGAIN, Step, later};
use super::plugged::for_unknown;
use super::probe::by_search;
use super::state::PortState;
use crate::model::{
    Author, Decision, EventKind, Facts, Layer, Mode, ModeKind, PortId, Power, Record, RuleFailure, RuleName,
    Timestamp, Verdict,
};
use crate::rules::Answer;

/// A guard that failed so often in a row rests the port: nobody watches the danger that it was written for.
const GUARD_FAILURES: u32 = 3;

/// What one look at a port came to.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    pub(super) reason: String,
    pub(super) by: Layer,
    pub(super) rule: Option<RuleName>,
    pub(super) line: Option<u32>,
    pub(super) facts: Option<Arc<Facts>>,
    pub(super) failures: Vec<RuleFailure>,
    /// The policy was asked.
    pub(super) by_rules: bool,
}

impl Judgement {
    pub(super) fn plain(verdict: Verdict, by: Layer, reason: String) -> Self {
        let (rule, line, facts) = (None, None, None);
        Self { verdict, reason, by, rule, line, facts, failures: Vec::new(), by_rules: false }
    }
}

impl Engine {
    /// Looks at one port: decides, orders what follows, and says when to look again. `asked` marks an input that
    /// must get a decision of its own; otherwise only a change makes one.
    pub(super) fn judge(&mut self, id: PortId, now: Timestamp, asked: bool, step: &mut Step) {
        let asked = self.follow_device(id, now, step) || asked;
        let asked = self.end_what_is_over(id, now, step) || asked;
        self.notice_silence(id, now, step);
        self.tune(id, now, step);
        let Some(port) = self.view.ports.get(&id) else {
            self.due.retain(|(_, other)| *other != id);
            return;
        };
        let judgement = self.judgement(port, now);
        let changed = port.decision.as_ref().is_none_or(|last| {
            last.verdict != judgement.verdict || last.by != judgement.by || last.rule != judgement.rule
        });
        self.note_failures(id, &judgement, now, step);
        self.compare(id, &judgement, now, step);
        let wanted_changed = self.want(id, &judgement);
        if asked || changed {
            self.record(id, judgement, changed, now, step);
        }
        if asked || wanted_changed {
            self.remember(id, step);
        }
        let again = later(now, LOOK_AGAIN);
        let silent =
            self.view.ports.get(&id).map(|port| later(self.heard_at(port), self.view.station.silent_after));
        self.schedule(id, silent.filter(|at| *at > now).map_or(again, |at| at.min(again)));
        self.pursue(id, now, step);
    }

    /// Ends a mode or a search whose time is over. True when a search ended, so that the port needs a decision anew.
    fn end_what_is_over(&mut self, id: PortId, now: Timestamp, step: &mut Step) -> bool {
        let ended = self.change(id, |port| {
            let over = port.memory.mode.kind != ModeKind::Auto
                && port.memory.mode.until.is_some_and(|end| end <= now);
            if over {
                port.memory.mode = Mode { kind: ModeKind::Auto, until: None, by: Author::Service };
            }
            (over, port.end_search_in_time(now))
        });
        let (mode_ended, search_ended) = ended.unwrap_or_default();
        if mode_ended {
            self.tell(step, id, now, EventKind::ModeChanged { mode: Mode::default() });
            self.remember(id, step);
        }
        search_ended
    }

    fn notice_silence(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let limit = self.view.station.silent_after;
        let heard = self.view.ports.get(&id).map_or(now, |port| self.heard_at(port));
        let fell_silent = self.change(id, |port| {
            let has_device = port.device().is_some() || port.memory.battery.is_some();
            let silent = has_device && now.duration_since(heard) >= limit;
            let before = std::mem::replace(&mut port.silent, silent);
            silent && !before
        });
        if fell_silent == Some(true) {
            self.tell(step, id, now, EventKind::Silent);
        }
    }

    /// When the device was last heard, by this life of the service: nobody could report while it was down.
    fn heard_at(&self, port: &PortState) -> Timestamp {
        let started = self.view.started_at;
        port.memory.heard_at.map_or(started, |at| at.max(started))
    }

    fn judgement(&self, port: &PortState, now: Timestamp) -> Judgement {
        let facts = self.view.facts_of(port, now);
        let zone = &self.view.station.zone;
        let by_hand = by_search(port, zone)
            .or_else(|| port.wanted_by_person().map(|power| by_person(port, power, zone)))
            .or_else(|| for_unknown(port));
        let mut judgement = match (by_hand, &facts) {
            (Some(judgement), _) => judgement,
            (None, _) if port.silent => {
                let limit = crate::model::words(self.view.station.silent_after);
                let reason = format!("no report for {limit}: charged until the device reports again");
                Judgement::plain(Verdict::Charge, Layer::Safety, reason)
            }
            (None, Some(facts)) => {
                by_policy(self.view.rules.decide(port.policy(), facts), port, port.guard_failures)
            }
            (None, None) if port.memory.wanted == Some(Power::Off) => {
                let reason = "the level of this device is not known yet: charged".to_owned();
                Judgement::plain(Verdict::Charge, Layer::Safety, reason)
            }
            (None, None) => Judgement::plain(Verdict::Keep, Layer::Nobody, "no report yet".to_owned()),
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
        let decision = Arc::new(Decision {
            id: number,
            at: now,
            station: self.view.station.name.clone(),
            port: id,
            device: port.and_then(|port| port.device().cloned()),
            verdict: judgement.verdict,
            reason: match but {
                Some(but) => format!("{}, but {but}", judgement.reason),
                None => judgement.reason,
            },
            by: judgement.by,
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
        self.change(id, |port| port.decision = Some(Arc::clone(&decision)));
        step.records.push(Record::Decision(Arc::clone(&decision)));
        step.decision = Some(decision);
    }
}

fn by_person(port: &PortState, power: Power, zone: &TimeZone) -> Judgement {
    let mode = &port.memory.mode;
    let end = mode.until.map_or_else(
        || "until taken back".to_owned(),
        |until| format!("until {}", until.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M")),
    );
    let verdict = match power {
        Power::On => Verdict::Charge,
        Power::Off => Verdict::Rest,
    };
    Judgement::plain(verdict, Layer::Mode, format!("switched {power} by {} {end}", mode.by))
}

/// `guard_failures`: how often a guard has failed in a row before.
pub(super) fn by_policy(answer: Answer, port: &PortState, guard_failures: u32) -> Judgement {
    let mut judgement = match (answer.opinion, answer.failed_guard) {
        (Some(opinion), _) => Judgement {
            verdict: opinion.verdict,
            reason: opinion.reason,
            by: Layer::Policy,
            rule: Some(opinion.rule),
            line: Some(opinion.line),
            facts: None,
            failures: Vec::new(),
            by_rules: true,
        },
        (None, Some(guard)) if guard_failures.saturating_add(1) >= GUARD_FAILURES => {
            let reason =
                format!("guard `{guard}` failed {GUARD_FAILURES} times in a row: not charged until it works");
            Judgement::plain(Verdict::Rest, Layer::Safety, reason)
        }
        (None, Some(guard)) => {
            Judgement::plain(Verdict::Keep, Layer::Safety, format!("guard `{guard}` failed: kept as it is"))
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
