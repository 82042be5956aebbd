//! Finds what cannot work whatever the device says: a number compared with a text, a condition that is none, a text
//! where a number belongs; and what works but can never be true.

use rhai::{AST, BinaryExpr, Expr, FnCallExpr, Position, Stmt, StmtBlock};

use crate::rules::{
    check::{
        cases,
        kinds::{self, Kind, compares, of_function, of_input, of_literal, operation, shown},
        meaning,
    },
    compile::Problems,
    host::{
        place,
        verbs::{PARAM, VERBS, reason_wanted},
    },
    inputs::INPUTS,
};

/// Reports what is of the wrong kind.
pub(in crate::rules) fn check(ast: &AST, text: &str, problems: &mut Problems<'_>) {
    let inputs = INPUTS.iter().map(|input| (input.name.to_owned(), Kind::Input)).collect();
    Typing { known: inputs, text, problems }.block(ast.statements());
    for (params, body) in kinds::functions(ast) {
        let known = params.into_iter().map(|name| (name, Kind::Any)).collect();
        Typing { known, text, problems }.block(&body);
    }
}

pub(in crate::rules) struct Typing<'t, 'p, 'f> {
    /// The variables, the innermost last.
    known: Vec<(String, Kind)>,
    /// The script.
    text: &'t str,
    pub(in crate::rules) problems: &'p mut Problems<'f>,
}

