//! Whatever stations ask of whatever hubs: some sockets are never touched.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::{Strategy, any, prop, prop_assert, proptest};

use super::{Fake, hub, order, port, rsh_a16, socket};
use crate::{
    model::{ChipPath, HubLocation, HubPlan, Plugged, Power, Reach, Socket, StationName, SwitchProblem},
    usb::{Asked, PowerSwitch, hubs::Hubs},
};

const PLACES: &[&str] = &[
    "1", "2", "3", "1-1", "2-1", "3-1", "4-1", "1-1.3", "2-1.3", "3-1.3", "1-1.4", "2-1.4", "1-1.3.3",
    "2-1.3.3", "1-1.3.4", "2-1.3.4", "3-2", "4-2", "3-2.1",
];

#[derive(Clone, Debug)]
enum Step {
    Switch { station: usize, at: usize, port: u8, on: bool },
    Read { station: usize },
    Plug { at: usize, usb3: bool, ports: u8 },
    Unplug { at: usize },
    Spoil { at: usize, port: u8 },
    Hide { at: usize },
    Replan { station: usize, at: usize, ports: u8 },
    Gone { station: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let (at, station) = (0..PLACES.len(), 0..3_usize);
    let switch = (station.clone(), at.clone(), 1..6_u8, any::<bool>());
    prop::strategy::Union::new_weighted(vec![
        (12, switch.prop_map(|(station, at, port, on)| Step::Switch { station, at, port, on }).boxed()),
        (2, station.clone().prop_map(|station| Step::Read { station }).boxed()),
        (
            3,
            (at.clone(), any::<bool>(), 2..6_u8)
                .prop_map(|(at, usb3, ports)| Step::Plug { at, usb3, ports })
                .boxed(),
        ),
        (2, at.clone().prop_map(|at| Step::Unplug { at }).boxed()),
        (1, (at.clone(), 1..5_u8).prop_map(|(at, port)| Step::Spoil { at, port }).boxed()),
        (1, at.clone().prop_map(|at| Step::Hide { at }).boxed()),
        (
            2,
            (station.clone(), at, 1..5_u8)
                .prop_map(|(station, at, ports)| Step::Replan { station, at, ports })
                .boxed(),
        ),
        (1, station.prop_map(|station| Step::Gone { station }).boxed()),
    ])
}

/// A station: even ones with a model, the others with sockets written out, also such that they must not have.
fn station(number: usize, at: usize, ports: u8) -> Arc<Reach> {
    let name = StationName::new(["one", "two", "three"][number]).unwrap();
    let at = hub(PLACES[at]);
    if number.is_multiple_of(2) {
        let plan = HubPlan { model: Arc::new(rsh_a16()), at };
        let sockets =
            plan.model.ports.keys().filter_map(|port| plan.socket(*port)).chain(plan.chain()).collect();
        return Arc::new(Reach { station: name, hub: Some(Arc::new(plan)), sockets });
    }
    let sockets = (1..=ports).map(|port| Socket::new(at.clone(), port).unwrap()).collect();
    Arc::new(Reach { station: name, hub: None, sockets })
}

fn plug(fake: &mut Fake, at: &str, usb3: bool, ports: u8) {
    fake.add(at, usb3, if usb3 { "0bda:0411" } else { "0bda:5411" }, ports);
}

/// The other side of a hub in the world, as places tell it: buses 1 and 2, and 3 and 4, are one controller each.
fn other_side(fake: &Fake, side: &HubLocation) -> Option<HubLocation> {
    let (bus, path) = side.parts();
    let other = hub(&format!("{}-{path}", if bus % 2 == 1 { bus + 1 } else { bus - 1 }));
    let (one, two) = (fake.survey.hubs.get(side)?, fake.survey.hubs.get(&other)?);
    (one.usb3 != two.usb3 && one.sockets.len() == two.sockets.len()).then_some(other)
}

/// Where else a hub may be: on the other bus of the same controller, or where the station's hub was found.
fn same_path(one: &HubLocation, other: &HubLocation) -> bool {
    one.parts().1 == other.parts().1
}

proptest! {
    #[test]
    fn no_call_ever_touches_a_root_hub_a_chain_a_stranger_or_a_hub_behind(
        steps in prop::collection::vec(step(), 1..50)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut fake = Fake::default();
        fake.add_rsh_a16("1-1", "2-1");
        let mut hubs = Hubs::new(fake);
        let mut stations = [station(0, 3, 4), station(1, 5, 4), station(2, 5, 2)];
        let mut ever: [Vec<Socket>; 3] = Default::default();
        let mut met = BTreeMap::new();
        for step in steps {
            let fake = &mut hubs.driver;
            match step {
                Step::Plug { at, usb3, ports } => plug(fake, PLACES[at], usb3, ports),
                Step::Unplug { at } => { fake.survey.hubs.remove(&hub(PLACES[at])); }
                Step::Spoil { at, port } => if let Some(found) = fake.survey.hubs.get_mut(&hub(PLACES[at])) {
                    found.sockets.entry(port).and_modify(|socket| socket.power = Err("garbled".to_owned()));
                },
                Step::Hide { at } => { fake.hidden.insert(hub(PLACES[at])); }
                Step::Replan { station: number, at, ports } => stations[number] = station(number, at, ports),
                Step::Gone { station: number } => {
                    hubs.forget(&stations[number].station);
                    met.remove(&number);
                    ever[number].clear();
                }
                Step::Read { station } => {
                    let reach = &stations[station];
                    ever[station].extend(reach.sockets.iter().cloned());
                    let ask = |socket: &Socket| Asked { reach: reach.clone(), port: port(1), socket: socket.clone() };
                    let asked: Vec<_> = reach.sockets.iter().map(ask).collect();
                    hubs.meet(reach);
                    met.insert(station, reach.clone());
                    let seen = runtime.block_on(hubs.read(&asked));
                    prop_assert!(seen.len() == asked.len());
                    for seen in seen {
                        prop_assert!(seen.power.is_some() != seen.problem.is_some(), "{:?}", seen);
                        prop_assert!(seen.power != Some(Power::Off) || seen.plugged == Plugged::NotShown);
                    }
                }
                Step::Switch { station, at, port, on } => {
                    let reach = stations[station].clone();
                    ever[station].extend(reach.sockets.iter().cloned());
                    let asked = socket(PLACES[at], port);
                    let power = if on { Power::On } else { Power::Off };
                    let before = fake.sets().len();
                    hubs.meet(&reach);
                    met.insert(station, reach.clone());
                    let seen = runtime.block_on(hubs.switch(&[order(&reach, asked.clone(), power)])).remove(0);
                    let fake = &hubs.driver;
                    let sent: Vec<&str> = fake.sets()[before..].to_vec();
                    prop_assert!(seen.power.is_some() || seen.problem.is_some());
                    // Each side once, power given back to one of them, and all that again elsewhere.
                    prop_assert!(sent.len() <= 5, "{:?}", sent);
                    for call in &sent {
                        let words: Vec<&str> = call.split(' ').collect();
                        let (side, sent_port) = (hub(words[1]), words[2]);
                        prop_assert!(words[0] == power.as_str() || words[0] == "on", "{}", call);
                        prop_assert!(sent_port == port.to_string());
                        prop_assert!(!side.is_root() && !asked.hub().is_root(), "{}", call);
                        prop_assert!(ever[station].contains(&asked), "{} of {:?}", call, asked);
                        prop_assert!(same_path(&side, asked.hub()), "{} of {:?}", call, asked);
                        let below = side.below(port);
                        prop_assert!(!fake.shown.contains(&below), "{} with `{}` behind", call, below);
                        let chain = reach.hub.as_ref().is_some_and(|plan| plan.chain().any(|chain| chain == asked));
                        prop_assert!(!chain, "{} of the chain", call);
                        let own = |own: &Socket| own.port() == port && same_path(own.hub(), asked.hub());
                        let released = !reach.sockets.iter().any(own);
                        let theirs = Socket::new(side, port).unwrap();
                        let owner = met.iter().find(|(other, met)| {
                            **other != station && met.hub.is_none() && met.sockets.contains(&theirs)
                        });
                        prop_assert!(!released || owner.is_none(), "{} is now a port of {:?}", call, owner);
                    }
                    let plan = reach.hub.as_ref().filter(|plan| ChipPath::between(&plan.at, asked.hub()).is_some());
                    let sides = sent.iter().map(|call| hub(call.split(' ').nth(1).unwrap()));
                    let sides: Vec<_> = sides.collect();
                    // What was sent to places at which nothing is any more switched nothing.
                    let arrived = sides.iter().any(|side| fake.survey.hubs.contains_key(side));
                    if let (Some(plan), true) = (plan, arrived) {
                        let was_whole = |side: &HubLocation| {
                            let same_bus = |at: &&HubLocation| at.parts().0 == side.parts().0;
                            fake.whole.iter().filter(same_bus).any(|at| same_path(at, &plan.at))
                        };
                        prop_assert!(sides.iter().any(was_whole), "{:?} in a hub of another shape", sent);
                    }
                    if matches!(seen.problem, Some(SwitchProblem::Forbidden(_) | SwitchProblem::OtherSide(_)
                        | SwitchProblem::Misfit(_))) {
                        prop_assert!(seen.power.is_none());
                    }
                    if seen.power == Some(Power::Off) && !on {
                        prop_assert!(!sent.is_empty());
                        for side in sent.iter().map(|call| hub(call.split(' ').nth(1).unwrap())) {
                            let other = other_side(fake, &side).filter(|other| fake.last.contains(other));
                            for side in [Some(side), other].into_iter().flatten() {
                                // What was sent to a place at which nothing is any more switched nothing.
                                let Some(hub) = fake.survey.hubs.get(&side) else { continue };
                                let power = &hub.sockets[&port].power;
                                prop_assert!(*power == Ok(Power::Off), "{side} still has power: {sent:?}");
                            }
                        }
                    }
                }
            }
        }
    }
}
