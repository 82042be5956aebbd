//! What the doctor says: the same JSON as `scs doctor --json`.

use poem_openapi::{Enum, Object};
use serde::Serialize;

use super::super::wire::Time;
use crate::{
    host::doctor::{Findings, Line, Power as PortPower, State},
    model::{Power, Timestamp},
};

/// What the doctor says of this host.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Doctor")]
pub(in crate::http) struct DoctorOut {
    /// The time of the service when it answered. What was seen is some seconds older at most.
    at: Time,
    /// True when nothing is wrong.
    ok: bool,
    /// Every check, in the order in which a person would go about it.
    checks: Vec<CheckedOut>,
    /// The power of the ports of stations with a real hub.
    ports: Vec<DoctorPortOut>,
    /// The udev rule that lets this user switch; null: it is not needed.
    #[oai(nullable)]
    rule: Option<String>,
    /// What puts that rule in place, to be copied as it is into a shell; null: nothing is to be typed.
    #[oai(nullable)]
    commands: Option<String>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "CheckState", rename_all = "snake_case")]
enum CheckState {
    /// As it should be.
    Ok,
    /// It works; somebody should know something.
    Note,
    /// It does not work.
    Wrong,
}

/// One check.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "DoctorCheck")]
struct CheckedOut {
    /// How it ended.
    state: CheckState,
    /// What was checked, in a word; or the name of a station.
    check: String,
    /// What is so.
    text: String,
    /// What to do; may be empty.
    hint: String,
}

/// The power of a port of a station.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "DoctorPort")]
struct DoctorPortOut {
    /// The station.
    station: String,
    /// The port.
    port: u16,
    /// The hub that it is on.
    hub: String,
    /// The number on that hub.
    socket: u8,
    /// Its power; null: not known.
    #[oai(nullable)]
    power: Option<Power>,
    /// Why it is not known.
    #[oai(nullable)]
    problem: Option<String>,
}

impl DoctorOut {
    /// What was found. `broken`: so many errors in files that were not taken.
    pub(in crate::http) fn new(findings: &Findings, broken: Option<usize>, now: Timestamp) -> Self {
        let rejected = broken.map(|errors| CheckedOut {
            state: CheckState::Wrong,
            check: "files".to_owned(),
            text: format!(
                "files were changed and not taken, they have {errors} errors: those before are at work"
            ),
            hint: "`scs check` says where, GET /api/v1/config too".to_owned(),
        });
        Self {
            at: now.into(),
            ok: findings.well() && broken.is_none(),
            checks: findings.lines.iter().map(CheckedOut::from).chain(rejected).collect(),
            ports: findings.power.iter().map(DoctorPortOut::from).collect(),
            rule: findings.permit.as_ref().map(crate::host::doctor::Permit::file),
            commands: findings.permit.as_ref().map(crate::host::doctor::Permit::commands),
        }
    }
}

impl From<&Line> for CheckedOut {
    fn from(line: &Line) -> Self {
        Self {
            state: match line.state {
                State::Fine => CheckState::Ok,
                State::Note => CheckState::Note,
                State::Wrong => CheckState::Wrong,
            },
            check: line.topic.clone(),
            text: line.text.clone(),
            hint: line.hint.clone(),
        }
    }
}

impl From<&PortPower> for DoctorPortOut {
    fn from(port: &PortPower) -> Self {
        Self {
            station: port.station.clone(),
            port: port.port,
            hub: port.socket.hub().to_string(),
            socket: port.socket.port(),
            power: port.power.as_ref().ok().copied(),
            problem: port.power.as_ref().err().cloned(),
        }
    }
}
