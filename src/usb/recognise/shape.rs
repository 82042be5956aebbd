//! How the hub at a place compares with a model: the one judgement of the service and of the commands.

use std::collections::BTreeMap;

use crate::{
    model::{ChipPath, HubLocation, HubModel, HubPlan},
    usb::{HubFound, Survey, sides::twin},
};

/// How far a hub is what a model says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::usb) enum Shape {
    /// All chips are there.
    Whole,
    /// The first chip is there, and these are not.
    Lacks(Vec<HubLocation>),
    /// It is something else, as said.
    Other(String),
    /// Nothing is there.
    Nothing,
}

/// The chips of a hub that is plugged in at `at`, with the number of ports that each must have.
pub(in crate::usb) fn chips<'a>(
    at: &'a HubLocation,
    model: &'a HubModel,
) -> impl Iterator<Item = (HubLocation, &'a ChipPath, u8)> {
    model.chips.iter().filter_map(|(path, ports)| Some((at.chip(path)?, path, *ports)))
}

/// Compares what is at a place with a model. Hubs in its free sockets do no harm; a hub without ports has not started
/// yet, and is not there.
pub(in crate::usb) fn shape(
    hubs: &BTreeMap<HubLocation, HubFound>,
    at: &HubLocation,
    model: &HubModel,
) -> Shape {
    let hub = |at: &HubLocation| hubs.get(at).map(ports).filter(|ports| *ports > 0);
    if hub(at).is_none() {
        return Shape::Nothing;
    }
    if chips(at, model).count() < model.chips.len() {
        return Shape::Other(format!("`{at}` is too deep for it"));
    }
    let mut missing = Vec::new();
    for (chip, _, must) in chips(at, model) {
        match hub(&chip) {
            Some(found) if found == must => {}
            Some(found) => return Shape::Other(format!("`{chip}` has {found} ports, the model says {must}")),
            None => missing.push(chip),
        }
    }
    let below = model.chain.iter().filter_map(|socket| at.socket(socket));
    let mut below = below.map(|socket| socket.hub().below(socket.port()));
    let of_the_model = |below: &HubLocation| chips(at, model).any(|(chip, ..)| chip == *below);
    match below.find(|below| hub(below).is_some() && !of_the_model(below)) {
        Some(below) => Shape::Other(format!("hub `{below}` is no chip of `{}`", model.name)),
        None if missing.is_empty() => Shape::Whole,
        None => Shape::Lacks(missing),
    }
}

/// Why the hub at its place does not fit its model; `None`: it fits.
pub fn misfit(survey: &Survey, plan: &HubPlan) -> Option<String> {
    match shape(&survey.hubs, &plan.at, &plan.model) {
        Shape::Whole => None,
        Shape::Lacks(missing) => Some(lacks(&plan.model, &missing)),
        Shape::Other(why) => Some(why),
        Shape::Nothing => Some(format!("`{}` is no hub", plan.at)),
    }
}

/// What is said of a hub without these chips.
pub(in crate::usb) fn lacks(model: &HubModel, missing: &[HubLocation]) -> String {
    let all = model.chips.len();
    let (noun, is) = if missing.len() == 1 { ("chip", "is") } else { ("chips", "are") };
    let missing: Vec<String> = missing.iter().map(|chip| format!("`{chip}`")).collect();
    format!("of the {all} chips of `{}`, the {noun} {} {is} not there", model.name, missing.join(", "))
}

/// Where the hub of a plan may be: where the file says if it is whole there, else all other places at which it is.
pub fn places(survey: &Survey, plan: &HubPlan) -> Vec<HubLocation> {
    if shape(&survey.hubs, &plan.at, &plan.model) == Shape::Whole {
        return vec![plan.at.clone()];
    }
    elsewhere(&survey.hubs, plan, |at| twin(survey, at), |_| false)
}

/// The places on other buses at which a hub is whole, those with the numbers of the model if there are any. `taken` says
/// whether a hub is somebody else's.
pub(in crate::usb) fn elsewhere(
    hubs: &BTreeMap<HubLocation, HubFound>,
    plan: &HubPlan,
    twin: impl Fn(&HubLocation) -> Option<HubLocation>,
    taken: impl Fn(&HubLocation) -> bool,
) -> Vec<HubLocation> {
    let (_, path) = plan.at.parts();
    let model = &plan.model;
    // Both sides of one hub fit; its USB 2 side stands for it.
    let leads = |at: &HubLocation, hub: &HubFound| {
        !hub.usb3 || twin(at).is_none_or(|twin| shape(hubs, &twin, model) != Shape::Whole)
    };
    let found = hubs.iter().filter(|(at, hub)| {
        **at != plan.at
            && !path.is_empty()
            && at.parts().1 == path
            && shape(hubs, at, model) == Shape::Whole
            && leads(at, hub)
            && !taken(at)
    });
    let found: Vec<HubLocation> = found.map(|(at, _)| at.clone()).collect();
    let right = |chip: &HubLocation| hubs.get(chip).is_some_and(|hub| model.ids.contains(&hub.id));
    let same_numbers = |at: &&HubLocation| chips(at, model).all(|(chip, ..)| right(&chip));
    let alike: Vec<HubLocation> = found.iter().filter(same_numbers).cloned().collect();
    if alike.is_empty() { found } else { alike }
}

/// The number of ports of a hub.
pub(super) fn ports(hub: &HubFound) -> u8 {
    hub.sockets.keys().last().copied().unwrap_or(0)
}
