//! Power budgets of stations.

use std::sync::Arc;

use smart_charging_station::{
    config::{Files, Plan, SourceFile},
    model::{PortId, Span, Station},
};

fn station(budget: &str) -> Arc<Station> {
    let text = format!(
        "(switch: Simulated(), {budget} ports: {{1: (), 2: (watts: 15), 3: (), 4: (), 15: (), 16: ()}})"
    );
    let source = SourceFile { path: "stations/desk.ron".into(), name: "desk".into(), text };
    let files = Files { stations: vec![source], ..Files::default() };
    Plan::check(files).unwrap().stations.remove("desk").unwrap()
}

/// The limits in order: what it is about, how many, how many watts.
fn limits(station: &Station) -> Vec<String> {
    let limits = station.budget.limits.iter();
    limits.map(|limit| format!("{}: {:?} {:?}", limit.circuit, limit.max_on, limit.watts)).collect()
}

fn bound(station: &Station, port: u16) -> &[usize] {
    station.budget.limits_of(PortId::new(port).unwrap())
}

#[test]
fn a_station_without_one_gives_as_much_as_wanted() {
    let station = station("");
    assert!(station.budget.limits.is_empty() && station.budget.stagger.is_zero());
    assert_eq!(station.budget.turn, Span::from_mins(15));
}

#[test]
fn a_limit_of_the_station_is_for_all_its_ports() {
    let station = station("watts: 10, budget: (max_on: 3, watts: 40, turn: \"20 min\", stagger: \"2 s\"),");
    assert_eq!(limits(&station), ["the station: Some(3) Some(40.0)"]);
    assert!([1, 2, 3, 4, 15, 16].iter().all(|port| bound(&station, *port) == [0]));
    assert_eq!((station.budget.turn, station.budget.stagger), (Span::from_mins(20), Span::from_secs(2)));
    let watts = |port: u16| station.ports[&PortId::new(port).unwrap()].care.watts;
    assert_eq!((watts(1), watts(2)), (10.0, 15.0), "a port may say otherwise");
}

#[test]
fn limits_lie_in_each_other_the_outer_ones_first() {
    let station = station(
        "budget: (max_on: 5, hubs: {\"999-1.2\": (max_on: 1), \"999-1\": (watts: 60)}, \
         groups: {\"left\": (ports: [1, 2], max_on: 1), \"shelf\": (groups: [\"left\"], ports: [3], watts: 30)}),",
    );
    assert_eq!(
        limits(&station),
        [
            "the station: Some(5) None",
            "hub 999-1: None Some(60.0)",
            "hub 999-1.2: Some(1) None",
            "group shelf: None Some(30.0)",
            "group left: Some(1) None",
        ]
    );
    assert_eq!(bound(&station, 1), [0, 1, 3, 4]);
    assert_eq!(bound(&station, 3), [0, 1, 3]);
    assert_eq!(bound(&station, 15), [0, 1, 2], "the fifteenth made up socket is at the next hub");
}
