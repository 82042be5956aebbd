//! The Rhai engine, fenced in: what a script cannot do, it cannot do by accident either.
//!
//! A raw engine (no input, output, sleep, clock, modules or `eval`), the optimizer left out by a Cargo
//! feature (in 1.27 it can panic on a script), every limit set (Rhai's own differ between debug and release), a time limit, and panics caught.
//! Never gives a script anything that lives longer than one evaluation.

pub(in crate::rules) mod failure;
pub(in crate::rules) mod functions;
pub(in crate::rules) mod library;
pub(in crate::rules) mod verbs;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use rhai::{AST, Dynamic, Engine, EvalAltResult, Module, ParseError, Position};

use crate::{
    model::{Facts, RuleName},
    rules::{inputs, trace},
};

use library::Library;
use verbs::{Evaluation, Override, Spoken};

/// What one evaluation may take: shipped rules take a hundredth.
pub(in crate::rules) const TIME_LIMIT: Duration = Duration::from_millis(5);
/// Shipped rules take 20 to 40; this ends a runaway script in less than a millisecond.
pub(in crate::rules) const OPERATIONS: u64 = 10_000;
/// The same for a run that is written down: every value is looked up anew, two or three times.
const TRACED_OPERATIONS: u64 = 200_000;
/// Depth of functions calling functions; each level takes stack.
pub(in crate::rules) const CALLS: usize = 8;
/// Depth of nested expressions and blocks; each level takes stack.
pub(in crate::rules) const DEPTH: usize = 32;
/// Longest text in bytes; reasons are cut to 255 characters.
pub(in crate::rules) const TEXT: usize = 1024;
/// Longest list; sizes are counted at every operation, so long ones are slow.
pub(in crate::rules) const LIST: usize = 64;
/// Largest map.
pub(in crate::rules) const MAP: usize = 32;
/// Variables at one moment, the inputs among them.
pub(in crate::rules) const VARIABLES: usize = 64;
/// Functions in one script.
pub(in crate::rules) const FUNCTIONS: usize = 16;

/// Why a script could not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) struct Failure {
    /// In words.
    pub(in crate::rules) message: String,
    /// Line and column in the rule, from 1; 0 when not known.
    pub(in crate::rules) line: u32,
    /// See `line`.
    pub(in crate::rules) column: u32,
    /// True when a limit ended it: it will not get better by trying again.
    pub(in crate::rules) limit: bool,
}

/// The engine that compiles and runs every rule of a set.
pub(in crate::rules) struct Host(Engine);

impl Host {
    pub(in crate::rules) fn new() -> Self {
        let mut engine = Engine::new_raw();
        functions::register(&mut engine);
        inputs::register(&mut engine);
        verbs::register(&mut engine);
        engine
            .set_strict_variables(true)
            .set_fail_on_invalid_map_property(true)
            .set_allow_shadowing(false)
            .set_allow_looping(false)
            .set_allow_anonymous_fn(false)
            // Fast operators would pass over the strict comparisons.
            .set_fast_operators(false)
            // Interned texts would sit behind a lock that all stations share.
            .set_max_strings_interned(0)
            .set_max_operations(OPERATIONS)
            .set_max_call_levels(CALLS)
            .set_max_expr_depths(DEPTH, DEPTH)
            .set_max_string_size(TEXT)
            .set_max_array_size(LIST)
            .set_max_map_size(MAP)
            .set_max_variables(VARIABLES)
            .set_max_functions(FUNCTIONS)
            .set_max_modules(0);
        for keyword in
            ["eval", "import", "export", "print", "debug", "Fn", "call", "curry", "<<", ">>", "<<=", ">>="]
        {
            engine.disable_symbol(keyword);
        }
        engine.on_progress(|operations| verbs::out_of_time(operations).then_some(Dynamic::UNIT));
        Self(engine)
    }

    /// An engine whose scripts may use these functions, too.
    pub(in crate::rules) fn with(mut self, library: &Library) -> Self {
        for (name, module) in library.modules() {
            self.0.register_static_module(name, module.clone());
        }
        self
    }

