//! Whether a hub is still the one that was looked at: compared at the last moment before it loses power. Pure.

use std::collections::BTreeMap;

use super::{HubFound, sequence::Call, topology::Topology};
use crate::model::{HubLocation, Socket};

/// What a glance has shown of each hub of which something can be told: `None` if it is not there.
pub(super) type Glance = BTreeMap<HubLocation, Option<HubFound>>;

/// The first hub of these calls that is not what is known of it: gone, another one, with another side than before, or
/// with a hub plugged into a socket that is to be switched.
pub(super) fn changed<'a>(
    topology: &Topology,
    calls: impl Iterator<Item = &'a Call>,
    now: &Glance,
) -> Option<HubLocation> {
    let mut calls =
        calls.filter(|call| now.get(&call.side).is_some_and(|now| differs(topology, call, now.as_ref())));
    calls.next().map(|call| call.side.clone())
}

fn differs(topology: &Topology, call: &Call, now: Option<&HubFound>) -> bool {
    let (Some(known), Some(now)) = (topology.hub(&call.side), now) else { return true };
    let behind = |port: &u8| {
        let socket = now.sockets.get(port);
        let known = || Socket::new(call.side.clone(), *port).ok().and_then(|side| topology.hub_behind(&side));
        socket.is_some_and(|socket| socket.hub.is_some()) && known().is_none()
    };
    known.id != now.id
        || known.sockets.len() != now.sockets.len()
        || known.twin != now.twin
        || call.ports.iter().any(behind)
}
