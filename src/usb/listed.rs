//! What `uhubctl` lists, joined with what the kernel shows: one picture. Pure.
//!
//! Power comes from `uhubctl` alone; what is plugged in comes from the kernel wherever it shows the hub, because the
//! words in a listing are chosen by devices.

use std::collections::BTreeMap;

use super::{
    Access, HubFound, SocketFound, Survey, Switching,
    parser::{Block, HubKind, Listing, Phase, Shown},
};
use crate::model::{HubLocation, SwitchProblem, Thing};

/// Hubs whose ports could not be read, and why.
type Unread = BTreeMap<HubLocation, SwitchProblem>;

/// The survey of a plain listing. `names` is a listing with the names of devices, believed only where it names the same
/// thing as the listing without.
pub(super) fn survey(listing: &Listing, names: Option<&Listing>, kernel: &Survey) -> (Survey, Unread) {
    let mut whole = kernel.clone();
    let mut unread = Unread::new();
    for ((phase, at), block) in &listing.blocks {
        if *phase != Phase::Current {
            continue;
        }
        match (block.kind, &block.thing) {
            (Some(kind), Some(thing)) => {
                let named = names.and_then(|names| names.block(Phase::Current, at));
                let known = whole.hubs.remove(at);
                whole.hubs.insert(at.clone(), hub(at, kind, thing, block, named, known));
            }
            _ => {
                let why = format!("hub `{at}` is shown without its kind, or twice");
                unread.insert(at.clone(), SwitchProblem::Unreadable(why));
            }
        }
    }
    (whole, unread)
}

/// Says of the hubs that only the kernel shows why `uhubctl` does not list them.
pub(super) fn unlisted<'a>(
    survey: &'a Survey,
    listing: &'a Listing,
) -> impl Iterator<Item = (HubLocation, SwitchProblem)> + 'a {
    survey.hubs.iter().filter(|(at, _)| listing.block(Phase::Current, at).is_none()).map(|(at, hub)| {
        let problem = match (hub.device_file, hub.switching) {
            (Access::No | Access::ReadOnly, _) => {
                SwitchProblem::Permission(format!("the device file of hub `{at}` cannot be opened"))
            }
            (_, Switching::Ganged | Switching::Never) => {
                SwitchProblem::Missing(format!("hub `{at}` cannot switch its ports singly"))
            }
            _ => SwitchProblem::Missing(format!("uhubctl does not list hub `{at}`")),
        };
        (at.clone(), problem)
    })
}

fn hub(
    at: &HubLocation,
    kind: HubKind,
    thing: &Thing,
    block: &Block,
    named: Option<&Block>,
    known: Option<HubFound>,
) -> HubFound {
    let from_kernel = known.is_some();
    let mut hub = known.unwrap_or_else(|| {
        let thing = named.and_then(|named| same(named.thing.as_ref(), thing)).unwrap_or(thing);
        HubFound {
            id: thing.id,
            name: thing.name.clone(),
            serial: thing.serial.clone(),
            usb3: kind.usb3,
            switching: kind.switching,
            twin: None,
            sockets: BTreeMap::new(),
            may_sleep: None,
            device_file: Access::Yes,
        }
    });
    hub.usb3 = kind.usb3;
    hub.switching = kind.switching;
    let mut sockets = std::mem::take(&mut hub.sockets);
    for port in 1..=kind.ports {
        let mut socket = sockets.remove(&port).unwrap_or(SocketFound {
            power: Err(String::new()),
            thing: None,
            hub: None,
            disable_file: Access::Absent,
        });
        socket.power = match block.ports.get(&port) {
            Some(Shown::Power { power, .. }) => Ok(*power),
            Some(Shown::Unreadable(why)) => Err((*why).to_owned()),
            None => Err("the port is not in its output".to_owned()),
        };
        if let Some(Shown::Power { hub_behind, thing, .. }) = block.ports.get(&port) {
            if *hub_behind {
                socket.hub.get_or_insert_with(|| at.below(port));
            }
            if let (false, Some(thing)) = (from_kernel, thing) {
                let better = match named.and_then(|named| named.ports.get(&port)) {
                    Some(Shown::Power { thing: other, .. }) => same(other.as_ref(), thing),
                    Some(Shown::Unreadable(_)) | None => None,
                };
                socket.thing = Some(better.unwrap_or(thing).clone());
            }
        }
        hub.sockets.insert(port, socket);
    }
    hub
}

/// A thing with its names, if it is the one that was seen without.
fn same<'a>(named: Option<&'a Thing>, bare: &Thing) -> Option<&'a Thing> {
    named.filter(|named| named.id == bare.id)
}

/// True if the listing shows a thing at a hub that the kernel does not show, so that only names can tell what it is.
pub(super) fn wants_names(listing: &Listing, kernel: &Survey) -> bool {
    listing.blocks.iter().filter(|((_, at), _)| !kernel.hubs.contains_key(at)).any(|(_, block)| {
        block.ports.values().any(|shown| matches!(shown, Shown::Power { thing: Some(_), .. }))
    })
}
