//! Goes along with a script by Rhai's debugger and writes down where it comes by.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rhai::{
    AST, ASTFlags, ASTNode, Engine, Expr, FnCallExpr, Stmt, StmtBlock,
    debugger::{DebuggerCommand, DebuggerEvent},
};

use super::{
    look::{self, Context},
    printed::{expression, start, statement_start},
    told::{Input, Leads, Place, Question, Setting, TraceStep},
};
use crate::{
    model::{Value, Verdict},
    rules::host::{
        CALLS, place,
        verbs::{PARAM, VERBS},
    },
};

/// So many steps and values are told of one run: shipped rules take less than twenty. What goes on longer is a rule
/// whose functions call each other, and of that the beginning is enough.
const MOST: usize = 400;

/// The rule's own functions, and the verbs that they may say.
type Functions = BTreeMap<String, Vec<Verdict>>;

/// What was written down of one run.
#[derive(Default)]
pub(super) struct Record {
    file: Arc<str>,
    functions: Functions,
    pub(super) inputs: Vec<Input>,
    pub(super) steps: Vec<TraceStep>,
    pub(super) visited: BTreeSet<Place>,
    pub(super) cut: bool,
}

thread_local! {
    static RECORD: RefCell<Option<Record>> = const { RefCell::new(None) };
}

/// Begins to write down what the next run on this thread does.
pub(super) fn begin(file: &str, script: &AST) {
    let functions = verbs_of_functions(script);
    let record = Record { file: file.into(), functions, ..Record::default() };
    RECORD.set(Some(record));
}

/// What was written down.
pub(super) fn end() -> Record {
    RECORD.take().unwrap_or_default()
}

/// Lets an engine tell where it comes by.
pub(in crate::rules) fn attach(engine: &mut Engine) {
    #[expect(
        deprecated,
        reason = "not deprecated but marked as apt to change; the version of Rhai is pinned"
    )]
    engine.register_debugger(
        |_, debugger| debugger,
        |mut context, event, node, source, _| {
            // While a value is looked up the record is away, so that looking leaves no trace.
            if let Some(mut record) = RECORD.take() {
                if !matches!(event, DebuggerEvent::End) {
                    record.comes_by(&mut context, node, source);
                }
                RECORD.set(Some(record));
            }
            Ok(DebuggerCommand::StepInto)
        },
    );
}

impl Record {
    fn comes_by(
        &mut self,
        context: &mut Context<'_, '_, '_, '_, '_, '_>,
        node: ASTNode<'_>,
        source: Option<&str>,
    ) {
        let file = source.map_or_else(|| Arc::clone(&self.file), Arc::from);
        let at = match node {
            ASTNode::Stmt(statement) => statement_start(statement),
            ASTNode::Expr(expr) => start(expr),
            _ => return,
        };
        let (line, column) = place(at);
        if line == 0 {
            return;
        }
        let here = Place { file, line, column };
        self.visited.insert(here.clone());
        if self.steps.len() + self.inputs.len() >= MOST {
            self.cut = true;
            return;
        }
        match node {
            ASTNode::Stmt(statement) => self.statement(context, statement, here),
            ASTNode::Expr(expr) => self.value(context, expr, here),
            _ => {}
        }
    }

    fn statement(&mut self, context: &mut Context<'_, '_, '_, '_, '_, '_>, statement: &Stmt, place: Place) {
        match statement {
            Stmt::If(parts, _) => {
                let condition = look::condition(context, &parts.expr, &place.file, true);
                let then = leads(&parts.body, &self.functions);
                let otherwise = leads(&parts.branch, &self.functions);
                self.steps.push(TraceStep::Asked(Question { place, condition, then, otherwise }));
            }
            Stmt::Switch(parts, _) => {
                let value = look::value(context, &parts.0);
                self.steps.push(TraceStep::Chosen { place, text: expression(&parts.0), value });
            }
            Stmt::Var(parts, ..) => {
                let setting = setting(context, parts.0.name.as_str(), &parts.1, place);
                self.steps.push(TraceStep::Set(setting));
            }
            Stmt::Assignment(parts) => {
                let (operation, sides) = &**parts;
                let mut setting = setting(context, &expression(&sides.lhs), &sides.rhs, place);
                if let Some((_, _, _, _, operator, _)) =
                    operation.is_op_assignment().then(|| operation.get_op_assignment_info()).flatten()
                {
                    setting.text = format!("{} {operator} {}", setting.name, setting.text);
                    setting.value = None;
                }
                self.steps.push(TraceStep::Set(setting));
            }
            Stmt::Return(_, flags, _) if !flags.intersects(ASTFlags::BREAK) && context.call_level() == 0 => {
                self.steps.push(TraceStep::Left { place });
            }
            _ => {}
        }
    }

