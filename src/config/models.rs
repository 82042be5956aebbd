//! The kinds of hubs that a station file may name: those that come with the program, and those of the folder `hubs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    files::{Files, SourceFile},
    hub,
    problems::Wrong,
    words::{did_you_mean, list, shown},
};
use crate::model::{Diagnostic, HubModel, ModelName};

/// Every file of the repository's `hubs/`, by name.
const SHIPPED: [(&str, &str); 9] = [
    ("plain-4", include_str!("../../hubs/plain-4.ron")),
    ("plain-7", include_str!("../../hubs/plain-7.ron")),
    ("raspberry-pi-3b", include_str!("../../hubs/raspberry-pi-3b.ron")),
    ("raspberry-pi-3b-plus", include_str!("../../hubs/raspberry-pi-3b-plus.ron")),
    ("raspberry-pi-4b", include_str!("../../hubs/raspberry-pi-4b.ron")),
    ("raspberry-pi-5", include_str!("../../hubs/raspberry-pi-5.ron")),
    ("rsh-a10", include_str!("../../hubs/rsh-a10.ron")),
    ("rsh-a107", include_str!("../../hubs/rsh-a107.ron")),
    ("rsh-a16", include_str!("../../hubs/rsh-a16.ron")),
];

/// The hub models that can be used: those of the program, and above them those of the files that have no mistake.
pub fn models(files: &Files) -> BTreeMap<ModelName, Arc<HubModel>> {
    Models::of(&files.hubs).0.known
}

/// The models that a station may name.
pub(super) struct Models {
    known: BTreeMap<ModelName, Arc<HubModel>>,
    /// Files with mistakes. These are told; that a station names one of them is no mistake more.
    broken: BTreeSet<String>,
}

impl Models {
    /// Reads the models of the program and these files, and says what is wrong with the files.
    pub(super) fn of(files: &[SourceFile]) -> (Self, Vec<Diagnostic>) {
        let mut models = Self { known: BTreeMap::new(), broken: BTreeSet::new() };
        let mut problems = Vec::new();
        let replaced: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let shipped = SHIPPED.iter().filter(|(name, _)| !replaced.contains(name));
        let shipped = shipped.map(|(name, text)| SourceFile {
            path: format!("hubs/{name}.ron (of the program)"),
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        });
        for file in shipped.collect::<Vec<_>>().iter().chain(files) {
            let (model, found) = hub::read(file);
            problems.extend(found);
            match model {
                Some(model) => {
                    models.known.insert(model.name.clone(), Arc::new(model));
                }
                None => {
                    models.broken.insert(file.name.clone());
                }
            }
        }
        (models, problems)
    }

    /// The model of this name; `None` when its file has mistakes. Fails when there is none.
    pub(super) fn find(&self, name: &str) -> Result<Option<Arc<HubModel>>, Wrong> {
        if self.broken.contains(name) {
            return Ok(None);
        }
        self.known.get(name).cloned().map(Some).ok_or_else(|| {
            let names = || self.known.keys().map(ModelName::as_str);
            let guess = did_you_mean(name, names()).map(|guess| format!("{guess} ")).unwrap_or_default();
            let message = format!("there is no hub model `{}`", shown(name));
            Wrong::new("unknown-model", message, format!("{guess}there are: {}", list(names())))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_model_of_the_repository_is_in_the_program_and_right() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("hubs");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let files: BTreeSet<String> = files.map(|name| name.into_string().unwrap()).collect();
        assert_eq!(SHIPPED.iter().map(|(name, _)| format!("{name}.ron")).collect::<BTreeSet<_>>(), files);
        let (models, problems) = Models::of(&[]);
        assert_eq!(problems, []);
        assert_eq!(models.known.len(), SHIPPED.len());
    }
}
