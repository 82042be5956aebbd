//! What `scs care` understands.

use std::path::PathBuf;

use clap::Args;
use jiff::{civil::Date, tz::TimeZone};

use crate::{cli::api::Service, model::DeviceName};

/// What `scs care` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs care pixel-7                      the last thirty days
  scs care pixel-7 --from 2026-11-01 --to 2026-11-30
  scs care pixel-7 --csv > pixel-7.csv  for a spreadsheet
  scs care pixel-7 --history backup.db  from a file, without a service

Ends with 69 when nobody answers there.")]
pub struct Care {
    /// Which device
    #[arg(value_name = "DEVICE")]
    pub device: DeviceName,
    /// The first day [default: 29 days before the last]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub from: Option<Date>,
    /// The last day [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub to: Option<Date>,
    /// Print comma-separated values, a line for each day
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Read this history file instead of asking a service
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
    /// With --history: by whose clock days begin [default: this machine's]
    #[arg(long, value_name = "ZONE", requires = "history", value_parser = zone)]
    pub zone: Option<TimeZone>,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "use a date, for example 2026-11-22".to_owned())
}

fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| "use a time zone by its name, for example Europe/Berlin".to_owned())
}
