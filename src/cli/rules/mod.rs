//! `scs rules`: what can be done with rules as files that change.

pub(super) mod args;
mod files;
mod page;
mod shadow;

use std::io::Write;

use self::args::{Rules, RulesCommand};
use super::{failure::Failure, look::Look};

/// Does what the command line says.
pub(in crate::cli) async fn rules(args: &Rules, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    match &args.command {
        RulesCommand::Shadow(args) => shadow::shadow(args, look, out).await,
    }
}
