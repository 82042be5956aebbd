//! The two levels between which a port keeps its battery, as far as its policy has such levels: `minlevel` and `maxlevel` of
//! other systems. Which parameters of which rule they are is decided here and nowhere else (docs/rules.md).

use super::adjusting::{Adjust, NotAdjusted};
use crate::engine::state::PortState;
use crate::model::{Author, Level, RuleName, RuleUse, Value};
use crate::rules::RuleSet;

/// The parameters of a rule that keeps a battery between two levels.
const PAIR: (&str, &str) = ("low", "high");
/// The parameter of a rule that charges to one level.
const ONE: &str = "target";

/// Which of the two levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// At this level and below it is charged.
    Low,
    /// At this level and above it rests.
    High,
}

/// One of the two levels, and the parameter that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The parameter of the rule.
    pub parameter: &'static str,
    /// Its value that counts; what is out of range is shown as the nearest that is not.
    pub level: Level,
}

/// The two levels of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The rule whose parameters they are.
    pub rule: RuleName,
    /// The lower one; `None`: the rule charges to one level only.
    pub low: Option<Limit>,
    /// The upper one.
    pub high: Limit,
}

impl PortState {
    /// The levels of the first rule of the policy, guards left out, that has both `low` and `high` as numbers; where none
    /// has, the level of the first that has `target`. `None`: no rule has either, or there is no battery.
    pub fn bounds(&self, rules: &RuleSet) -> Option<Bounds> {
        if !self.care().battery {
            return None;
        }
        let uses = &self.policy().rules;
        let pair = |usage: &RuleUse| {
            let low = limit(rules, usage, PAIR.0)?;
            let high = limit(rules, usage, PAIR.1)?;
            Some(Bounds { rule: usage.rule.clone(), low: Some(low), high })
        };
        let one = |usage: &RuleUse| {
            let high = limit(rules, usage, ONE)?;
            Some(Bounds { rule: usage.rule.clone(), low: None, high })
        };
        uses.iter().find_map(pair).or_else(|| uses.iter().find_map(one))
    }

    /// Which parameter is to be set so that one of the two levels is this. Fails with what is allowed: the lower level must
    /// be less than the upper one.
    pub fn bound_wish(
        &self,
        rules: &RuleSet,
        bound: Bound,
        level: Level,
        by: Author,
    ) -> Result<Adjust, NotAdjusted> {
        let refused = |text: String| Err(NotAdjusted::WrongValue(text));
        if !self.care().battery {
            return refused(
                "what is in this port has no battery (`battery: false`): it has no levels".to_owned(),
            );
        }
        let Some(Bounds { rule, low, high }) = self.bounds(rules) else {
            return refused(
                "the policy of this port has no rule with `low` and `high`, and none with `target`: \
                 use `keep-between` in its station file"
                    .to_owned(),
            );
        };
        let parameter = match (bound, low) {
            (Bound::Low, None) => {
                return refused(format!(
                    "`{rule}` charges to one level, `{}`, and has no lower one: set the upper one",
                    high.parameter
                ));
            }
            (Bound::Low, Some(_)) if level >= high.level => {
                let most = high.level.percent().saturating_sub(1);
                return refused(format!(
                    "`{}` of `{rule}` must be less than `{}`, which is {}: use 0 to {most}",
                    PAIR.0, PAIR.1, high.level
                ));
            }
            (Bound::High, Some(low)) if level <= low.level => {
                let least = low.level.percent().saturating_add(1);
                return refused(format!(
                    "`{}` of `{rule}` must be more than `{}`, which is {}: use {least} to 100",
                    PAIR.1, PAIR.0, low.level
                ));
            }
            (Bound::High, None) if level.percent() == 0 => {
                return refused(format!(
                    "`{}` of `{rule}` must be more than 0: use 1 to 100",
                    high.parameter
                ));
            }
            (Bound::Low, Some(low)) => low.parameter,
            (Bound::High, _) => high.parameter,
        };
        let value = Some(Value::Int(level.percent().into()));
        Ok(Adjust { rule, parameter: parameter.to_owned(), value, by })
    }
}

/// The value of a parameter as it counts, if the rule has it and it is a number.
fn limit(rules: &RuleSet, usage: &RuleUse, parameter: &'static str) -> Option<Limit> {
    let info = rules.rule(usage.rule.as_str())?;
    let declared = info.parameters.iter().find(|declared| declared.name == parameter)?;
    let level = match usage.with.get(parameter).unwrap_or(&declared.default) {
        Value::Int(percent) => Level::new((*percent).clamp(0, 100)).ok()?,
        Value::Float(percent) => Level::exactly(percent.round().clamp(0.0, 100.0))?,
        Value::Text(_) | Value::Bool(_) => return None,
    };
    Some(Limit { parameter, level })
}
