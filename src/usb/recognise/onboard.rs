//! Which hubs are soldered on a Raspberry Pi, and why none of their ports can be switched by itself.
//!
//! Pure. What is known of boards stands here, because it must hold without any file of the user.

use crate::{
    model::{ChipId, HubLocation},
    usb::{HubFound, Survey},
};

/// A hub on a board.
struct Onboard {
    id: ChipId,
    /// The number of its ports.
    ports: u8,
    /// How the names of its boards begin.
    boards: &'static [&'static str],
    why: &'static str,
}

const LAN9512: Onboard = Onboard {
    id: ChipId { vendor: 0x0424, product: 0x9512 },
    ports: 3,
    boards: &["Raspberry Pi Model B"],
    why: "its ports have one switch, and on one of them hangs the network of the board",
};
const LAN9514: Onboard = Onboard {
    id: ChipId { vendor: 0x0424, product: 0x9514 },
    ports: 5,
    boards: &["Raspberry Pi Model B Plus", "Raspberry Pi 2 Model B", "Raspberry Pi 3 Model B"],
    why: "its ports have one switch, and on one of them hangs the network of the board",
};
const PI_3B_PLUS: Onboard = Onboard {
    id: ChipId { vendor: 0x0424, product: 0x2514 },
    ports: 4,
    boards: &["Raspberry Pi 3 Model B Plus", "Raspberry Pi 3 Model B+"],
    why: "its ports have one switch, and the network of the board hangs on it",
};
/// The second hub of the Raspberry Pi 3B+ hangs on port 1 of the first.
const PI_3B_PLUS_SECOND: Onboard = Onboard { ports: 3, ..PI_3B_PLUS };
const VL805: Onboard = Onboard {
    id: ChipId { vendor: 0x2109, product: 0x3431 },
    ports: 4,
    boards: &["Raspberry Pi 4"],
    why: "its ports have one switch: the power goes only when all of them are off",
};

/// Why no port of this hub can be switched by itself, if it is soldered on a Raspberry Pi. Where the board has no name,
/// as in containers, numbers and shape must fit; where it has one, the numbers are enough.
pub fn onboard(survey: &Survey, at: &HubLocation) -> Option<String> {
    let hub = survey.hubs.get(at)?;
    let board = survey.board.as_deref();
    let (bus, path) = at.parts();
    if at.is_root() {
        let pi_5 = board.is_some_and(|board| board.starts_with("Raspberry Pi 5"));
        return pi_5.then(|| "the power goes only when all ports of all root hubs are off".to_owned());
    }
    let is = |at: &str, known: &Onboard| {
        HubLocation::new(&format!("{bus}-{at}"))
            .is_ok_and(|at| survey.hubs.get(&at).is_some_and(|hub| known.is(hub)))
    };
    let found = match path {
        // A chip that is sold by itself too: only both hubs together, one behind the other, tell the board.
        "1" if PI_3B_PLUS.has(hub, board) && (board.is_some() || is("1.1", &PI_3B_PLUS_SECOND)) => {
            &PI_3B_PLUS
        }
        "1.1" if PI_3B_PLUS_SECOND.has(hub, board) && (board.is_some() || is("1", &PI_3B_PLUS)) => {
            &PI_3B_PLUS_SECOND
        }
        // Sold in housings too: there, no root hub has this one port only. Where the root hub is not shown, nobody knows.
        "1" if VL805.has(hub, board)
            && (board.is_some() || root_ports(survey, bus).is_none_or(|ports| ports == 1)) =>
        {
            &VL805
        }
        "1" => [&LAN9512, &LAN9514].into_iter().find(|known| known.has(hub, board))?,
        _ => return None,
    };
    Some(found.why.to_owned())
}

fn root_ports(survey: &Survey, bus: u16) -> Option<usize> {
    let root = HubLocation::new(&bus.to_string()).ok()?;
    survey.hubs.get(&root).map(|hub| hub.sockets.len())
}

impl Onboard {
    fn is(&self, hub: &HubFound) -> bool {
        hub.id == self.id && hub.sockets.len() == usize::from(self.ports)
    }
    fn has(&self, hub: &HubFound, board: Option<&str>) -> bool {
        match board {
            Some(board) => hub.id == self.id && self.boards.iter().any(|name| board.starts_with(name)),
            None => self.is(hub),
        }
    }
}
