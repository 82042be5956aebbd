//! The way through a rule: what it read, what it compared with what, which way it went, and how it ended.
//!
//! For explanations, tests and coverage, never for a decision: a second engine with Rhai's debugger, built when it is
//! first asked for. How the rule ended is told by the ordinary engine, so that a trace cannot tell another story than
//! the decision. The debugger's interface may change with any version of Rhai: nothing outside this folder knows it.

pub(in crate::rules) mod coverage;
mod look;
pub(in crate::rules) mod outline;
mod printed;
mod recorder;
mod run;
mod told;

pub use coverage::{Coverage, RuleCoverage};
pub use outline::{Branch, Outline, Way};
pub(in crate::rules) use printed::{expression, start, statement_start};
pub(in crate::rules) use recorder::attach;
pub use told::{
    Comparison, Condition, Input, Kind, Leads, Place, Question, Setting, Term, TermKind, Trace, TraceEnd,
    TraceStep,
};
