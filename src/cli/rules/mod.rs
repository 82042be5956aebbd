//! `scs rules`: what can be done with rules as files that change.

pub(super) mod args;
mod files;
mod log;
mod new;
mod page;
mod refused;
mod shadow;
mod versions;

use std::io::Write;

use self::args::{Rules, RulesCommand};
use super::{failure::Failure, look::Look};
use crate::rules::reference;

/// Does what the command line says.
pub(in crate::cli) async fn rules(args: &Rules, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    match &args.command {
        RulesCommand::List(args) => versions::list(args, look, out).await,
        RulesCommand::Log(args) => versions::log(args, look, out).await,
        RulesCommand::Show(args) => versions::show(args, out).await,
        RulesCommand::Rollback(args) => versions::rollback(args, out).await,
        RulesCommand::Shadow(args) => shadow::shadow(args, look, out).await,
        RulesCommand::New(args) => new::new(args, &|name| std::env::var(name).ok(), out),
        RulesCommand::Reference => Ok(write!(out, "{}", reference())?),
    }
}
