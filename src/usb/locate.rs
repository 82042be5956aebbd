//! Where a written socket really is: on which bus its hub is today, and which sockets of which sides it is made of. Pure.
//!
//! Never takes a hub that does not fit the model, and never one of two that fit alike.

use std::collections::BTreeSet;

use super::{
    recognise::{Shape, chips, elsewhere, lacks, shape},
    topology::{OtherSide, Topology, missing_port},
};
use crate::model::{
    ChipId, ChipPath, ChipSocket, HubLocation, HubModel, HubPlan, Reach, Socket, SwitchProblem,
};

/// A socket as it really is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where it is: the USB 3 side first, then the USB 2 side. At least one.
    pub(super) sides: Vec<Socket>,
    /// Why another side that must be there is not known, if so.
    pub(super) hidden: Option<String>,
}

/// A hub that was whole when it was seen first, and has been there since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    at: HubLocation,
    /// The numbers of its first chip.
    id: ChipId,
}

/// Where the hub of a plan really is, and what is known of it from now on. `known` is what was known before; `taken` says
/// whether a hub is somebody else's.
pub(super) fn hub(
    topology: &Topology,
    plan: &HubPlan,
    known: Option<&Known>,
    taken: impl Fn(&HubLocation) -> bool,
) -> (Result<HubLocation, SwitchProblem>, Option<Known>) {
    let whole = |at: &HubLocation| shape(topology.hubs(), at, &plan.model) == Shape::Whole;
    let known = known.filter(|known| {
        is_still_there(topology, known, &plan.model) && (known.at == plan.at || !taken(&known.at))
    });
    let there = if whole(&plan.at) {
        Some(plan.at.clone())
    } else if let Some(known) = known.filter(|known| whole(&known.at)) {
        Some(known.at.clone())
    } else {
        let elsewhere = elsewhere(topology.hubs(), plan, |at| topology.twin(at), taken);
        match (elsewhere.as_slice(), known) {
            // That a hub that was whole lacks chips does not make another one its own; but its other side is.
            ([only], known) => known
                .is_none_or(|known| topology.twin(only).as_ref() == Some(&known.at))
                .then(|| only.clone()),
            ([], Some(known)) if topology.hub(&known.at).is_some() => {
                return (Ok(known.at.clone()), Some(known.clone()));
            }
            _ => None,
        }
    };
    let Some(at) = there else { return (Err(missing(topology, plan)), known.cloned()) };
    let id = topology.hub(&at).map(|hub| hub.id);
    let known = id.map(|id| Known { at: at.clone(), id });
    (Ok(at), known)
}

/// True if the first chip has not been away since, as far as it was looked at, and what is there may be the rest.
fn is_still_there(topology: &Topology, known: &Known, model: &HubModel) -> bool {
    let Some(hub) = topology.hub(&known.at) else {
        return topology.unread(&known.at).is_some();
    };
    hub.id == known.id
        && !topology.was_lost(&known.at)
        && !matches!(shape(topology.hubs(), &known.at, model), Shape::Other(_))
}

/// Why the hub is not where the file says.
fn missing(topology: &Topology, plan: &HubPlan) -> SwitchProblem {
    let unread = |chip: &HubLocation| topology.unread(chip).cloned();
    match shape(topology.hubs(), &plan.at, &plan.model) {
        Shape::Other(why) => SwitchProblem::Misfit(why),
        Shape::Lacks(missing) => missing
            .iter()
            .find_map(unread)
            .unwrap_or_else(|| SwitchProblem::Misfit(lacks(&plan.model, &missing))),
        // One that is whole and yet not taken would be a contradiction.
        Shape::Nothing | Shape::Whole => {
            unread(&plan.at).unwrap_or_else(|| SwitchProblem::HubMissing(plan.at.clone()))
        }
    }
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
    // A hub without ports has not started yet.
    let Some(hub) = topology.hub(at.hub()).filter(|hub| !hub.sockets.is_empty()) else {
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
        OtherSide::At(twin) => match (Socket::new(twin.clone(), at.port()), topology.hub(&twin)) {
            (Ok(other), Some(found)) if found.sockets.contains_key(&at.port()) => {
                place.sides.insert(if usb3 { 1 } else { 0 }, other);
            }
            // Some ports of a housing have one side only.
            (Ok(_), Some(found)) if !found.sockets.is_empty() && topology.unread(&twin).is_none() => {}
            _ => {
                let why = topology.unread(&twin).map(ToString::to_string);
                let why = why.unwrap_or_else(|| "it has not started yet".to_owned());
                place.hidden = Some(format!("hub `{twin}`: {why}"));
            }
        },
    }
    Ok(place)
}
