//! The hubs of the host, and what the doctor says.

use poem_openapi::{Enum, Object};
use serde::Serialize;

use super::{
    super::wire::Time,
    hub::{ThingOut, UnknownOut},
};
use crate::{
    controller::View,
    host::tree::{HubSeen, Kind, PortSeen, Switching, Tree, WhyNot},
    model::{DeviceName, PortId, Power, Socket, StationName, SwitchKind, Timestamp},
};

/// All hubs of the host that the service runs on, and those that are simulated.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Hubs")]
pub(in crate::http) struct HubsOut {
    /// The time of the service when it answered. What was seen is some seconds older at most.
    at: Time,
    /// What the board is called, for example `Raspberry Pi 4 Model B Rev 1.4`; null on a PC.
    #[oai(nullable)]
    board: Option<String>,
    /// Why nothing is known of hubs, where nothing could be looked at.
    #[oai(nullable)]
    unseen: Option<String>,
    /// Why `uhubctl` could not be asked.
    #[oai(nullable)]
    without_uhubctl: Option<String>,
    /// How many hubs the computer itself has; they are never switched, and not listed.
    computer_hubs: usize,
    /// The hubs whose ports can be switched, then those that are simulated.
    hubs: Vec<HubSeenOut>,
    /// The hubs that are never switched.
    never_switched: Vec<HubSeenOut>,
}

/// What a hub is to this service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "HubKind", rename_all = "snake_case")]
enum HubKind {
    /// Its ports can be switched.
    Switchable,
    /// It is never switched.
    Never,
    /// It does not exist.
    Simulated,
}

/// How a hub switches its ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "HubSwitching", rename_all = "snake_case")]
enum SwitchingOut {
    /// Each by itself.
    Single,
    /// All together.
    Ganged,
    /// Not at all.
    Never,
    /// Nobody could ask it.
    Unknown,
}

/// One hub, both its sides and all its chips together.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "HubSeen")]
struct HubSeenOut {
    /// What it is to this service.
    kind: HubKind,
    /// Where it is: its USB 2 side, or the only one; null: a simulated hub without a model.
    #[oai(nullable)]
    at: Option<String>,
    /// Its USB 3 side, when it has two.
    #[oai(nullable)]
    other_side: Option<String>,
    /// What people call it.
    title: String,
    /// The name of its model, if one fits.
    #[oai(nullable)]
    model: Option<String>,
    /// False when only its shape is that of the model, so that the numbers of its ports are to be tried.
    certain: bool,
    /// Vendor and product numbers of its chips, as `lsusb` prints them.
    ids: Vec<String>,
    /// How it switches its ports, as it says.
    switching: SwitchingOut,
    /// Why none of its ports is ever switched.
    #[oai(nullable)]
    reason: Option<String>,
    /// The socket of another hub that it is plugged into.
    #[oai(nullable)]
    plugged_into: Option<String>,
    /// What to know of it.
    cautions: Vec<String>,
    /// Its ports: as they are numbered on the housing when the model is known, else one after the other.
    ports: Vec<PortSeenOut>,
}

/// A socket as `uhubctl` finds it.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "HubSocket")]
struct HubSocketOut {
    /// The hub.
    hub: String,
    /// The number on the hub.
    port: u8,
    /// 2 or 3: the side of the hub; null: not known.
    #[oai(nullable)]
    usb: Option<u8>,
}

/// What kind of device is in a port, as far as its numbers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "PluggedKind", rename_all = "snake_case")]
enum KindOut {
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

/// One port of a hub.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "PortSeen")]
struct PortSeenOut {
    /// Its number.
    port: u16,
    /// Where its sides are.
    sockets: Vec<HubSocketOut>,
    /// Its power; null: not known.
    #[oai(nullable)]
    power: Option<Power>,
    /// Why its power is not known.
    #[oai(nullable)]
    problem: Option<String>,
    /// The device in it, hubs excluded.
    #[oai(nullable)]
    device: Option<ThingOut>,
    /// What kind of device that is.
    kind: KindOut,
    /// The hub that is plugged into it.
    #[oai(nullable)]
    hub: Option<String>,
    /// Whose port it is; null: no station has it.
    #[oai(nullable)]
    station: Option<ResidentOut>,
    /// Whether it may be switched: by its station, or once a station has it.
    may_switch: bool,
    /// Why not.
    #[oai(nullable)]
    why_not: Option<WhyNotOut>,
    /// True when it may be switched and no device belongs to it.
    free: bool,
}

/// The port of a station.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "PortOwner")]
pub(in crate::http) struct ResidentOut {
    /// The station.
    station: StationName,
    /// The port.
    port: PortId,
    /// The device in it.
    #[oai(nullable)]
    device: Option<DeviceName>,
}

/// Why a port may not be switched.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "WhyNot")]
struct WhyNotOut {
    /// A stable code: `never`, `hub_inside`, `other_side`, `input`, `disk`, `machine`, `unknown`, `unknown_device`.
    code: String,
    /// The same in words.
    text: String,
}

impl From<&WhyNot> for WhyNotOut {
    fn from(why: &WhyNot) -> Self {
        Self { code: why.code.to_owned(), text: why.text.clone() }
    }
}

/// Who is in the ports of all stations.
pub(in crate::http) struct Residents<'v>(pub(in crate::http) &'v [View]);

