//! What is never switched, whoever asks: the last look before anything is sent. Pure.

use super::{claims::Claims, locate, recognise::onboard, topology::Topology};
use crate::model::{Reach, Socket, SwitchProblem};

/// Why a station may not have this socket switched, wherever the hubs are.
pub(super) fn as_written(claims: &Claims, reach: &Reach, socket: &Socket) -> Option<SwitchProblem> {
    let hub = socket.hub();
    let model = reach.hub.as_ref().map(|plan| &plan.model);
    let never = || model.zip(locate::inside(reach, socket)).and_then(|(model, _)| model.never.clone());
    let why = if hub.is_root() {
        format!("`{hub}` is a root hub")
    } else if !claims.reaches(reach, socket) {
        format!("it is no port of station `{}`", reach.station)
    } else if let Some(never) = never() {
        never
    } else if let Some((model, inside)) = model.zip(locate::inside(reach, socket))
        && model.chain.contains(&inside)
    {
        format!("it connects the chips of the hub `{}`", model.title)
    } else {
        return None;
    };
    Some(SwitchProblem::Forbidden(why))
}

/// Why a station may not have this socket switched, where it really is.
pub(super) fn as_found(
    topology: &Topology,
    claims: &Claims,
    reach: &Reach,
    sides: &[Socket],
) -> Option<SwitchProblem> {
    let root = || {
        sides.iter().find(|side| side.hub().is_root()).map(|side| format!("`{}` is a root hub", side.hub()))
    };
    let behind = || {
        let hub = sides.iter().find_map(|side| topology.hub_behind(side))?;
        Some(format!("hub `{hub}` is or was plugged into it; restart the service once it is gone for good"))
    };
    let owner = || {
        let owner = claims.owner(reach, sides)?;
        Some(format!("it is a port of station `{owner}`"))
    };
    let board = || {
        let why = |side: &Socket| Some((side.hub().clone(), onboard(topology.survey(), side.hub())?));
        let (hub, why) = sides.iter().find_map(why)?;
        Some(format!("hub `{hub}` is soldered on the Raspberry Pi: {why}"))
    };
    root().or_else(owner).or_else(board).or_else(behind).map(SwitchProblem::Forbidden)
}
