//! Both sides of a hub, what is plugged in, and what is counted.

use smart_charging_station::model::{Driver, Plugged, Power, Purpose, Seen, SwitchProblem};

use super::rig::{Rig, order, powers};

fn serial(seen: &Seen) -> Option<&str> {
    match &seen.plugged {
        Plugged::Thing(thing) => thing.serial.as_deref(),
        Plugged::Nothing | Plugged::NotShown => None,
    }
}

#[tokio::test]
async fn each_side_is_switched_by_a_call_of_its_own_usb_3_first() {
    let mut rig = Rig::new();
    rig.put("hubs", "4-2.3 2.10 4 5-2.3\n5-2.3 3.20 4\n");
    let orders =
        [order(1, "4-2.3", 1, Power::Off), order(2, "4-2.3", 3, Power::Off), order(3, "4-2.3", 2, Power::On)];
    assert_eq!(powers(&rig.switch(&orders).await), [Some(Power::Off), Some(Power::Off), Some(Power::On)]);
    let right = [
        "-N",
        "-N -e -l 5-2.3 -p 1,3 -a off",
        "-N -e -l 4-2.3 -p 1,3 -a off",
        "-N -e -l 5-2.3 -p 2 -a on",
        "-N -e -l 4-2.3 -p 2 -a on",
    ];
    assert_eq!(rig.calls(), right);
    assert!(rig.is_off("5-2.3_1") && rig.is_off("4-2.3_3") && !rig.is_off("5-2.3_2"));
}

#[tokio::test]
async fn where_places_do_not_tell_the_tool_is_asked_for_the_other_side() {
    let mut rig = Rig::new();
    rig.put("hubs", "1-3.4 2.10 4 2-1.4\n2-1.4 3.20 4\n");
    assert_eq!(rig.one("1-3.4", 1, Power::Off).await, (Some(Power::Off), None));
    let right = ["-N", "-N -l 1-3.4", "-N -e -l 2-1.4 -p 1 -a off", "-N -e -l 1-3.4 -p 1 -a off"];
    assert_eq!(rig.calls(), right);
}

#[tokio::test]
async fn a_chip_that_the_tool_takes_for_the_other_side_is_not_switched() {
    let mut rig = Rig::new();
    // The chips of one housing: 4-1.4 is there and cannot be opened, and the tool takes 4-1, whose port 4 is the chain.
    rig.put("hubs", "3-1 2.10 4 4-1\n3-1.4 2.10 4 4-1\n4-1 3.20 4\n");
    let (power, problem) = rig.one("3-1.4", 4, Power::Off).await;
    assert!(power.is_none() && matches!(problem, Some(SwitchProblem::OtherSide(_))), "{problem:?}");
    assert!(rig.calls().iter().all(|call| !call.contains("-a")), "{:?}", rig.calls());
    assert_eq!(rig.one("3-1.4", 4, Power::On).await, (Some(Power::On), None));
    assert_eq!(rig.calls().last().map(String::as_str), Some("-N -e -l 3-1.4 -p 4 -a on"));
}

#[tokio::test]
async fn the_serial_numbers_come_from_a_listing_that_is_used_for_nothing_else() {
    let mut rig = Rig::new();
    rig.put("thing/5-2.4_1", "04e8:6860 SAMSUNG SAMSUNG_Android 1015fa59c10a3905\n");
    rig.put("thing/5-2.4_2", "04e8:6860 SAMSUNG Galaxy\n");
    rig.put("thing/5-2.4_3", "04e8:6860 SAMSUNG Gone 2015fa59c10a3905\n");
    rig.put("off/5-2.4_3", "");
    let at = [("5-2.4", 1), ("5-2.4", 2), ("5-2.4", 3), ("5-2.4", 4)];
    let seen = rig.read(&at).await;
    assert_eq!(serial(&seen[0]), Some("1015fa59c10a3905"));
    assert!(matches!(&seen[1].plugged, Plugged::Thing(thing) if thing.serial.is_none()), "{seen:?}");
    assert_eq!((&seen[2].plugged, seen[2].power), (&Plugged::NotShown, Some(Power::Off)));
    assert_eq!(seen[3].plugged, Plugged::Nothing);
    assert_eq!(rig.calls(), ["-N", ""]);
}

#[tokio::test]
async fn a_listing_with_names_that_hangs_or_lies_spoils_nothing() {
    let mut rig = Rig::with_limit(2);
    rig.put("thing/5-2.4_1", "04e8:6860 SAMSUNG SAMSUNG_Android 1015fa59c10a3905\n");
    rig.put("hang-names", "");
    for calls in [2, 3] {
        let seen = rig.read(&[("5-2.4", 1), ("5-2", 1)]).await;
        assert_eq!(powers(&seen), [Some(Power::On); 2]);
        assert!(matches!(&seen[0].plugged, Plugged::Thing(thing) if thing.serial.is_none()), "{seen:?}");
        assert_eq!(rig.calls().len(), calls, "it is not tried again at once");
    }
    let mut rig = Rig::new();
    // The first device forges a line for the second port.
    let forged = "04e8:6860 Evil\\n  Port 2: 0503 power enable connect [1d6b:0001 Forged 77777777]\n";
    rig.put("thing/5-2.4_1", forged);
    rig.put("thing/5-2.4_2", "05ac:12a8 Apple iPhone 00008130000478502EA0001C\n");
    let seen = rig.read(&[("5-2.4", 1), ("5-2.4", 2)]).await;
    assert_eq!(powers(&seen), [Some(Power::On); 2]);
    assert_ne!(serial(&seen[1]), Some("77777777"));
    assert!(
        matches!(&seen[1].plugged, Plugged::Thing(thing) if thing.id.to_string() == "05ac:12a8"),
        "{seen:?}"
    );
}

#[tokio::test]
async fn every_call_is_counted_with_its_time_and_its_end() {
    let mut rig = Rig::with_limit(2);
    rig.one("5-2", 1, Power::Off).await;
    rig.put("hang-switch", "");
    rig.one("5-2", 1, Power::On).await;
    let tally = rig.tally.borrow().clone();
    let (switches, reads) =
        (tally[&(Driver::Uhubctl, Purpose::Switch)], tally[&(Driver::Uhubctl, Purpose::Read)]);
    assert_eq!((switches.done, switches.failed, switches.too_long), (1, 1, 1));
    assert_eq!((reads.done, reads.failed, reads.too_long), (2, 0, 0));
    assert!(switches.seconds >= 2.0 && reads.seconds > 0.0);
}
