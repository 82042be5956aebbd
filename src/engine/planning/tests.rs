//! When ports charge, by the minute of a day that begins at 0.

use proptest::prelude::*;

use super::*;
use crate::model::{Budget, Circuit, Limit};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
}

fn id(number: u16) -> PortId {
    PortId::new(number).unwrap()
}

fn claim(number: u16, deadline: i64, minutes: f64, level: u8) -> Claim {
    Claim {
        port: id(number),
        at: at(deadline),
        from: at(0),
        minutes,
        margin: 10.0,
        level,
        watts: 10.0,
        begun: None,
    }
}

/// All ports under one limit for the station; the odd ones under one of their own, too.
fn budget(ports: u16, station: (Option<u32>, Option<f64>), odd: Option<u32>) -> Budget {
    let limit = |max_on, watts| Limit { circuit: Circuit::Station, max_on, watts };
    let limits = vec![limit(station.0, station.1), limit(odd, None)];
    let bound = (1..=ports).map(|n| (id(n), if n % 2 == 1 { vec![0, 1] } else { vec![0] }));
    Budget { limits, bound: bound.collect(), ..Budget::default() }
}

/// Begin and end in minutes, and whether that is in time.
fn places(claims: &[Claim], loads: &[Load], budget: &Budget) -> Vec<(i64, i64, bool)> {
    let minute = |moment: Timestamp| (moment.as_second() - 1_800_000_000).div_euclid(60);
    let found = place(at(0), claims, loads, budget);
    found.values().map(|place| (minute(place.start), minute(place.ready_at), place.in_time)).collect()
}

#[test]
fn without_limits_each_begins_as_late_as_it_can() {
    let claims = [
        claim(1, 480, 100.0, 50),
        claim(2, 480, 300.0, 50),
        claim(3, 200, 195.0, 50),
        claim(4, 200, 300.0, 5),
    ];
    let expected = [(370, 470, true), (170, 470, true), (0, 195, true), (0, 300, false)];
    assert_eq!(places(&claims, &[], &Budget::default()), expected);
    assert_eq!(places(&[claim(1, 480, 0.0, 100)], &[], &Budget::default()), [(480, 0, true)]);
}

#[test]
fn what_does_not_fit_at_once_begins_earlier() {
    let claims: Vec<Claim> = (1..=4).map(|n| claim(n, 480, 110.0, 20 + u8::try_from(n).unwrap())).collect();
    let two = budget(4, (Some(2), None), None);
    let expected = [(360, 470, true), (360, 470, true), (240, 350, true), (240, 350, true)];
    assert_eq!(places(&claims, &[], &two), expected, "the lowest levels have the best places");
    let watts = budget(4, (None, Some(25.0)), None);
    assert_eq!(places(&claims, &[], &watts), expected, "two times ten watts of 25");
    let tree = budget(4, (Some(3), None), Some(1));
    let expected = [(360, 470, true), (360, 470, true), (240, 350, true), (360, 470, true)];
    assert_eq!(places(&claims, &[], &tree), expected, "ports 1 and 3 share a line");
}

#[test]
fn the_earliest_deadline_comes_first_and_a_later_one_charges_around_it() {
    let one = budget(2, (Some(1), None), None);
    let claims = [claim(1, 480, 110.0, 50), claim(2, 540, 170.0, 50)];
    // Port 2: an hour after the first is through, and two hours before it.
    assert_eq!(places(&claims, &[], &one), [(360, 470, true), (240, 530, true)]);
}

#[test]
fn who_cannot_make_it_begins_at_once_and_says_when() {
    let one = budget(2, (Some(1), None), None);
    let claims = [claim(1, 240, 100.0, 20), claim(2, 240, 160.0, 30)];
    let found = places(&claims, &[], &one);
    assert_eq!(found[0], (130, 230, true));
    assert_eq!(
        (found[1].0, found[1].1, found[1].2),
        (0, 270, false),
        "130 minutes are free, 30 more are needed"
    );
    let crowded: Vec<bool> = place(at(0), &claims, &[], &one).values().map(|place| place.crowded).collect();
    assert_eq!(crowded, [false, true], "it is late because of the first one");
    let late = place(at(0), &[claim(1, 100, 160.0, 20)], &[], &one);
    assert!(!late[&id(1)].in_time && !late[&id(1)].crowded, "and here it is too late");
}

#[test]
fn ports_that_have_power_anyhow_take_their_place() {
    let two = budget(3, (Some(2), None), None);
    let claims = [claim(1, 480, 110.0, 20), claim(2, 480, 110.0, 30)];
    let leak = |until| [Load { port: id(3), watts: 10.0, until }];
    assert_eq!(places(&claims, &leak(None), &two), [(360, 470, true), (240, 350, true)]);
    assert_eq!(places(&claims, &leak(Some(at(200))), &two), [(360, 470, true), (360, 470, true)]);
}

#[test]
fn who_has_begun_goes_on_in_what_is_free() {
    let one = budget(2, (Some(1), None), None);
    let begun = Claim { begun: Some(at(-30)), ..claim(2, 540, 60.0, 50) };
    assert_eq!(places(&[claim(1, 480, 110.0, 50), begun], &[], &one), [(360, 470, true), (-30, 60, true)]);
}

#[test]
fn a_thousand_ports_have_a_plan() {
    let claims: Vec<Claim> = (1..=1000).map(|n| claim(n, 600 + i64::from(n % 7) * 13, 90.0, 40)).collect();
    let found = place(at(0), &claims, &[], &budget(1000, (Some(300), None), Some(200)));
    assert_eq!(found.len(), 1000);
    assert!(found.values().all(|place| place.in_time));
}

proptest! {
    /// However much is asked for: each is told when it is ready, in time means in time, and nobody begins later than alone.
    #[test]
    fn a_plan_is_honest(
        needs in proptest::collection::vec((1_i64..1500, 0.0_f64..400.0, 0_u8..100, any::<bool>()), 1..20),
        most in 0_u32..6, odd in 0_u32..4,
    ) {
        let claims: Vec<Claim> = (1..).zip(&needs).map(|(n, (deadline, minutes, level, begun))| Claim {
            begun: begun.then(|| at(-5)),
            ..claim(n, *deadline, *minutes, *level)
        }).collect();
        let budget = budget(20, (Some(most), None), Some(odd));
        let found = place(at(0), &claims, &[], &budget);
        for claim in &claims {
            let place = &found[&claim.port];
            prop_assert_eq!(place.in_time, place.ready_at <= claim.at || claim.minutes <= 0.0, "{:?} {:?}", claim, place);
            let alone = super::place::place(at(0), std::slice::from_ref(claim), &[], &Budget::default());
            prop_assert!(place.start <= alone[&claim.port].start, "{:?} {:?}", claim, place);
            prop_assert!(place.start <= claim.at);
        }
    }
}
