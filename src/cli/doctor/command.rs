//! Reads the files, has everything looked at, and prints what that means.

use std::io::Write;

use crate::{
    cli::{
        doctor::args::Doctor,
        failure::{Exit, Failure},
        look::Look,
    },
    config::{Files, Plan},
    host::doctor::{Known, Stations, examine},
    model::Severity,
    settings::Settings,
};

/// Prints every check. Fails when something is wrong.
pub(in crate::cli) async fn doctor(
    args: &Doctor,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    let findings = examine(&settings.host(), stations(&settings), args.rule).await;
    if args.json {
        writeln!(out, "{:#}", findings.json())?;
    } else {
        write!(out, "{}", findings.text(look))?;
    }
    if findings.well() { Ok(()) } else { Err(Failure::told(Exit::Failed)) }
}

fn stations(settings: &Settings) -> Known {
    if settings.directories.station_names().is_empty() {
        return Err(Stations::None);
    }
    let plan = Files::read(&settings.directories, &settings.stations).and_then(Plan::check);
    plan.map(|plan| plan.stations.into_values().collect()).map_err(|problems| {
        Stations::Broken(problems.iter().filter(|problem| problem.severity == Severity::Error).count())
    })
}
