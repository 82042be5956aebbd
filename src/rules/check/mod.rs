//! Checks a script that Rhai could read: names, calls and parameters, also where no run has come by.
//!
//! Rhai looks names of functions and properties up when it gets to them. A typing error in a branch that is
//! taken once a month must be found when the file is saved.

pub(in crate::rules) mod calls;
pub(in crate::rules) mod cases;
pub(in crate::rules) mod flow;
pub(in crate::rules) mod habits;
pub(in crate::rules) mod hints;
pub(in crate::rules) mod kinds;
pub(in crate::rules) mod meaning;
pub(in crate::rules) mod members;
pub(in crate::rules) mod param_check;
pub(in crate::rules) mod reading;
pub(in crate::rules) mod scan;
pub(in crate::rules) mod sweep;
pub(in crate::rules) mod typing;
pub(in crate::rules) mod unsaid;

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

use crate::{
    model::Severity,
    rules::{
        compile::{Parameter, Problems},
        host::{
            functions::FUNCTIONS,
            library::Library,
            place,
            verbs::{PARAM, VERBS},
        },
        inputs::{INPUTS, Input},
    },
};

/// What a script declares, as far as the check needs it.
struct Script<'l> {
    /// What it may use of other files.
    library: &'l Library,
    /// Its functions: name and number of values.
    functions: Vec<(String, usize)>,
    /// What functions take, and all variables: names that a function may know. Which function knows which is
    /// found by running them.
    names: Vec<String>,
    /// The names in its map literals.
    keys: Vec<String>,
}

/// Reports what is wrong and gives the parameters.
pub(in crate::rules) fn script(
    ast: &AST,
    text: &str,
    library: &Library,
    problems: &mut Problems<'_>,
) -> Vec<Parameter> {
    let parameters = names(ast, text, library, problems);
    typing::check(ast, text, problems);
    if !problems
        .found
        .iter()
        .any(|problem| problem.file == problems.file && problem.severity == Severity::Error)
    {
        check_verbs(ast, problems);
        flow::check(ast, problems);
    }
    parameters
}

/// Reports what is wrong in functions that stand for themselves.
pub(in crate::rules) fn functions(ast: &AST, text: &str, problems: &mut Problems<'_>) {
    names(ast, text, &Library::default(), problems);
}

fn names(ast: &AST, text: &str, library: &Library, problems: &mut Problems<'_>) -> Vec<Parameter> {
    let script = Script::read(ast, library);
    for function in ast.iter_fn_def() {
        check_name(&function.name, declared_at(text, &function.name), problems);
    }
    let mut parameters = Vec::new();
    // The walk takes the statements of the script first, then those of its functions.
    let mut begun = 0;
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        begun += usize::from(path.len() == 1);
        let inside_function = begun > ast.statements().len();
        script.node(path, inside_function, &mut parameters, problems);
        true
    });
    parameters
}

/// Warns of a rule that has no verb. What is in functions of other files is not known here.
fn check_verbs(ast: &AST, problems: &mut Problems<'_>) {
    let mut said = false;
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        said |= path
            .last()
            .and_then(call)
            .is_some_and(|(call, _)| is_verb(&call.name) || !call.namespace.is_empty());
        true
    });
    if !said {
        let hint = "say charge(\"why\"), rest(\"why\") or keep(\"why\") somewhere";
        problems.warning((1, 1), "no-verb", "the rule never has an opinion".to_owned(), hint);
    }
}

pub(in crate::rules) fn call<'a>(node: &ASTNode<'a>) -> Option<(&'a FnCallExpr, Position)> {
    match node {
        ASTNode::Expr(Expr::FnCall(call, at)) | ASTNode::Stmt(Stmt::FnCall(call, at)) => Some((call, *at)),
        _ => None,
    }
}

pub(in crate::rules) fn is_verb(name: &str) -> bool {
    VERBS.iter().any(|(verb, _)| *verb == name)
}

fn input(name: &str) -> Option<&'static Input> {
    INPUTS.iter().find(|input| input.name == name)
}

fn variable(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Variable(variable, ..) => Some(variable.1.as_str()),
        _ => None,
    }
}

/// The variable that an expression like `a.b[c].d` begins with.
fn root(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => root(&pair.lhs),
        other => variable(other),
    }
}

/// Names that a script may not give to its own variables and functions.
fn check_name(name: &str, at: (u32, u32), problems: &mut Problems<'_>) {
    let message = if input(name).is_some() {
        format!("`{name}` is an input and cannot be declared again")
    } else if is_verb(name) || name == PARAM || FUNCTIONS.iter().any(|(known, _)| *known == name) {
        format!("`{name}` is a word of the rules and cannot be declared again")
    } else {
        return;
    };
    problems.error(at, "name-taken", message, "choose another name");
}

