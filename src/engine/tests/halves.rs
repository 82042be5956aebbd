//! A port that has power by one side of its hub only, because somebody was interrupted: it is made whole.

use super::*;

fn half(number: u16) -> Seen {
    Seen { half: true, ..reading(number, Power::On) }
}

#[test]
fn a_half_port_is_switched_on_whatever_is_known_of_it() {
    for number in [1, 3] {
        let mut engine = engine();
        engine.tick(at(0));
        let step = engine.seen(&[half(number)], at(0));
        assert_eq!((step.orders[0].port, step.orders[0].power), (port(number), Power::On));
        let whole = engine.seen(&[done(&step.orders[0])], at(1));
        assert!(codes(&whole).contains(&"switched"));
        assert!(!engine.view().ports.get(&port(number)).unwrap().half);
    }
}

#[test]
fn a_half_port_that_is_to_be_off_is_switched_off() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.set_mode(port(1), mode(ModeKind::Off, None), at(1)).unwrap();
    let answer = Seen { half: true, ..failed(&off.orders[0], Some(Power::On)) };
    engine.seen(&[answer], at(1));
    let orders = run(&mut engine, at(1), at(3));
    assert!(orders.iter().any(|order| order.power == Power::Off), "{orders:?}");
}

#[test]
fn an_order_that_one_side_ignores_is_not_done_and_ends_in_one_alarm() {
    let mut engine = engine();
    engine.tick(at(0));
    let mut step = engine.seen(&[half(1)], at(0));
    let mut alarms = 0;
    for minute in 0..120 {
        for order in std::mem::take(&mut step.orders) {
            let problem = Some(SwitchProblem::Half("4-1 port 1".to_owned()));
            let answer =
                Seen { half: true, ..Seen::new(order.port, Some(order.id), Some(Power::On), problem) };
            let answered = engine.seen(&[answer], at(minute));
            assert!(!codes(&answered).contains(&"switched"));
            alarms += codes(&answered).iter().filter(|code| **code == "alarm").count();
        }
        step = engine.tick(at(minute + 1));
        engine.seen(&[half(1)], at(minute + 1));
    }
    assert_eq!(alarms, 1);
    assert!(engine.view().ports.get(&port(1)).unwrap().alarm.is_some());
}

#[test]
fn a_stop_makes_it_whole() {
    let mut engine = engine_that_saw_all_on();
    engine.seen(&[half(2)], at(1));
    let orders = engine.stop(Ending::Exit).orders;
    assert_eq!((orders[0].port, orders[0].power), (port(2), Power::On));
}
