//! Looks at the hubs, draws them, and makes station files.

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    file::{Known, station_file},
    page::hubs,
    shelf::{Kept, Made, free, is_there, write_new},
    told::Told,
};
use crate::{
    cli::{
        args::Discover,
        demo::shipped_rules,
        failure::{Exit, Failure},
        hubs::{Hubs, Place, Unit, look_around, sockets_of},
        look::Look,
    },
    config::{Directories, Files, Plan},
    model::{Socket, Station, StationName, SwitchKind},
    settings::Settings,
    usb::Survey,
};

/// What a station is called when nobody says.
const USUAL_NAME: &str = "desk";

/// Prints what is plugged in and the station files for it; writes them when asked to.
pub(in crate::cli) async fn discover(
    args: &Discover,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings =
        Settings::load(args.settings.settings.as_deref(), environment).map_err(Failure::settings)?;
    let files = Files::read(&settings.directories, &[]).ok();
    let (survey, found) = look_around(&settings).await;
    let stations = files.and_then(|files| Plan::check(files).ok()).map(|plan| plan.stations);
    let stations: Vec<Arc<Station>> = stations.into_iter().flat_map(|all| all.into_values()).collect();
    let usual =
        || StationName::new(USUAL_NAME).map_err(|error| Failure::new(Exit::Defect, error.to_string(), ""));
    let asked = Asked {
        station: args.station.clone(),
        first: args.station.clone().map_or_else(usual, Ok)?,
        write: args.write,
    };
    let there = There { directories: &settings.directories, listed: &settings.stations, stations: &stations };
    let told = told(&asked, &there, &survey, found);
    if args.json {
        writeln!(out, "{:#}", told.json(&survey))?;
    } else {
        write!(out, "{}{}", hubs(&told.hubs, &survey, look), told.text(look))?;
    }
    if told.failed() { Err(Failure::told(told.exit())) } else { Ok(()) }
}

/// What is wanted.
pub(super) struct Asked {
    /// The name that the user wants, even if another station has the hub.
    pub(super) station: Option<StationName>,
    /// The name of the first new station.
    pub(super) first: StationName,
    /// Whether files are to be written.
    pub(super) write: bool,
}

/// What is there already.
pub(super) struct There<'a> {
    pub(super) directories: &'a Directories,
    /// The stations that `settings.ron` lists; empty: all are run.
    pub(super) listed: &'a [StationName],
    pub(super) stations: &'a [Arc<Station>],
}

/// Makes the files, and writes those that are wanted.
pub(super) fn told(asked: &Asked, there: &There<'_>, survey: &Survey, hubs: Hubs) -> Told {
    let (folder, rules) = (&there.directories.stations, &there.directories.rules);
    let no_rules = !is_there(rules);
    let mut known = known(rules, there.stations);
    let mut names: BTreeSet<StationName> = BTreeSet::new();
    let (mut made, mut described) = (Vec::new(), Vec::new());
    let file = |name: &StationName| folder.join(format!("{name}.ron"));
    for unit in &hubs.units {
        let station = there.stations.iter().find(|station| describes(station, unit, survey));
        if let (Some(station), None) = (station, &asked.station) {
            described.push((unit.the(), station.name.clone()));
            continue;
        }
        let name = free(&asked.first, |name| names.contains(name));
        names.insert(name.clone());
        let (path, text) = (file(&name), station_file(unit, survey, &mut known));
        let state = match () {
            () if is_there(&path) => {
                Kept::Taken(free(&name, |name| names.contains(name) || is_there(&file(name))))
            }
            () if asked.write => written(&path, &text),
            () => Kept::Shown,
        };
        made.push(Made { name, path, text, state });
    }
    let wrote = made.iter().any(|made| made.state == Kept::Written);
    let rules = (no_rules && wrote).then(|| put_rules(rules));
    Told { hubs, made, described, rules, listed: there.listed.to_vec(), asked_to_write: asked.write }
}

fn written(path: &Path, text: &str) -> Kept {
    match write_new(path, text) {
        Ok(()) => Kept::Written,
        Err(error) => Kept::Failed(error.to_string()),
    }
}

/// The rules that are shipped, for a folder of rules that is not there: without any, no station is right.
fn put_rules(folder: &Path) -> Result<PathBuf, String> {
    for (name, text) in shipped_rules() {
        write_new(&folder.join(name), text)
            .map_err(|error| format!("{}: {error}", folder.join(name).display()))?;
    }
    Ok(folder.to_owned())
}

/// What may not be used again, and which rules there are or will be.
fn known(rules: &Path, stations: &[Arc<Station>]) -> Known {
    let ports = || stations.iter().flat_map(|station| station.ports.values());
    let is_rule = |name: &str| !is_there(rules) || is_there(&rules.join(name));
    let stems =
        shipped_rules().filter(|(name, _)| is_rule(name)).filter_map(|(name, _)| name.strip_suffix(".rhai"));
    Known {
        rules: stems.map(str::to_owned).collect(),
        devices: ports().filter_map(|port| Some(port.device.as_ref()?.to_string())).collect(),
        serials: ports().filter_map(|port| port.serial.clone()).collect(),
    }
}

/// True when a station's file has this hub.
fn describes(station: &Station, unit: &Unit, survey: &Survey) -> bool {
    if station.switch == SwitchKind::Simulated {
        return false;
    }
    let place = station.hub.as_ref().map_or(Place::Missing, |plan| Place::of(plan, survey));
    let sides: BTreeSet<&Socket> = unit.ports.iter().flat_map(|port| &port.sides).collect();
    sockets_of(station, &place).iter().any(|(_, socket)| sides.contains(socket))
}
