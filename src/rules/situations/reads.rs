//! What a rule may look at, read from its text: whoever compares two rules need not try what neither of them asks for.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{ASTNode, Expr, FnCallExpr, Stmt};

use crate::{
    model::RuleName,
    rules::{
        compile::RuleSet,
        host::verbs::PARAM,
        inputs::{INPUTS, float},
    },
};

/// What can be asked of the input `signal`, with the name of one.
const OF_SIGNALS: [&str; 3] = ["has", "value", "age_minutes"];

/// What stands in the text of a rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reads {
    /// Names of variables, and of what is asked of them, such as `battery`, `level` or `minutes_until`.
    pub names: BTreeSet<String>,
    /// Numbers that are written out, defaults of parameters among them.
    pub numbers: Vec<f64>,
    /// Texts that are written out, defaults of parameters among them.
    pub texts: BTreeSet<String>,
    /// Signals that are written out by name.
    pub signals: BTreeSet<String>,
    /// Parameters that name a signal, with their defaults.
    pub signal_parameters: BTreeMap<String, String>,
    /// True when it calls functions that all rules share.
    pub shared: bool,
}

impl RuleSet {
    /// What the rule may look at in any of its branches; nothing when there is no such rule.
    pub fn reads(&self, rule: &RuleName) -> Reads {
        let mut reads = Reads::default();
        let Some(rule) = self.rules.get(rule) else { return reads };
        // Variables that are parameters: what the parameter is called, and its default.
        let mut parameters = BTreeMap::new();
        rule.script.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Stmt(Stmt::Var(declared, ..))) = path.last()
                && let Some(parameter) = parameter(&declared.1)
            {
                parameters.insert(declared.0.name.to_string(), parameter);
            }
            true
        });
        rule.script.walk(&mut |path: &[ASTNode<'_>]| {
            reads.note(path.last(), &parameters);
            true
        });
        reads
    }
}

/// Name and default of a parameter that is a text.
fn parameter(value: &Expr) -> Option<(String, String)> {
    let Expr::FnCall(call, _) = value else { return None };
    match call.args.as_slice() {
        [Expr::StringConstant(name, _), Expr::StringConstant(default, _)] if call.name == PARAM => {
            Some((name.to_string(), default.to_string()))
        }
        _ => None,
    }
}

impl Reads {
    fn note(&mut self, node: Option<&ASTNode<'_>>, parameters: &BTreeMap<String, (String, String)>) {
        let Some(ASTNode::Expr(expression)) = node else { return };
        match expression {
            Expr::Variable(variable, ..) => drop(self.names.insert(variable.1.to_string())),
            Expr::Property(property, _) => drop(self.names.insert(property.2.to_string())),
            Expr::MethodCall(call, _) => {
                self.names.insert(call.name.to_string());
                self.note_signal(call, parameters);
            }
            Expr::FnCall(call, _) if call.is_qualified() => self.note_shared(call),
            Expr::IntegerConstant(number, _) => self.numbers.push(float(*number)),
            Expr::FloatConstant(number, _) => self.numbers.push(**number),
            Expr::StringConstant(text, _) => drop(self.texts.insert(text.to_string())),
            _ => {}
        }
    }

    fn note_signal(&mut self, call: &FnCallExpr, parameters: &BTreeMap<String, (String, String)>) {
        if !OF_SIGNALS.contains(&call.name.as_str()) {
            return;
        }
        match call.args.first() {
            Some(Expr::StringConstant(name, _)) => drop(self.signals.insert(name.to_string())),
            Some(Expr::Variable(variable, ..)) => {
                if let Some((parameter, default)) = parameters.get(variable.1.as_str()) {
                    self.signal_parameters.insert(parameter.clone(), default.clone());
                }
            }
            _ => {}
        }
    }

    /// A function that rules share may ask an input that is passed to it for anything.
    fn note_shared(&mut self, call: &FnCallExpr) {
        self.shared = true;
        for argument in &call.args {
            let Expr::Variable(variable, ..) = argument else { continue };
            let input = INPUTS.iter().find(|input| input.name == variable.1.as_str());
            for input in input.into_iter() {
                self.names.extend(input.values.iter().map(|value| (*value).to_owned()));
                self.names.extend(input.questions.iter().map(|(question, _)| (*question).to_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSource;

    #[test]
    fn everything_that_a_rule_asks_for_is_found_in_all_branches() {
        let name = RuleName::new("x").unwrap();
        let text = "//! X.\nfn hot(battery) { battery.temp > 41.5 }\n\
            if clock.is_between(\"22:00\", \"06:00\") { rest(`${battery.level}`); }\n\
            if !port.on && battery.has_temp && hot(battery) { keep(\"x\"); }";
        let source = RuleSource { name: name.clone(), file: "x".into(), text: text.into() };
        let reads = RuleSet::compile(&[source]).unwrap().reads(&name);
        for wanted in ["temp", "has_temp", "level", "on", "is_between", "clock"] {
            assert!(reads.names.contains(wanted), "{wanted}: {reads:?}");
        }
        assert!(!reads.names.contains("holds"));
        assert!(reads.texts.contains("22:00") && reads.numbers.contains(&41.5), "{reads:?}");
        assert!(!reads.shared && reads.signals.is_empty() && reads.signal_parameters.is_empty());
    }
}
