//! Hubs as hosts show them, made by hand: what the tests of the commands look at.

use super::Hubs;
use crate::{
    config::{self, Files},
    model::{HubLocation, Power, Thing},
    usb::{HubFound, SocketFound, Survey},
};

pub(crate) fn at(text: &str) -> HubLocation {
    HubLocation::new(text).unwrap()
}

/// The chips of an RSH-A16.
pub(crate) const FIVE: [&str; 5] = ["", ".3", ".4", ".3.3", ".3.4"];

/// What hangs on one host.
pub(crate) struct Host(pub(crate) Survey);

impl Host {
    /// A computer without hubs of its own making.
    pub(crate) fn new() -> Self {
        let mut host = Self(Survey { from_kernel: true, ..Survey::default() });
        for bus in ["1", "2"] {
            host.hub(bus, "1d6b:0002", 4);
        }
        host
    }

    /// One chip, or one side of it, with all ports on and empty.
    pub(crate) fn hub(&mut self, place: &str, id: &str, ports: u8) -> &mut HubFound {
        let bare = HubFound::bare(id, false, ports);
        let found = HubFound { name: "USB Hub".into(), may_sleep: Some(false), ..bare };
        self.0.hubs.insert(at(place), found);
        if let Some((above, port)) = place.rsplit_once('.')
            && let Some(above) = self.0.hubs.get_mut(&at(above))
        {
            above.sockets.get_mut(&port.parse().unwrap()).unwrap().hub = Some(at(place));
        }
        self.0.hubs.get_mut(&at(place)).unwrap()
    }

    /// Chips below a plug, on the USB 2 side only.
    pub(crate) fn one_sided(mut self, plug: &str, id: &str, chips: &[&str]) -> Self {
        for chip in chips {
            self.hub(&format!("{plug}{chip}"), id, 4);
        }
        self
    }

    /// Chips below two plugs that are one.
    pub(crate) fn two_sided(self, plugs: [&str; 2], ids: [&str; 2], chips: &[&str]) -> Self {
        let mut host = self.one_sided(plugs[0], ids[0], chips).one_sided(plugs[1], ids[1], chips);
        for chip in chips {
            let [usb2, usb3] = plugs.map(|plug| at(&format!("{plug}{chip}")));
            host.side(&usb2).twin = Some(usb3.clone());
            let second = host.side(&usb3);
            second.twin = Some(usb2);
            second.usb3 = true;
        }
        host
    }

    /// The chip at a place.
    pub(crate) fn side(&mut self, place: &HubLocation) -> &mut HubFound {
        self.0.hubs.get_mut(place).unwrap()
    }

    /// The socket of a chip.
    pub(crate) fn socket(&mut self, place: &str, port: u8) -> &mut SocketFound {
        self.side(&at(place)).sockets.get_mut(&port).unwrap()
    }

    /// Plugs a phone in.
    pub(crate) fn plug(self, place: &str, port: u8, name: &str, serial: Option<&str>) -> Self {
        self.plug_id("18d1:4ee1", place, port, name, serial)
    }

    /// Plugs a device of these numbers in.
    pub(crate) fn plug_id(
        mut self,
        id: &str,
        place: &str,
        port: u8,
        name: &str,
        serial: Option<&str>,
    ) -> Self {
        let thing = Thing { id: id.parse().unwrap(), serial: serial.map(str::to_owned), name: name.into() };
        self.socket(place, port).thing = Some(thing);
        self
    }

    /// Does something to every chip that is not the computer's own.
    pub(crate) fn every(mut self, change: impl Fn(&HubLocation, &mut HubFound)) -> Self {
        let hubs = self.0.hubs.iter_mut().filter(|(place, _)| !place.is_root());
        hubs.for_each(|(place, hub)| change(place, hub));
        self
    }

    /// The hubs as people buy them.
    pub(crate) fn hubs(&self) -> Hubs {
        Hubs::of(&self.0, &config::models(&Files::default()))
    }
}

/// An RSH-A16 with both sides and three devices.
pub(crate) fn a16() -> Host {
    let mut host = Host::new()
        .two_sided(["5-2", "6-2"], ["0bda:5411", "0bda:0411"], &FIVE)
        .plug("5-2", 1, "Google Pixel 7", Some("28021FDH2000AB"))
        .plug("6-2.4", 3, "SAMSUNG SAMSUNG_Android", Some("R58N12ABCDE"))
        .plug_id("093a:2510", "5-2.3.3", 4, "USB Optical Mouse", None);
    for side in ["5-2.3", "6-2.3"] {
        host.socket(side, 2).power = Ok(Power::Off);
    }
    host
}

/// A Raspberry Pi 4 with its own hub and a small one in it.
pub(crate) fn pi_4() -> Host {
    let mut host = Host::new().one_sided("1-1", "2109:3431", &["", ".2"]);
    host.0.board = Some("Raspberry Pi 4 Model B Rev 1.4".into());
    host.side(&at("1-1.2")).id = "1a40:0201".parse().unwrap();
    host.plug("1-1.2", 4, "Pixel 7", Some("28021FDH2000AB"))
}

/// Devices that say whatever they like, and a hub that does.
pub(crate) fn strange() -> Host {
    let long = "long ".repeat(40);
    let mut host = Host::new()
        .one_sided("1-1", "1a40:0101", &[""])
        .plug("1-1", 1, "USB 2.0 [MTT], \u{1b}[2J\n  Port 2: 0000 off", Some("\"),\n 2: (device: \"x\")"))
        .plug("1-1", 2, &long, Some("back\\slash \"quote\""))
        .plug("1-1", 3, "Телефон", Some("same"))
        .plug("1-1", 4, "Телефон", Some("same"));
    host.side(&at("1-1")).name = "\u{1b}]0;x\u{7}".into();
    host
}

/// A hub plugged into another one, and chips that fit no model.
pub(crate) fn hub_in_hub() -> Host {
    let mut host = Host::new().one_sided("1-1", "1a40:0101", &["", ".2", ".2.1"]);
    for chip in ["1-1.2", "1-1.2.1"] {
        host.side(&at(chip)).id = "05e3:0610".parse().unwrap();
    }
    host.side(&at("1-1.2")).sockets.remove(&4);
    host
}

/// Compares with a committed file of `tests/golden/cli`. `make golden` writes the files anew.
pub(crate) fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../tests/golden/cli");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