    fn value(&mut self, context: &mut Context<'_, '_, '_, '_, '_, '_>, expr: &Expr, place: Place) {
        let Some((input, value)) = look::input(context, expr) else { return };
        let known = self
            .inputs
            .iter()
            .any(|known| known.place == place && known.input == input && known.value == value);
        if !known {
            self.inputs.push(Input { place, input, value });
        }
    }
}

fn setting(context: &mut Context<'_, '_, '_, '_, '_, '_>, name: &str, expr: &Expr, place: Place) -> Setting {
    let parameter = match expr {
        Expr::FnCall(call, _) if call.name == PARAM => match call.args.first() {
            Some(Expr::StringConstant(name, _)) => Some(name.to_string()),
            _ => None,
        },
        _ => None,
    };
    let value = look::value(context, expr);
    let is_answer =
        look::is_condition(expr) || (matches!(value, Some(Value::Bool(_))) && !expr.is_constant());
    let condition =
        (is_answer && parameter.is_none()).then(|| look::condition(context, expr, &place.file, true));
    Setting { name: name.to_owned(), text: expression(expr), value, parameter, condition, place }
}

/// Where a block leads.
fn leads(block: &StmtBlock, functions: &Functions) -> Leads {
    let span = block.span();
    let mut leads = Leads {
        span: (!span.is_none()).then(|| (place(span.start()), place(span.end()))),
        ..Leads::default()
    };
    let mut path = Vec::new();
    for statement in block {
        statement.walk(&mut path, &mut |path: &[ASTNode<'_>]| {
            if let Some(call) = path.last().and_then(call) {
                leads.verbs.extend(verbs(call, functions));
            }
            if let Some(ASTNode::Stmt(Stmt::Return(_, flags, _))) = path.last() {
                leads.leaves |= !flags.intersects(ASTFlags::BREAK);
            }
            true
        });
    }
    leads
}

/// What each own function may say, also by way of others.
fn verbs_of_functions(script: &AST) -> Functions {
    // Rhai shows the statements of functions, but not whose they are: their places tell.
    let mut calls: Vec<((u32, u32), FnCallExpr)> = Vec::new();
    script.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(node) = path.last()
            && let Some(call) = call(node)
        {
            calls.push((place(node.position()), call.clone()));
        }
        true
    });
    let mut functions = Functions::new();
    // So deep functions may call each other; then the verbs of the deepest are known to all.
    for _ in 0..CALLS {
        let known = functions;
        functions = Functions::new();
        for function in script.iter_fn_def() {
            let (from, to) = (place(function.body.start_position()), place(function.body.end_position()));
            let inside = calls.iter().filter(|(at, _)| from <= *at && *at <= to);
            let mut said: Vec<Verdict> = inside.flat_map(|(_, call)| verbs(call, &known)).collect();
            said.dedup();
            said.truncate(VERBS.len());
            functions.insert(function.name.to_string(), said);
        }
    }
    functions
}

fn call<'a>(node: &ASTNode<'a>) -> Option<&'a FnCallExpr> {
    match node {
        ASTNode::Stmt(Stmt::FnCall(call, _))
        | ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _)) => Some(call),
        _ => None,
    }
}

fn verbs(call: &FnCallExpr, functions: &Functions) -> Vec<Verdict> {
    let verb = VERBS.iter().find(|(name, _)| call.name == *name).map(|(_, verdict)| vec![*verdict]);
    verb.or_else(|| functions.get(call.name.as_str()).cloned()).unwrap_or_default()
}
