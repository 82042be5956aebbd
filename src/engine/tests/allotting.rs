//! The power budget: who has power, who waits, and that it is never too much.

use super::world::{Way, World};
use super::*;
use crate::model::{Budget, Care, Circuit, Deadline, FaultKind, Layer, Limit, Planned, Verdict};

/// As many ports with devices `d1`, `d2`, …, at most so many on; turns of 15 minutes.
pub(super) fn limited(ports: u16, max_on: u32) -> Station {
    let limit = Limit { circuit: Circuit::Station, max_on: Some(max_on), watts: None };
    let bound = (1..=ports).map(|number| (port(number), vec![0])).collect();
    with_budget(ports, Budget { limits: vec![limit], bound, ..Budget::default() })
}

pub(super) fn with_budget(ports: u16, budget: Budget) -> Station {
    let like = station().ports.values().next().map(|plan| (**plan).clone()).unwrap();
    let plan = |number: u16| {
        let socket = Socket::new(HubLocation::new("5-2").unwrap(), u8::try_from(number).unwrap()).unwrap();
        let plan = PortPlan {
            id: port(number),
            socket,
            device: Some(device(&format!("d{number}"))),
            ..like.clone()
        };
        (plan.id, Arc::new(plan))
    };
    Station { budget: Arc::new(budget), ports: (1..=ports).map(plan).collect(), ..station() }
}

pub(super) fn engine_of(station: Station) -> Engine {
    Engine::new(Arc::new(station), rules(), Remembered::default(), at(0))
}

fn world(ports: u16, max_on: u32) -> World {
    World::of(engine_of(limited(ports, max_on)))
}

/// The ports that have power on the hub.
pub(super) fn on(world: &World) -> Vec<u16> {
    let on = world.power.iter().filter(|(_, power)| **power == Power::On);
    on.map(|(id, _)| id.get()).collect()
}

fn by(world: &World, number: u16) -> Layer {
    world.port(number).decision.as_ref().unwrap().by
}

fn reason(world: &World, number: u16) -> String {
    world.port(number).decision.as_ref().unwrap().reason.clone()
}

pub(super) fn change_port(station: &mut Station, number: u16, change: impl FnOnce(&mut PortPlan)) {
    let mut plan = (*station.ports[&port(number)]).clone();
    change(&mut plan);
    station.ports.insert(port(number), Arc::new(plan));
}

#[test]
fn a_station_that_starts_with_all_on_is_brought_down_at_once() {
    let mut world = world(4, 2);
    assert_eq!((on(&world), world.now), (vec![1, 2], at(0)));
    assert_eq!(
        world.report(3, 15, None),
        "waits for power: 2 of at most 2 ports are on (15% is at or under 20%)"
    );
    let decision = world.port(3).decision.clone().unwrap();
    assert_eq!((decision.verdict, decision.by), (Verdict::Rest, Layer::Budget));
    assert_eq!(decision.rule.as_ref().map(RuleName::as_str), Some("keep-between"), "of the wish");
    assert_eq!(world.port(3).memory.wanted, Some(Power::On), "what the rule wants stays known");
}

#[test]
fn turns_go_round_the_lowest_level_first() {
    let mut world = world(4, 2);
    for (number, level) in [(1, 15), (2, 14), (3, 13), (4, 12)] {
        world.report(number, level, None);
    }
    assert_eq!(on(&world), [1, 2], "a turn is not cut short");
    world.wait(14 * 60 + 50);
    assert_eq!(on(&world), [1, 2]);
    world.wait(20);
    assert_eq!(on(&world), [3, 4]);
    assert_eq!((by(&world, 1), by(&world, 3)), (Layer::Budget, Layer::Policy));
    for number in 1..=4 {
        world.report(number, 15, None);
    }
    world.wait(15 * 60);
    assert_eq!(on(&world), [1, 2]);
    assert!(world.orders.len() <= 10, "two go and two come at each change: {:?}", world.orders);
}

