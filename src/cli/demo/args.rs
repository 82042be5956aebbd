//! What `scs demo` understands.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;

use crate::{
    cli::args::{SettingsFile, duration},
    model::Span,
};

/// What `scs demo` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs demo                              a minute per second, until Ctrl-C
  scs demo --speed 600                  ten minutes per second
  scs demo --listen 127.0.0.1:0         on any free port
  scs demo --for '30 s'                 end after half a minute")]
pub struct Demo {
    /// Which settings: of them only the broker counts here.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// How much faster than real the clock runs, 1 to 3600
    #[arg(long, default_value_t = 60, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub speed: u32,
    /// Address of the REST service; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:5000", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// End after so much real time, for example '2 min' [default: until Ctrl-C]
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    pub lasting: Option<Span>,
    /// Keep the history in this file [default: a temporary one]
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
}
