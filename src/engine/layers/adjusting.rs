//! Values of parameters that people set while the service runs: they lie over the file's policy.
//!
//! A value that does not fit any more, because files changed or the device is treated by another policy, is kept, told
//! once and not applied: it may fit again. Never checks a value twice with the same rules; a check runs the rule a few
//! hundred times.

use std::{collections::BTreeMap, sync::Arc};

use crate::engine::core::{Engine, Step};
use crate::engine::state::PortState;
use crate::model::{
    Adjustment, Adjustments, Author, EventKind, Policy, PortId, RuleName, RuleUse, Timestamp, Value,
};
use crate::rules::{RuleSet, UseProblem};

/// So many values may be set for one device: a form with more is one that nobody fills in, and each is written with
/// every decision.
pub const ADJUSTED_MAX: usize = 64;
/// Longest text that may be set, in bytes: the longest text that rules make.
const TEXT_MAX: usize = 1024;
/// So many answers of checks are remembered: all ports of a large station with their own values.
const FITS_MAX: usize = 256;

/// Why a value was not set, or not taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdjusted {
    /// There is no such port.
    #[error("there is no such port")]
    UnknownPort,
    /// The policy of the port does not ask this rule.
    #[error("the policy of this port does not use the rule `{rule}`: it uses {used}")]
    UnknownRule {
        /// The rule.
        rule: RuleName,
        /// The rules that it uses, in words.
        used: String,
    },
    /// The rule has no such parameter.
    #[error("{0}")]
    UnknownParameter(String),
    /// The value is of the wrong kind, or the rule fails with it.
    #[error("{0}")]
    WrongValue(String),
    /// Too many values are set already.
    #[error("{ADJUSTED_MAX} values are set for this device already: take one back first")]
    TooMany,
}

/// What a person wants of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjust {
    /// The rule.
    pub rule: RuleName,
    /// The parameter.
    pub parameter: String,
    /// The value; `None`: the file's value counts again.
    pub value: Option<Value>,
    /// Who wants it.
    pub by: Author,
}

/// How a use of a rule was found, so that an engine need not look at it again.
#[derive(Clone, Debug)]
pub struct Checked {
    rules: Arc<RuleSet>,
    found: Vec<(RuleUse, Vec<UseProblem>)>,
}

impl Checked {
    /// Runs the rule with the wished value in the situations of the sweep. Takes milliseconds, so it has no place in the
    /// task of a station.
    pub fn new(rules: &Arc<RuleSet>, port: &PortState, wish: &Adjust) -> Self {
        let uses = wish.value.as_ref().map(|value| port.uses_with(&wish.rule, &wish.parameter, value));
        let found = uses.into_iter().flatten().map(|usage| {
            let problems = rules.check_use(&usage);
            (usage, problems)
        });
        Self { rules: Arc::clone(rules), found: found.collect() }
    }
}

/// A value that is set and not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The rule.
    pub rule: RuleName,
    /// The parameter.
    pub parameter: String,
    /// Why it is not applied.
    pub message: String,
}

/// A policy with the values that people set.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct Tuned {
    /// The file's policy, and what was set: what this was made from.
    base: Arc<Policy>,
    adjusted: Arc<Adjustments>,
    /// Files have changed since.
    pub(in crate::engine) stale: bool,
    pub(in crate::engine) policy: Arc<Policy>,
    /// What of it is applied.
    pub(in crate::engine) applied: Arc<Adjustments>,
    pub(in crate::engine) unfit: Vec<Unfit>,
}

impl Tuned {
    pub(in crate::engine) fn is_of(&self, base: &Arc<Policy>, adjusted: &Arc<Adjustments>) -> bool {
        !self.stale && Arc::ptr_eq(&self.base, base) && Arc::ptr_eq(&self.adjusted, adjusted)
    }