    /// The functions of a script, for other scripts.
    pub(in crate::rules) fn module(&self, script: &AST) -> Result<Module, Failure> {
        let _evaluation = Evaluation::begin([], TIME_LIMIT);
        let run = || Module::eval_ast_as_new(rhai::Scope::new(), script, &self.0);
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(module) => module.map_err(|error| failure::of(&error)),
            Err(_panic) => Err(failure::panicked()),
        }
    }

    /// The same engine for runs that are written down. What an ordinary run has no time for, it has: how a rule ends
    /// is for the ordinary engine to say.
    pub(in crate::rules) fn traced() -> Self {
        let Self(mut engine) = Self::new();
        engine.set_max_operations(TRACED_OPERATIONS);
        trace::attach(&mut engine);
        Self(engine)
    }

    /// Compiles a script; the names of the inputs are known to it, their values are not.
    pub(in crate::rules) fn compile(&self, text: &str) -> Result<AST, Result<ParseError, Failure>> {
        self.compile_knowing(text, &[])
    }

    /// The same for a script with names that are no inputs, and that somebody was told of.
    pub(in crate::rules) fn compile_knowing(
        &self,
        text: &str,
        names: &[String],
    ) -> Result<AST, Result<ParseError, Failure>> {
        let mut scope = inputs::names();
        for name in names {
            scope.push(name.as_str(), ());
        }
        match catch_unwind(AssertUnwindSafe(|| self.0.compile_with_scope(&scope, text))) {
            Ok(compiled) => compiled.map_err(Ok),
            Err(_panic) => Err(Err(failure::panicked())),
        }
    }

    /// Runs a script once: a fresh scope, these facts, these values of parameters.
    pub(in crate::rules) fn evaluate(
        &self,
        script: &AST,
        rule: &RuleName,
        overrides: impl IntoIterator<Item = Override>,
        facts: &Arc<Facts>,
        limit: Duration,
    ) -> Result<Option<Spoken>, Failure> {
        let _evaluation = Evaluation::begin(overrides, limit);
        let run = || self.0.eval_ast_with_scope::<Dynamic>(&mut inputs::scope(facts, rule), script);
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Ok(value)) => Ok(value.try_cast::<Spoken>()),
            Ok(Err(error)) => Err(failure::of(&error)),
            Err(_panic) => Err(failure::panicked()),
        }
    }
}

/// Line and column, 0 when not known.
pub(in crate::rules) fn place(position: Position) -> (u32, u32) {
    let number = |n: Option<usize>| n.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    (number(position.line()), number(position.position()))
}

/// The innermost error: where it happened, not through which calls.
pub(in crate::rules) fn innermost(error: &EvalAltResult) -> &EvalAltResult {
    error.unwrap_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::example;

    /// Runs a script with this much time.
    fn run(host: &Host, text: &str, limit: Duration) -> Result<Option<Spoken>, Failure> {
        let rule = RuleName::new("x").unwrap();
        let facts = Arc::new(example::facts());
        host.evaluate(&host.compile(text).unwrap(), &rule, [], &facts, limit)
    }

    const BUSY: &str =
        "fn f(n) { if n > 0 { f(n-1); f(n-1); f(n-1); f(n-1); } } try { f(5); } catch { } keep(\"x\")";

    #[test]
    fn time_is_limited() {
        let failure = run(&Host::new(), BUSY, Duration::ZERO).err().unwrap();
        assert_eq!((failure.message.as_str(), failure.limit), ("took longer than 5 ms", true));
    }

    #[test]
    fn a_short_rule_cannot_run_out_of_time() {
        assert!(run(&Host::new(), "keep(`${battery.level}`)", Duration::ZERO).unwrap().is_some());
    }

    #[test]
    fn a_panic_is_a_failure_and_the_next_rule_works() {
        let mut host = Host::new();
        host.0.register_fn("boom", || {
            if true {
                panic!("on purpose")
            }
        });
        let failure = run(&host, "boom(); keep(\"x\")", TIME_LIMIT).err().unwrap();
        assert!(failure.message.contains("broke the rule engine"), "{failure:?}");
        assert!(run(&host, "keep(\"x\")", TIME_LIMIT).unwrap().is_some());
    }
}
