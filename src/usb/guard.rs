//! What is never switched, whoever asks: the last look before anything is sent. Pure.

use super::{claims::Claims, locate, topology::Topology};
use crate::model::{ChipId, HubLocation, HubModel, Reach, Socket, SwitchProblem};

/// The hub with the network chip of the Raspberry Pi 1 to 3B, and its two on the 3B+; the one of the 4.
const PI_3: ChipId = ChipId { vendor: 0x0424, product: 0x9514 };
const PI_3_PLUS: ChipId = ChipId { vendor: 0x0424, product: 0x2514 };
const PI_4: ChipId = ChipId { vendor: 0x2109, product: 0x3431 };

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
        && is_chain(model, &inside)
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
        Some(format!("hub `{hub}` is or was plugged into it"))
    };
    let owner = || {
        let owner = claims.owner(reach, sides)?;
        Some(format!("it is a port of station `{owner}`"))
    };
    let board = || {
        let side = sides.iter().find(|side| is_on_a_pi(topology, side.hub()))?;
        Some(format!(
            "hub `{}` is soldered on the Raspberry Pi, whose ports are switched together",
            side.hub()
        ))
    };
    root().or_else(owner).or_else(board).or_else(behind).map(SwitchProblem::Forbidden)
}

fn is_chain(model: &HubModel, socket: &crate::model::ChipSocket) -> bool {
    let below = |chip: &crate::model::ChipPath| {
        let path = chip.as_str();
        let (parent, port) = path.rsplit_once('.').unwrap_or(("", path));
        parent == socket.chip.as_str() && port == socket.port.to_string()
    };
    model.chain.contains(socket) || model.chips.keys().any(below)
}

/// True for the hubs that are a part of a Raspberry Pi. Where the board has no name (containers hide it), the hub with
/// the network chip tells them; that of the Pi 4 is sold in housings too, so there the name must be known.
fn is_on_a_pi(topology: &Topology, hub: &HubLocation) -> bool {
    let Some(found) = topology.hub(hub) else { return false };
    let (bus, path) = hub.parts();
    let is_pi = topology.board().map(|board| board.starts_with("Raspberry Pi"));
    if is_pi == Some(false) {
        return false;
    }
    let at = |path: &str| HubLocation::new(&format!("{bus}-{path}")).ok();
    let is_3_plus =
        |path: &str| at(path).and_then(|at| topology.hub(&at)).is_some_and(|hub| hub.id == PI_3_PLUS);
    match found.id {
        PI_3 => path == "1" && found.sockets.len() == 5,
        PI_3_PLUS => matches!(path, "1" | "1.1") && is_3_plus("1") && is_3_plus("1.1"),
        PI_4 => is_pi == Some(true) && !path.is_empty() && !path.contains('.'),
        _ => false,
    }
}
