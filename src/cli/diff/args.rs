//! What `scs diff` understands.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{api::Service, args::SettingsFile, replay::args::past},
    model::Span,
};

/// What `scs diff` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs diff /tmp/keep-between.rhai       this text, and the rule at work
  scs diff                              all files, and what is at work
  scs diff --against 0f3a9c51d2e4       the files, and an earlier version
  scs diff my.rhai --local              without the service: against the folders
  scs diff --json | jq '.policies[].changes[].text'

Ends with 0 whatever the difference is, with 78 when the files would not be
taken, with 69 when a service is needed and nobody answers.")]
pub struct Diff {
    /// Files as they shall be: rules (.rhai, also of a folder lib), tests (.test.ron), stations (.ron) [default: all
    /// files of the folders]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Compare with this version instead of the one at work
    #[arg(long, value_name = "VERSION", conflicts_with = "local")]
    pub against: Option<String>,
    /// How far back decisions are decided again, for example '12 h' or '7d'
    #[arg(long, default_value = "7d", value_name = "DURATION", value_parser = past)]
    pub since: Span,
    /// So many days are simulated, 0 to 28
    #[arg(long, default_value_t = 7, value_name = "DAYS", value_parser = clap::value_parser!(u8).range(0..=28))]
    pub days: u8,
    /// Ask no service: compare with the files of the folders, and look at no decisions
    #[arg(long)]
    pub local: bool,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
    /// Which settings: they say where stations and rules are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Print one JSON object, the one that POST /api/v1/rules/try answers with
    #[arg(long)]
    pub json: bool,
}
