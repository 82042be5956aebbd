//! What `scs discover` understands.

use clap::Args;

use crate::{cli::args::SettingsFile, model::StationName};

/// What `scs discover` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs discover                          look, and show the station file
  scs discover --write                  write it: stations/desk.ron
  scs discover --write --station lab    write it as stations/lab.ron
  scs discover --json | jq '.hubs[].ports[].device.serial'

Ends with 0 when a hub was found, with 1 when there is none whose ports can be
switched, with 73 when a file is there already or cannot be written.")]
pub struct Discover {
    /// What the station shall be called [default: desk]; further hubs get -2, -3 …
    #[arg(long, value_name = "NAME")]
    pub station: Option<StationName>,
    /// Write the station files
    #[arg(long)]
    pub write: bool,
    /// Which settings: they say where stations, rules and hub models are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
