//! A small world of devices with serial numbers, for the tests about which device is where.

use super::*;
use crate::model::{Care, EventKind, Plugged, Thing};

/// Ports 1 to 3 with `phone`, `tablet` and `watch`, whose serial numbers are X1 to X3 and which carry their name as a tag;
/// port 4 with `lamp`, which has none; port 5 without a device.
pub(super) fn home() -> Station {
    let mut station = station();
    let policy = Arc::clone(&station.ports[&port(1)].care.policy);
    let plan = |number: u16, name: Option<&str>, serial: Option<&str>| PortPlan {
        id: port(number),
        socket: Socket::new(HubLocation::new("5-2").unwrap(), u8::try_from(number).unwrap()).unwrap(),
        device: name.map(device),
        serial: serial.map(str::to_owned),
        care: Arc::new(Care {
            tags: name.map(str::to_owned).into_iter().collect(),
            policy: Arc::clone(&policy),
            ..Care::default()
        }),
    };
    let plans = [
        plan(1, Some("phone"), Some("X1")),
        plan(2, Some("tablet"), Some("X2")),
        plan(3, Some("watch"), Some("X3")),
        plan(4, Some("lamp"), None),
        plan(5, None, None),
    ];
    station.ports = plans.into_iter().map(|plan| (plan.id, Arc::new(plan))).collect();
    station
}

pub(super) fn start(station: Station) -> Engine {
    let mut engine = Engine::new(Arc::new(station), rules(), Remembered::default(), seconds(0));
    engine.tick(seconds(0));
    engine
}

/// Every device at home, seen there.
pub(super) fn all_at_home() -> Engine {
    let mut engine = start(home());
    let step = engine.seen(&at_home(), seconds(0));
    assert_eq!(told(&step), Vec::<String>::new());
    engine
}

pub(super) fn at_home() -> Vec<Seen> {
    look(&["X1", "X2", "X3", "-", "-"])
}

/// One reading of ports 1 to 5, all with power: a serial number, `-` for nothing, `?` for a thing without a number, `!` for
/// a port whose power is off.
pub(super) fn look(ports: &[&str]) -> Vec<Seen> {
    (1..).zip(ports).map(|(number, what)| shows(number, what)).collect()
}

pub(super) fn shows(number: u16, what: &str) -> Seen {
    let power = if what == "!" { Power::Off } else { Power::On };
    Seen { plugged: plugged(what), ..reading(number, power) }
}

pub(super) fn plugged(what: &str) -> Plugged {
    let thing = |serial: Option<&str>| {
        Plugged::Thing(Arc::new(Thing {
            id: "18d1:4ee7".parse().unwrap(),
            serial: serial.map(str::to_owned),
            name: "Some phone".to_owned(),
        }))
    };
    match what {
        "!" => Plugged::NotShown,
        "-" => Plugged::Nothing,
        "?" => thing(None),
        serial => thing(Some(serial)),
    }
}

/// Who is where, as `phone@1 watch@3`.
pub(super) fn places(engine: &Engine) -> String {
    let places = engine.view().devices.iter();
    places.map(|(device, port)| format!("{device}@{port}")).collect::<Vec<_>>().join(" ")
}

/// What was told of devices, in few words.
pub(super) fn told(step: &Step) -> Vec<String> {
    let words = |event: &crate::model::Event| {
        let at = event.port.map_or_else(String::new, |port| format!(" at {port}"));
        Some(match &event.kind {
            EventKind::DeviceMoved { device, from } => format!("{device} moved from {from}{at}"),
            EventKind::DeviceUnknown { serial, .. } => format!("unknown {serial}{at}"),
            EventKind::DeviceNamed { device, .. } => {
                format!("named {}{at}", device.as_ref().map_or("nobody", DeviceName::as_str))
            }
            EventKind::DeviceUnplaced { device } => format!("unplaced {device}{at}"),
            EventKind::CommandRejected { message } => message.clone(),
            _ => return None,
        })
    };
    step.events.iter().filter_map(words).collect()
}

pub(super) fn state(engine: &Engine, number: u16) -> Arc<super::super::PortState> {
    Arc::clone(engine.view().ports.get(&port(number)).unwrap())
}

pub(super) fn name(engine: &mut Engine, number: u16, name: Option<&str>) -> Step {
    engine.name_device(port(number), name.map(device), &Author::Rest(None), seconds(1)).unwrap()
}

/// The same memory in a new engine with this station.
pub(super) fn again(engine: &Engine, station: Station, now: Timestamp) -> Engine {
    let view = engine.view().ports.iter().map(|(id, port)| (*id, port.memory.clone()));
    let gone = engine.gone.iter().map(|(id, (_, memory))| (*id, memory.clone()));
    let remembered = Remembered { ports: view.chain(gone).collect(), ..Remembered::default() };
    let mut engine = Engine::new(Arc::new(station), rules(), remembered, now);
    engine.tick(now);
    engine
}
