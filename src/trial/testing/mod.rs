//! Test files of rules, `rules/<name>.test.ron`: read, checked and run.
//!
//! Three forms: a *case* is one situation and the answer that is expected; a *series* is reports that are written down,
//! taken by the real engine; a *night* is hours or weeks in which rules and a battery act on each other. Pure, like all
//! of `trial`: reading files, threads and time are the caller's.

mod case;
mod course;
mod due;
mod explain;
mod file;
mod night;
mod notation;
mod problems;
mod run;
mod save;
mod scene;
mod series;
mod told;
mod values;
mod wanted;

pub(in crate::trial) use night::DaysCase;
pub use run::{Ran, Test, read_tests, run_tests};
pub use save::{NotSaved, SavedCase, case_of, with_case};
pub use told::{TestKind, TestResult};
