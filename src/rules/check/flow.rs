//! Finds lines that nothing reaches, and values that go nowhere.

use rhai::{AST, ASTFlags, Expr, FnCallExpr, Position, Stmt};

use crate::rules::{
    check::{
        habits,
        kinds::{self, compares, operation},
    },
    compile::Problems,
    host::{functions::FUNCTIONS, place, verbs::VERBS},
    inputs::INPUTS,
};

/// Whether somebody takes the value of the last statement of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Taken,
    Lost,
}

/// Reports what nothing reaches and what goes nowhere.
pub(in crate::rules) fn check(ast: &AST, problems: &mut Problems<'_>) {
    block(ast.statements(), Last::Lost, problems);
    for (_, body) in kinds::functions(ast) {
        block(&body, Last::Taken, problems);
    }
}

fn block(statements: &[Stmt], last: Last, problems: &mut Problems<'_>) {
    let mut ended: Option<&'static str> = None;
    for (n, statement) in statements.iter().enumerate() {
        if let Some(by) = ended {
            let message = format!("nothing after this is reached: {by}");
            let hint = "put what ends the rule into an `if`, or remove the rest";
            problems.warning(place(statement.position()), "unreachable", message, hint);
            return;
        }
        let is_last = n + 1 == statements.len();
        inside(statement, if is_last { last } else { Last::Lost }, problems);
        ended = ends(statement);
    }
}

fn inside(statement: &Stmt, last: Last, problems: &mut Problems<'_>) {
    match statement {
        Stmt::If(flow, _) | Stmt::TryCatch(flow, _) => {
            block(flow.body.statements(), last, problems);
            block(flow.branch.statements(), last, problems);
        }
        Stmt::Switch(switch, _) => {
            for case in &switch.1.expressions {
                value(&case.rhs, last, problems);
            }
        }
        Stmt::Block(inner) => block(inner.statements(), last, problems),
        Stmt::Expr(expression) => value(expression, last, problems),
        Stmt::FnCall(call, at) if last == Last::Lost && gives(call) => {
            unused(call, *at, problems);
        }
        Stmt::Var(variable, ..) => value(&variable.1, Last::Taken, problems),
        Stmt::Assignment(assignment) => value(&assignment.1.rhs, Last::Taken, problems),
        // What `throw` throws is the message.
        Stmt::Return(Some(given), flags, _) if !flags.contains(ASTFlags::BREAK) => {
            value(given, last, problems);
        }
        _ => {}
    }
}

fn value(expression: &Expr, last: Last, problems: &mut Problems<'_>) {
    if let Expr::Stmt(inner) = expression {
        block(inner.statements(), last, problems);
        return;
    }
    if last == Last::Taken {
        return;
    }
    if let Expr::FnCall(call, at) = expression
        && gives(call)
        && !call.is_operator_call()
    {
        unused(call, *at, problems);
        return;
    }
    let hint = match expression {
        Expr::StringConstant(word, _) if VERBS.iter().any(|(verb, _)| *verb == word.to_lowercase()) => {
            format!("a rule says it with its reason: {}(\"why\")", word.to_lowercase())
        }
        Expr::StringConstant(word, _) if habits::habit(word).is_some_and(|hint| hint.contains("power")) => {
            habits::habit(word).unwrap_or_default().to_owned()
        }
        Expr::FnCall(call, _) if operation(call).is_some_and(|(sign, ..)| sign == "==") => {
            "to give a variable a value write `=`; to ask write `if … { … }`".to_owned()
        }
        Expr::FnCall(call, _) if operation(call).is_some_and(|(sign, ..)| compares(sign)) => {
            "ask it in an `if … { … }`".to_owned()
        }
        Expr::StringConstant(..)
        | Expr::InterpolatedString(..)
        | Expr::IntegerConstant(..)
        | Expr::FloatConstant(..)
        | Expr::BoolConstant(..)
        | Expr::Array(..)
        | Expr::Variable(..)
        | Expr::And(..)
        | Expr::Or(..) => "a rule speaks by charge(\"why\"), rest(\"why\") or keep(\"why\")".to_owned(),
        Expr::FnCall(call, _) if call.is_operator_call() => {
            "keep it with `let`, or ask it in an `if`".to_owned()
        }
        Expr::Dot(pair, ..) if matches!(&pair.rhs, Expr::Property(..)) || asks(&pair.rhs) => {
            "keep it with `let`, or ask it in an `if`".to_owned()
        }
        _ => return,
    };
    let at = match expression {
        Expr::FnCall(call, _) => call.args.first().map_or(expression.position(), Expr::start_position),
        other => other.start_position(),
    };
    problems.warning(place(at), "lost-value", "this value goes nowhere".to_owned(), hint);
}

fn unused(call: &FnCallExpr, at: Position, problems: &mut Problems<'_>) {
    let message = format!("what `{}` gives back goes nowhere", call.name);
    problems.warning(place(at), "lost-value", message, "keep it with `let`, or ask it in an `if`");
}

/// True for a function that does nothing but give a value.
fn gives(call: &FnCallExpr) -> bool {
    call.namespace.is_empty() && FUNCTIONS.iter().any(|(name, _)| *name == call.name)
}

fn asks(expression: &Expr) -> bool {
    match expression {
        Expr::MethodCall(call, _) => {
            let question = |name: &str| {
                INPUTS.iter().any(|input| input.questions.iter().any(|(known, _)| *known == name))
            };
            question(&call.name) || gives(call)
        }
        _ => false,
    }
}

/// Why nothing behind a statement is reached.
fn ends(statement: &Stmt) -> Option<&'static str> {
    let verb = |call: &FnCallExpr| VERBS.iter().any(|(verb, _)| *verb == call.name);
    match statement {
        Stmt::FnCall(call, _) if verb(call) => Some("a verb ends the rule"),
        Stmt::Expr(expression) => match expression.as_ref() {
            Expr::FnCall(call, _) if verb(call) => Some("a verb ends the rule"),
            _ => None,
        },
        Stmt::Return(..) => Some("`return` and `throw` end the rule"),
        Stmt::If(flow, _) => {
            let both = last_ends(flow.body.statements()) && last_ends(flow.branch.statements());
            both.then_some("all ways through the `if` before it end the rule")
        }
        Stmt::Block(inner) => last_ends(inner.statements()).then_some("the block before it ends the rule"),
        _ => None,
    }
}

fn last_ends(statements: &[Stmt]) -> bool {
    statements.iter().any(|statement| ends(statement).is_some())
}
