//! Reads a script as far as it can be read, so that all that is wrong with it is told at once.
//!
//! Rhai stops at the first name that it does not know. To people a misspelt name is no reason to keep quiet about the
//! rest of the file, so the name is told, then taken as known, and the script is read again.

use rhai::{AST, ParseErrorType};

use crate::{
    model::Diagnostic,
    rules::{
        check::{hints, scan},
        compile::Problems,
        host::{Host, place},
        inputs::INPUTS,
    },
};

/// So many unknown names of one rule are told: every one of them costs one more reading.
const NAMES: usize = 12;

/// A script that could be read, perhaps with names that nobody knows.
pub(in crate::rules) struct Reading {
    pub(in crate::rules) script: AST,
    /// What was told of already.
    unknown: Vec<String>,
}

/// Reads a script; reports why not, or which names in it are not known.
pub(in crate::rules) fn read(host: &Host, text: &str, problems: &mut Problems<'_>) -> Option<Reading> {
    let before = problems.found.len();
    let mut unknown: Vec<String> = Vec::new();
    let mut readable = text.to_owned();
    loop {
        let error = match host.compile_knowing(&readable, &unknown) {
            Ok(script) => return Some(Reading { script, unknown }),
            Err(Ok(error)) => error,
            Err(Err(failure)) => {
                problems.error((failure.line, failure.column), "engine-failure", failure.message, "");
                return None;
            }
        };
        match error.err_type() {
            ParseErrorType::VariableUndefined(name) if unknown.len() < NAMES && !unknown.contains(name) => {
                hints::explain(&error, text, problems);
                unknown.push(name.clone());
            }
            ParseErrorType::ModuleUndefined(name) if unknown.len() < NAMES && !unknown.contains(name) => {
                hints::explain(&error, text, problems);
                // As one name, as long as the two.
                readable = readable.replace(&format!("{name}::"), &format!("{name}__"));
                unknown.push(name.clone());
            }
            _ => {
                // Behind a word of another language the rest of the line makes no sense either.
                let (line, _) = place(error.position());
                let told = problems.found.iter().skip(before).any(|problem| problem.line == line);
                if !told {
                    hints::explain(&error, text, problems);
                }
                return None;
            }
        }
    }
}

impl Reading {
    /// Takes back what only follows from names that are not known: what `sensor` has cannot be said.
    pub(in crate::rules) fn without_followers(&self, text: &str, found: &mut Vec<Diagnostic>, before: usize) {
        let inputs: Vec<&str> = INPUTS.iter().map(|input| input.name).collect();
        let lost = self.unknown.iter().filter(|name| hints::nearest(name, &inputs).is_none());
        let lost: Vec<String> = lost.map(|name| format!("{name}.")).collect();
        let modules: Vec<String> = self.unknown.iter().map(|name| format!("`{name}__")).collect();
        let mut nth = 0;
        found.retain(|problem| {
            nth += 1;
            let line = scan::line_before(text, (problem.line, problem.column));
            let follows = lost.iter().any(|name| line.ends_with(name))
                || modules.iter().any(|name| problem.message.contains(name));
            nth <= before || problem.code != "unknown-name" || !follows
        });
    }
}
