//! What `scs plan` is told.

use clap::Args;

use crate::{cli::api::Service, model::StationName};

/// Show when each port charges so that its device is ready.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs plan
  scs plan --station school
  scs plan --json | jq '.[] | select(.in_time == false)'

Ends with 69 when nobody answers there.")]
pub struct Plan {
    /// Only this station [default: all]
    #[arg(long, value_name = "NAME")]
    pub station: Option<StationName>,
    /// Print JSON: a list with one object for each port
    #[arg(long)]
    pub json: bool,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}
