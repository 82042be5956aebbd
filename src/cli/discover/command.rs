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
    stations::{Broken, file_name, stations},
    told::{Described, Told},
};
use crate::{
    cli::{
        demo::shipped_rules,
        discover::args::Discover,
        failure::{Exit, Failure},
        look::Look,
    },
    config::Directories,
    host::hubs::{Hubs, Place, Places, look_around, owner},
    model::{Station, StationName},
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
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    let (survey, found) = look_around(&settings.host()).await;
    let (stations, broken) = stations(&settings.directories);
    let usual =
        || StationName::new(USUAL_NAME).map_err(|error| Failure::new(Exit::Defect, error.to_string(), ""));
    let asked = Asked {
        station: args.station.clone(),
        first: args.station.clone().map_or_else(usual, Ok)?,
        write: args.write,
    };
    let there = There {
        directories: &settings.directories,
        listed: &settings.stations,
        stations: &stations,
        broken: &broken,
    };
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
    /// Files of stations that cannot be read as such.
    pub(super) broken: &'a [Broken],
}

/// Makes the files, and writes those that are wanted.
pub(super) fn told(asked: &Asked, there: &There<'_>, survey: &Survey, hubs: Hubs) -> Told {
    let (folder, rules) = (&there.directories.stations, &there.directories.rules);
    let no_rules = !is_there(rules);
    let mut known = known(rules, there.stations);
    let mut names: BTreeSet<StationName> = BTreeSet::new();
    let (mut made, mut described) = (Vec::new(), Vec::new());
    let file = |name: &StationName| folder.join(format!("{name}.ron"));
    let stations: Vec<&Station> = there.stations.iter().map(AsRef::as_ref).collect();
    let places = hubs.places(&stations, survey);
    let unreadable = there.broken.iter().find(|broken| broken.text.is_none());
    for unit in &hubs.units {
        if let Some((station, place)) = owner(&stations, &places, unit) {
            described.push(Described::of(unit, station, place));
            continue;
        }
        if let Some(broken) = there.broken.iter().find(|broken| broken.may_have(unit)) {
            described.push(Described::broken(unit, &broken.name));
            continue;
        }
        let name = free(&asked.first, |name| names.contains(name));
        names.insert(name.clone());
        made.push((file(&name), name, station_file(unit, survey, &mut known)));
    }
    let mut proposed = names;
    let mut put = |(path, name, text): (PathBuf, StationName, String)| {
        let state = match unreadable {
            _ if is_there(&path) => {
                let other = free(&name, |name| proposed.contains(name) || is_there(&file(name)));
                proposed.insert(other.clone());
                Kept::Taken(other)
            }
            Some(broken) if asked.write => {
                let broken = file_name(&broken.name);
                Kept::Failed(format!("{broken} cannot be read, and may have this hub already"))
            }
            _ if asked.write => written(&path, &text),
            _ => Kept::Shown,
        };
        Made { name, path, text, state }
    };
    let made: Vec<Made> = made.into_iter().map(&mut put).collect();
    let elsewhere = elsewhere(&stations, &places);
    let wrote = made.iter().any(|made| made.state == Kept::Written);
    let rules = (no_rules && wrote).then(|| put_rules(rules));
    let refused = asked.station.is_some() && made.is_empty() && !described.is_empty();
    let listed = there.listed.to_vec();
    Told { hubs, made, described, elsewhere, rules, listed, asked_to_write: asked.write, refused }
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

/// What is to be said of stations whose hub is not where their file says.
fn elsewhere(stations: &[&Station], places: &Places) -> Vec<String> {
    let told = |station: &&Station| {
        let place = places.get(&station.name)?;
        let plan =
            station.hub.as_ref().filter(|_| matches!(place, Place::Elsewhere(_) | Place::Contested(..)))?;
        let told = place.misplaced(plan)?;
        Some(format!("The station {}: {}; {}.", station.name, told.text, told.hint))
    };
    stations.iter().filter_map(told).collect()
}