    pub(in crate::engine) fn new(
        base: &Arc<Policy>,
        adjusted: &Arc<Adjustments>,
        mut check: impl FnMut(&RuleUse) -> Vec<UseProblem>,
    ) -> Self {
        let (mut applied, mut unfit) = (Adjustments::default(), Vec::new());
        for (rule, values) in &adjusted.0 {
            let mut fitting = values.clone();
            let mut drop = |parameter: &str, message: &str| {
                let (parameter, message) = (parameter.to_owned(), message.to_owned());
                unfit.push(Unfit { rule: rule.clone(), parameter, message });
            };
            let uses: Vec<&RuleUse> = uses(base).filter(|usage| usage.rule == *rule).collect();
            while !fitting.is_empty() {
                let problem = if uses.is_empty() {
                    Some((None, format!("the policy of this port does not use `{rule}`")))
                } else {
                    let mut found = uses.iter().flat_map(|usage| check(&with(usage, &fitting)));
                    found.next().map(|problem| (problem.parameter.clone(), in_words(&problem)))
                };
                match problem {
                    None => break,
                    Some((Some(name), message)) if fitting.remove(&name).is_some() => drop(&name, &message),
                    Some((_, message)) => {
                        std::mem::take(&mut fitting).keys().for_each(|name| drop(name, &message));
                    }
                }
            }
            if !fitting.is_empty() {
                applied.0.insert(rule.clone(), fitting);
            }
        }
        let policy = applied.over(base);
        Self {
            base: Arc::clone(base),
            adjusted: Arc::clone(adjusted),
            stale: false,
            policy,
            applied: Arc::new(applied),
            unfit,
        }
    }
}

/// Answers of checks with the rules at work.
#[derive(Debug, Default)]
pub(in crate::engine) struct Fits(Vec<(RuleUse, Vec<UseProblem>)>);

impl Fits {
    pub(in crate::engine) fn check(&mut self, rules: &RuleSet, usage: &RuleUse) -> Vec<UseProblem> {
        if let Some((_, known)) = self.0.iter().find(|(known, _)| known == usage) {
            return known.clone();
        }
        let found = rules.check_use(usage);
        self.learn(usage.clone(), found.clone());
        found
    }

    fn learn(&mut self, usage: RuleUse, found: Vec<UseProblem>) {
        if self.0.len() >= FITS_MAX {
            self.0.clear();
        }
        self.0.push((usage, found));
    }

    /// There are other rules.
    pub(in crate::engine) fn forget(&mut self) {
        self.0.clear();
    }
}

impl Engine {
    /// Sets a parameter of a rule for the device in a port, over the file, or takes that back. What is not right changes
    /// nothing.
    pub fn adjust(
        &mut self,
        id: PortId,
        wish: &Adjust,
        checked: Option<Checked>,
        now: Timestamp,
    ) -> Result<Step, NotAdjusted> {
        self.follow_clock(now);
        if let Some(checked) = checked.filter(|checked| Arc::ptr_eq(&checked.rules, &self.view.rules)) {
            for (usage, found) in checked.found {
                self.fits.learn(usage, found);
            }
        }
        let port = self.view.ports.get(&id).cloned().ok_or(NotAdjusted::UnknownPort)?;
        let adjusted = match &wish.value {
            Some(value) => self.with_value(&port, wish, value, now)?,
            None => without_value(&port, wish, &self.view.rules)?,
        };
        let mut step = Step::default();
        if let Some(adjusted) = adjusted {
            self.change(id, |port| port.memory.adjusted = Arc::new(adjusted));
            let Adjust { rule, parameter, value, by } = wish.clone();
            self.tell(&mut step, id, now, EventKind::ParameterChanged { rule, parameter, value, by });
            // The new value may be a deadline.
            self.tune(id, now, &mut step);
            self.plan_port(id, now, &mut step);
        }
        self.judge(id, now, true, &mut step);
        Ok(step)
    }

    fn with_value(
        &mut self,
        port: &PortState,
        wish: &Adjust,
        value: &Value,
        now: Timestamp,
    ) -> Result<Option<Adjustments>, NotAdjusted> {
        if matches!(value, Value::Text(text) if text.len() > TEXT_MAX) {
            let message = format!("a text for a parameter has at most {TEXT_MAX} bytes");
            return Err(NotAdjusted::WrongValue(message));
        }
        let uses = port.uses_with(&wish.rule, &wish.parameter, value);
        if uses.is_empty() {
            return Err(unknown_rule(port, &wish.rule));
        }
        let rules = Arc::clone(&self.view.rules);
        if let Some(problem) = uses.iter().flat_map(|usage| self.fits.check(&rules, usage)).next() {
            let message = in_words(&problem);
            return Err(match problem.code {
                "unknown-parameter" => NotAdjusted::UnknownParameter(message),
                _ => NotAdjusted::WrongValue(message),
            });
        }
        let mut adjusted = (*port.memory.adjusted).clone();
        let adjustment = Adjustment { value: value.clone(), by: wish.by.clone(), at: now };
        adjusted.0.entry(wish.rule.clone()).or_default().insert(wish.parameter.clone(), adjustment);
        if adjusted.0.values().map(BTreeMap::len).sum::<usize>() > ADJUSTED_MAX {
            return Err(NotAdjusted::TooMany);
        }
        Ok(Some(adjusted))
    }

