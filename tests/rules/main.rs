//! The rules as their users meet them: the shipped ones with their test files, the messages for what people
//! write wrong, and scripts that mean harm.

#![expect(clippy::unwrap_used, reason = "tests may")]

mod behaviour;
mod explained;
#[path = "../golden/mod.rs"]
mod golden;
mod hostile;
mod lints;
mod policies;
mod problems;
mod shipped;
mod situations;
mod support;
mod testfiles;
mod traces;