#[test]
fn whoever_has_to_go_is_seen_off_before_another_one_rises() {
    let mut world = world(3, 1);
    world.report(3, 15, None);
    assert_eq!(on(&world), [1]);
    world.forget();
    world.set(1, Way::Swallows);
    world.mode(3, ModeKind::On);
    world.wait(60);
    assert_eq!(world.ordered(3), 0, "port 1 may have its power yet");
    assert!(world.engine.view().ports_on == 1 && world.port(1).is_switching());
    world.set(1, Way::Obeys);
    world.wait(600);
    assert_eq!(on(&world), [3]);
    let orders: Vec<_> = world.orders.iter().map(|(_, order)| (order.port.get(), order.power)).collect();
    assert_eq!(orders, [(1, Power::Off), (1, Power::Off), (3, Power::On)]);
    assert_eq!(by(&world, 3), Layer::Mode);
}

#[test]
fn a_deadline_whose_start_has_come_is_before_turns_and_people_are_before_it() {
    let mut world = world(3, 1);
    let deadline = Deadline { at: at(120), level: Level::new(100).unwrap(), source: "".into() };
    let planned = Planned {
        deadline,
        start: at(30),
        minutes: 60.0,
        ready_at: Some(at(90)),
        in_time: true,
        reason: String::new(),
    };
    world.engine.view.plan = [(port(3), Arc::new(planned))].into_iter().collect();
    for number in 1..=3 {
        world.report(number, 15, None);
    }
    world.until(at(29));
    assert_ne!(on(&world), [3], "its start has not come");
    world.until(at(31));
    assert_eq!(on(&world), [3]);
    world.until(at(40));
    world.mode(2, ModeKind::On);
    world.wait(1);
    assert_eq!(on(&world), [2]);
    world.mode(2, ModeKind::Off);
    world.wait(1);
    assert_eq!(on(&world), [3], "who was cut short is next");
    world.until(at(121));
    (1..=3).for_each(|number| drop(world.report(number, 15, None)));
    world.until(at(122));
    assert_eq!(on(&world), [1], "the deadline is over");
}

#[test]
fn what_cannot_be_switched_off_takes_its_place_and_what_cannot_be_read_too() {
    let mut engine = engine_of(limited(3, 2));
    engine.tick(at(0));
    let unknown = Seen::new(port(3), None, None, Some(SwitchProblem::Timeout(15)));
    let step = engine.seen(&[reading(1, Power::On), reading(2, Power::Off), unknown], at(0));
    assert_eq!(step.orders, [], "1 is on and 3 may be");
    engine.set_mode(port(2), mode(ModeKind::On, None), at(0)).unwrap();
    let orders = engine.tick(at(0)).orders;
    assert_eq!(
        orders.iter().map(|order| (order.port, order.power)).collect::<Vec<_>>(),
        [(port(1), Power::Off)]
    );

    let mut world = world(3, 2);
    world.set(1, Way::Stuck);
    world.mode(2, ModeKind::On);
    world.mode(3, ModeKind::On);
    world.wait(3600);
    assert_eq!(on(&world).len(), 2);
    assert!(on(&world).contains(&1), "{:?}", on(&world));
    assert_eq!(world.told(1, "alarm"), 1, "somebody has to look");
    assert!(
        world.told(2, "decided") + world.told(3, "decided") <= 14,
        "and nothing flaps: {:?}",
        world.events
    );
}

#[test]
fn a_port_that_cannot_be_switched_on_keeps_nobody_else_waiting() {
    let mut world = world(2, 1);
    world.mode(1, ModeKind::Off);
    world.wait(1);
    world.set(1, Way::Stuck);
    world.mode(1, ModeKind::On);
    world.wait(600);
    assert_eq!(on(&world), [2]);
    assert_eq!(world.told(1, "alarm"), 1);
    world.set(1, Way::Obeys);
    world.mode(2, ModeKind::Off);
    world.wait(4000);
    assert_eq!(on(&world), [1], "with room it is tried again");
}

#[test]
fn a_leak_counts_and_an_empty_port_does_not() {
    let mut world = world(3, 2);
    world.mode(1, ModeKind::Off);
    world.mode(2, ModeKind::On);
    world.mode(3, ModeKind::On);
    world.wait(1);
    assert_eq!(on(&world), [2, 3]);
    world.wait(300);
    world.report(1, 50, Some(true));
    world.wait(60);
    assert_eq!(world.fault(1), Some(FaultKind::PowerLeak));
    assert_eq!(on(&world).len(), 1, "it takes the place of one");

    let mut station = limited(3, 1);
    change_port(&mut station, 2, |plan| plan.device = None);
    let world = World::of(engine_of(station));
    assert_eq!(on(&world), [1, 2], "nobody is in port 2, as far as can be told");
    assert_eq!(by(&world, 2), Layer::Nobody);
}