impl Typing<'_, '_, '_> {
    /// The statements of a block; gives the kind of the last.
    fn block<'s>(&mut self, statements: impl IntoIterator<Item = &'s Stmt>) -> Kind {
        let before = self.known.len();
        let mut last = Kind::Nothing;
        for statement in statements {
            last = self.statement(statement);
        }
        self.known.truncate(before);
        last
    }

    fn inner(&mut self, block: &StmtBlock) -> Kind {
        self.block(block.statements())
    }

    fn statement(&mut self, statement: &Stmt) -> Kind {
        match statement {
            Stmt::Var(variable, ..) => {
                let kind = self.expression(&variable.1);
                self.known.push((variable.0.name.to_string(), kind));
                Kind::Nothing
            }
            Stmt::Assignment(assignment) => {
                let BinaryExpr { lhs, rhs } = &assignment.1;
                let kind = self.expression(rhs);
                if let Expr::Variable(variable, ..) = lhs
                    && let Some(known) = self.known.iter_mut().rfind(|(name, _)| *name == *variable.1)
                {
                    known.1 = known.1.or(kind);
                } else {
                    self.expression(lhs);
                }
                Kind::Nothing
            }
            Stmt::If(flow, _) => {
                self.condition(&flow.expr, "if");
                let then = self.inner(&flow.body);
                then.or(self.inner(&flow.branch))
            }
            Stmt::Switch(switch, at) => {
                let kind = self.expression(&switch.0);
                let cases = cases::of(self.text, place(*at));
                meaning::of_cases((&switch.0, kind), &cases, self.problems);
                for case in &switch.1.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                }
                Kind::Any
            }
            Stmt::FnCall(call, at) => self.call(call, *at),
            Stmt::Block(block) => self.inner(block),
            Stmt::TryCatch(flow, _) => {
                self.inner(&flow.body);
                if let Expr::Variable(caught, ..) = &flow.expr {
                    self.known.push((caught.1.to_string(), Kind::Any));
                }
                self.inner(&flow.branch);
                Kind::Any
            }
            Stmt::Expr(expression) => self.expression(expression),
            Stmt::Return(Some(value), ..) => {
                self.expression(value);
                Kind::Any
            }
            Stmt::Return(None, ..) => Kind::Any,
            _ => Kind::Nothing,
        }
    }

    pub(in crate::rules) fn expression(&mut self, expression: &Expr) -> Kind {
        match expression {
            Expr::Variable(variable, ..) => {
                let known = self.known.iter().rfind(|(name, _)| *name == *variable.1);
                known.map_or(Kind::Any, |(_, kind)| *kind)
            }
            Expr::Dot(pair, ..) => self.dot(pair),
            Expr::Index(pair, ..) => {
                self.expression(&pair.lhs);
                self.expression(&pair.rhs);
                Kind::Any
            }
            Expr::FnCall(call, at) => self.call(call, *at),
            Expr::And(sides, _) => {
                let kind = self.sides(sides.iter(), "&&");
                meaning::together(sides, self.problems);
                kind
            }
            Expr::Or(sides, _) => self.sides(sides.iter(), "||"),
            Expr::Coalesce(sides, _) => {
                self.all(sides.iter());
                Kind::Any
            }
            Expr::Stmt(block) => self.inner(block),
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => {
                self.all(parts.iter());
                of_literal(expression).unwrap_or(Kind::Any)
            }
            Expr::Map(map, _) => {
                self.all(map.0.iter().map(|(_, value)| value));
                Kind::Map
            }
            other => of_literal(other).unwrap_or(Kind::Any),
        }
    }

    fn all<'s>(&mut self, expressions: impl IntoIterator<Item = &'s Expr>) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    fn sides<'s>(&mut self, sides: impl IntoIterator<Item = &'s Expr>, sign: &str) -> Kind {
        for side in sides {
            self.condition(side, sign);
        }
        Kind::Bool
    }

    /// What must be true or false.
    fn condition(&mut self, expression: &Expr, of: &str) {
        let kind = self.expression(expression);
        if matches!(kind, Kind::Any | Kind::Bool) {
            return;
        }
        let what = shown(expression);
        let message = format!("`{of}` wants true or false, `{what}` is {}", kind.words());
        let hint = match (kind, what.as_str()) {
            (Kind::Input, "port") => "did you mean `port.on`?".to_owned(),
            (Kind::Input, _) => meaning::of_input(&what),
            (Kind::Number, _) => format!("compare it, for example {what} < 20"),
            (Kind::Text, "clock.weekday") => "write clock.weekday == \"Saturday\"".to_owned(),
            (Kind::Text, "clock.time") => "write clock.is_between(\"22:00\", \"06:00\")".to_owned(),
            (Kind::Text, _) => format!("compare it, for example {what} == \"phone\""),
            (Kind::List, _) => format!("ask for one of them: \"old\" in {what}"),
            _ => String::new(),
        };
        self.problems.error(place(expression.start_position()), "wrong-kind", message, hint);
    }

    fn dot(&mut self, pair: &BinaryExpr) -> Kind {
        let owner = self.expression(&pair.lhs);
        let input = match &pair.lhs {
            Expr::Variable(variable, ..) if owner == Kind::Input => variable.1.as_str(),
            _ => "",
        };
        match &pair.rhs {
            Expr::Property(property, _) => of_input(input, &property.2),
            Expr::MethodCall(call, _) => {
                let given: Vec<Kind> = call.args.iter().map(|value| self.expression(value)).collect();
                self.question(call, &given);
                if input.is_empty() { of_function(&call.name) } else { of_input(input, &call.name) }
            }
            // Chains like a.b.c hang on the right side.
            Expr::Dot(inner, ..) => {
                let first = match &inner.lhs {
                    Expr::Property(property, _) => of_input(input, &property.2),
                    _ => Kind::Any,
                };
                match (&inner.rhs, first) {
                    (Expr::MethodCall(call, _), _) => {
                        self.all(call.args.iter());
                        of_function(&call.name)
                    }
                    _ => Kind::Any,
                }
            }
            _ => Kind::Any,
        }
    }

    fn question(&mut self, call: &FnCallExpr, given: &[Kind]) {
        for ((value, got), wanted) in call.args.iter().zip(given).zip(kinds::wanted(&call.name)) {
            if *got == Kind::Any || got == wanted {
                continue;
            }
            let message = format!(
                "`{}` wants {} here, `{}` is {}",
                call.name,
                wanted.words(),
                shown(value),
                got.words()
            );
            let hint = match (wanted, got) {
                (Kind::Text, Kind::Number) => "times of day are texts: \"07:00\"".to_owned(),
                (_, Kind::Input) => meaning::of_input(&shown(value)),
                _ => String::new(),
            };
            self.problems.error(place(value.start_position()), "wrong-kind", message, hint);
        }
    }

    fn call(&mut self, call: &FnCallExpr, at: Position) -> Kind {
        let given: Vec<Kind> = call.args.iter().map(|value| self.expression(value)).collect();
        if let Some((sign, left, right)) = operation(call) {
            let (a, b) = match given.as_slice() {
                [a, b] => (*a, *b),
                _ => return Kind::Any,
            };
            return self.operation((sign, at), (left, a), (right, b));
        }
        let first = given.first().copied().unwrap_or(Kind::Any);
        match (call.name.as_str(), call.args.as_slice()) {
            ("!", [value]) if call.is_operator_call() => {
                if !matches!(first, Kind::Any | Kind::Bool) {
                    let message = format!("`!` wants true or false, `{}` is {}", shown(value), first.words());
                    self.problems.error(place(at), "wrong-kind", message, "");
                }
                Kind::Bool
            }
            ("-" | "+", [_]) => first,
            // What people write as `in`.
            ("contains", [list, wanted]) if call.namespace.is_empty() => {
                let of_wanted = given.get(1).copied().unwrap_or(Kind::Any);
                self.member(at, (list, first), (wanted, of_wanted));
                Kind::Bool
            }
            (PARAM, [_, default]) => of_literal(default).unwrap_or(Kind::Any),
            (verb, [reason]) if VERBS.iter().any(|(known, _)| *known == verb) => {
                let literal = of_literal(reason).is_some();
                if !literal && !matches!(first, Kind::Any | Kind::Text) {
                    let (what, kind) = (shown(reason), first.words());
                    let hint =
                        if what == "…" { String::new() } else { format!("write {verb}(`${{{what}}}`)") };
                    let message = format!("{}; `{what}` is {kind}", reason_wanted(verb));
                    self.problems.error(place(at), "no-reason", message, hint);
                }
                Kind::Nothing
            }
            (name, _) if call.namespace.is_empty() => of_function(name),
            _ => Kind::Any,
        }
    }

    fn operation(&mut self, (sign, at): (&str, Position), left: (&Expr, Kind), right: (&Expr, Kind)) -> Kind {
        let ((_, a), (_, b)) = (left, right);
        let known = a != Kind::Any && b != Kind::Any;
        if compares(sign) {
            self.compared((sign, sign), place(at), left, right);
            return Kind::Bool;
        }
        match sign {
            "+" | "-" | "*" | "/" | "%" | "**" => {
                let counts = |kind: Kind| matches!(kind, Kind::Any | Kind::Number);
                let texts = sign == "+" && a == Kind::Text && b == Kind::Text;
                if known && !(counts(a) && counts(b) || texts || a == Kind::List) {
                    let hint = if sign == "+" && (a == Kind::Text || b == Kind::Text) {
                        "put values into texts like this: `${battery.level}%`, between backticks"
                    } else {
                        ""
                    };
                    let message = format!("`{sign}` does not work with {} and {}", a.words(), b.words());
                    self.problems.error(place(at), "wrong-kind", message, hint);
                }
                if a == b { a } else { Kind::Any }
            }
            ".." | "..=" => Kind::Range,
            "contains" | "in" => Kind::Bool,
            _ => Kind::Any,
        }
    }

    /// Reports a comparison of what cannot be compared, or that is always or never true; `word` is what people wrote.
    pub(in crate::rules) fn compared(
        &mut self,
        (word, sign): (&str, &str),
        at: (u32, u32),
        left: (&Expr, Kind),
        right: (&Expr, Kind),
    ) {
        let ((_, a), (_, b)) = (left, right);
        if a == Kind::Any || b == Kind::Any {
            return;
        }
        let fits = match (a, b) {
            (Kind::Number, Kind::Number) | (Kind::Text, Kind::Text) => true,
            (Kind::Bool, Kind::Bool) => matches!(sign, "==" | "!="),
            _ => false,
        };
        if fits {
            meaning::check(sign, left.0, right.0, at, self.problems);
            return;
        }
        let ((x, a), (y, b)) = ((shown(left.0), a.words()), (shown(right.0), b.words()));
        let part = |what: &str, kind: &str| {
            if what == "…" { kind.to_owned() } else { format!("`{what}`, {kind},") }
        };
        let message = format!("`{word}` cannot compare {} with {}", part(&x, a), part(&y, b));
        let message = message.trim_end_matches(',').to_owned();
        let hint = meaning::of_comparison(sign, left, right);
        self.problems.error(at, "wrong-kind", message, hint);
    }
}
