//! All hubs of this host with their ports: what is in them, whose they are, and what may be switched. Pure.

use std::collections::BTreeMap;

use super::hubs::{Fixed, Hubs, Unit, UnitPort, is_phone, name_of, says_phone, sockets_of, unseen};
pub(crate) use crate::usb::Switching;
use crate::{
    model::{ChipId, HubLocation, PortId, Power, Socket, Station, StationName, SwitchKind, Thing},
    usb::{HubFound, SocketFound, Survey},
};

/// Everything that is seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tree {
    /// What the board is called; `None` on a PC.
    pub(crate) board: Option<String>,
    /// Why nothing is known, where nothing could be looked at.
    pub(crate) unseen: Option<String>,
    /// Why `uhubctl` could not be asked.
    pub(crate) without_uhubctl: Option<String>,
    /// How many hubs the computer itself has; they are never switched.
    pub(crate) roots: usize,
    /// The hubs, first those whose ports can be switched.
    pub(crate) hubs: Vec<HubSeen>,
}

/// One hub, both its sides and all its chips together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HubSeen {
    /// Where it is: its USB 2 side, or the only one.
    pub(crate) at: HubLocation,
    /// Its USB 3 side, when it has two.
    pub(crate) twin: Option<HubLocation>,
    /// What people call it.
    pub(crate) title: String,
    /// The name of its model, if one fits.
    pub(crate) model: Option<String>,
    /// False when only its shape is that of the model.
    pub(crate) certain: bool,
    /// Vendor and product numbers of its chips.
    pub(crate) ids: Vec<ChipId>,
    /// How it switches its ports, as it says.
    pub(crate) switching: Switching,
    /// Why none of its ports is ever switched.
    pub(crate) never: Option<String>,
    /// The socket of another hub that it is plugged into.
    pub(crate) inside: Option<Socket>,
    /// What to know of it.
    pub(crate) cautions: Vec<String>,
    /// Its ports.
    pub(crate) ports: Vec<PortSeen>,
}

/// One port of a hub.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PortSeen {
    /// Its number: on the housing when the model is known, else one after the other.
    pub(crate) number: u16,
    /// Where its sides are, and which is USB 3.
    pub(crate) sockets: Vec<(Socket, bool)>,
    /// Its power, or why that is not known.
    pub(crate) power: Result<Power, String>,
    /// The device in it.
    pub(crate) thing: Option<Thing>,
    /// What kind of device that is.
    pub(crate) kind: Kind,
    /// The hub that is plugged into it.
    pub(crate) guest: Option<HubLocation>,
    /// Whose port it is.
    pub(crate) of: Option<(StationName, PortId)>,
    /// Why it may not be switched.
    pub(crate) why_not: Option<WhyNot>,
}

/// What kind of device is in a port, as far as its numbers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing that is seen.
    Nothing,
    /// A phone or a tablet.
    Phone,
    /// A keyboard, a mouse or the like.
    Input,
    /// A disk or a stick.
    Disk,
    /// A printer, a card reader, a camera of the web.
    Machine,
    /// Something that has not said what it is.
    Undescribed,
    /// Something else.
    Other,
}

/// Why a port may not be switched: a stable code, and the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WhyNot {
    /// For programs.
    pub(crate) code: &'static str,
    /// For people.
    pub(crate) text: String,
}

/// Whose port a socket is, whichever side the file names.
type Owners = BTreeMap<Socket, (StationName, PortId)>;

impl Tree {
    /// What a look found, with the stations at work.
    pub(crate) fn of(survey: &Survey, hubs: &Hubs, stations: &[&Station]) -> Self {
        let owners = owners(survey, hubs, stations);
        let units = hubs.units.iter().map(|unit| switchable(unit, survey, &owners));
        let fixed = hubs.fixed.iter().map(|fixed| never_switched(fixed, survey));
        Self {
            board: survey.board.clone(),
            unseen: unseen(survey),
            without_uhubctl: survey.without_uhubctl.as_ref().map(ToString::to_string),
            roots: hubs.roots,
            hubs: units.chain(fixed).collect(),
        }
    }
}

fn owners(survey: &Survey, hubs: &Hubs, stations: &[&Station]) -> Owners {
    let places = hubs.places(stations, survey);
    let mut owners = Owners::new();
    for station in stations.iter().filter(|station| station.switch != SwitchKind::Simulated) {
        let Some(place) = places.get(&station.name).filter(|place| place.is_found()) else { continue };
        for (number, socket) in sockets_of(station, place) {
            let Ok(number) = PortId::new(number) else { continue };
            owners.entry(socket).or_insert((station.name.clone(), number));
        }
    }
    owners
}

