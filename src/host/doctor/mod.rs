//! Whether this host and this user can switch the hubs, and what to type if not. Changes nothing.

mod access;
mod checks;
mod facts;
mod rule;
mod sockets;

pub(crate) use access::permit;
#[cfg(test)]
pub(crate) use checks::checks;
pub(crate) use checks::{Line, State};
#[cfg(test)]
pub(crate) use facts::Who;
pub(crate) use facts::{Facts, Known, Stations};
pub(crate) use rule::Permit;
pub(crate) use sockets::{Power, power};

use crate::host::HostSettings;

/// What the doctor says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Findings {
    /// Every check.
    pub(crate) lines: Vec<Line>,
    /// What lets this user switch, if that is missing or asked for.
    pub(crate) permit: Option<Permit>,
    /// The power of every port.
    pub(crate) power: Vec<Power>,
}

impl Findings {
    /// What facts mean. `asked`: whether the rule is wanted although nothing is missing.
    pub(crate) fn of(facts: &Facts, asked: bool) -> Self {
        Self { lines: checks::checks(facts), permit: permit(facts, asked), power: power(facts) }
    }

    /// True when nothing is wrong.
    pub(crate) fn well(&self) -> bool {
        self.lines.iter().all(|line| line.state != State::Wrong)
    }
}

/// Looks at everything, with these stations, and judges it. Answers in bounded time.
pub(crate) async fn examine(settings: &HostSettings, stations: Known, asked: bool) -> Findings {
    Findings::of(&facts::gather(settings, stations).await, asked)
}
