//! The pure part: what the files mean.

use std::{collections::BTreeMap, io};

use super::files::{Attributes, HubFiles, PortFiles};
use crate::{
    model::{ChipId, HubLocation, Power, Thing},
    usb::{
        HubFound, SocketFound, Switching,
        words::{WORDS_MAX, printable},
    },
};

/// The class of hubs, as `bDeviceClass` says it.
pub(super) const HUB_CLASS: &str = "09";

/// All that was read of one hub.
pub(super) struct HubParts {
    pub(super) files: HubFiles,
    /// `Err`: why no port was asked.
    pub(super) power: Result<BTreeMap<u8, io::Result<String>>, String>,
    /// What the hub and the things in its ports say; `None`: not known.
    pub(super) said: Option<(Attributes, BTreeMap<u8, Attributes>)>,
}

/// The location of the device of this folder; `None` for interfaces and what is no device.
pub(super) fn location(folder: &str) -> Option<HubLocation> {
    let at = HubLocation::new(folder.strip_prefix("usb").unwrap_or(folder)).ok()?;
    (at.is_root() == folder.starts_with("usb")).then_some(at)
}

/// The hub and number of the port of this folder: `5-2.3-port1`, or `usb5-port2` of a root hub.
pub(super) fn port_place(folder: &str) -> Option<(HubLocation, u8)> {
    let (hub, port) = folder.rsplit_once("-port")?;
    Some((location(hub)?, port.parse().ok()?))
}

/// The path of the device file, below `/dev/bus/usb`.
pub(super) fn node(attributes: &Attributes) -> Option<String> {
    let (bus, device): (u16, u16) = (number(attributes, "busnum")?, number(attributes, "devnum")?);
    Some(format!("{bus:03}/{device:03}"))
}

/// A number of a file.
pub(super) fn number<T: std::str::FromStr>(attributes: &Attributes, name: &str) -> Option<T> {
    attributes.get(name)?.parse().ok()
}

/// What the file `disable` of a port means: `1` is off.
pub(in crate::usb) fn power(read: &io::Result<String>) -> Result<Power, String> {
    match read {
        Ok(text) if text == "0" => Ok(Power::On),
        Ok(text) if text == "1" => Ok(Power::Off),
        Ok(text) => Err(format!("the kernel says `{}`, which is neither 0 nor 1", printable(text, 20))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err("the kernel does not show it, as Linux 6.0 and later do".to_owned())
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err("no permission to read the kernel's file, `scs doctor` says what to do".to_owned())
        }
        Err(error) => Err(format!("the hub does not tell ({error})")),
    }
}

/// One hub; `None` when it went away while it was read.
pub(super) fn hub(at: &HubLocation, parts: &HubParts) -> Option<HubFound> {
    let HubParts { files, power, said } = parts;
    let (own, things) = said.as_ref().map_or((None, None), |(own, things)| (Some(own), Some(things)));
    let socket = |(number, port): (&u8, &PortFiles)| {
        let words = things.and_then(|things| things.get(number));
        let power = match power {
            Ok(read) => read.get(number).map_or(Err("it was not read".to_owned()), self::power),
            Err(why) => Err(why.clone()),
        };
        let (thing, hub) = match &port.child {
            Some(child) if child.get("bDeviceClass").is_some_and(|class| class == HUB_CLASS) => {
                (None, Some(at.below(*number)))
            }
            Some(child) => (thing(child, words), None),
            None => (None, None),
        };
        let class = port.child.as_ref().filter(|_| thing.is_some()).and_then(class);
        let undescribed = port.child.is_some() && thing.is_none() && hub.is_none();
        (*number, SocketFound { power, thing, class, hub, undescribed, disable_file: port.disable_file })
    };
    Some(HubFound {
        id: id(&files.attributes)?,
        name: own.map(name).unwrap_or_default(),
        serial: own.and_then(serial),
        usb3: usb3(&files.attributes),
        switching: Switching::Unknown,
        twin: twin(at, &files.ports),
        sockets: files.ports.iter().map(socket).collect(),
        may_sleep: match files.control.as_deref() {
            Some("auto") => Some(true),
            Some("on") => Some(false),
            _ => None,
        },
        device_file: files.device_file,
    })
}

