//! The state of the files, and of the service.

use std::collections::BTreeMap;

use poem_openapi::Object;
use serde::Serialize;

use super::super::wire::Time;
use crate::{
    controller::View,
    model::{ConfigState, Diagnostic, PortId, Severity},
};

/// One problem in one of the user's files.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Diagnostic")]
pub(in crate::http) struct DiagnosticOut {
    /// The file.
    file: String,
    /// Line, from 1; null when the problem has no place.
    #[oai(nullable)]
    line: Option<u32>,
    /// Column in characters, from 1; null when the problem has no place.
    #[oai(nullable)]
    column: Option<u32>,
    /// How many characters of the line it is about; null when only the place is known.
    #[oai(nullable)]
    length: Option<u32>,
    /// How bad it is.
    severity: Severity,
    /// A stable code, for example `unknown-field`.
    code: String,
    /// What is wrong.
    message: String,
    /// What to do; may be empty.
    hint: String,
}

impl From<&Diagnostic> for DiagnosticOut {
    fn from(problem: &Diagnostic) -> Self {
        let placed = |number: u32| Some(number).filter(|_| problem.line > 0);
        Self {
            file: problem.file.clone(),
            line: placed(problem.line),
            column: placed(problem.column),
            length: placed(problem.length).filter(|length| *length > 0),
            severity: problem.severity,
            code: problem.code.clone(),
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    }
}

/// The files at work.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "ActiveConfig")]
pub(in crate::http) struct ActiveOut {
    /// Their version.
    version: String,
    /// Since when.
    since: Time,
    /// True when the files were broken at the start and the last good ones, kept by the service, were taken instead.
    from_memory: bool,
    /// Warnings found in them.
    warnings: Vec<DiagnosticOut>,
}

/// Files that were not taken.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "RejectedConfig")]
pub(in crate::http) struct RejectedOut {
    /// Since when.
    since: Time,
    /// Every problem found.
    problems: Vec<DiagnosticOut>,
}

/// What is at work, and what is wrong with the files as they are now.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Config")]
pub(in crate::http) struct ConfigOut {
    /// What is at work.
    active: ActiveOut,
    /// The present files, when they were not taken.
    #[oai(nullable)]
    rejected: Option<RejectedOut>,
}

impl From<&ConfigState> for ConfigOut {
    fn from(state: &ConfigState) -> Self {
        let list = |problems: &[Diagnostic]| problems.iter().map(DiagnosticOut::from).collect();
        Self {
            active: ActiveOut {
                version: state.active.version.as_str().to_owned(),
                since: state.active.at.into(),
                from_memory: state.active.from_memory,
                warnings: list(&state.active.warnings),
            },
            rejected: state.rejected.as_ref().map(|rejected| RejectedOut {
                since: rejected.at.into(),
                problems: list(&rejected.problems),
            }),
        }
    }
}

/// The process answers.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Live")]
pub(in crate::http) struct LiveOut {
    /// Always true.
    pub(in crate::http) live: bool,
    /// Version of the program.
    pub(in crate::http) program: String,
}

/// Ports of a station that cannot be switched or read.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "HubProblem")]
pub(in crate::http) struct HubProblemOut {
    /// How many ports.
    ports: usize,
    /// The first of them; each port tells its own problem under `/api/v1`.
    first_port: PortId,
    /// A stable code, for example `uhubctl_missing`.
    code: String,
    /// What is wrong with the first of them, and what to do.
    message: String,
}

impl HubProblemOut {
    /// What is wrong with the ports of a station, if something is.
    pub(in crate::http) fn new(view: &View) -> Option<Self> {
        let mut wrong =
            view.ports.values().filter_map(|state| Some((state.plan.id, state.problem.as_ref()?)));
        let (first_port, problem) = wrong.next()?;
        let (code, message) = (problem.code().to_owned(), problem.to_string());
        Some(Self { ports: 1 + wrong.count(), first_port, code, message })
    }

    /// The same for strangers: words of the system name files and programs of this machine.
    pub(in crate::http) fn without_message(self) -> Self {
        Self { message: "a caller with a token is told".to_owned(), ..self }
    }
}

/// Whether the service does its work, part by part.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Ready")]
pub(in crate::http) struct HealthOut {
    /// True when all stations run. What is wrong with a hub, history or MQTT is told beside it.
    pub(in crate::http) ready: bool,
    /// Version of the files at work.
    pub(in crate::http) config: String,
    /// True when the present files were not taken.
    pub(in crate::http) config_rejected: bool,
    /// Which stations run.
    pub(in crate::http) stations: BTreeMap<String, bool>,
    /// Stations with ports that cannot be switched or read, and why.
    pub(in crate::http) hub_problems: BTreeMap<String, HubProblemOut>,
    /// History: `healthy`, or what is wrong; `ok` or `trouble` for callers who need a token and have none.
    pub(in crate::http) history: String,
    /// MQTT: `off`, `connected`, or what is wrong; `off`, `connected` or `down` for callers who need a token and have
    /// none. Not needed to be ready.
    pub(in crate::http) mqtt: String,
}
