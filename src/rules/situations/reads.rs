//! What a rule may look at, read from its text: whoever tries or compares rules need not try what none of them asks for.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Expr, FnCallExpr, Stmt};

use crate::{
    model::{Policy, RuleName},
    rules::{
        check::scan,
        compile::RuleSet,
        host::{library::Library, verbs::PARAM},
        inputs::float,
    },
};

/// What can be asked of the input `signal`, with the name of one.
const OF_SIGNALS: [&str; 3] = ["has", "value", "age_minutes"];

/// The shipped rule that begins when the plan says so, and what others ask for that do.
const BEGINS_BY_PLAN: &str = "ready-by";
const ASKS_THE_PLAN: &str = "starts_in";

/// Parameters that are texts, by the variable that holds them: what the parameter is called, and its default.
type Parameters = BTreeMap<String, (String, String)>;

/// What stands in the text of a rule, and in the files of the library whose functions it calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reads {
    /// What is asked of inputs, such as `level` or `minutes_until`.
    pub names: BTreeSet<String>,
    /// Numbers that are written out, defaults of parameters among them; ascending, each once.
    pub numbers: Vec<f64>,
    /// Texts that are written out, defaults of parameters among them.
    pub texts: BTreeSet<String>,
    /// Signals that are written out by name.
    pub signals: BTreeSet<String>,
    /// Parameters that name a signal, with their defaults.
    pub signal_parameters: BTreeMap<String, String>,
    /// True when it calls functions that all rules share.
    pub shared: bool,
    /// True when the name of a signal is not written out where it is asked for.
    pub(in crate::rules) names_signals: bool,
}

impl RuleSet {
    /// What the rule may look at in any of its branches; nothing when there is no such rule.
    pub fn reads(&self, rule: &RuleName) -> Reads {
        self.rules.get(rule).map(|rule| rule.reads.clone()).unwrap_or_default()
    }

    /// Whether a rule of the policy begins to charge when the plan for deadlines says so; if none does, deadlines are told
    /// and nothing more.
    pub fn begins_by_plan(&self, policy: &Policy) -> bool {
        let mut uses = policy.guards.iter().chain(&policy.rules);
        uses.any(|usage| {
            usage.rule.as_str() == BEGINS_BY_PLAN || self.reads(&usage.rule).names.contains(ASKS_THE_PLAN)
        })
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

fn in_text(path: &[ASTNode<'_>]) -> bool {
    matches!(path, [.., ASTNode::Expr(Expr::InterpolatedString(..)), _])
}

impl Reads {
    /// What stands in one script.
    pub(in crate::rules) fn of(script: &AST, text: &str, library: &Library) -> Self {
        let mut parameters = Parameters::new();
        script.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Stmt(Stmt::Var(declared, ..))) = path.last()
                && let Some(parameter) = parameter(&declared.1)
            {
                parameters.insert(declared.0.name.to_string(), parameter);
            }
            true
        });
        let mut reads = Self::default();
        script.walk(&mut |path: &[ASTNode<'_>]| {
            reads.note(path, &parameters, library);
            true
        });
        // What stands in the cases of a `switch` is not in the tree.
        reads.numbers.extend(scan::numbers(text));
        reads.texts.extend(scan::texts(text).map(str::to_owned));
        reads.sorted()
    }

    fn sorted(mut self) -> Self {
        self.numbers.sort_by(f64::total_cmp);
        self.numbers.dedup();
        self
    }

