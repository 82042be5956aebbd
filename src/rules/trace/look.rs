//! Looks up what an expression comes to, without changing anything: the script goes on as if nobody had asked.

use std::sync::Arc;

use rhai::{ASTFlags, BinaryExpr, Dynamic, EvalContext, Expr, Expression, FnCallExpr, Stmt};

use super::{
    printed::{expression, start},
    told::{Comparison, Condition, Kind, Place, Term, TermKind},
};
use crate::{
    model::Value,
    rules::{
        host::{functions::listed, place},
        inputs::INPUTS,
    },
};

/// What Rhai hands to whoever goes along with a script.
pub(super) type Context<'a, 's, 'p, 'g, 'c, 't> = EvalContext<'a, 's, 'p, 'g, 'c, 't>;

/// What an expression comes to. `None` when it fails, or is nothing that can be told.
pub(super) fn value(context: &mut Context<'_, '_, '_, '_, '_, '_>, expr: &Expr) -> Option<Value> {
    told(&evaluated(context, expr)?)
}

/// What is read of the world, when the expression begins with an input: `battery.level`, and its value.
pub(super) fn input(
    context: &mut Context<'_, '_, '_, '_, '_, '_>,
    expr: &Expr,
) -> Option<(String, Option<Value>)> {
    let Expr::Dot(pair, _, at) = expr else { return None };
    let name = input_named(context, &pair.lhs)?;
    let first = match &pair.rhs {
        Expr::Dot(rest, ..) | Expr::Index(rest, ..) => &rest.lhs,
        only => only,
    };
    let read = BinaryExpr { lhs: pair.lhs.clone(), rhs: first.clone() };
    let read = Expr::Dot(Box::new(read), ASTFlags::empty(), *at);
    let value = value(context, &read);
    Some((format!("{name}.{}", expression(first)), value))
}

/// The input that a variable is, also where an own function calls it otherwise.
fn input_named(context: &mut Context<'_, '_, '_, '_, '_, '_>, expr: &Expr) -> Option<&'static str> {
    let Expr::Variable(..) = expr else { return None };
    let value = evaluated(context, expr)?;
    let known = context.engine().map_type_name(value.type_name()).to_owned();
    INPUTS.iter().map(|input| input.name).find(|name| *name == known)
}

/// True for what is made of comparisons, or of others that are true or false.
pub(super) fn is_condition(expr: &Expr) -> bool {
    match expr {
        Expr::And(..) | Expr::Or(..) => true,
        Expr::FnCall(call, _) => {
            comparison(call).is_some() || matches!((call.name.as_str(), call.args.len()), ("!", 1))
        }
        Expr::Stmt(block) => matches!(block.statements(), [Stmt::Expr(only)] if is_condition(only)),
        _ => false,
    }
}

/// What a condition came to, down to its comparisons. `reached`: false for what Rhai does not look at, because what
/// stands before it has settled the matter.
pub(super) fn condition(
    context: &mut Context<'_, '_, '_, '_, '_, '_>,
    expr: &Expr,
    file: &Arc<str>,
    reached: bool,
) -> Condition {
    let (line, column) = place(start(expr));
    let (holds, kind) = match expr {
        Expr::And(parts, _) => {
            let (holds, parts) = parts_of(context, parts, file, reached, false);
            (holds, Kind::All(parts))
        }
        Expr::Or(parts, _) => {
            let (holds, parts) = parts_of(context, parts, file, reached, true);
            (holds, Kind::Any(parts))
        }
        Expr::Stmt(block) => match block.statements() {
            [Stmt::Expr(only)] => return condition(context, only, file, reached),
            _ => plain(context, expr, reached),
        },
        Expr::FnCall(call, _) => match (call.name.as_str(), call.args.as_slice(), comparison(call)) {
            ("!", [inner], _) => {
                let inner = condition(context, inner, file, reached);
                (inner.holds.map(|holds| !holds), Kind::Not(Box::new(inner)))
            }
            (_, [left, right], Some(comparison)) => {
                let (left, right) =
                    if comparison == Comparison::Inside { (right, left) } else { (left, right) };
                let (left, right) = (term(context, left, reached), term(context, right, reached));
                (truth(context, expr, reached), Kind::Compared { left, comparison, right })
            }
            _ => plain(context, expr, reached),
        },
        _ => plain(context, expr, reached),
    };
    let place = Place { file: Arc::clone(file), line, column };
    Condition { place, text: expression(expr), holds, kind }
}

