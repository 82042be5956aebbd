//! Trees, the models they fit, and their other sides.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::shape::{Shape, shape};
use crate::{
    model::{ChipId, ChipPath, HubLocation, HubModel},
    usb::{Survey, sides::twin},
};

/// One hub as people buy it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Its first chip, on the USB 2 side if that is there.
    pub at: HubLocation,
    /// The same on the USB 3 side.
    pub twin: Option<HubLocation>,
    /// Its chips on the side of `at`: those of the best fitting model; without one, all that are likely to be in one
    /// housing.
    pub chips: BTreeMap<ChipPath, HubLocation>,
    /// The models that fit, the best first: more chips come first, then certain ones.
    pub fits: Vec<Fit>,
}

/// A model that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// It.
    pub model: Arc<HubModel>,
    /// True when the vendor and product numbers fit too; false when only the shape does.
    pub certain: bool,
    /// What is known of hubs with these chips.
    pub cautions: Vec<String>,
}

/// The hubs of a survey, each with its chips. Root hubs are no hubs that people buy, except where a model says that the
/// board itself is meant. A hub that is plugged into a free socket of another one is a tree of its own; chips of the same
/// kind below a hub of unknown model are taken for one housing.
pub fn trees(survey: &Survey, models: &[Arc<HubModel>]) -> Vec<Tree> {
    let mut hubs: Vec<&HubLocation> = survey.hubs.keys().filter(|at| leads(survey, at)).collect();
    // A hub comes before the hubs below it.
    hubs.sort_by_key(|at| (depth(at), order(at)));
    let mut taken = BTreeSet::new();
    let mut trees = Vec::new();
    for at in hubs {
        if taken.contains(at) {
            continue;
        }
        let mut fits = fits(survey, at, models);
        if fits.is_empty() && at.is_root() {
            continue;
        }
        let housing = housing(survey, at, models);
        let chips = match fits.first() {
            Some(best) if best.certain || best.model.chips.len() >= housing.len() => {
                best.model.chips.keys().filter_map(|path| Some((path.clone(), at.chip(path)?))).collect()
            }
            _ => {
                fits.clear();
                housing
            }
        };
        taken.extend(chips.values().cloned());
        trees.push(Tree { at: at.clone(), twin: twin(survey, at), chips, fits });
    }
    trees.sort_by_key(|tree| order(&tree.at));
    trees
}

/// True for the side of a hub by which it is known.
fn leads(survey: &Survey, at: &HubLocation) -> bool {
    let usb3 = |at: &HubLocation| survey.hubs.get(at).is_some_and(|hub| hub.usb3);
    !usb3(at) || twin(survey, at).is_none_or(|twin| !survey.hubs.contains_key(&twin))
}

fn fits(survey: &Survey, at: &HubLocation, models: &[Arc<HubModel>]) -> Vec<Fit> {
    let mut fits: Vec<Fit> = models.iter().filter_map(|model| fit(survey, at, model)).collect();
    fits.sort_by(|a, b| {
        let key = |fit: &Fit| (fit.model.chips.len(), fit.certain);
        key(b).cmp(&key(a)).then_with(|| a.model.name.cmp(&b.model.name))
    });
    fits
}

fn fit(survey: &Survey, at: &HubLocation, model: &Arc<HubModel>) -> Option<Fit> {
    if shape(&survey.hubs, at, model) != Shape::Whole {
        return None;
    }
    let ids = ids(survey, at, model);
    let certain = !model.ids.is_empty() && ids.iter().all(|id| model.ids.contains(id));
    let fits = if model.boards.is_empty() { !at.is_root() } else { certain && soldered(survey, at, model) };
    let cautions = model.cautions.iter().filter(|(id, _)| ids.contains(id)).map(|(_, text)| text.clone());
    fits.then(|| Fit { model: Arc::clone(model), certain, cautions: cautions.collect() })
}

/// The numbers of the chips on both sides.
fn ids(survey: &Survey, at: &HubLocation, model: &HubModel) -> BTreeSet<ChipId> {
    let sides = [Some(at.clone()), twin(survey, at).filter(|twin| !twin.is_root())];
    let chips = sides
        .into_iter()
        .flatten()
        .flat_map(|side| model.chips.keys().filter_map(|path| side.chip(path)).collect::<Vec<HubLocation>>());
    chips.filter_map(|chip| Some(survey.hubs.get(&chip)?.id)).collect()
}

/// True if this can be a part of the board. In containers the board has no name.
fn soldered(survey: &Survey, at: &HubLocation, model: &HubModel) -> bool {
    let (_, path) = at.parts();
    match &survey.board {
        Some(board) => {
            !path.contains('.') && model.boards.iter().any(|name| board.starts_with(name.as_str()))
        }
        None => !path.contains('.') && !at.is_root(),
    }
}

/// The chips that are likely to be in one housing: those below with the numbers of the first one, as far as they hang
/// together and are not known better.
fn housing(survey: &Survey, at: &HubLocation, models: &[Arc<HubModel>]) -> BTreeMap<ChipPath, HubLocation> {
    let mut chips = BTreeMap::from([(ChipPath::default(), at.clone())]);
    if at.is_root() {
        return chips;
    }
    let id = survey.hubs.get(at).map(|hub| hub.id);
    let mut next = vec![at.clone()];
    while let Some(chip) = next.pop() {
        let Some(hub) = survey.hubs.get(&chip) else { continue };
        for below in hub.sockets.keys().map(|port| chip.below(*port)) {
            let same = survey.hubs.get(&below).is_some_and(|hub| Some(hub.id) == id);
            if same
                && !fits(survey, &below, models).iter().any(|fit| fit.certain)
                && let Some(path) = ChipPath::between(at, &below)
                && chips.insert(path, below.clone()).is_none()
            {
                next.push(below);
            }
        }
    }
    chips
}

fn depth(at: &HubLocation) -> usize {
    match at.parts() {
        (_, "") => 0,
        (_, path) => path.split('.').count(),
    }
}

/// The order in which people count: 5-2 before 5-10.
fn order(at: &HubLocation) -> (u16, Vec<u8>) {
    let (bus, path) = at.parts();
    (bus, path.split('.').filter_map(|port| port.parse().ok()).collect())
}
