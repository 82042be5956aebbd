//! The rules: scripts in `rules/*.rhai` that say charge, rest or keep, and why (reference: docs/rules.md).
//!
//! Pure: facts in, opinions out. The same rule and the same facts always give the same opinion, because a
//! script has no memory, no clock of its own, no files and no network. Whatever is in a script, this module
//! answers within milliseconds and does not panic; the only clock it reads is the one that ends a script which
//! takes too long. It must never import anything but `model`.

mod check;
mod compile;
#[cfg(test)]
mod example;
mod host;
mod inputs;
mod params;
mod policy;
mod reference;
mod situations;
mod trace;

pub use compile::{Parameter, RuleInfo, RuleSet, RuleSource, is_reserved};
pub use params::UseProblem;
pub use policy::Answer;
pub use reference::reference;
pub use situations::{Grid, Reads, Region, Situation, Situations};
pub use trace::{
    Branch, Comparison, Condition, Coverage, Input, Kind, Leads, Outline, Place, Question, RuleCoverage,
    Setting, Term, TermKind, Trace, TraceEnd, TraceStep, Way,
};

// What messages about test files are made with, so that they read like those about rules.
pub(crate) use check::{
    hints::nearest_of,
    scan::{Code, closing, code, unclosed, word_at},
};
pub(crate) use host::{failure::lower, functions::shown};
pub(crate) use inputs::{
    calendar::{check_days, date, due, on_days},
    clock::{local_time, time_of_day, weekday_name},
};
pub(crate) use params::words;
