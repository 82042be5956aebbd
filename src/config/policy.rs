//! Reads lists of guards and rules, and checks them against the rules that there are.

use std::{cell::RefCell, collections::BTreeMap};

use super::{
    document::{Item, Node},
    fields::{Fields, inside_some, text},
    problems::{Problems, Wrong},
    tokens::Place,
    words::{did_you_mean, list, shown},
};
use crate::{
    model::{RuleName, RuleUse, Value},
    rules::{RuleSet, UseProblem},
};

/// A policy is asked on every report; a longer list is a mistake and would cost time on each of them.
const MOST_RULES: usize = 20;

/// The rules that a station file may name.
pub(crate) struct KnownRules<'r> {
    /// The rules that compile; of the others only the name can be checked.
    pub(crate) set: &'r RuleSet,
    /// The names of all rule files.
    pub(crate) names: Vec<&'r str>,
    /// Answers so far: a rule is tried in many situations with each set of values, and many ports share one.
    pub(crate) answers: RefCell<BTreeMap<String, Vec<UseProblem>>>,
}

impl KnownRules<'_> {
    fn problems_of(&self, usage: &RuleUse) -> Vec<UseProblem> {
        let mut answers = self.answers.borrow_mut();
        answers.entry(format!("{usage:?}")).or_insert_with(|| self.set.check_use(usage)).clone()
    }
}

/// A list of guards or rules.
pub(crate) fn uses(node: &Node, known: &KnownRules<'_>, problems: &mut Problems<'_>) -> Vec<RuleUse> {
    let Item::List(items) = &node.item else {
        let message = format!("a list of rules is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, "write [(rule: \"keep-between\")]"));
        return Vec::new();
    };
    if items.len() > MOST_RULES {
        let message = format!("{} rules are too many", items.len());
        problems
            .add(node.at, Wrong::new("out-of-range", message, format!("at most {MOST_RULES} in one list")));
        return Vec::new();
    }
    items.iter().filter_map(|item| rule_use(item, known, problems)).collect()
}

fn rule_use(node: &Node, known: &KnownRules<'_>, problems: &mut Problems<'_>) -> Option<RuleUse> {
    if let Item::Text(name) = &node.item {
        let message = "a rule is written `(rule: …)`, this is a text";
        problems
            .add(node.at, Wrong::new("wrong-type", message, format!("write (rule: \"{}\")", shown(name))));
        return None;
    }
    let fields = Fields::open(node, "a rule", &["rule", "with"], problems)?;
    let name = fields.need("rule", "rule: \"keep-between\"", problems, |node| {
        let name = text(node)?;
        let hint = || did_you_mean(name, known.names.iter().copied()).unwrap_or_default();
        RuleName::new(name).map_err(|invalid| Wrong::new("unknown-rule", invalid.to_string(), hint()))
    });
    let (with, places) = fields.get("with").map(|node| parameters(node, problems)).unwrap_or_default();
    let usage = RuleUse { rule: name?, with };
    let rule_at = fields.get("rule").map_or(node.at, |node| node.at);
    check(&usage, rule_at, &places, known, problems);
    Some(usage)
}

/// Asks the rules whether they know this name and these parameters.
fn check(
    usage: &RuleUse,
    rule_at: Place,
    places: &BTreeMap<String, Place>,
    known: &KnownRules<'_>,
    problems: &mut Problems<'_>,
) {
    let name = usage.rule.as_str();
    if !known.names.contains(&name) {
        let guess = did_you_mean(name, known.names.iter().copied());
        let hint = guess.unwrap_or_else(|| format!("there are: {}", list(known.names.iter().copied())));
        problems.add(rule_at, Wrong::new("unknown-rule", format!("there is no rule `{name}`"), hint));
        return;
    }
    if known.set.rule(name).is_none() {
        return;
    }
    for problem in known.problems_of(usage) {
        let place = problem.parameter.as_ref().and_then(|parameter| places.get(parameter)).copied();
        problems.add(place.unwrap_or(rule_at), Wrong::new(problem.code, problem.message, problem.hint));
    }
}

/// The values of `with: {…}`, and where each stands.
fn parameters(
    node: &Node,
    problems: &mut Problems<'_>,
) -> (BTreeMap<String, Value>, BTreeMap<String, Place>) {
    let (mut values, mut places) = (BTreeMap::new(), BTreeMap::<String, Place>::new());
    let Item::Map(entries) = &node.item else {
        let message = format!("parameters are written `{{\"name\": value}}`, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, "for example with: {\"high\": 75}"));
        return (values, places);
    };
    for (key, value) in entries {
        let result =
            text(key).map_err(|wrong| Wrong { message: format!("parameter: {}", wrong.message), ..wrong });
        let Some(name) = problems.take(key, result) else { continue };
        if let Some(first) = places.insert(name.to_owned(), value.at) {
            let hint = format!("the first is in line {}; keep one", first.line);
            let message = format!("the parameter `{}` is written twice", shown(name));
            problems.add(key.at, Wrong::new("duplicate-key", message, hint));
        }
        if let Some(value) = problems.take(value, parameter(inside_some(value))) {
            values.insert(name.to_owned(), value);
        }
    }
    (values, places)
}

fn parameter(node: &Node) -> Result<Value, Wrong> {
    match &node.item {
        Item::Text(text) => Ok(Value::Text(text.clone())),
        Item::Int(number) => Ok(Value::Int(*number)),
        Item::Float(number) if number.is_finite() => Ok(Value::Float(*number)),
        Item::Bool(value) => Ok(Value::Bool(*value)),
        Item::Word(_) | Item::Group(..) | Item::List(_) | Item::Map(_) | Item::Odd(_) | Item::Float(_) => {
            let message = format!("{} is no value for a parameter", node.item.kind());
            Err(Wrong::new("wrong-type", message, "use a number, a text in double quotes, true or false"))
        }
    }
}
