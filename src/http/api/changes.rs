//! Why files were not changed, as problems.

use poem::http::StatusCode;

use crate::{
    http::{dto::DiagnosticOut, problem::Problem},
    model::{Diagnostic, RuleName},
    workshop::NotChanged,
};

/// The problem for a change that was not made.
pub(super) fn not_changed(why: &NotChanged) -> Problem {
    let new = |status, code| Problem::new(status, code, why.to_string());
    match why {
        NotChanged::Busy => Problem::unavailable("busy", why.to_string(), 5),
        NotChanged::Stopped => Problem::unavailable("stopped", why.to_string(), 5),
        NotChanged::Late => Problem::unavailable("change_timeout", why.to_string(), 10),
        NotChanged::Restless => Problem::unavailable("files_restless", why.to_string(), 5),
        NotChanged::Other | NotChanged::Gone | NotChanged::There => {
            new(StatusCode::PRECONDITION_FAILED, "precondition_failed")
        }
        NotChanged::Unreadable(problems) | NotChanged::Rejected(problems) => {
            listed(new(StatusCode::UNPROCESSABLE_ENTITY, "config_rejected"), problems)
        }
        NotChanged::Written(problems) => listed(new(StatusCode::CONFLICT, "written_not_taken"), problems),
        NotChanged::NotWritten { full: true, .. } => new(StatusCode::INSUFFICIENT_STORAGE, "not_written"),
        NotChanged::NotWritten { full: false, .. } => new(StatusCode::CONFLICT, "not_writable"),
    }
}

/// The problem for a rule that could not be removed: mostly, that a station uses it.
pub(super) fn not_removed(rule: &RuleName, problems: Vec<Diagnostic>) -> Problem {
    let named = format!("`{rule}`");
    let users: Vec<&str> = problems
        .iter()
        .filter(|problem| problem.code == "unknown-rule" && problem.message.contains(&named))
        .map(|problem| problem.file.as_str())
        .collect();
    let Some(first) = users.first() else { return not_changed(&NotChanged::Rejected(problems)) };
    let detail = format!("`{rule}` is in use: take it out of {first} first");
    listed(Problem::new(StatusCode::CONFLICT, "rule_in_use", detail), &problems)
}

fn listed(problem: Problem, problems: &[Diagnostic]) -> Problem {
    problem.with_problems(problems.iter().map(DiagnosticOut::from).collect())
}