    fn note(&mut self, path: &[ASTNode<'_>], parameters: &Parameters, library: &Library) {
        match path.last() {
            Some(ASTNode::Expr(Expr::Property(property, _))) => {
                self.names.insert(property.2.to_string());
            }
            Some(ASTNode::Expr(Expr::MethodCall(call, _))) => {
                self.names.insert(call.name.to_string());
                if OF_SIGNALS.contains(&call.name.as_str()) {
                    self.note_signal(call.args.first(), parameters);
                }
            }
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)))
                if call.is_qualified() =>
            {
                self.note_shared(call, parameters, library);
            }
            Some(ASTNode::Expr(Expr::IntegerConstant(number, _))) => self.numbers.push(float(*number)),
            Some(ASTNode::Expr(Expr::FloatConstant(number, _))) => self.numbers.push(**number),
            // Parts of a text with values in it are reasons: nothing is compared with them.
            Some(ASTNode::Expr(Expr::StringConstant(text, _))) if !in_text(path) => {
                self.texts.insert(text.to_string());
            }
            _ => {}
        }
    }

    fn note_signal(&mut self, name: Option<&Expr>, parameters: &Parameters) {
        match name {
            Some(Expr::StringConstant(name, _)) => {
                self.signals.insert(name.to_string());
            }
            Some(Expr::Variable(variable, ..)) => {
                self.names_signals = true;
                if let Some((parameter, default)) = parameters.get(variable.1.as_str()) {
                    self.signal_parameters.insert(parameter.clone(), default.clone());
                }
            }
            Some(_) => self.names_signals = true,
            None => {}
        }
    }

    /// A function that rules share looks at what stands in its file.
    fn note_shared(&mut self, call: &FnCallExpr, parameters: &Parameters, library: &Library) {
        self.shared = true;
        let own = call.namespace.path.first().and_then(|name| library.reads(name.name.as_str()));
        if let Some(own) = own {
            self.names.extend(own.names.iter().cloned());
            self.numbers.extend(&own.numbers);
            self.texts.extend(own.texts.iter().cloned());
            self.signals.extend(own.signals.iter().cloned());
            self.names_signals |= own.names_signals;
        }
        let is_signal =
            |value: &Expr| matches!(value, Expr::Variable(variable, ..) if variable.1 == "signal");
        if call.args.iter().any(is_signal) {
            let others = call.args.iter().filter(|value| !is_signal(value));
            others
                .filter(|value| matches!(value, Expr::StringConstant(..) | Expr::Variable(..)))
                .for_each(|value| self.note_signal(Some(value), parameters));
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
        for wanted in ["temp", "has_temp", "level", "on", "is_between"] {
            assert!(reads.names.contains(wanted), "{wanted}: {reads:?}");
        }
        assert!(!reads.names.contains("holds"));
        assert!(reads.texts.contains("22:00") && reads.numbers.contains(&41.5), "{reads:?}");
        assert!(!reads.shared && reads.signals.is_empty() && reads.signal_parameters.is_empty());
    }

    #[test]
    fn what_stands_in_the_library_and_in_a_switch_counts_too() {
        let source = |name: &str, text: &str| RuleSource {
            name: RuleName::new(name).unwrap(),
            file: name.into(),
            text: text.into(),
        };
        let rule = "//! X.\nif util::warm(battery) { rest(\"x\") }\nlet price = param(\"price\", \"tariff\");\n\
            if util::dear(signal, price) { keep(\"x\") }\nswitch clock.weekday { \"Sunday\" => keep(\"x\"), _ => () }";
        let library = "fn warm(b) { b.has_temp && b.temp > 33.3 }\nfn dear(s, name) { s.has(name) && s.value(name) > -0.2 }";
        let set = RuleSet::compile_with(&[source("x", rule)], &[source("util", library)]).unwrap();
        let reads = set.reads(&RuleName::new("x").unwrap());
        assert!(
            ["temp", "has_temp", "has", "value", "weekday"].iter().all(|name| reads.names.contains(*name))
        );
        assert!(!reads.names.contains("level") && reads.shared, "{reads:?}");
        assert!(reads.numbers.contains(&33.3) && reads.numbers.contains(&-0.2), "{reads:?}");
        assert!(reads.texts.contains("Sunday"), "{reads:?}");
        assert_eq!(reads.signal_parameters["price"], "tariff");
    }
}
