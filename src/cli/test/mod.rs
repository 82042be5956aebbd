//! `scs test`: runs the tests of the rules.

mod command;
mod page;

pub(super) use command::test;
