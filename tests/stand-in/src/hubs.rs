//! Hubs as they are sold.

use crate::world::{Hub, Port, Switching, Words, World, written};

/// What the chips of every RSH-A16 say of themselves, so that two of them cannot be told apart by it.
const CONTAINER_OF_RSH: &str = "20b9cde5-7039-e011-a935-0002a5d5c51b";

/// The 16-port hub with chips of Realtek, plugged in at `path`: its USB 3 side on bus `usb3`, then its USB 2 side on bus
/// `usb2`; none of a side for a cable that has only the other.
pub fn rsh_a16(usb2: Option<u8>, usb3: Option<u8>, path: &[u8]) -> Vec<Hub> {
    let side = |bus: u8, usb: u16, id: (u16, u16), product: &str| {
        [&[4][..], &[3, 4], &[3, 3], &[3], &[]]
            .map(|chip| Hub {
                at: written(bus, &[path, chip].concat()),
                usb,
                id,
                words: Words::new("Generic", product),
                container: Some(CONTAINER_OF_RSH.to_owned()),
                switching: Switching::Single,
                ports: ports(4),
            })
            .to_vec()
    };
    let usb3 = usb3.map(|bus| side(bus, 0x0320, (0x0bda, 0x0411), "USB3.2 Hub"));
    let usb2 = usb2.map(|bus| side(bus, 0x0210, (0x0bda, 0x5411), "USB2.1 Hub"));
    usb3.into_iter().chain(usb2).flatten().collect()
}

/// A hub of one chip with four ports that knows USB 2 only.
pub fn four_ports(at: &str) -> Hub {
    Hub {
        at: at.to_owned(),
        usb: 0x0200,
        id: (0x05e3, 0x0608),
        words: Words { product: Some("USB2.0 Hub".to_owned()), ..Words::default() },
        container: None,
        switching: Switching::Single,
        ports: ports(4),
    }
}

/// The soldered hubs of a Raspberry Pi 4B, as `uhubctl` shows them.
pub fn raspberry_pi_4() -> Vec<Hub> {
    let root = |at: &str, usb: u16, product: u16, switching: Switching, count: u8| Hub {
        at: at.to_owned(),
        usb,
        id: (0x1d6b, product),
        words: Words {
            serial: Some("0000:01:00.0".to_owned()),
            ..Words::new("Linux 5.10.25-5-ARCH xhci-hcd", "xHCI Host Controller")
        },
        container: None,
        switching,
        ports: ports(count),
    };
    vec![
        root("2", 0x0300, 3, Switching::Single, 4),
        Hub { usb: 0x0210, id: (0x2109, 0x3431), ..four_ports("1-1") },
        root("1", 0x0200, 2, Switching::Ganged, 1),
    ]
}

/// A world of both sides of the RSH-A16 as its public listing has it: USB 2 on bus 3, USB 3 on bus 4, first port.
pub fn mirrored() -> World {
    World::new(rsh_a16(Some(3), Some(4), &[1]))
}

fn ports(count: u8) -> std::collections::BTreeMap<u8, Port> {
    (1..=count).map(|number| (number, Port::default())).collect()
}
