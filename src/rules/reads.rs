//! What a rule may look at, read from its text: whoever compares two rules need not try what neither of them asks for.

use std::collections::BTreeSet;

use rhai::{ASTNode, Expr};

use super::{compile::RuleSet, inputs::float};
use crate::model::RuleName;

/// What stands in the text of a rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reads {
    /// Names of variables, and of what is asked of them, such as `battery`, `level` or `minutes_until`.
    pub names: BTreeSet<String>,
    /// Numbers that are written out, defaults of parameters among them.
    pub numbers: Vec<f64>,
    /// Texts that are written out, defaults of parameters among them.
    pub texts: BTreeSet<String>,
    /// True when it calls functions that all rules share.
    pub shared: bool,
}

impl RuleSet {
    /// What the rule may look at in any of its branches; nothing when there is no such rule.
    pub fn reads(&self, rule: &RuleName) -> Reads {
        let mut reads = Reads::default();
        let Some(rule) = self.rules.get(rule) else { return reads };
        rule.script.walk(&mut |path: &[ASTNode<'_>]| {
            reads.note(path.last());
            true
        });
        reads
    }
}

impl Reads {
    fn note(&mut self, node: Option<&ASTNode<'_>>) {
        let Some(ASTNode::Expr(expression)) = node else { return };
        match expression {
            Expr::Variable(variable, ..) => drop(self.names.insert(variable.1.to_string())),
            Expr::Property(property, _) => drop(self.names.insert(property.2.to_string())),
            Expr::MethodCall(call, _) => drop(self.names.insert(call.name.to_string())),
            Expr::FnCall(call, _) => self.shared |= call.is_qualified(),
            Expr::IntegerConstant(number, _) => self.numbers.push(float(*number)),
            Expr::FloatConstant(number, _) => self.numbers.push(**number),
            Expr::StringConstant(text, _) => drop(self.texts.insert(text.to_string())),
            _ => {}
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
        assert!(!reads.shared);
    }
}
