//! What `scs status` understands.

use clap::Args;

use crate::cli::api::Service;

/// Show the ports of a running service: power, level, mode and why.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs status
  scs status --url http://10.0.0.7:5000 --token \"$(cat token)\"
  watch -n 5 scs status

Ends with 69 when nobody answers there.")]
pub struct Status {
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}