/// The parts of an `&&` (which `settles` at the first that is false) or an `||` (at the first that is true).
fn parts_of(
    context: &mut Context<'_, '_, '_, '_, '_, '_>,
    parts: &[Expr],
    file: &Arc<str>,
    reached: bool,
    settles: bool,
) -> (Option<bool>, Vec<Condition>) {
    let mut open = reached;
    let mut holds = reached.then_some(!settles);
    let mut told = Vec::new();
    for part in parts {
        let part = condition(context, part, file, open);
        if open && part.holds != Some(!settles) {
            holds = part.holds;
            open = false;
        }
        told.push(part);
    }
    (holds, told)
}

fn plain(context: &mut Context<'_, '_, '_, '_, '_, '_>, expr: &Expr, reached: bool) -> (Option<bool>, Kind) {
    let term = term(context, expr, reached);
    let holds = match term.value {
        Some(Value::Bool(holds)) => Some(holds),
        _ => None,
    };
    (holds, Kind::Plain(term))
}

fn truth(context: &mut Context<'_, '_, '_, '_, '_, '_>, expr: &Expr, reached: bool) -> Option<bool> {
    reached.then(|| evaluated(context, expr)).flatten()?.as_bool().ok()
}

fn term(context: &mut Context<'_, '_, '_, '_, '_, '_>, expr: &Expr, reached: bool) -> Term {
    let (mut text, mut kind) = (expression(expr), TermKind::Computed);
    if let Expr::Variable(..) = expr {
        kind = TermKind::Variable;
    } else if expr.is_constant() {
        kind = TermKind::Literal;
    } else if let Expr::Dot(pair, ..) = expr
        && matches!(pair.rhs, Expr::Property(..) | Expr::MethodCall(..))
        && let Some((input, _)) = reached.then(|| input(context, expr)).flatten()
    {
        (text, kind) = (input, TermKind::Input);
    }
    let value = reached.then(|| value(context, expr)).flatten();
    Term { text, value, kind }
}

fn comparison(call: &FnCallExpr) -> Option<Comparison> {
    if call.args.len() != 2 {
        return None;
    }
    Some(match call.name.as_str() {
        "<" => Comparison::Under,
        "<=" => Comparison::AtOrUnder,
        ">" => Comparison::Over,
        ">=" => Comparison::AtOrOver,
        "==" => Comparison::Equal,
        "!=" => Comparison::Different,
        "contains" => Comparison::Inside,
        _ => return None,
    })
}

fn evaluated(context: &mut Context<'_, '_, '_, '_, '_, '_>, expr: &Expr) -> Option<Dynamic> {
    // An expression may hold a block that changes variables: they are put back as they were.
    let variables = context.scope().clone();
    let this = context.this_ptr().cloned();
    let value = context.eval_expression_tree(&Expression::from(expr)).ok();
    *context.scope_mut() = variables;
    if let (Some(place), Some(this)) = (context.this_ptr_mut(), this) {
        *place = this;
    }
    value
}

fn told(value: &Dynamic) -> Option<Value> {
    if let Ok(number) = value.as_int() {
        return Some(Value::Int(number));
    }
    if let Ok(number) = value.as_float() {
        return Some(Value::Float(number));
    }
    if let Ok(answer) = value.as_bool() {
        return Some(Value::Bool(answer));
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Some(Value::Text(text.to_string()));
    }
    value.as_array_ref().ok().map(|list| Value::Text(listed(&list)))
}
