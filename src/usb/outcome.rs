//! What is to be sent, and what an output means for each order. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::parser::{Listing, Phase, Shown};
use crate::model::{HubLocation, Order, Power, Seen, Socket, SwitchProblem};

/// What is known of one ordered port.
pub(super) enum Found {
    /// Nothing can be added.
    Settled(Option<Power>, Option<SwitchProblem>),
    /// It may or may not have been switched: read it again; if that does not help, this is the problem.
    Unclear(SwitchProblem),
}

/// Ports of one hub that are to be switched the same way: one call.
pub(super) struct Group {
    pub(super) hub: HubLocation,
    pub(super) power: Power,
    pub(super) ports: BTreeSet<u8>,
}

impl Group {
    /// Its ports as sockets.
    pub(super) fn sockets(&self) -> impl Iterator<Item = Socket> {
        // INVARIANT: the ports come from sockets, so each makes one again.
        self.ports.iter().filter_map(|port| Socket::new(self.hub.clone(), *port).ok())
    }
}

impl Found {
    /// The problem for which nothing more is sent in a batch.
    pub(super) fn ends_the_batch(&self) -> Option<SwitchProblem> {
        match self {
            Self::Unclear(problem) | Self::Settled(_, Some(problem)) if holds_up(problem) => {
                Some(problem.clone())
            }
            Self::Unclear(_) | Self::Settled(..) => None,
        }
    }
}

/// True if the next call would wait as long as this one, or fail as this one.
pub(super) fn holds_up(problem: &SwitchProblem) -> bool {
    match problem {
        SwitchProblem::Timeout(_) | SwitchProblem::Busy(_) | SwitchProblem::ToolMissing(_) => true,
        SwitchProblem::Permission(_)
        | SwitchProblem::Missing(_)
        | SwitchProblem::HubMissing(_)
        | SwitchProblem::Misfit(_)
        | SwitchProblem::OtherSide(_)
        | SwitchProblem::Unreadable(_)
        | SwitchProblem::Refused(_)
        | SwitchProblem::Forbidden(_) => false,
    }
}

/// Off comes first, so that the hub's power supply never has more to feed than before or after.
pub(super) fn groups<'a>(orders: impl Iterator<Item = &'a Order>) -> Vec<Group> {
    let wanted: BTreeMap<&Socket, Power> = orders.map(|order| (&order.socket, order.power)).collect();
    let mut groups: BTreeMap<(bool, &HubLocation), Group> = BTreeMap::new();
    for (socket, power) in wanted {
        let key = (power == Power::On, socket.hub());
        let new = || Group { hub: socket.hub().clone(), power, ports: BTreeSet::new() };
        groups.entry(key).or_insert_with(new).ports.insert(socket.port());
    }
    groups.into_values().collect()
}

/// What one output says of one socket. Power comes from either side of a hub, so it is off only if all sides are.
pub(super) fn power(
    listing: &Listing,
    phase: Phase,
    socket: &Socket,
    twin: Option<&HubLocation>,
) -> Result<Power, SwitchProblem> {
    let unreadable = |why: &str| SwitchProblem::Unreadable(format!("{socket}: {why}"));
    let Some(block) = listing.block(phase, socket.hub()) else {
        return Err(SwitchProblem::Missing(format!("hub `{}` is not listed", socket.hub())));
    };
    if let Some(kind) = block.kind.filter(|kind| kind.ports < socket.port()) {
        return Err(SwitchProblem::Missing(format!("hub `{}` has {} ports", socket.hub(), kind.ports)));
    }
    let other_side = twin.and_then(|twin| listing.block(phase, twin));
    // A list shows what is there now; after an order, a side that was switched must be shown again.
    let mut doubt = (phase == Phase::New && twin.is_some() && other_side.is_none())
        .then(|| unreadable("the other side of the hub is not shown"));
    for side in [Some(block), other_side].into_iter().flatten() {
        match side.ports.get(&socket.port()) {
            Some(Shown::Power { power: Power::On, .. }) => return Ok(Power::On),
            Some(Shown::Power { power: Power::Off, .. }) => {}
            Some(Shown::Unreadable(why)) => doubt = Some(unreadable(why)),
            None => doubt = Some(unreadable("the port is not in its output")),
        }
    }
    doubt.map_or(Ok(Power::Off), Err)
}

