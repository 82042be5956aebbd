//! Reloads, restarts and the end: nothing that a person asked for is lost.

use super::*;

#[test]
fn a_reload_keeps_modes_levels_wishes_and_holds() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    engine.set_mode(port(2), mode(ModeKind::On, Some(at(90))), at(1)).unwrap();
    let before = engine.view().clone();
    engine.reload(Arc::new(station()), rules(), at(2));
    for (id, port) in &before.ports {
        assert_eq!(engine.view().ports.get(id).unwrap().memory, port.memory);
        assert_eq!(engine.view().ports.get(id).unwrap().actual, port.actual);
    }
    assert!(engine.report(&report(1, 15), at(3)).unwrap().orders.is_empty(), "the hold goes on");
}

#[test]
fn a_reload_looks_at_every_port_again_at_once() {
    let mut engine = engine_that_saw_all_on();
    engine.report(&report(1, 70), at(10)).unwrap();
    let mut changed = station();
    let mut plan = (*changed.ports[&port(1)]).clone();
    let mut lower = usage("keep-between");
    lower.with.insert("high".to_owned(), crate::model::Value::Int(60));
    let policy = Arc::new(Policy { guards: Vec::new(), rules: vec![lower] });
    plan.care = Arc::new(crate::model::Care { policy, ..(*plan.care).clone() });
    changed.ports.insert(port(1), Arc::new(plan));
    engine.reload(Arc::new(changed), rules(), at(11));
    assert_eq!(engine.next_due(), at(11));
    let step = engine.tick(at(11));
    assert_eq!(step.orders.len(), 1, "{:?}", engine.view().ports.get(&port(1)));
    assert_eq!(step.orders[0].power, Power::Off);
}

#[test]
fn a_port_that_leaves_the_station_gets_its_power_back() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(2, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    let mut smaller = station();
    smaller.ports.remove(&port(2));
    let step = engine.reload(Arc::new(smaller), rules(), at(2));
    assert_eq!((step.orders[0].port, step.orders[0].power), (port(2), Power::On));
    assert_eq!(engine.view().devices.get(&device("tablet")), None);
}

#[test]
fn a_new_port_and_a_new_socket_are_read_before_they_are_switched() {
    let mut engine = engine_that_saw_all_on();
    let mut moved = station();
    let mut plan = (*moved.ports[&port(1)]).clone();
    plan.socket = Socket::new(HubLocation::new("5-2.4").unwrap(), 1).unwrap();
    moved.ports.insert(port(1), Arc::new(plan));
    engine.reload(Arc::new(moved), rules(), at(2));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().actual, None);
    assert!(engine.report(&report(1, 85), at(2)).unwrap().orders.is_empty());
}

#[test]
fn a_restart_goes_on_with_modes_wishes_and_holds() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    engine.set_mode(port(2), mode(ModeKind::Off, None), at(1)).unwrap();
    let mut engine = restart(&engine, at(2));
    let step = engine.seen(&[reading(1, Power::Off), reading(2, Power::On)], at(2));
    assert_eq!(step.orders.len(), 1);
    assert_eq!((step.orders[0].port, step.orders[0].power), (port(2), Power::Off));
    assert!(engine.report(&report(1, 15), at(2)).unwrap().orders.is_empty(), "the hold goes on");
}

#[test]
fn after_a_restart_devices_get_the_whole_time_to_report() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 70), at(1)).unwrap();
    assert!(off.orders.is_empty());
    let mut engine = restart(&engine, at(500));
    engine.seen(&[reading(1, Power::Off), reading(2, Power::On), reading(3, Power::On)], at(500));
    assert!(run(&mut engine, at(500), at(540)).is_empty());
    assert_eq!(run(&mut engine, at(541), at(550)).len(), 1);
}

#[test]
fn a_stop_leaves_the_ports_on_and_remembers_what_was_wanted() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    let step = engine.stop(Ending::Exit);
    assert_eq!(step.orders.len(), 1);
    assert_eq!((step.orders[0].port, step.orders[0].power), (port(1), Power::On));
    assert!(step.records.is_empty());
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.wanted, Some(Power::Off));
}

#[test]
fn a_stop_keeps_the_ports_where_the_file_says_so() {
    let mut kept = station();
    kept.on_exit = OnExit::Keep;
    let mut engine = Engine::new(Arc::new(kept), rules(), Remembered::default(), at(0));
    engine.seen(&[reading(1, Power::On)], at(0));
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    assert!(engine.stop(Ending::Exit).orders.is_empty());
}

