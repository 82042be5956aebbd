//! Where a written socket really is: on which bus its hub is today, and which sockets of which sides it is made of. Pure.
//!
//! Never takes a hub that does not fit the model, and never one of two that fit alike.

use std::collections::BTreeSet;

use super::{
    HubFound,
    topology::{OtherSide, Topology, missing_port},
};
use crate::model::{ChipPath, ChipSocket, HubLocation, HubModel, HubPlan, Reach, Socket, SwitchProblem};

/// A socket as it really is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where it is: the USB 3 side first, then the USB 2 side. At least one.
    pub(super) sides: Vec<Socket>,
    /// Why another side that must be there is not known, if so.
    pub(super) hidden: Option<String>,
}

/// How far a hub is what a model says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fit {
    /// All chips are there.
    Whole,
    /// The first chip and some others are there.
    Part,
    /// The first chip is there, and none of the others.
    FirstOnly(String),
    /// It is something else, as said.
    No(String),
    /// Nothing is there.
    Nothing,
}

/// Where the hub of a plan really is. `before` is where it was found before; `taken` says whether a hub is somebody
/// else's.
pub(super) fn hub(
    topology: &Topology,
    plan: &HubPlan,
    before: Option<&HubLocation>,
    taken: impl Fn(&HubLocation) -> bool,
) -> Result<HubLocation, SwitchProblem> {
    let model = &plan.model;
    let fit_at = |at: &HubLocation| fit(topology, at, model);
    let missing = match fit_at(&plan.at) {
        Fit::Whole | Fit::Part => return Ok(plan.at.clone()),
        // It was whole a while ago, so its other chips are in trouble.
        Fit::FirstOnly(_) if before == Some(&plan.at) => return Ok(plan.at.clone()),
        Fit::FirstOnly(why) | Fit::No(why) => SwitchProblem::Misfit(why),
        Fit::Nothing => match topology.unread(&plan.at) {
            Some(problem) => return Err(problem.clone()),
            None => SwitchProblem::HubMissing(plan.at.clone()),
        },
    };
    let (_, path) = plan.at.parts();
    if path.is_empty() {
        return Err(missing);
    }
    if let Some(before) = before
        && matches!(fit_at(before), Fit::Whole | Fit::Part | Fit::FirstOnly(_))
        && !taken(before)
    {
        return Ok(before.clone());
    }
    let found: Vec<&HubLocation> = topology
        .hubs()
        .keys()
        .filter(|at| at.parts().1 == path && **at != plan.at && fit_at(at) == Fit::Whole && !taken(at))
        // Both sides of one hub fit; its USB 2 side stands for it.
        .filter(|at| {
            let usb3 = topology.hub(at).is_some_and(|hub| hub.usb3);
            !usb3 || topology.twin(at).is_none_or(|twin| topology.hub(&twin).is_none())
        })
        .collect();
    let alike: Vec<&HubLocation> = found.iter().copied().filter(|at| same_ids(topology, at, model)).collect();
    match (alike.as_slice(), found.as_slice()) {
        ([only], _) | ([], [only]) => Ok((*only).clone()),
        _ => Err(missing),
    }
}

/// The chips of a hub that is plugged in at `at`, with the number of ports that each must have.
pub(super) fn chips<'a>(
    at: &'a HubLocation,
    model: &'a HubModel,
) -> impl Iterator<Item = (HubLocation, &'a ChipPath, u8)> {
    model.chips.iter().filter_map(|(path, ports)| Some((at.chip(path)?, path, *ports)))
}

fn fit(topology: &Topology, at: &HubLocation, model: &HubModel) -> Fit {
    let Some(first) = topology.hub(at) else { return Fit::Nothing };
    let ports = |hub: &HubFound| hub.sockets.len();
    let (mut there, mut hidden, mut all) = (0, 0, 0);
    for (chip, path, must) in chips(at, model) {
        all += 1;
        match topology.hub(&chip) {
            Some(hub) if ports(hub) == usize::from(must) => there += 1,
            Some(hub) => {
                return Fit::No(format!(
                    "hub `{chip}` has {} ports, and chip `{path}` of `{}` has {must}",
                    ports(hub),
                    model.name
                ));
            }
            None if topology.unread(&chip).is_some() => hidden += 1,
            None => {}
        }
    }
    let of_the_model: BTreeSet<HubLocation> = chips(at, model).map(|(chip, ..)| chip).collect();
    let stranger = model.chain.iter().filter_map(|socket| at.socket(socket)).find_map(|socket| {
        let below = socket.hub().below(socket.port());
        (topology.hub(&below).is_some() && !of_the_model.contains(&below)).then_some(below)
    });
    match stranger {
        Some(below) => Fit::No(format!("hub `{below}` is no chip of `{}`", model.name)),
        None if there == all => Fit::Whole,
        None if there > 1 || hidden > 0 => Fit::Part,
        None => Fit::FirstOnly(format!(
            "of the {all} chips of `{}`, only one with {} ports is at `{at}`",
            model.name,
            ports(first)
        )),
    }
}

fn same_ids(topology: &Topology, at: &HubLocation, model: &HubModel) -> bool {
    let right = |chip: &HubLocation| topology.hub(chip).is_some_and(|hub| model.ids.contains(&hub.id));
    !model.ids.is_empty() && chips(at, model).all(|(chip, ..)| right(&chip))
}

/// Where a socket is inside the hub of a station, if it is a part of that hub.
pub(super) fn inside(reach: &Reach, socket: &Socket) -> Option<ChipSocket> {
    let plan = reach.hub.as_ref()?;
    let chip = ChipPath::between(&plan.at, socket.hub())?;
    Some(ChipSocket { chip, port: socket.port() })
}

/// Where a socket really is. `hub` is where the hub of the station was found.
pub(super) fn socket(
    topology: &Topology,
    reach: &Reach,
    hub: Option<&Result<HubLocation, SwitchProblem>>,
    socket: &Socket,
) -> Result<Place, SwitchProblem> {
    let plan = reach.hub.as_ref().zip(inside(reach, socket)).zip(hub);
    let (at, kin) = match plan {
        None => (socket.clone(), BTreeSet::new()),
        Some(((plan, inside), found)) => {
            let found = found.as_ref().map_err(SwitchProblem::clone)?;
            let at = found.socket(&inside).ok_or_else(|| SwitchProblem::Missing(socket.to_string()))?;
            (at, chips(found, &plan.model).map(|(chip, ..)| chip).collect())
        }
    };
    let Some(hub) = topology.hub(at.hub()) else {
        let unread = topology.unread(at.hub()).cloned();
        return Err(unread.unwrap_or_else(|| SwitchProblem::HubMissing(socket.hub().clone())));
    };
    if !hub.sockets.contains_key(&at.port()) {
        return Err(missing_port(&at, hub));
    }
    let usb3 = hub.usb3;
    let mut place = Place { sides: vec![at.clone()], hidden: None };
    match topology.other_side(at.hub(), &kin) {
        OtherSide::None => {}
        OtherSide::Hidden(why) => place.hidden = Some(why),
        OtherSide::At(twin) => match Socket::new(twin.clone(), at.port()) {
            Ok(other) if topology.hub(&twin).is_some() => {
                place.sides.insert(if usb3 { 1 } else { 0 }, other);
            }
            _ => {
                let why = topology.unread(&twin).map(ToString::to_string).unwrap_or_default();
                place.hidden = Some(format!("hub `{twin}`: {why}"));
            }
        },
    }
    Ok(place)
}
