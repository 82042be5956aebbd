//! How the program says that something went wrong.

use std::{fmt, io, process::ExitCode};

use super::look::{count, plain};
use crate::model::{Diagnostic, Severity};

/// What the shell learns. Other numbers are not used; 2 is given by the parser of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It did not work, a test failed, or `check` found errors.
    Failed = 1,
    /// The service cannot be reached, or its address is taken (`EX_UNAVAILABLE` of sysexits.h).
    Unavailable = 69,
    /// A file or folder cannot be made or opened for writing (`EX_CANTCREAT`).
    CannotCreate = 73,
    /// A part of the service ended by itself: a defect (`EX_SOFTWARE`).
    Defect = 70,
    /// The service may not listen there: not on this port, or not without tokens (`EX_NOPERM`).
    Denied = 77,
    /// Settings, stations or rules are broken (`EX_CONFIG`).
    Configuration = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why the program ends without success: a number for the shell, what happened, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For the shell.
    pub exit: Exit,
    /// What happened; empty when everything has been said already.
    pub what: String,
    /// What to do; may be empty.
    pub hint: String,
    /// What is wrong with the user's files, if that is the reason.
    pub problems: Vec<Diagnostic>,
}

impl Failure {
    /// Something happened, and this is what to do about it.
    pub fn new(exit: Exit, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit, what: what.into(), hint: hint.into(), problems: Vec::new() }
    }

    /// Stations or rules are broken.
    pub fn files(problems: Vec<Diagnostic>) -> Self {
        Self::broken("files", problems)
    }

    /// `settings.ron` or the environment is broken.
    pub fn settings(problems: Vec<Diagnostic>) -> Self {
        Self::broken("settings", problems)
    }

    fn broken(what: &str, problems: Vec<Diagnostic>) -> Self {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let what = format!("the {what} are broken: {}", count(errors, "error"));
        Self { problems, ..Self::new(Exit::Configuration, what, "") }
    }

    /// Everything has been printed already; only the number is left to say.
    pub fn told(exit: Exit) -> Self {
        Self::new(exit, "", "")
    }

    /// Ctrl-C and SIGTERM cannot be waited for.
    #[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
    pub fn signals(error: io::Error) -> Self {
        Self::new(Exit::Failed, format!("signals cannot be received ({error})"), "")
    }

    /// True when whoever reads our output has gone: nothing to complain about.
    pub fn is_closed_pipe(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::BrokenPipe
    }
}

impl From<io::Error> for Failure {
    /// Only for writing to standard output: other errors know more about what to do.
    fn from(error: io::Error) -> Self {
        if Self::is_closed_pipe(&error) {
            return Self::told(Exit::Failed);
        }
        Self::new(Exit::Failed, format!("the output cannot be written ({error})"), "")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        write!(f, "error: {}", plain(&self.what))?;
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_settings_are_told_problem_by_problem() {
        let problem = Diagnostic {
            file: "settings.ron".into(),
            line: 1,
            column: 2,
            length: 0,
            severity: Severity::Error,
            code: "unknown-field".into(),
            message: "`htttp` is not a setting".into(),
            hint: "did you mean `http`?".into(),
        };
        assert_eq!(
            Failure::settings(vec![problem]).to_string(),
            "settings.ron:1:2: error[unknown-field]: `htttp` is not a setting
    hint: did you mean `http`?
error: the settings are broken: 1 error"
        );
    }

    #[test]
    fn a_failure_is_two_lines() {
        let failure = Failure::new(Exit::Unavailable, "nobody answers at `x`", "start the service: scs run");
        assert_eq!(failure.to_string(), "error: nobody answers at `x`\n  hint: start the service: scs run");
        assert_eq!(Failure::new(Exit::Failed, "no", "").to_string(), "error: no");
    }
}
