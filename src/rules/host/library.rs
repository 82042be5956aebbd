//! Functions that all rules may use: those of `rules/lib/NAME.rhai` are called `NAME::function(…)`.
//!
//! A library computes, and rules speak: a function here says no verb and declares no parameter, so that a rule can be
//! read by itself. It sees only what is passed to it, and uses no other library file.

use std::collections::BTreeMap;

use rhai::{AST, FnAccess, FnCallExpr, Module, Position, Shared};

use crate::{
    model::{Diagnostic, Severity},
    rules::{
        check::{self, call, calls::values, hints, is_verb},
        compile::{LONGEST, Problems, RuleSource, in_order},
        host::{Host, place, verbs::PARAM},
        inputs::INPUTS,
        situations::Reads,
    },
};

/// More files than this are no small helpers any more.
pub(in crate::rules) const MOST_FILES: usize = 32;

/// All files of the library, compiled.
#[derive(Default)]
pub(in crate::rules) struct Library(BTreeMap<String, File>);

struct File {
    /// Its functions that rules may call: name and number of values.
    functions: Vec<(String, usize)>,
    /// What stands in it.
    reads: Reads,
    module: Shared<Module>,
}

impl Library {
    /// Compiles and checks all files; reports every problem of all of them. Those with an error are left out.
    pub(in crate::rules) fn compile(sources: &[RuleSource], found: &mut Vec<Diagnostic>) -> Self {
        let host = Host::new();
        let mut library = Self::default();
        for source in sources {
            let before = found.len();
            let mut problems = Problems { file: &source.file, found: &mut *found };
            if library.0.len() == MOST_FILES {
                let message = format!("the library has more than {MOST_FILES} files");
                problems.error((0, 0), "too-large", message, "put what belongs together into one file");
                break;
            }
            let file = file(&host, source, &mut problems);
            let own = found.get_mut(before..).unwrap_or_default();
            in_order(own, source);
            let broken = own.iter().any(|problem| problem.severity == Severity::Error);
            if let Some(file) = file.filter(|_| !broken) {
                library.0.insert(source.name.to_string(), file);
            }
        }
        library
    }

    /// True when there is such a file, and it is right.
    pub(in crate::rules) fn holds(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What stands in one of the files.
    pub(in crate::rules) fn reads(&self, name: &str) -> Option<&Reads> {
        self.0.get(name).map(|file| &file.reads)
    }

    /// The modules by name, for an engine.
    pub(in crate::rules) fn modules(&self) -> impl Iterator<Item = (&str, &Shared<Module>)> {
        self.0.iter().map(|(name, file)| (name.as_str(), &file.module))
    }

    /// Reports a call of a function that is not there, or that wants other values.
    pub(in crate::rules) fn check_call(&self, call: &FnCallExpr, at: Position, problems: &mut Problems<'_>) {
        let path: Vec<&str> = call.namespace.path.iter().map(|part| part.name.as_str()).collect();
        let name = path.join("::");
        let (function, given) = (call.name.as_str(), call.args.len());
        let Some(file) = self.0.get(&name) else {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            let hint = hints::nearest_of(&name, &known, "the library has");
            problems.error(place(at), "unknown-name", format!("there is no library `{name}`"), hint);
            return;
        };
        let mut known = file.functions.iter().filter(|(known, _)| known == function).peekable();
        let Some((_, wanted)) = known.peek() else {
            let names: Vec<&str> = file.functions.iter().map(|(name, _)| name.as_str()).collect();
            let hint = hints::nearest_of(function, &names, &format!("`{name}` has"));
            problems.error(place(at), "unknown-name", format!("`{name}` has no function `{function}`"), hint);
            return;
        };
        let wanted = *wanted;
        if !known.any(|(_, wanted)| *wanted == given) {
            let message = format!("`{name}::{function}` wants {}, not {given}", values(wanted));
            problems.error(place(at), "wrong-values", message, "");
        }
    }

    /// Where a function of this name is, as it is called; for hints.
    pub(in crate::rules) fn finds(&self, function: &str) -> Option<String> {
        let holds = |file: &File| file.functions.iter().any(|(known, _)| known == function);
        self.0.iter().find(|(_, file)| holds(file)).map(|(name, _)| format!("{name}::{function}"))
    }
}

/// One file, when it can be read.
fn file(host: &Host, source: &RuleSource, problems: &mut Problems<'_>) -> Option<File> {
    if source.name.as_str().contains('-') || INPUTS.iter().any(|input| input.name == source.name.as_str()) {
        let message = format!("`{}` is no name for a library: rules write it before `::`", source.name);
        problems.error((0, 0), "file-name", message, "use a-z, 0-9 and _, and not the name of an input");
        return None;
    }
    if source.text.len() > LONGEST {
        let message = format!("the file has {} bytes, a library file may have {LONGEST}", source.text.len());
        problems.error((0, 0), "too-long", message, "is this the right file?");
        return None;
    }
    let text = source.text.trim_start_matches('\u{feff}');
    let mut script = match host.compile(text) {
        Ok(script) => script,
        Err(Ok(error)) => {
            hints::explain(&error, text, problems);
            return None;
        }
        Err(Err(failure)) => {
            problems.error((failure.line, failure.column), "engine-failure", failure.message, "");
            return None;
        }
    };
    // By this name the errors of its functions are known.
    script.set_source(source.file.as_str());
    functions_only(&script, problems);
    check::functions(&script, text, problems);
    let functions = script
        .iter_fn_def()
        .filter(|function| function.access == FnAccess::Public)
        .map(|function| (function.name.to_string(), function.params.len()));
    let mut functions: Vec<_> = functions.collect();
    functions.sort();
    let module = host.module(&script).map_err(|failure| {
        problems.error((failure.line, failure.column), "engine-failure", failure.message, "");
    });
    let reads = Reads::of(&script, text, &Library::default());
    Some(File { functions, reads, module: module.ok()?.into() })
}

fn functions_only(script: &AST, problems: &mut Problems<'_>) {
    if let Some(first) = script.statements().first() {
        let message = "a library file holds functions and nothing else".to_owned();
        let hint = "write fn name(value) { … }; what a rule shall do stands in the rule";
        problems.error(place(first.position()), "not-a-function", message, hint);
    }
    script.walk(&mut |path| {
        let Some((call, at)) = path.last().and_then(call) else { return true };
        if is_verb(&call.name) || call.name == PARAM {
            let message = format!("only a rule itself says `{}`", call.name);
            let hint = "let the function give back a value, and the rule decide by it";
            problems.error(place(at), "not-in-library", message, hint);
        }
        true
    });
}
