//! What `scs rules` understands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{
    cli::{api::Service, args::SettingsFile},
    model::RuleName,
};

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
    /// List the rules at work: what for, which stations use them, which version
    List(List),
    /// Show what came to work when, by whom, and what it changed
    #[command(after_help = "\
Examples:
  scs rules log
  scs rules log keep-between            only what changed this rule or its tests
  scs rules log --json | jq -r '.versions[0].version'")]
    Log(Log),
    /// Print the text of a rule as it is at work, or as it was in a version
    #[command(after_help = "\
Examples:
  scs rules show keep-between
  scs rules show keep-between --at 0f3a9c51d2e4
  scs rules show keep-between --at 0f3a9c51d2e4 | diff - rules/keep-between.rhai")]
    Show(ShowRule),
    /// Bring a version back: all files as they were, or one rule
    ///
    /// The service checks it with what is there now, writes the files, and takes them. Rules that the version does not
    /// have are removed, stations stay. A text that was never at work is kept beside its file, with `~` behind its name.
    #[command(after_help = "\
Examples:
  scs rules rollback 0f3a9c51d2e4
  scs rules rollback 0f3a9c51d2e4 --rule keep-between")]
    Rollback(Rollback),
    /// Let changed rules run beside those at work, deciding nothing
    ///
    /// The running service asks both sets with the same facts, for days if you like, and counts and writes down where the
    /// changed one would have decided otherwise. Then its changes are made in the files, or dropped.
    Shadow(Shadow),
    /// Begin a rule: a script with a parameter, and tests that pass
    #[command(after_help = "\
Examples:
  scs rules new my-rule
  scs test my-rule
  then name it in a station file: rules: [(rule: \"my-rule\")]")]
    New(New),
    /// Print everything that a rule can see, say and call, and the limits
    Reference,
}

/// What `scs rules new` is told.
#[derive(Args, Debug)]
pub struct New {
    /// Its name: a-z, 0-9, - and _, a letter first
    #[arg(value_name = "NAME")]
    pub name: RuleName,
    /// Which settings.
    #[command(flatten)]
    pub settings: SettingsFile,
}

/// What `scs rules list` is told.
#[derive(Args, Debug)]
pub struct List {
    /// Print the JSON of the REST API
    #[arg(long)]
    pub json: bool,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}

/// What `scs rules log` is told.
#[derive(Args, Debug)]
pub struct Log {
    /// Only what changed this rule or its tests
    #[arg(value_name = "RULE")]
    pub rule: Option<RuleName>,
    /// How many lines at most
    #[arg(long, default_value_t = 20, value_name = "LINES", value_parser = clap::value_parser!(u16).range(1..=500))]
    pub limit: u16,
    /// Print the JSON object of the REST API
    #[arg(long)]
    pub json: bool,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}

/// What `scs rules show` is told.
#[derive(Args, Debug)]
pub struct ShowRule {
    /// The rule
    #[arg(value_name = "RULE")]
    pub rule: RuleName,
    /// As it was in this version [default: as it is at work]
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub at: Option<String>,
    /// Its tests instead
    #[arg(long)]
    pub tests: bool,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}

/// What `scs rules rollback` is told.
#[derive(Args, Debug)]
pub struct Rollback {
    /// The version, as `scs rules log` shows it
    #[arg(value_name = "VERSION", value_parser = version)]
    pub version: String,
    /// Only this rule, with its tests
    #[arg(long, value_name = "RULE")]
    pub rule: Option<RuleName>,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}

/// The digits of a version.
fn version(text: &str) -> Result<String, String> {
    let digits = text.len() == 12 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let allowed = || "a version has twelve digits 0 to 9 and a to f: `scs rules log` shows them".to_owned();
    digits.then(|| text.to_owned()).ok_or_else(allowed)
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
