//! The rules: scripts in `rules/*.rhai` that say charge, rest or keep, and why (reference: docs/rules.md).
//!
//! Pure: facts in, opinions out. The same rule and the same facts always give the same opinion, because a
//! script has no memory, no clock of its own, no files and no network. Whatever is in a script, this module
//! answers within milliseconds and does not panic; the only clock it reads is the one that ends a script which
//! takes too long. It must never import anything but `model`.

mod check;
mod clock;
mod compile;
mod failure;
mod functions;
mod hints;
mod host;
mod inputs;
mod param_check;
mod params;
mod policy;
mod scan;
mod sweep;
mod testcase;
mod testfile;
mod testing;
mod verbs;

pub use compile::{Parameter, RuleInfo, RuleSet, RuleSource};
pub use params::UseProblem;
pub use policy::Answer;
pub use testing::{TestResult, run_tests};