/// Where a function is declared; Rhai does not keep that.
fn declared_at(text: &str, name: &str) -> (u32, u32) {
    let is_declaration = |offset: usize| {
        let rest = text.get(offset..).and_then(|rest| rest.strip_prefix("fn"));
        let after = rest.and_then(|rest| rest.trim_start().strip_prefix(name));
        after.is_some_and(|after| after.trim_start().starts_with('('))
    };
    let mut letters = scan::code(text).filter(|found| found.letter == 'f');
    letters.find(|found| is_declaration(found.offset)).map_or((0, 0), |found| found.place)
}

impl<'l> Script<'l> {
    fn read(ast: &AST, library: &'l Library) -> Self {
        let mut script = Self { library, functions: Vec::new(), names: Vec::new(), keys: Vec::new() };
        for function in ast.iter_fn_def() {
            script.functions.push((function.name.to_string(), function.params.len()));
            script.names.extend(function.params.iter().map(ToString::to_string));
        }
        let mut begun = 0;
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            begun += usize::from(path.len() == 1);
            let inside_function = begun > ast.statements().len();
            match path.last() {
                Some(ASTNode::Expr(Expr::Map(map, _))) => {
                    script.keys.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
                }
                Some(ASTNode::Stmt(Stmt::Var(variable, ..))) if inside_function => {
                    script.names.push(variable.0.name.to_string());
                }
                Some(ASTNode::Stmt(Stmt::TryCatch(flow, _))) if inside_function => {
                    script.names.extend(variable(&flow.expr).map(str::to_owned));
                }
                _ => {}
            }
            true
        });
        script
    }

    fn node(
        &self,
        path: &[ASTNode<'_>],
        inside_function: bool,
        parameters: &mut Vec<Parameter>,
        problems: &mut Problems<'_>,
    ) {
        let Some(node) = path.last() else { return };
        if let Some((call, at)) = call(node).filter(|(call, _)| !call.is_operator_call()) {
            if call.name == PARAM {
                parameters.extend(param_check::declaration(call, at, parameters, problems));
            } else {
                self.call(call, at, problems);
            }
        }
        match node {
            ASTNode::Stmt(Stmt::Var(variable, _, _)) => {
                check_name(&variable.0.name, place(variable.0.pos), problems)
            }
            ASTNode::Stmt(Stmt::Assignment(assignment)) => {
                let left = &assignment.1.lhs;
                if let Some(name) = root(left).filter(|name| input(name).is_some()) {
                    let message =
                        format!("`{name}` is read-only: a rule sees the world and does not change it");
                    let hint =
                        "what a rule wants it says: charge(\"why\") gives power, rest(\"why\") takes it away";
                    problems.error(place(left.start_position()), "read-only", message, hint);
                }
            }
            ASTNode::Expr(Expr::Property(property, at)) => {
                self.property(&property.2, *at, owner(path), problems)
            }
            ASTNode::Expr(Expr::StringConstant(words, at)) if words.contains("${") => {
                let message = "in a text between double quotes `${…}` is not filled in".to_owned();
                problems.warning(
                    place(*at),
                    "not-filled-in",
                    message,
                    "write the text between backticks: `…`",
                );
            }
            ASTNode::Expr(Expr::MethodCall(call, at)) => self.method(call, *at, owner(path), problems),
            ASTNode::Expr(Expr::Variable(variable, _, at)) if inside_function => {
                self.variable(&variable.1, *at, problems)
            }
            _ => {}
        }
    }

    /// Names inside of functions, which Rhai does not check.
    fn variable(&self, name: &str, at: Position, problems: &mut Problems<'_>) {
        if self.names.iter().any(|known| known == name) {
            return;
        }
        let message = format!("`{name}` is not known inside of this function");
        let known: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let hint = match hints::nearest(name, &known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "a function sees only what is passed to it, for example fn cold(battery) { battery.level < 5 }".to_owned(),
        };
        problems.error(place(at), "unknown-name", message, hint);
    }

    fn call(&self, call: &FnCallExpr, at: Position, problems: &mut Problems<'_>) {
        let (name, given) = (call.name.as_str(), call.args.len());
        if call.is_qualified() {
            self.library.check_call(call, at, problems);
            return;
        }
        if is_verb(name) {
            calls::reason(call, at, problems);
            return;
        }
        let allowed = self.allowed(name, 0);
        if allowed.contains(&given) {
            return;
        }
        if let Some(wanted) = allowed.first() {
            let message = format!("`{name}` wants {}, not {given}", calls::values(*wanted));
            problems.error(place(at), "wrong-values", message, "");
            return;
        }
        let question = INPUTS.iter().find(|input| input.questions.iter().any(|(known, _)| *known == name));
        let hint = match question {
            Some(input) => format!("did you mean `{}.{name}`?", input.name),
            None => match self.library.finds(name) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => hints::function(name, &self.callable()),
            },
        };
        problems.error(place(at), "unknown-name", format!("there is no function `{name}`"), hint);
    }

    /// How many values a function may be given, `before` of them standing before its point.
    fn allowed(&self, name: &str, before: usize) -> Vec<usize> {
        let own = self.functions.iter().filter(|(known, _)| known == name).map(|(_, n)| *n);
        let given =
            FUNCTIONS.iter().filter(|(known, _)| *known == name).map(|(_, n)| n.saturating_sub(before));
        own.chain(given).collect()
    }

    fn callable(&self) -> Vec<&str> {
        let own = self.functions.iter().map(|(name, _)| name.as_str());
        let verbs = VERBS.iter().map(|(verb, _)| *verb).chain([PARAM]);
        own.chain(verbs).chain(FUNCTIONS.iter().map(|(name, _)| *name)).collect()
    }

    fn property(&self, name: &str, at: Position, owner: Option<&'static Input>, problems: &mut Problems<'_>) {
        let Some(input) = owner else {
            let known = INPUTS.iter().any(|input| input.values.contains(&name))
                || self.keys.iter().any(|key| key == name);
            if !known {
                let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
                let message = format!("nothing here has a `{name}`");
                problems.error(place(at), "unknown-name", message, habits::property(name, &keys));
            }
            return;
        };
        if input.values.contains(&name) {
            return;
        }
        let question = input.questions.iter().find(|(known, _)| *known == name);
        let hint = match question {
            Some(_) => format!("it is a question: {}", calls::example(name)),
            None => meant(input, name),
        };
        problems.error(place(at), "unknown-name", format!("`{}` has no `{name}`", input.name), hint);
    }

    fn method(
        &self,
        call: &FnCallExpr,
        at: Position,
        owner: Option<&'static Input>,
        problems: &mut Problems<'_>,
    ) {
        let (name, given) = (call.name.as_str(), call.args.len());
        let Some(input) = owner else {
            let asked = INPUTS.iter().any(|input| input.questions.contains(&(name, given)));
            let allowed = self.allowed(name, 1);
            match allowed.first() {
                _ if asked || allowed.contains(&given) => {}
                Some(wanted) => {
                    let message =
                        format!("`{name}` wants {} in its ( ), not {given}", calls::values(*wanted));
                    problems.error(place(at), "wrong-values", message, "");
                }
                None => {
                    let hint = hints::function(name, &self.callable());
                    problems.error(place(at), "unknown-name", format!("there is no function `{name}`"), hint);
                }
            }
            return;
        };
        let known = input.questions.iter().filter(|(known, _)| *known == name);
        match known.clone().find(|(_, wanted)| *wanted == given).or_else(|| known.clone().next()) {
            Some((_, wanted)) if *wanted == given => calls::literals(call, problems),
            Some((_, wanted)) => {
                let message =
                    format!("`{}.{name}` wants {}, not {given}", input.name, calls::values(*wanted));
                problems.error(place(at), "wrong-values", message, calls::example(name));
            }
            None => {
                let hint = if input.values.contains(&name) {
                    format!("write `{}.{name}` without ( )", input.name)
                } else {
                    meant(input, name)
                };
                problems.error(place(at), "unknown-name", format!("`{}` has no `{name}`", input.name), hint);
            }
        }
    }
}

