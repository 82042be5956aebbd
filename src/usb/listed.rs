//! What `uhubctl` lists, joined with what the kernel shows: one picture. Pure.
//!
//! Power comes from `uhubctl` alone; what is plugged in comes from the kernel wherever it shows the hub, because the
//! words in a listing are chosen by devices.

use std::collections::BTreeMap;

use super::{
    Access, HubFound, SocketFound, Survey,
    parser::{Block, HubKind, Listing, Phase, Shown},
    tool::not_allowed,
};
use crate::model::{HubLocation, SwitchProblem, Thing};

/// Hubs whose ports could not be read, and why.
pub(super) type Unread = BTreeMap<HubLocation, SwitchProblem>;

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
        let problem = match hub.device_file {
            Access::No | Access::ReadOnly => {
                not_allowed(&format!("the device file of hub `{at}` cannot be opened"))
            }
            _ => SwitchProblem::Missing(format!(
                "uhubctl does not list hub `{at}`, as it lists only hubs that switch each port by itself and that it may \
                 open: run `scs doctor`"
            )),
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
        let bare = || SocketFound::bare(Err(String::new()), Access::Absent);
        let mut socket = sockets.remove(&port).unwrap_or_else(bare);
        socket.power = match block.ports.get(&port) {
            Some(Shown::Power { power, .. }) => Ok(*power),
            Some(Shown::Unreadable(why)) => Err((*why).to_owned()),
            None => Err("the port is not in its output".to_owned()),
        };
        if let Some(Shown::Power { connected, hub_behind, thing, .. }) = block.ports.get(&port) {
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
            socket.undescribed = *connected && socket.thing.is_none() && socket.hub.is_none();
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

#[cfg(test)]
mod tests {
    use super::{super::parser::parse, *};
    use crate::model::Power;

    fn hub(text: &str) -> HubLocation {
        HubLocation::new(text).unwrap()
    }
    fn listing(text: &str) -> Listing {
        parse(text.replace("; ", "\n").as_bytes())
    }

    #[test]
    fn power_comes_from_the_listing_and_all_else_from_the_kernel() {
        let thing = "04e8:6860 SAMSUNG Forged 99999999";
        let shown = format!(
            "Current status for hub 3-1 [0bda:5411, USB 2.10, 2 ports, ppps];   Port 1: 0503 power connect [{thing}]; "
        );
        let mut kernel = survey(&listing(&shown), None, &Survey::default()).0;
        let real = Thing {
            serial: Some("R58N12ABCDE".to_owned()),
            ..kernel.hubs[&hub("3-1")].sockets[&1].thing.clone().unwrap()
        };
        let found = kernel.hubs.get_mut(&hub("3-1")).unwrap();
        found.twin = Some(hub("4-1"));
        found.sockets.get_mut(&1).unwrap().thing = Some(real.clone());
        found.sockets.get_mut(&1).unwrap().power = Ok(Power::Off);
        found.sockets.get_mut(&2).unwrap().power = Ok(Power::On);
        let mut other = found.clone();
        other.usb3 = true;
        other.device_file = Access::No;
        kernel.hubs.insert(hub("4-1"), other);

        let listing = listing(&shown);
        assert!(!wants_names(&listing, &kernel) && wants_names(&listing, &Survey::default()));
        let (joined, unread) = survey(&listing, None, &kernel);
        let found = &joined.hubs[&hub("3-1")];
        assert_eq!((found.sockets[&1].power.clone(), &found.twin), (Ok(Power::On), &Some(hub("4-1"))));
        assert_eq!(found.sockets[&1].thing.as_ref(), Some(&real));
        assert!(found.sockets[&2].power.is_err(), "the listing does not show the port");
        assert!(unread.is_empty());
        let unlisted: Vec<_> = unlisted(&joined, &listing).collect();
        assert!(
            matches!(&unlisted[..], [(at, SwitchProblem::Permission(_))] if *at == hub("4-1")),
            "{unlisted:?}"
        );
    }

    #[test]
    fn a_hub_that_is_there_twice_is_not_read() {
        let twice =
            "Current status for hub 3-1 [0bda:5411, USB 2.10, 2 ports, ppps];   Port 1: 0000 off; ".repeat(2);
        let (survey, unread) = survey(&listing(&twice), None, &Survey::default());
        assert!(survey.hubs.is_empty());
        assert_eq!(unread.keys().collect::<Vec<_>>(), [&hub("3-1")]);
    }
}
