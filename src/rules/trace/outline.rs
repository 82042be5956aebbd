//! Everything in a rule that a run can come by: its statements, and the ways at each fork.

use std::{collections::BTreeSet, sync::Arc};

use rhai::{ASTNode, Expr, Position, Stmt};
use serde::Serialize;

use crate::{
    model::RuleName,
    rules::{
        compile::RuleSet,
        host::place,
        trace::{Place, expression, start, statement_start},
    },
};

/// What a rule is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The rule.
    pub rule: RuleName,
    /// Its file.
    pub file: String,
    /// Where its statements begin, own functions among them.
    pub statements: BTreeSet<Place>,
    /// The ways at its forks, in the order of the text.
    pub branches: Vec<Branch>,
}

/// One way at a fork.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Branch {
    /// Where the `if` or `switch` begins.
    pub place: Place,
    /// Which way.
    pub way: Way,
    /// What is asked there, as the rule writes it.
    pub text: String,
}

/// Which way at a fork.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// What is asked is true.
    Yes,
    /// What is asked is not true, whether an `else` stands there or not.
    No,
    /// A case of a `switch`, by the place of what follows its arrow.
    Case(Place),
}

impl RuleSet {
    /// What a rule is made of. `None` when there is no such rule.
    pub fn outline(&self, rule: &RuleName) -> Option<Outline> {
        let rule = self.rules.get(rule)?;
        let file: Arc<str> = rule.info.file.as_str().into();
        let mut outline = Outline {
            rule: rule.info.name.clone(),
            file: rule.info.file.clone(),
            statements: BTreeSet::new(),
            branches: Vec::new(),
        };
        rule.script.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Stmt(statement)) = path.last() {
                outline.take(statement, &file);
            }
            true
        });
        outline.branches.sort();
        Some(outline)
    }
}

impl Outline {
    fn take(&mut self, statement: &Stmt, file: &Arc<str>) {
        let Some(here) = at(statement_start(statement), file) else { return };
        match statement {
            Stmt::Noop(_) | Stmt::Block(_) => return,
            Stmt::If(parts, _) => {
                let text = expression(&parts.expr);
                for way in [Way::Yes, Way::No] {
                    self.branches.push(Branch { place: here.clone(), way, text: text.clone() });
                }
            }
            Stmt::Switch(parts, _) => {
                let text = expression(&parts.0);
                let cases = parts.1.expressions.iter().filter_map(|case| at(first(&case.rhs), file));
                let branches = cases.map(|case| Branch {
                    place: here.clone(),
                    way: Way::Case(case),
                    text: text.clone(),
                });
                self.branches.extend(branches);
            }
            _ => {}
        }
        self.statements.insert(here);
    }
}

/// The place of what is run first.
fn first(expr: &Expr) -> Position {
    match expr {
        Expr::Stmt(block) => block.statements().first().map_or(block.position(), statement_start),
        other => start(other),
    }
}

fn at(position: Position, file: &Arc<str>) -> Option<Place> {
    let (line, column) = place(position);
    (line > 0).then(|| Place { file: Arc::clone(file), line, column })
}