#[test]
fn what_nobody_knows_and_what_has_no_battery_is_never_cut() {
    let mut station = limited(3, 1);
    change_port(&mut station, 3, |plan| {
        plan.care = Arc::new(Care { battery: false, ..(*plan.care).clone() })
    });
    let world = World::of(engine_of(station));
    assert_eq!(on(&world), [3]);
    assert_eq!(world.ordered(3), 0);
}

#[test]
fn ports_rise_one_after_the_other() {
    let mut station = limited(4, 4);
    station.budget = Arc::new(Budget { stagger: Span::from_secs(2), ..(*station.budget).clone() });
    let mut world = World::of(engine_of(station));
    (1..=4).for_each(|number| world.mode(number, ModeKind::Off));
    world.forget();
    (1..=4).for_each(|number| world.mode(number, ModeKind::On));
    world.wait(60);
    assert_eq!(on(&world), [1, 2, 3, 4]);
    let times: Vec<Timestamp> = world.orders.iter().map(|(at, _)| *at).collect();
    assert_eq!(times.len(), 4);
    for pair in times.windows(2) {
        assert_eq!(pair[1].duration_since(pair[0]), Span::from_secs(2));
    }
}

#[test]
fn places_go_on_over_a_restart_and_a_stop_stays_within_the_limit() {
    let mut world = world(4, 2);
    world.wait(16 * 60);
    assert_eq!(on(&world), [3, 4]);
    let step = world.engine.stop(Ending::Exit);
    assert_eq!(step.orders, [], "two are on already");
    assert_eq!(world.engine.stop(Ending::Removed).orders.len(), 2, "nobody limits them any more");
    let memory: BTreeMap<_, _> =
        world.engine.view().ports.iter().map(|(id, port)| (*id, port.memory.clone())).collect();
    let remembered = Remembered { ports: memory, ..Remembered::default() };
    world.engine = Engine::new(Arc::new(limited(4, 2)), rules(), remembered, world.now);
    world.forget();
    world.wait(10 * 60);
    assert_eq!((on(&world), world.orders.len()), (vec![3, 4], 0));
    world.wait(6 * 60);
    assert_eq!(on(&world), [1, 2], "who waited before the restart has its turn");
}

#[test]
fn new_files_with_another_budget_count_at_once() {
    let mut world = world(4, 4);
    assert_eq!(on(&world).len(), 4);
    world.reload(limited(4, 1));
    world.wait(0);
    assert_eq!(on(&world).len(), 1);
    world.reload(Station { budget: Arc::default(), ..limited(4, 1) });
    world.wait(0);
    assert_eq!(on(&world).len(), 4);
    assert!((1..=4).all(|number| by(&world, number) != Layer::Budget));
}

#[test]
fn the_limit_that_keeps_a_port_waiting_is_told() {
    let limits = vec![
        Limit { circuit: Circuit::Station, max_on: None, watts: Some(20.0) },
        Limit { circuit: Circuit::Group("left".into()), max_on: Some(1), watts: None },
    ];
    let bound = [(1, vec![0, 1]), (2, vec![0, 1]), (3, vec![0]), (4, vec![0])];
    let bound = bound.into_iter().map(|(number, limits)| (port(number), limits)).collect();
    let mut world = World::of(engine_of(with_budget(4, Budget { limits, bound, ..Budget::default() })));
    (1..=4).for_each(|number| drop(world.report(number, 15, None)));
    assert_eq!(on(&world), [1, 3]);
    assert!(reason(&world, 2).starts_with("waits for power: 1 of at most 1 port of group left is on"));
    assert!(reason(&world, 4).starts_with("waits for power: 15 of at most 20 W are taken, it needs 7.5"));
    let circuits = world.engine.view().circuits();
    assert_eq!(circuits.iter().map(|(_, draw)| draw.ports).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(world.engine.view().waiting().collect::<Vec<_>>(), [port(2), port(4)]);
}
