//! The stations that are there: which hub has a file already. One broken file hides no other.

use std::{fs, sync::Arc};

use crate::{
    config::{Directories, Files, Plan},
    host::hubs::Unit,
    model::{HubLocation, Station, StationName},
};

/// The file of a station that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Its name, as the file is called.
    pub(super) name: String,
    /// The hubs that its text names, as far as they can be made out; `None`: it cannot be read at all.
    pub(super) text: Option<Vec<HubLocation>>,
}

impl Broken {
    /// True if its text names a place of this hub.
    pub(super) fn may_have(&self, unit: &Unit) -> bool {
        let is_its = |at: &HubLocation| *at == unit.at || unit.chips.contains(at);
        self.text.iter().flatten().any(is_its)
    }
}

/// The stations of the folder, and the files that are none. Files that are right alone, and not together, are stations.
pub(super) fn stations(directories: &Directories) -> (Vec<Arc<Station>>, Vec<Broken>) {
    let of = |only: &[StationName]| Files::read(directories, only).and_then(Plan::check).ok();
    if let Some(plan) = of(&[]) {
        return (plan.stations.into_values().collect(), Vec::new());
    }
    let (mut stations, mut broken) = (Vec::new(), Vec::new());
    for name in directories.station_names() {
        let plan = StationName::new(&name).ok().and_then(|name| of(&[name]));
        match plan {
            Some(plan) => stations.extend(plan.stations.into_values()),
            None => {
                let text = fs::read_to_string(directories.stations.join(file_name(&name))).ok();
                broken.push(Broken { text: text.map(|text| places(&text)), name });
            }
        }
    }
    (stations, broken)
}

/// What the file of a station is called.
pub(super) fn file_name(name: &str) -> String {
    format!("{name}.ron")
}

/// Every quoted text outside of comments that is the place of a hub.
fn places(text: &str) -> Vec<HubLocation> {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    let quoted = code.flat_map(|line| line.split('"').skip(1).step_by(2));
    quoted.filter_map(|text| HubLocation::new(text).ok()).filter(|at| !at.is_root()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_made_out_in_broken_files() {
        let text = "(hub: (model: \"rsh-a16\", at: \"5-2\",\n // at: \"7-1\"\n ports: {1: (socket: (hub: \"3-1.4\", port 1)";
        let found: Vec<String> = places(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["5-2", "3-1.4"]);
        assert!(places("(").is_empty());
    }
}
