//! What `scs simulate` understands.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::DateTime;

use crate::{
    cli::args::{SettingsFile, duration},
    model::{Span, StationName},
};

/// What `scs simulate` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs simulate --station desk           a week from today
  scs simulate --days 30 --seed 7       a month, and other luck
  scs simulate --svg week               and a drawing of each device
  scs simulate --start 2026-12-24 --days 3
  scs simulate --fleet all              the figures of README
  scs simulate --json | jq '.devices[] | {device, switches}'

Ends with 73 when a drawing cannot be written, with 78 when the files are
broken.")]
pub struct Simulate {
    /// Live through a whole fleet instead, faults and all, and compare the service with other ways to charge: home, lab,
    /// school, all, or the path of a fleet file
    #[arg(long, value_name = "NAME", conflicts_with_all = ["station", "days", "start", "seed", "step", "no_history", "svg"])]
    pub fleet: Option<String>,
    /// Print the table of fleets as Markdown
    #[arg(long, requires = "fleet", conflicts_with = "json")]
    pub markdown: bool,
    /// Which station [default: the only one there is]
    #[arg(long, value_name = "NAME")]
    pub station: Option<StationName>,
    /// How many days, 1 to 400
    #[arg(long, default_value_t = 7, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=400))]
    pub days: u16,
    /// The first day, or day and time, by the station's clock [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub start: Option<DateTime>,
    /// Decides when people come and go and how much they use; the same number gives the same answer
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub seed: u64,
    /// How far the clock moves at a time, 1 to 15 minutes
    #[arg(long, default_value = "5 min", value_name = "DURATION", value_parser = step)]
    pub step: Span,
    /// Learn nothing from history: all devices are as is usual for their kind
    #[arg(long)]
    pub no_history: bool,
    /// Write a drawing of each device into this folder
    #[arg(long, value_name = "FOLDER")]
    pub svg: Option<PathBuf>,
    /// Which settings: they say where stations, rules and history are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

fn date(text: &str) -> Result<DateTime, String> {
    text.parse().map_err(|_| "use a date, or date and time: 2026-12-24 or 2026-12-24T18:00".to_owned())
}

fn step(text: &str) -> Result<Span, String> {
    let step = duration(text)?;
    let allowed = Span::from_mins(1)..=Span::from_mins(15);
    if allowed.contains(&step) {
        Ok(step)
    } else {
        Err("use 1 to 15 minutes, for example '5 min'".to_owned())
    }
}