/// The input whose value or question the last node of the path is, if it is one.
fn owner(path: &[ASTNode<'_>]) -> Option<&'static Input> {
    let mut upward = path.iter().rev();
    let (node, parent) = (upward.next()?, upward.next()?);
    let held_by = |inner: &ASTNode<'_>, outer: &ASTNode<'_>| match outer {
        ASTNode::Expr(Expr::Dot(pair, ..)) if ASTNode::Expr(&pair.rhs) == *inner => {
            variable(&pair.lhs).and_then(input)
        }
        _ => None,
    };
    let begins = match parent {
        ASTNode::Expr(Expr::Dot(pair, ..) | Expr::Index(pair, ..)) => ASTNode::Expr(&pair.lhs) == *node,
        _ => false,
    };
    if begins { held_by(parent, upward.next()?) } else { held_by(node, parent) }
}

/// What was probably meant by an unknown value of an input.
fn meant(input: &Input, name: &str) -> String {
    let members = members(input);
    let known = habits::synonym(input.name, name).or_else(|| hints::nearest(name, &members));
    match known {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("`{}` has {}", input.name, members.join(", ")),
    }
}

fn members(input: &Input) -> Vec<&'static str> {
    input.values.iter().copied().chain(input.questions.iter().map(|(question, _)| *question)).collect()
}
