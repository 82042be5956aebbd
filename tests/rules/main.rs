//! The rules as their users meet them: the shipped ones with their test files, the messages for what people
//! write wrong, and scripts that mean harm.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod beginners;
mod behaviour;
mod explained;
mod found;
#[path = "../golden/mod.rs"]
mod golden;
mod hostile;
mod library;
mod lints;
mod nights;
mod policies;
mod problems;
mod saved;
mod shipped;
mod situations;
mod support;
mod testfiles;
mod traces;
mod traps;
