//! `scs test`: runs the tests of the rules, says what they do not try, and makes tests from decisions.

pub(super) mod args;
mod command;
mod cover;
mod junit;
mod page;
mod past;
mod suites;

pub(super) use command::test;