fn id(attributes: &Attributes) -> Option<ChipId> {
    format!("{}:{}", attributes.get("idVendor")?, attributes.get("idProduct")?).parse().ok()
}

fn thing(plain: &Attributes, said: Option<&Attributes>) -> Option<Thing> {
    Some(Thing { id: id(plain)?, serial: said.and_then(serial), name: said.map(name).unwrap_or_default() })
}

/// What kind of thing it is by its own word, else by that of its first interface: 0 and ef say that these know.
fn class(plain: &Attributes) -> Option<u8> {
    let number = |name| u8::from_str_radix(plain.get(name)?, 16).ok();
    number("bDeviceClass").filter(|class| !matches!(class, 0x00 | 0xef)).or_else(|| number("bInterfaceClass"))
}

fn name(said: &Attributes) -> String {
    let words = ["manufacturer", "product"].iter().filter_map(|name| said.get(name));
    printable(&words.map(String::as_str).collect::<Vec<_>>().join(" "), WORDS_MAX)
}

fn serial(said: &Attributes) -> Option<String> {
    said.get("serial").map(|serial| printable(serial, WORDS_MAX)).filter(|serial| !serial.is_empty())
}

/// By the version of USB that the hub says it has; by its speed in Mbit/s where that is missing.
fn usb3(attributes: &Attributes) -> bool {
    let version = attributes.get("version").and_then(|version| version.split('.').next()?.parse::<u8>().ok());
    version.map_or_else(|| number::<u32>(attributes, "speed").is_some_and(|speed| speed >= 5000), |v| v >= 3)
}