#[test]
fn a_stop_also_brings_back_ports_that_only_wait_for_their_turn() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    assert!(engine.report(&report(1, 15), at(2)).unwrap().orders.is_empty(), "held");
    assert_eq!(engine.stop(Ending::Exit).orders.len(), 1);
}

#[test]
fn a_station_that_is_removed_gives_its_ports_back_whatever_on_exit_says() {
    let mut kept = station();
    kept.on_exit = OnExit::Keep;
    let mut engine = Engine::new(Arc::new(kept), rules(), Remembered::default(), at(0));
    engine.seen(&[reading(1, Power::On)], at(0));
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    assert_eq!(engine.stop(Ending::Removed).orders.len(), 1);
}

/// Port 1 off at its old socket, then the file corrected to another one.
fn moved_to_another_socket() -> (Engine, Order) {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    let mut moved = station();
    let mut plan = (*moved.ports[&port(1)]).clone();
    plan.socket = Socket::new(HubLocation::new("5-2.4").unwrap(), 1).unwrap();
    moved.ports.insert(port(1), Arc::new(plan));
    let mut step = engine.reload(Arc::new(moved), rules(), at(2));
    assert_eq!(step.orders.len(), 1);
    (engine, step.orders.remove(0))
}

#[test]
fn the_old_socket_of_a_port_gets_its_power_back() {
    let (mut engine, order) = moved_to_another_socket();
    assert_eq!((order.socket.to_string().as_str(), order.power), ("5-2 port 1", Power::On));
    engine.seen(&[done(&order)], at(2));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().actual, None, "the new socket was not read yet");
    assert!(engine.releasing.is_empty());
}

#[test]
fn a_socket_that_does_not_come_back_is_tried_again_and_given_up_in_the_end() {
    let (mut engine, mut order) = moved_to_another_socket();
    let mut now = at(2);
    let mut tries = 1;
    loop {
        let step = engine.seen(&[failed(&order, Some(Power::Off))], now);
        assert!(codes(&step).contains(&"switch_failed"));
        now = engine.release_due().unwrap();
        let step = engine.tick(now);
        match step.orders.iter().find(|next| next.socket == order.socket) {
            Some(next) => order = next.clone(),
            None => {
                let told = format!("{:?}", step.events);
                assert!(told.contains("given up: switch it on with `uhubctl -l 5-2 -p 1 -a on`"), "{told}");
                break;
            }
        }
        tries += 1;
    }
    assert_eq!(tries, 12);
    assert!(engine.releasing.is_empty());
}

#[test]
fn a_reading_from_before_a_change_of_sockets_does_not_count() {
    let mut engine = engine();
    assert!(!engine.tick(at(0)).read.is_empty());
    let mut moved = station();
    let mut plan = (*moved.ports[&port(1)]).clone();
    plan.socket = Socket::new(HubLocation::new("5-2.4").unwrap(), 1).unwrap();
    moved.ports.insert(port(1), Arc::new(plan));
    engine.reload(Arc::new(moved), rules(), at(1));
    engine.seen(&[reading(1, Power::Off)], at(1));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().actual, None);
    engine.seen(&[reading(1, Power::On)], at(1));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().actual, Some(Power::On));
}

#[test]
fn a_port_that_was_away_for_a_moment_has_its_mode_again() {
    let mut engine = engine_that_saw_all_on();
    engine.set_mode(port(2), mode(ModeKind::Off, Some(at(500))), at(1)).unwrap();
    let mut smaller = station();
    smaller.ports.remove(&port(2));
    engine.reload(Arc::new(smaller), rules(), at(2));
    engine.reload(Arc::new(station()), rules(), at(3));
    assert_eq!(engine.view().ports.get(&port(2)).unwrap().memory.mode.kind, ModeKind::Off);
}

#[test]
fn a_device_that_appears_has_the_whole_time_to_report() {
    let mut engine = engine_that_saw_all_on();
    run(&mut engine, at(0), at(100));
    let mut more = station();
    let mut plan = (*more.ports[&port(3)]).clone();
    plan.device = Some(device("new"));
    more.ports.insert(port(3), Arc::new(plan));
    engine.reload(Arc::new(more), rules(), at(101));
    run(&mut engine, at(101), at(140));
    assert!(!engine.view().ports.get(&port(3)).unwrap().silent);
    run(&mut engine, at(140), at(147));
    assert!(engine.view().ports.get(&port(3)).unwrap().silent);
}