fn switchable(unit: &Unit, survey: &Survey, owners: &Owners) -> HubSeen {
    let doubt = (!unit.proven(survey)).then(|| {
        "whether it can switch its ports one by one is not known, because uhubctl could not look at it"
            .to_owned()
    });
    let cautions = unit.cautions.iter().cloned().chain(unit.half(survey)).chain(doubt);
    HubSeen {
        at: unit.at.clone(),
        twin: unit.other.clone(),
        title: unit.title(),
        model: unit.model.as_ref().map(|model| model.name.to_string()),
        certain: unit.certain,
        ids: unit.ids(survey).into_iter().collect(),
        switching: survey.hubs.get(&unit.at).map_or(Switching::Unknown, |hub| hub.switching),
        never: None,
        inside: unit.inside.clone(),
        cautions: cautions.collect(),
        ports: unit.ports.iter().map(|port| port_of(unit, port, survey, owners)).collect(),
    }
}

fn port_of(unit: &Unit, port: &UnitPort, survey: &Survey, owners: &Owners) -> PortSeen {
    let usb3 = |socket: &Socket| survey.hubs.get(socket.hub()).is_some_and(|hub| hub.usb3);
    let guest = unit.guest(port, survey);
    let thing = port.thing(survey).cloned();
    let undescribed = port.found(survey).any(|(_, found)| found.undescribed);
    let class = port.found(survey).find_map(|(_, found)| found.class);
    let kind = kind(thing.as_ref(), class, undescribed);
    let of = port.sides.iter().find_map(|side| owners.get(side)).cloned();
    let why_not = match &guest {
        Some(hub) => Some(WhyNot::new("hub_inside", format!("another hub is plugged in here, at {hub}"))),
        None => unit
            .unread(port, survey)
            .into_iter()
            .next()
            .map(|text| WhyNot::new("other_side", text))
            // Who writes a port into a station's file knows what is in it.
            .or_else(|| of.is_none().then(|| by_kind(kind, thing.as_ref())).flatten()),
    };
    PortSeen {
        number: port.number.get(),
        sockets: port.sides.iter().map(|side| (side.clone(), usb3(side))).collect(),
        power: port.power(survey),
        thing,
        kind,
        guest,
        of,
        why_not,
    }
}

fn kind(thing: Option<&Thing>, class: Option<u8>, undescribed: bool) -> Kind {
    let Some(thing) = thing else { return if undescribed { Kind::Undescribed } else { Kind::Nothing } };
    match class {
        Some(0x03) => Kind::Input,
        Some(0x08) => Kind::Disk,
        _ => match says_phone(class) {
            Some(true) => Kind::Phone,
            Some(false) => Kind::Machine,
            None if is_phone(thing.id) => Kind::Phone,
            None => Kind::Other,
        },
    }
}

/// What would be harmed by losing its power.
fn by_kind(kind: Kind, thing: Option<&Thing>) -> Option<WhyNot> {
    let name = thing.map(name_of).unwrap_or_default();
    let (code, text) = match kind {
        Kind::Nothing | Kind::Phone => return None,
        Kind::Input => ("input", format!("{name} is a keyboard, a mouse or the like")),
        Kind::Disk => ("disk", format!("{name} is a disk or a stick: what it writes could be lost")),
        Kind::Machine => ("machine", format!("{name} is a printer, a card reader or a camera")),
        Kind::Undescribed => ("unknown", "what is plugged in has not said what it is".to_owned()),
        Kind::Other => ("unknown", format!("nobody knows whether {name} may lose its power")),
    };
    Some(WhyNot { code, text })
}

impl WhyNot {
    fn new(code: &'static str, text: String) -> Self {
        Self { code, text }
    }
}

/// A hub that is left alone, with its sockets as they are numbered inside.
fn never_switched(fixed: &Fixed, survey: &Survey) -> HubSeen {
    let found = survey.hubs.get(&fixed.at);
    let usb3 = found.is_some_and(|hub| hub.usb3);
    HubSeen {
        at: fixed.at.clone(),
        twin: fixed.other.clone(),
        title: fixed.title.clone(),
        model: None,
        certain: false,
        ids: found.map(|hub| hub.id).into_iter().collect(),
        switching: found.map_or(Switching::Unknown, |hub| hub.switching),
        never: Some(fixed.reason.clone()),
        inside: fixed.inside.clone(),
        cautions: Vec::new(),
        ports: found.map(|hub| sockets(hub, fixed, usb3)).unwrap_or_default(),
    }
}

