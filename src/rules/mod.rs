//! The rules: scripts in `rules/*.rhai` that say charge, rest or keep, and why (reference: docs/rules.md).
//!
//! Pure: facts in, opinions out. The same rule and the same facts always give the same opinion, because a
//! script has no memory, no clock of its own, no files and no network. Whatever is in a script, this module
//! answers within milliseconds and does not panic; the only clock it reads is the one that ends a script which
//! takes too long. It must never import anything but `model`.

mod axes;
mod calendar;
mod calls;
mod check;
mod clock;
mod compile;
mod coverage;
#[cfg(test)]
mod example;
mod failure;
mod flow;
mod functions;
mod grid;
mod habits;
mod hints;
mod host;
mod inputs;
mod kinds;
mod library;
mod meaning;
mod outline;
mod param_check;
mod params;
mod policy;
mod reads;
mod reference;
mod region;
mod scan;
mod situations;
mod sweep;
mod trace;
mod typing;
mod verbs;

pub use compile::{Parameter, RuleInfo, RuleSet, RuleSource};
pub use coverage::{Coverage, RuleCoverage};
pub use grid::Grid;
pub use outline::{Branch, Outline, Way};
pub use params::UseProblem;
pub use policy::Answer;
pub use reads::Reads;
pub use reference::reference;
pub use region::Region;
pub use situations::{Line, Lines, Situation, Situations};
pub use trace::{
    Comparison, Condition, Input, Kind, Leads, Place, Question, Setting, Term, TermKind, Trace, TraceEnd,
    TraceStep,
};

// What messages about test files are made with, so that they read like those about rules.
pub(crate) use calendar::date;
pub(crate) use clock::{local_time, time_of_day, weekday_name};
pub(crate) use failure::lower;
pub(crate) use functions::shown;
pub(crate) use hints::nearest_of;
pub(crate) use params::words;
pub(crate) use scan::{Code, closing, code, unclosed, word_at};
