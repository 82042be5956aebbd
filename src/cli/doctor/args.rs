//! What `scs doctor` understands.

use clap::Args;

use crate::cli::args::SettingsFile;

/// What `scs doctor` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs doctor
  sudo -u ada scs doctor                as the user that runs the service
  scs doctor --rule                     print the udev rule in any case
  scs doctor --json | jq -r '.checks[] | select(.state == \"wrong\").text'

Each line begins with ok, note (it works; you should know) or wrong. Ends with 0
when nothing is wrong, else with 1.")]
pub struct Doctor {
    /// Print the udev rule for all hubs, also when nothing is missing
    #[arg(long)]
    pub rule: bool,
    /// Which settings.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
