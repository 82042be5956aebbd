//! The shipped fleets in short, and the table of README.

use super::fleets::{HEAD, SHIPPED, outcomes, plan_of};
use crate::trial::fleet::{Charger, Fleet};

/// README between its markers.
fn table() -> Vec<Vec<String>> {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once("<!-- fleets -->\n").unwrap();
    let (table, _) = rest.split_once("<!-- /fleets -->").unwrap();
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    table.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---")).map(cells).collect()
}

fn number(cell: &str) -> f64 {
    cell.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_table_of_readme_is_that_of_the_command_and_meets_its_aims() {
    let table = table();
    assert_eq!(table[0], HEAD, "`make fleets` writes it anew");
    let rows = &table[1..];
    assert_eq!(rows.len(), SHIPPED.len() * Charger::ALL.len());
    for (fleet, shipped) in rows.chunks(Charger::ALL.len()).zip(&SHIPPED) {
        let title = Fleet::read(shipped.fleet).unwrap().title;
        assert_eq!(fleet[0][0], title);
        let names: Vec<&str> = fleet.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(names, Charger::ALL.map(Charger::name));
        let [service, always_on] = [&fleet[0], &fleet[1]];
        assert!(number(&service[2]) >= 99.5, "{service:?}");
        assert!(number(&service[3]) <= number(&always_on[3]) / 10.0, "{service:?}");
        assert!(number(&service[5]) < 6.0, "{service:?}");
        assert_eq!(number(&service[7]), 0.0, "{service:?}");
        assert_eq!(number(&service[8]), 0.0, "{service:?}");
    }
}

#[test]
fn a_few_days_of_each_fleet_go_well() {
    for (shipped, days) in SHIPPED.iter().zip([5, 2, 2]) {
        let plan = plan_of(shipped).unwrap();
        let fleet = Fleet { days, ..Fleet::read(shipped.fleet).unwrap() };
        let station = &plan.stations[&fleet.station];
        let outcomes = outcomes(station, &plan.rules, &fleet);
        let [service, always_on, ..] = outcomes.as_slice() else { panic!("no outcomes") };
        let (service, always_on) = (&service.figures, &always_on.figures);
        assert_eq!(service.ready, service.reachable, "{}: {:?}", fleet.title, service.missed);
        assert_eq!(always_on.ready, always_on.reachable);
        assert!(service.above_80 < always_on.above_80 / 4.0, "{}: {service:?}", fleet.title);
        assert_eq!(service.under_floor, 0.0, "{}", fleet.title);
        assert!(service.switches < 8.0, "{}: {service:?}", fleet.title);
    }
}