impl Residents<'_> {
    fn of(&self, station: &StationName, port: PortId) -> (ResidentOut, Option<WhyNotOut>) {
        let view = self.0.iter().find(|view| view.station.name == *station);
        let state = view.and_then(|view| view.ports.get(&port));
        let device = state.and_then(|state| state.device().cloned());
        let unknown = state.and_then(|state| UnknownOut::of(state)).map(|_| WhyNotOut {
            code: "unknown_device".to_owned(),
            text: "nobody knows what is plugged in: it is not switched until somebody names it".to_owned(),
        });
        (ResidentOut { station: station.clone(), port, device }, unknown)
    }
}

impl HubsOut {
    /// What was seen, with who is where.
    pub(in crate::http) fn new(tree: &Tree, residents: &Residents<'_>, now: Timestamp) -> Self {
        let seen = |never: bool| {
            let hubs = tree.hubs.iter().filter(move |hub| hub.never.is_some() == never);
            hubs.map(|hub| HubSeenOut::new(hub, residents))
        };
        let is_simulated = |view: &&View| view.station.switch == SwitchKind::Simulated;
        let simulated = residents.0.iter().filter(is_simulated).map(|view| simulated(view, residents));
        Self {
            at: now.into(),
            board: tree.board.clone(),
            unseen: tree.unseen.clone(),
            without_uhubctl: tree.without_uhubctl.clone(),
            computer_hubs: tree.roots,
            hubs: seen(false).chain(simulated).collect(),
            never_switched: seen(true).collect(),
        }
    }
}

impl HubSeenOut {
    fn new(hub: &HubSeen, residents: &Residents<'_>) -> Self {
        Self {
            kind: if hub.never.is_some() { HubKind::Never } else { HubKind::Switchable },
            at: Some(hub.at.to_string()),
            other_side: hub.twin.as_ref().map(ToString::to_string),
            title: hub.title.clone(),
            model: hub.model.clone(),
            certain: hub.certain,
            ids: hub.ids.iter().map(ToString::to_string).collect(),
            switching: match hub.switching {
                Switching::Single => SwitchingOut::Single,
                Switching::Ganged => SwitchingOut::Ganged,
                Switching::Never => SwitchingOut::Never,
                Switching::Unknown => SwitchingOut::Unknown,
            },
            reason: hub.never.clone(),
            plugged_into: hub.inside.as_ref().map(ToString::to_string),
            cautions: hub.cautions.clone(),
            ports: hub.ports.iter().map(|port| PortSeenOut::new(port, residents)).collect(),
        }
    }
}

fn socket_out(socket: &Socket, usb3: Option<bool>) -> HubSocketOut {
    let usb = usb3.map(|usb3| if usb3 { 3 } else { 2 });
    HubSocketOut { hub: socket.hub().to_string(), port: socket.port(), usb }
}

impl PortSeenOut {
    fn new(port: &PortSeen, residents: &Residents<'_>) -> Self {
        let of = port.of.as_ref().map(|(station, number)| residents.of(station, *number));
        let (of, unknown) = of.map_or((None, None), |(of, unknown)| (Some(of), unknown));
        let why_not = port.why_not.as_ref().map(WhyNotOut::from).or(unknown);
        let nobody = of.as_ref().map_or(port.thing.is_none(), |of| of.device.is_none());
        Self {
            port: port.number,
            sockets: port.sockets.iter().map(|(socket, usb3)| socket_out(socket, Some(*usb3))).collect(),
            power: port.power.as_ref().ok().copied(),
            problem: port.power.as_ref().err().cloned(),
            device: port.thing.as_ref().map(ThingOut::from),
            kind: match port.kind {
                Kind::Nothing => KindOut::Nothing,
                Kind::Phone => KindOut::Phone,
                Kind::Input => KindOut::Input,
                Kind::Disk => KindOut::Disk,
                Kind::Machine => KindOut::Machine,
                Kind::Undescribed => KindOut::Undescribed,
                Kind::Other => KindOut::Other,
            },
            hub: port.guest.as_ref().map(ToString::to_string),
            station: of,
            may_switch: why_not.is_none(),
            free: why_not.is_none() && nobody,
            why_not,
        }
    }
}

/// The hub of a station that does not exist, with its ports as the station knows them.
fn simulated(view: &View, residents: &Residents<'_>) -> HubSeenOut {
    let station = &view.station;
    let model = station.hub.as_ref();
    let ports = view.ports.iter().map(|(number, state)| {
        let (of, why_not) = residents.of(&station.name, *number);
        PortSeenOut {
            port: number.get(),
            sockets: vec![socket_out(&state.plan.socket, None)],
            power: state.actual,
            problem: state.problem.as_ref().map(ToString::to_string),
            device: ThingOut::of(&state.plugged),
            kind: if of.device.is_some() { KindOut::Phone } else { KindOut::Nothing },
            hub: None,
            may_switch: why_not.is_none(),
            free: why_not.is_none() && of.device.is_none(),
            station: Some(of),
            why_not,
        }
    });
    HubSeenOut {
        kind: HubKind::Simulated,
        at: model.map(|hub| hub.at.to_string()),
        other_side: None,
        title: model.map_or_else(|| station.title.clone(), |hub| hub.model.title.clone()),
        model: model.map(|hub| hub.model.name.to_string()),
        certain: true,
        ids: Vec::new(),
        switching: SwitchingOut::Single,
        reason: None,
        plugged_into: None,
        cautions: Vec::new(),
        ports: ports.collect(),
    }
}
