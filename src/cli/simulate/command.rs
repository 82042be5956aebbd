//! Reads the files, lets the time pass, and tells what came of it.

use std::{io::Write, path::Path, sync::Arc};

use super::{
    args::Simulate,
    deciders::together,
    devices::devices,
    drawing::drawing,
    fleets::fleets,
    page::{json, text},
    story::{Chapter, Story},
};
use crate::{
    cli::{
        failure::{Exit, Failure},
        look::Look,
    },
    config::{Files, Plan},
    model::{Span, Station, Timestamp},
    settings::Settings,
    trial::world::{Scenario, deadlines, run},
};

/// Simulates a station and prints a line for each device.
pub(in crate::cli) fn simulate(
    args: &Simulate,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    now: Timestamp,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    if let Some(name) = &args.fleet {
        return fleets(name, args, &settings, look, out);
    }
    let only: Vec<_> = args.station.iter().cloned().collect();
    let only = if only.is_empty() { settings.stations.clone() } else { only };
    let files = Files::read(&settings.directories, &only).map_err(Failure::files)?;
    let plan = Plan::check(files).map_err(Failure::files)?;
    let station = station(&plan)?;
    let story = told(args, station, &plan, &settings, now)?;
    let mut drawn = Vec::new();
    if let Some(folder) = &args.svg {
        drawn = draw(&story, folder)?;
    }
    if args.json {
        writeln!(out, "{:#}", json(&story, &drawn))?;
    } else {
        write!(out, "{}", text(&story, &drawn, look))?;
    }
    Ok(())
}

fn station(plan: &Plan) -> Result<&Arc<Station>, Failure> {
    let mut stations = plan.stations.values();
    match (stations.next(), stations.next()) {
        (Some(station), None) => Ok(station),
        (None, _) => {
            Err(Failure::new(Exit::Configuration, "there is no station", "write one: `scs discover --write`"))
        }
        (Some(_), Some(_)) => {
            let names: Vec<&str> = plan.stations.keys().map(crate::model::StationName::as_str).collect();
            let hint = format!("name one with --station: {}", names.join(", "));
            Err(Failure::new(Exit::Failed, "there is more than one station", hint))
        }
    }
}

fn told(
    args: &Simulate,
    station: &Arc<Station>,
    plan: &Plan,
    settings: &Settings,
    now: Timestamp,
) -> Result<Story, Failure> {
    let today = station.zone.to_datetime(now).date().at(0, 0, 0, 0);
    let start = station.zone.to_ambiguous_timestamp(args.start.unwrap_or(today)).compatible();
    let end = start.as_ref().ok().and_then(|at| at.checked_add(days(args.days)).ok());
    let (Ok(start), Some(end)) = (start, end) else {
        return Err(Failure::new(Exit::Failed, "the days are too far away", "use a --start nearer to today"));
    };
    let devices = devices(station, settings, !args.no_history, now);
    let scenario = Scenario {
        start,
        length: days(args.days),
        step: args.step,
        seed: args.seed,
        devices: devices.models,
        signals: std::collections::BTreeMap::new(),
    };
    let run = run(station, &plan.rules, &scenario);
    let chapter = |(port, track)| {
        let model = scenario.devices.get(&port)?.clone();
        let known = *devices.known.get(&port)?;
        let deadlines = deadlines(station, &plan.rules, port, start, scenario.length);
        Some(Chapter::new(port, model, known, track, &deadlines))
    };
    let chapters: Vec<Chapter> = run.ports.into_iter().filter_map(chapter).collect();
    Ok(Story {
        station: station.name.clone(),
        zone: station.zone.clone(),
        start,
        end,
        days: args.days,
        seed: args.seed,
        deciders: together(chapters.iter().map(|chapter| chapter.deciders.as_slice())),
        devices: chapters,
        trouble: devices.trouble,
    })
}

fn days(days: u16) -> Span {
    Span::from_hours(i64::from(days) * 24)
}

/// Writes the drawings; gives their names.
fn draw(story: &Story, folder: &Path) -> Result<Vec<String>, Failure> {
    let refused = |path: &Path, error: std::io::Error| {
        let what = format!("`{}` cannot be written ({error})", path.display());
        Failure::new(Exit::CannotCreate, what, "name another folder with --svg")
    };
    std::fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    let mut drawn = Vec::new();
    for chapter in &story.devices {
        let device: String = chapter.track.device.as_str().chars().map(fit_for_a_file).collect();
        let path = folder.join(format!("{}-{}-{device}.svg", story.station, chapter.port));
        std::fs::write(&path, drawing(story, chapter)).map_err(|error| refused(&path, error))?;
        drawn.push(path.display().to_string());
    }
    Ok(drawn)
}

fn fit_for_a_file(letter: char) -> char {
    if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_') { letter } else { '_' }
}
