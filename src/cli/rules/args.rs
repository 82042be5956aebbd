//! What `scs rules` understands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What `scs rules` is told.
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Rules {
    /// What to do.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// What can be done with rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Let changed rules run beside those at work, deciding nothing
    ///
    /// The running service asks both sets with the same facts, for days if you like, and counts and writes down where the
    /// changed one would have decided otherwise. Then its changes are made in the files, or dropped.
    Shadow(Shadow),
}

/// What `scs rules shadow` is told.
#[derive(Args, Debug)]
#[command(
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  cp rules/keep-between.rhai /tmp/ && $EDITOR /tmp/keep-between.rhai
  scs rules shadow start /tmp/keep-between.rhai
  scs rules shadow show
  scs rules shadow promote     or: scs rules shadow drop"
)]
pub struct Shadow {
    /// What to do.
    #[command(subcommand)]
    pub command: ShadowCommand,
}

/// What can be done with what runs in shadow.
#[derive(Debug, Subcommand)]
pub enum ShadowCommand {
    /// Start it, in place of the present one
    ///
    /// The kind of a file is told by its name: NAME.rhai is a rule (in a folder lib: functions for all rules),
    /// NAME.test.ron its tests, another NAME.ron a station (in a folder hubs: a hub model). All other files are those at
    /// work.
    Start(Start),
    /// Show what was counted, and where it differs
    Show(Show),
    /// Make its changes in the files of the service, and end it
    Promote(Service),
    /// End it, and change nothing
    Drop(Service),
}

/// What `scs rules shadow start` is told.
#[derive(Args, Debug)]
pub struct Start {
    /// The files as they shall be
    #[arg(value_name = "FILE", required_unless_present = "without")]
    pub files: Vec<PathBuf>,
    /// A file that shall not be there
    #[arg(long, value_name = "FILE")]
    pub without: Vec<PathBuf>,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}

/// What `scs rules shadow show` is told.
#[derive(Args, Debug)]
pub struct Show {
    /// Print the JSON object of the REST API
    #[arg(long)]
    pub json: bool,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}

/// Which service.
#[derive(Args, Debug)]
pub struct Service {
    /// Address of the service
    #[arg(long, value_name = "URL", env = "SCS_URL", default_value = "http://127.0.0.1:5000")]
    pub url: String,
    /// Access token, where the service wants one
    #[arg(long, value_name = "SECRET", env = "SCS_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}
