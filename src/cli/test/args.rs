//! What `scs test` understands.

use std::{path::PathBuf, str::FromStr};

use clap::Args;

use crate::{
    cli::{api::Service, args::SettingsFile},
    model::{DecisionId, RuleName, StationName},
};

/// What `scs test` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs test                              all rules
  scs test keep-between ready-by        these two
  scs test --watch                      again whenever a file is saved
  scs test --cover                      lines and branches never tried
  scs test --junit report.xml           also a report for CI
  scs test --json | jq '.tests[] | select(.passed | not)'
  scs test --from-decision desk#1795356300000000
                                        this decision as a test
  scs test --from-decision desk#1795356300000000 --write
                                        and into the test file of its rule

Ends with 0 when all pass, with 1 when one fails, with 78 when a rule or a test
file is broken. --from-decision asks a running service, and ends with 69 when
nobody answers.")]
pub struct Test {
    /// Rules to test [default: all]
    #[arg(value_name = "RULE")]
    pub rules: Vec<RuleName>,
    /// Which settings.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Tell for every rule which lines and branches no test came by
    #[arg(long)]
    pub cover: bool,
    /// Write a report that CI servers read (JUnit XML)
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Test again whenever a file is saved, until Ctrl-C
    #[arg(long, conflicts_with_all = ["json", "from_decision"])]
    pub watch: bool,
    /// Make a test from a decision of a running service; name the rule when another than the one that decided is meant
    #[arg(long, value_name = "STATION#ID", conflicts_with_all = ["cover", "junit"])]
    pub from_decision: Option<Past>,
    /// Write the test into the test file of its rule
    #[arg(long, requires = "from_decision")]
    pub write: bool,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A decision of the past: `desk#1795356300000000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The station.
    pub station: StationName,
    /// The number.
    pub id: DecisionId,
}

impl FromStr for Past {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (station, id) = text
            .split_once('#')
            .ok_or("write the station, `#` and the number of the decision: desk#1795356300000000")?;
        let station = StationName::new(station).map_err(|invalid| invalid.to_string())?;
        let id = id.parse().map_err(|_| format!("`{id}` is not the number of a decision"))?;
        Ok(Self { station, id })
    }
}