/// The hub to which the links of the ports lead. Ports of root hubs may lead to several hubs and to other numbers: the
/// hub with the most counts. Those of other hubs lead to one hub and the same numbers, or are not believed.
fn twin(at: &HubLocation, ports: &BTreeMap<u8, PortFiles>) -> Option<HubLocation> {
    let mut hubs: BTreeMap<HubLocation, usize> = BTreeMap::new();
    for (number, port) in ports {
        let Some((hub, peer)) = port.peer.as_deref().and_then(port_place) else { continue };
        if hub == *at || (!at.is_root() && peer != *number) {
            return None;
        }
        *hubs.entry(hub).or_default() += 1;
    }
    if !at.is_root() && hubs.len() > 1 {
        return None;
    }
    hubs.into_iter().max_by_key(|(_, count)| *count).map(|(hub, _)| hub)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usb::Access;

    fn files(pairs: &[(&'static str, &str)]) -> Attributes {
        pairs.iter().map(|(name, text)| (*name, (*text).to_owned())).collect()
    }
    fn at(text: &str) -> HubLocation {
        HubLocation::new(text).unwrap()
    }
    fn port(peer: Option<&str>, child: Option<Attributes>) -> PortFiles {
        PortFiles { disable_file: Access::Yes, peer: peer.map(str::to_owned), child }
    }
    fn realtek(ports: Vec<PortFiles>) -> HubFiles {
        let attributes = files(&[("idVendor", "0bda"), ("idProduct", "5411"), ("version", "2.10")]);
        let ports = (1..).zip(ports).collect();
        HubFiles { attributes, control: Some("auto".to_owned()), device_file: Access::No, ports }
    }

    #[test]
    fn folders_are_devices_or_not() {
        for (folder, hub) in [("usb5", Some("5")), ("5-2.3", Some("5-2.3")), ("5", None), ("usb5-2", None)] {
            assert_eq!(location(folder).map(|at| at.to_string()).as_deref(), hub, "{folder}");
        }
        for no in ["5-2:1.0", "5-0:1.0", "usb", "", "5-2.3-port1", "..", "1-1.1.1.1.1.1.1.1"] {
            assert_eq!(location(no), None, "{no}");
        }
        assert_eq!(port_place("5-2.3-port14"), Some((at("5-2.3"), 14)));
        assert_eq!(port_place("usb6-port2"), Some((at("6"), 2)));
        assert_eq!(port_place("6-port2"), None);
    }

    #[test]
    fn the_kind_of_hub_is_told_by_its_version_and_else_by_its_speed() {
        for (pairs, is) in [
            (&[("version", "3.20")][..], true),
            (&[("version", "2.10"), ("speed", "5000")], false),
            (&[("speed", "10000")], true),
            (&[("version", "x"), ("speed", "480")], false),
            (&[], false),
        ] {
            assert_eq!(usb3(&files(pairs)), is, "{pairs:?}");
        }
    }

    #[test]
    fn a_hub_is_what_its_files_say() {
        let phone = files(&[("bDeviceClass", "00"), ("idVendor", "04e8"), ("idProduct", "6860")]);
        let chip = files(&[("bDeviceClass", "09"), ("idVendor", "0bda"), ("idProduct", "5411")]);
        let said = files(&[
            ("manufacturer", "SAM\u{1b}[2JSUNG"),
            ("product", "Evil\n"),
            ("serial", "R58 N\u{202e}1"),
        ]);
        let parts = HubParts {
            files: realtek(vec![port(None, Some(phone)), port(None, Some(chip)), port(None, None)]),
            power: Ok(BTreeMap::from([
                (1, Ok("0".to_owned())),
                (2, Ok("1".to_owned())),
                (3, Ok("?".to_owned())),
            ])),
            said: Some((Attributes::new(), BTreeMap::from([(1, said)]))),
        };
        let hub = hub(&at("5-2"), &parts).unwrap();
        assert_eq!((hub.id.to_string().as_str(), hub.may_sleep, hub.usb3), ("0bda:5411", Some(true), false));
        let thing = hub.sockets[&1].thing.as_ref().unwrap();
        assert_eq!(thing.name, "SAM?[2JSUNG Evil");
        assert_eq!(thing.serial.as_deref(), Some("R58 N?1"));
        assert!(!hub.sockets[&1].undescribed && !hub.sockets[&2].undescribed && !hub.sockets[&3].undescribed);
        assert_eq!((&hub.sockets[&2].thing, &hub.sockets[&2].hub), (&None, &Some(at("5-2.2"))));
        assert_eq!(hub.sockets[&1].power, Ok(Power::On));
        assert_eq!(hub.sockets[&2].power, Ok(Power::Off));
        assert!(hub.sockets[&3].power.as_ref().unwrap_err().contains("`?`"));
    }

    #[test]
    fn a_thing_is_what_it_says_or_its_first_interface_says() {
        for (device, interface, is) in [
            ("00", Some("08"), Some(8)),
            ("ef", Some("0e"), Some(0x0e)),
            ("02", Some("08"), Some(2)),
            ("00", None, None),
        ] {
            let mut pairs = vec![("bDeviceClass", device)];
            pairs.extend(interface.map(|class| ("bInterfaceClass", class)));
            assert_eq!(class(&files(&pairs)), is, "{pairs:?}");
        }
    }

    #[test]
    fn the_other_side_is_where_all_links_lead() {
        let twin = |hub: &str, peers: &[Option<&str>]| {
            let ports = peers.iter().map(|peer| port(*peer, None)).collect();
            super::twin(&at(hub), &realtek(ports).ports).map(|hub| hub.to_string())
        };
        assert_eq!(twin("5-2", &[Some("6-2-port1"), Some("6-2-port2"), None]).as_deref(), Some("6-2"));
        assert_eq!(twin("5-2", &[Some("6-2-port2")]), None, "another number");
        assert_eq!(twin("5-2", &[Some("6-2-port1"), Some("8-2-port2")]), None, "two hubs");
        assert_eq!(twin("5-2", &[Some("5-2-port1")]), None, "itself");
        assert_eq!(twin("1", &[None, Some("usb2-port1"), Some("usb2-port2")]).as_deref(), Some("2"));
        assert_eq!(twin("5-2", &[]), None);
    }
}