fn sockets(hub: &HubFound, fixed: &Fixed, usb3: bool) -> Vec<PortSeen> {
    let seen = |(number, socket): (&u8, &SocketFound)| {
        Some(PortSeen {
            number: u16::from(*number),
            sockets: vec![(Socket::new(fixed.at.clone(), *number).ok()?, usb3)],
            power: socket.power.clone(),
            kind: kind(socket.thing.as_ref(), socket.class, socket.undescribed),
            thing: socket.thing.clone(),
            guest: socket.hub.clone(),
            of: None,
            why_not: Some(WhyNot::new("never", fixed.reason.clone())),
        })
    };
    hub.sockets.iter().filter_map(seen).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        config::{Files, Plan, SourceFile},
        host::hubs::samples::{Host, a16, at, hub_in_hub, pi_4},
    };

    fn stations(text: &str) -> Vec<Arc<Station>> {
        let source = SourceFile { path: "stations/desk.ron".into(), name: "desk".into(), text: text.into() };
        let files = Files { stations: vec![source], ..Files::default() };
        Plan::check(files).unwrap().stations.into_values().collect()
    }

    fn tree(host: &Host, stations: &[Arc<Station>]) -> Tree {
        let stations: Vec<&Station> = stations.iter().map(AsRef::as_ref).collect();
        Tree::of(&host.0, &host.hubs(), &stations)
    }

    #[test]
    fn each_port_of_a_hub_knows_its_two_sides_and_whose_it_is() {
        let desk = stations("(hub: (model: \"rsh-a16\", at: \"5-2\"), switch: Uhubctl())");
        let tree = tree(&a16(), &desk);
        let hub = &tree.hubs[0];
        assert_eq!((hub.at.as_str(), hub.twin.as_ref().unwrap().as_str()), ("5-2", "6-2"));
        assert_eq!((hub.model.as_deref(), hub.switching), (Some("rsh-a16"), Switching::Single));
        assert_eq!(hub.ports.len(), 16);
        assert!(hub.ports.iter().all(|port| port.sockets.len() == 2 && port.sockets[1].1));
        let whose: Vec<u16> = hub.ports.iter().map(|port| port.of.as_ref().unwrap().1.get()).collect();
        assert_eq!(whose, (1..=16).collect::<Vec<_>>());
        assert_eq!(hub.ports[7].power, Ok(Power::Off));
    }

    #[test]
    fn a_station_whose_file_names_the_other_side_has_the_port_all_the_same() {
        let desk = stations("(switch: Uhubctl(), ports: {3: (socket: (hub: \"6-2\", port: 1))})");
        let tree = tree(&a16(), &desk);
        let has = |port: &&PortSeen| port.of.is_some();
        let owned: Vec<&PortSeen> = tree.hubs[0].ports.iter().filter(has).collect();
        assert_eq!(owned.len(), 1);
        assert_eq!(owned[0].of.as_ref().unwrap().1.get(), 3);
    }

    #[test]
    fn what_must_keep_its_power_says_why() {
        let mut host = Host::new().one_sided("1-1", "1a40:0101", &[""]);
        for (port, id, class) in [
            (1, "18d1:4ee1", None),
            (2, "046d:c31c", Some(3)),
            (3, "0781:5581", Some(8)),
            (4, "1234:5678", None),
        ] {
            host = host.plug("1-1", port, "Thing", None);
            let socket = host.socket("1-1", port);
            socket.class = class;
            socket.thing.as_mut().unwrap().id = id.parse().unwrap();
        }
        let said = |tree: &Tree| -> Vec<Option<&'static str>> {
            tree.hubs[0].ports.iter().map(|port| Some(port.why_not.as_ref()?.code)).collect()
        };
        assert_eq!(said(&tree(&host, &[])), [None, Some("input"), Some("disk"), Some("unknown")]);
        let known = stations("(switch: Uhubctl(), ports: {1: (socket: (hub: \"1-1\", port: 4))})");
        assert_eq!(said(&tree(&host, &known))[3], None, "who named it knows it");
    }

    #[test]
    fn hubs_inside_and_hubs_of_the_board_are_left_alone() {
        let tree = tree(&hub_in_hub(), &[]);
        let inside: Vec<_> =
            tree.hubs.iter().flat_map(|hub| &hub.ports).filter(|port| port.guest.is_some()).collect();
        assert!(!inside.is_empty());
        assert!(inside.iter().all(|port| port.why_not.as_ref().unwrap().code == "hub_inside"));
        let pi = super::tests::tree(&pi_4(), &[]);
        let board = pi.hubs.iter().find(|hub| hub.at == at("1-1")).unwrap();
        assert!(board.never.as_ref().unwrap().contains("one switch"), "{board:?}");
        assert!(board.ports.iter().all(|port| port.why_not.as_ref().unwrap().code == "never"));
        assert!(pi.hubs.iter().any(|hub| hub.inside.is_some()), "the small hub hangs on that of the board");
    }

    #[test]
    fn where_nothing_could_be_looked_at_that_is_said() {
        let mut host = Host::new();
        host.0.hubs.clear();
        let tree = tree(&host, &[]);
        assert!(tree.hubs.is_empty() && tree.unseen.is_some());
    }
}
