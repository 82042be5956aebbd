//! Writes expressions as a rule writes them: short, on one line.

use rhai::{ASTFlags, Expr, FnCallExpr, Position, Stmt};

use crate::rules::host::functions::shown;

/// What is longer is cut: it stands in a sentence.
const LONGEST: usize = 120;

/// The expression in one line.
pub(in crate::rules) fn expression(expr: &Expr) -> String {
    let text = written(expr, 0);
    if text.chars().count() <= LONGEST {
        return text;
    }
    let mut cut: String = text.chars().take(LONGEST - 1).collect();
    cut.push('…');
    cut
}

/// Where an expression begins.
pub(in crate::rules) fn start(expr: &Expr) -> Position {
    match expr {
        // Rhai gives the place of the operator.
        Expr::FnCall(call, at) if is_operator(&call.name) => match call.args.as_slice() {
            [left, _] if call.name != "contains" => start(left),
            [_, item] => start(item),
            _ => *at,
        },
        Expr::Index(pair, ..) | Expr::Dot(pair, ..) => start(&pair.lhs),
        Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => {
            parts.first().map_or(Position::NONE, start)
        }
        other => other.start_position(),
    }
}

/// Where a statement begins.
pub(in crate::rules) fn statement_start(statement: &Stmt) -> Position {
    match statement {
        Stmt::Expr(expr) => start(expr),
        Stmt::Assignment(parts) => start(&parts.1.lhs),
        Stmt::FnCall(call, at) if is_operator(&call.name) => call.args.first().map_or(*at, start),
        other => other.position(),
    }
}

/// True for what is written between two values, or before one.
fn is_operator(name: &str) -> bool {
    binding(name) > 0 || name == "!"
}

/// How strongly an operator binds; 0 for what is none.
fn binding(name: &str) -> u8 {
    match name {
        "||" | "??" => 1,
        "&&" => 2,
        "==" | "!=" => 3,
        "contains" => 4,
        "<" | "<=" | ">" | ">=" => 5,
        ".." | "..=" => 6,
        "+" | "-" => 7,
        "*" | "/" | "%" => 8,
        "**" => 9,
        _ => 0,
    }
}

/// `around`: how strongly what stands beside it binds.
fn written(expr: &Expr, around: u8) -> String {
    match expr {
        Expr::BoolConstant(answer, _) => answer.to_string(),
        Expr::IntegerConstant(number, _) => number.to_string(),
        Expr::FloatConstant(number, _) => shown(**number),
        Expr::CharConstant(letter, _) => format!("'{letter}'"),
        Expr::StringConstant(text, _) => format!("\"{text}\""),
        Expr::DynamicConstant(value, _) => value.to_string(),
        Expr::InterpolatedString(parts, _) => interpolated(parts),
        Expr::Array(items, _) => format!("[{}]", list(items)),
        Expr::Map(..) => "#{…}".to_owned(),
        Expr::Unit(_) => "()".to_owned(),
        Expr::ThisPtr(_) => "this".to_owned(),
        Expr::Variable(name, ..) if name.2.is_empty() => name.1.to_string(),
        Expr::Variable(name, ..) => format!("{}::{}", name.2, name.1),
        Expr::Property(name, _) => name.2.to_string(),
        Expr::Stmt(_) => "{…}".to_owned(),
        Expr::Dot(pair, flags, _) => {
            let point = if flags.intersects(ASTFlags::NEGATED) { "?." } else { "." };
            format!("{}{point}{}", written(&pair.lhs, 10), written(&pair.rhs, 0))
        }
        Expr::Index(pair, ..) => format!("{}[{}]", written(&pair.lhs, 10), written(&pair.rhs, 0)),
        Expr::And(parts, _) => joined(parts, "&&", around),
        Expr::Or(parts, _) => joined(parts, "||", around),
        Expr::Coalesce(parts, _) => joined(parts, "??", around),
        Expr::MethodCall(call, _) | Expr::FnCall(call, _) => called(call, around),
        _ => "…".to_owned(),
    }
}

fn called(call: &FnCallExpr, around: u8) -> String {
    let own = binding(&call.name);
    let text = match (call.name.as_str(), call.args.as_slice()) {
        ("!" | "-", [value]) => return format!("{}{}", call.name, written(value, 10)),
        ("contains", [list, item]) => format!("{} in {}", written(item, own), written(list, own)),
        (name, [left, right]) if own > 0 => {
            let space = if name.starts_with("..") { "" } else { " " };
            format!("{}{space}{name}{space}{}", written(left, own - 1), written(right, own))
        }
        (name, values) if call.namespace.is_empty() => return format!("{name}({})", list(values)),
        (name, values) => return format!("{}::{name}({})", call.namespace, list(values)),
    };
    if own <= around { format!("({text})") } else { text }
}

fn joined(parts: &[Expr], operator: &str, around: u8) -> String {
    let own = binding(operator);
    let parts: Vec<String> = parts.iter().map(|part| written(part, own)).collect();
    let text = parts.join(&format!(" {operator} "));
    if own <= around { format!("({text})") } else { text }
}

fn list(items: &[Expr]) -> String {
    let items: Vec<String> = items.iter().map(|item| written(item, 0)).collect();
    items.join(", ")
}

fn interpolated(parts: &[Expr]) -> String {
    let parts = parts.iter().map(|part| match part {
        Expr::StringConstant(text, _) => text.to_string(),
        other => {
            let inner = match other {
                Expr::Stmt(block) => match block.statements() {
                    [Stmt::Expr(only)] => written(only, 0),
                    _ => "…".to_owned(),
                },
                plain => written(plain, 0),
            };
            format!("${{{inner}}}")
        }
    });
    format!("`{}`", parts.collect::<String>())
}
