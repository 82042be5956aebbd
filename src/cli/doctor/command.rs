//! Gathers the facts and prints what they mean.

use std::{io::Write, sync::Arc};

use super::{
    access::permit,
    checks::checks,
    facts::{Facts, Stations, Who, kernel},
    page::Findings,
    sockets::power,
};
use crate::{
    cli::{
        doctor::args::Doctor,
        failure::{Exit, Failure},
        hubs::{lock, look_past},
        look::Look,
    },
    config::{Files, Plan},
    model::{Severity, Station},
    settings::Settings,
    usb,
};

/// Prints every check. Fails when something is wrong.
pub(in crate::cli) async fn doctor(
    args: &Doctor,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    let facts = facts(&settings).await;
    let findings =
        Findings { lines: checks(&facts), permit: permit(&facts, args.rule), power: power(&facts) };
    if args.json {
        writeln!(out, "{:#}", findings.json())?;
    } else {
        write!(out, "{}", findings.text(look))?;
    }
    if findings.well() { Ok(()) } else { Err(Failure::told(Exit::Failed)) }
}

async fn facts(settings: &Settings) -> Facts {
    let files = Files::read(&settings.directories, &settings.stations);
    // Before the tool is called: a call of ours would hold the lock.
    let lock = (settings.usb.lock.clone(), lock(&settings.usb.lock).await);
    let tool = usb::probe(&settings.usb).await;
    let (survey, hubs) = look_past(settings, &lock.1).await;
    let stations = if settings.directories.station_names().is_empty() {
        Err(Stations::None)
    } else {
        files.and_then(Plan::check).map(stations_of).map_err(|problems| {
            Stations::Broken(problems.iter().filter(|problem| problem.severity == Severity::Error).count())
        })
    };
    Facts {
        tool,
        kernel: kernel(),
        sysfs: settings.usb.sysfs.clone(),
        survey,
        hubs,
        lock,
        who: Who::find(),
        stations,
    }
}

fn stations_of(plan: Plan) -> Vec<Arc<Station>> {
    plan.stations.into_values().collect()
}