    /// Lays what people set over the policy of a port, where one of the two has changed.
    pub(in crate::engine) fn tune(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let Some(port) = self.view.ports.get(&id) else { return };
        if port.memory.adjusted.is_empty() && port.tuned.is_none() {
            return;
        }
        let (base, adjusted) = (Arc::clone(&port.care().policy), Arc::clone(&port.memory.adjusted));
        if port.tuned.as_ref().is_some_and(|tuned| tuned.is_of(&base, &adjusted)) {
            return;
        }
        let (rules, fits) = (&self.view.rules, &mut self.fits);
        let tuned = (!adjusted.is_empty())
            .then(|| Tuned::new(&base, &adjusted, |usage| fits.check(rules, usage)))
            .map(Box::new);
        let unfit = tuned.as_ref().map(|tuned| tuned.unfit.clone()).unwrap_or_default();
        let before = self.change(id, |port| std::mem::replace(&mut port.tuned, tuned)).flatten();
        let known = before.map(|before| before.unfit).unwrap_or_default();
        for Unfit { rule, parameter, message } in unfit.into_iter().filter(|one| !known.contains(one)) {
            self.tell(step, id, now, EventKind::ParameterUnfit { rule, parameter, message });
        }
    }
}

impl PortState {
    /// Who is asked for this port: the policy of the files with the values that people set and that fit.
    pub fn policy(&self) -> &Arc<Policy> {
        self.tuned.as_ref().map_or(&self.care().policy, |tuned| &tuned.policy)
    }

    /// The values that people set and that are not applied, each with the reason.
    pub fn unfit(&self) -> &[Unfit] {
        self.tuned.as_ref().map_or(&[], |tuned| &tuned.unfit)
    }

    /// The values that people set and that are applied.
    pub(in crate::engine) fn applied(&self) -> Arc<Adjustments> {
        self.tuned.as_ref().map(|tuned| Arc::clone(&tuned.applied)).unwrap_or_default()
    }

    /// Every use of a rule as it would be with one more value set.
    fn uses_with(&self, rule: &RuleName, parameter: &str, value: &Value) -> Vec<RuleUse> {
        let of_rule = uses(self.policy()).filter(|usage| usage.rule == *rule);
        let set = |usage: &RuleUse| {
            let mut usage = usage.clone();
            usage.with.insert(parameter.to_owned(), value.clone());
            usage
        };
        of_rule.map(set).collect()
    }
}

fn without_value(
    port: &PortState,
    wish: &Adjust,
    rules: &RuleSet,
) -> Result<Option<Adjustments>, NotAdjusted> {
    let mut adjusted = (*port.memory.adjusted).clone();
    if let Some(values) = adjusted.0.get_mut(&wish.rule)
        && values.remove(&wish.parameter).is_some()
    {
        adjusted.0.retain(|_, values| !values.is_empty());
        return Ok(Some(adjusted));
    }
    if !uses(port.policy()).any(|usage| usage.rule == wish.rule) {
        return Err(unknown_rule(port, &wish.rule));
    }
    let parameters = rules.rule(wish.rule.as_str()).map(|rule| rule.parameters.as_slice());
    if !parameters.unwrap_or_default().iter().any(|known| known.name == wish.parameter) {
        let shown: String = wish.parameter.chars().take(64).collect();
        let message = format!("`{}` has no parameter `{shown}`", wish.rule);
        return Err(NotAdjusted::UnknownParameter(message));
    }
    Ok(None)
}

fn unknown_rule(port: &PortState, rule: &RuleName) -> NotAdjusted {
    let names: Vec<String> = uses(port.policy()).map(|usage| format!("`{}`", usage.rule)).collect();
    let used = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    NotAdjusted::UnknownRule { rule: rule.clone(), used }
}

fn uses(policy: &Policy) -> impl Iterator<Item = &RuleUse> {
    policy.guards.iter().chain(&policy.rules)
}

fn with(usage: &RuleUse, values: &BTreeMap<String, Adjustment>) -> RuleUse {
    let mut usage = usage.clone();
    usage.with.extend(values.iter().map(|(name, adjustment)| (name.clone(), adjustment.value.clone())));
    usage
}

fn in_words(problem: &UseProblem) -> String {
    match problem.hint.as_str() {
        "" => problem.message.clone(),
        hint => format!("{}: {hint}", problem.message),
    }
}