/// What the order is answered, given what its call said and what was read again afterwards.
pub(super) fn answer(
    order: &Order,
    found: Option<&Found>,
    again: Option<&Result<Power, SwitchProblem>>,
) -> Seen {
    let (power, problem) = match (found, again) {
        (Some(Found::Settled(power, problem)), _) => (*power, problem.clone()),
        (Some(Found::Unclear(_)), Some(Ok(power))) if *power == order.power => (Some(*power), None),
        (Some(Found::Unclear(problem @ SwitchProblem::Timeout(_))), Some(Ok(power))) => {
            (Some(*power), Some(problem.clone()))
        }
        (Some(Found::Unclear(_)), Some(Ok(power))) => (Some(*power), Some(SwitchProblem::Refused(*power))),
        (Some(Found::Unclear(_)), Some(Err(problem @ SwitchProblem::Missing(_)))) => {
            (None, Some(problem.clone()))
        }
        (Some(Found::Unclear(problem)), _) => (None, Some(problem.clone())),
        (None, _) => (None, Some(SwitchProblem::Unreadable(order.socket.to_string()))),
    };
    Seen::new(order.port, Some(order.id), power, problem)
}

#[cfg(test)]
mod tests {
    use super::{super::parser::parse, *};

    fn seen(one_side: &str, other_side: &str) -> Result<Power, SwitchProblem> {
        let text = format!(
            "New status for hub 4-2 [1:2, USB 2.10, 4 ports, ppps]\n{one_side}\n\
             New status for hub 5-2 [1:2, USB 3.20, 4 ports, ppps]\n{other_side}\n"
        );
        sides(&text)
    }
    fn sides(text: &str) -> Result<Power, SwitchProblem> {
        let hub = |text| HubLocation::new(text).unwrap();
        let socket = Socket::new(hub("4-2"), 1).unwrap();
        power(&parse(text.as_bytes()), Phase::New, &socket, Some(&hub("5-2")))
    }

    #[test]
    fn a_port_is_off_only_if_both_sides_surely_are() {
        let (on, off) = ("  Port 1: 0100 power", "  Port 1: 0000 off");
        let (on3, off3, failed) = ("  Port 1: 02a0 power", "  Port 1: 00a0 off", "  Port 1: fffffff9 power");
        assert_eq!(seen(on, on3), Ok(Power::On));
        assert_eq!(seen(off, on3), Ok(Power::On));
        assert_eq!(seen(on, off3), Ok(Power::On));
        assert_eq!(seen(on, failed), Ok(Power::On));
        assert_eq!(seen(off, off3), Ok(Power::Off));
        let half = "Current status for hub 5-2 [1:2, USB 3.20, 4 ports, ppps]\nSent power off request";
        let cut = format!("New status for hub 4-2 [1:2, USB 2.10, 4 ports, ppps]\n{off}\n{half}\n");
        for unsure in [sides(&cut), seen(off, failed), seen(off, ""), seen(failed, off3), seen("", off3)] {
            assert!(matches!(unsure, Err(SwitchProblem::Unreadable(_))), "{unsure:?}");
        }
    }

    #[test]
    fn the_last_order_for_a_socket_makes_the_group() {
        let order = |id, port, power| Order {
            id,
            port: crate::model::PortId::new(1).unwrap(),
            socket: Socket::new(HubLocation::new("4-2").unwrap(), port).unwrap(),
            power,
        };
        let orders = [
            order(1, 1, Power::On),
            order(2, 3, Power::Off),
            order(3, 1, Power::Off),
            order(4, 2, Power::On),
        ];
        let groups: Vec<_> = groups(orders.iter())
            .into_iter()
            .map(|group| (group.power, group.ports.into_iter().collect()))
            .collect();
        assert_eq!(groups, [(Power::Off, vec![1, 3]), (Power::On, vec![2])]);
    }
}
