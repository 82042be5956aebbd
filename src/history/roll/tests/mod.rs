mod laws;

use super::super::{
    forget, open,
    pending::Pending,
    series::{Series, SeriesAsked, series},
    settings::Retention,
    store::{Safety, Store},
};
use super::*;
use crate::model::{Battery, Celsius, DeviceName, Level, PortId, Power, Record, StationName, Timestamp};

const DAY: i64 = 86_400;
/// A midnight of UTC.
const BEGIN: i64 = 1_790_035_200;

struct File {
    _folder: tempfile::TempDir,
    store: Store,
    path: std::path::PathBuf,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(BEGIN + second).unwrap()
}

fn report(device: &str, (station, port): (&str, u16), second: i64, level: i64) -> Record {
    Record::Report {
        station: StationName::new(station).unwrap(),
        port: PortId::new(port).unwrap(),
        device: device.to_owned(),
        received_at: at(second),
        battery: Battery {
            level: Level::new(level).unwrap(),
            charging: (level % 3 > 0).then_some(level % 3 == 1),
            temperature: (level % 2 == 0)
                .then(|| Celsius::new(20.0 + f64::from(u8::try_from(level).unwrap()) / 7.0).unwrap()),
            measured_at: at(second),
        },
        power: None,
    }
}

fn switch((station, port): (&str, u16), second: i64, seen: Power) -> Record {
    Record::Switch {
        station: StationName::new(station).unwrap(),
        port: PortId::new(port).unwrap(),
        at: at(second),
        wanted: seen,
        seen: Some(seen),
        problem: None,
        reason: String::new(),
    }
}

fn file(records: impl IntoIterator<Item = Record>) -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let mut file = File { store: Store::new(open::open(&path).unwrap().connection), path, _folder: folder };
    file.add(records);
    file
}

impl File {
    fn add(&mut self, records: impl IntoIterator<Item = Record>) {
        self.add_from(self.store.next_number().unwrap(), records);
    }

    fn add_from(&mut self, number: i64, records: impl IntoIterator<Item = Record>) {
        let mut pending = Pending::default();
        pending.number_from(number);
        for record in records {
            pending.take(record);
        }
        assert_eq!(self.store.write(&pending, Safety::Process), Ok(0));
    }

    fn roll(&mut self) {
        while self.store.roll().unwrap() {}
    }

    fn course(&self, device: &str, (from, to): (i64, i64), points: u16) -> Option<Series> {
        let device = DeviceName::new(device).unwrap();
        let asked = SeriesAsked { device, from: at(from), to: at(to), now: at(400 * DAY), points };
        series(&mut open::open_read_only(&self.path).unwrap(), &asked).unwrap()
    }
}

/// Three devices that go about between two stations, with holes, and a clock that is set back now and then.
fn wild(count: i64) -> Vec<Record> {
    let mut chance = 7_u64;
    let mut random = |below: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((chance >> 33) % below).unwrap()
    };
    let places = [("desk", 1), ("desk", 2), ("drawer", 1)];
    let mut second = 0;
    let mut place = || places[usize::try_from(random(3)).unwrap()];
    let picked: Vec<_> = (0..count).map(|_| place()).collect();
    picked
        .into_iter()
        .enumerate()
        .map(|(index, place)| {
            second += match random(100) {
                0 => -5_000,
                1 => 20_000,
                _ => random(400),
            };
            match random(6) {
                0 => switch(place, second, if random(2) == 0 { Power::On } else { Power::Off }),
                _ => report(&format!("phone-{}", index % 3), place, second, random(101)),
            }
        })
        .collect()
}

fn assert_near(one: &Series, other: &Series) {
    assert_eq!((one.step, one.begin, one.cells.len()), (other.step, other.begin, other.cells.len()));
    for (number, (one, other)) in one.cells.iter().zip(&other.cells).enumerate() {
        let close = one.power.zip(other.power).is_none_or(|(one, other)| (one - other).abs() < 1e-6);
        assert!(close && one.power.is_some() == other.power.is_some(), "{number}: {one:?} {other:?}");
        let other = super::super::series::Cell { power: one.power, ..*other };
        assert_eq!(*one, other, "{number}");
    }
}

#[test]
fn a_course_is_the_same_before_while_and_after_it_is_rolled_up() {
    let mut file = file(wild(6_000));
    let asked = [((0, DAY), 500), ((0, 20 * DAY), 500), ((-DAY, 30 * DAY), 2_000), ((-DAY, 90 * DAY), 60)];
    let courses = |file: &File| -> Vec<Series> {
        asked
            .iter()
            .flat_map(|(range, points)| {
                (0..3).map(move |phone| file.course(&format!("phone-{phone}"), *range, *points).unwrap())
            })
            .collect()
    };
    let before = courses(&file);
    assert!(before.iter().all(|course| course.cells.iter().any(|cell| cell.power.is_some())));
    assert!(file.store.roll().unwrap(), "one step is not enough");
    for (one, other) in before.iter().zip(courses(&file)) {
        assert_near(one, &other);
    }
    file.roll();
    for (one, other) in before.iter().zip(courses(&file)) {
        assert_near(one, &other);
    }
}

#[test]
fn numbers_far_apart_hide_no_report() {
    let mut file = file([]);
    let desk = ("desk", 1);
    file.add_from(300_000, [report("phone", desk, 0, 20)]);
    file.add_from(600_000, [report("phone", desk, 60, 30)]);
    let course = file.course("phone", (0, 120), 2).unwrap();
    assert_eq!(course.cells.iter().map(|cell| cell.level_last).collect::<Vec<_>>(), [Some(20), Some(30)]);
    assert!(!course.catching_up);
    assert_eq!(file.course("nobody", (0, 120), 2), None);
}

#[test]
fn every_report_is_rolled_up_once_however_often_it_is_tried() {
    let mut file = file(wild(3_000));
    let undone = rusqlite::Transaction::new_unchecked(
        file.store.connection(),
        rusqlite::TransactionBehavior::Immediate,
    );
    let undone = undone.unwrap();
    assert!(step(&undone).unwrap());
    drop(undone);
    file.roll();
    file.roll();
    let count = |sql: &str| -> i64 { file.store.connection().query_row(sql, [], |row| row.get(0)).unwrap() };
    let reports = count("SELECT count(*) FROM reports");
    assert!(reports > 2_000);
    for table in ["minutes", "hours", "days"] {
        assert_eq!(count(&format!("SELECT sum(reports) FROM {table}")), reports, "{table}");
    }
    assert_eq!(count("SELECT count(*) FROM hours WHERE power_known > 3600.001 * reports + 3600"), 0);
}

#[test]
fn a_hole_stays_a_hole_and_a_level_stands_for_45_minutes() {
    let desk = ("desk", 1);
    let file = file([
        switch(desk, 0, Power::On),
        report("phone", desk, 60, 50),
        switch(desk, 660, Power::Off),
        report("phone", desk, 1_260, 60),
        report("phone", desk, 4 * 3_600, 40),
    ]);
    let course = file.course("phone", (0, 5 * 3_600), 300).unwrap();
    assert_eq!((course.step, course.begin, course.cells.len()), (60, BEGIN, 300));
    let level = |minute: usize| course.cells[minute].level;
    assert_eq!((level(0), level(1), level(20), level(21)), (None, Some(50.0), Some(50.0), Some(60.0)));
    assert_eq!((level(21 + 44), level(21 + 45), level(239)), (Some(60.0), None, None));
    assert_eq!(
        (level(240), course.cells[240].level_max, course.cells[241].reports),
        (Some(40.0), Some(40), 0)
    );
    let power = |minute: usize| course.cells[minute].power;
    assert_eq!(
        (power(0), power(1), power(10), power(11), power(30)),
        (None, Some(1.0), Some(1.0), Some(0.0), Some(0.0))
    );
    assert_eq!((power(100), power(241)), (None, Some(0.0)));
}

#[test]
fn the_power_is_that_of_the_port_in_which_the_device_was() {
    let (one, two) = (("desk", 1), ("drawer", 2));
    let mut file = file([
        switch(one, -10, Power::On),
        switch(two, -10, Power::Off),
        report("phone", one, 0, 50),
        report("phone", two, 1_800, 50),
        report("phone", one, 2_700, 50),
        report("phone", one, 3_600, 50),
    ]);
    file.roll();
    let cells = file.course("phone", (0, 3_600), 2).unwrap().cells;
    assert_eq!(cells.iter().map(|cell| cell.power).collect::<Vec<_>>(), [Some(1.0), Some(0.5)]);
    let hour = file.course("phone", (0, 100 * 3_600), 100).unwrap();
    assert_eq!((hour.step, hour.cells[0].power), (3_600, Some(0.75)));
}

#[test]
fn what_is_kept_longer_is_shown_when_the_finer_rows_are_gone() {
    let desk = ("desk", 1);
    let mut file = file((0..200).map(|day| report("phone", desk, day * DAY, 30 + day % 50)));
    file.add((0..20).map(|hour| report("phone", desk, 200 * DAY + hour * 3_600, 70)));
    file.roll();
    let days = |count: i64| Span::from_hours(24 * count);
    let retention = Retention { hours: days(100), ..Retention::of(days(10)) };
    let transaction = rusqlite::Transaction::new_unchecked(
        file.store.connection(),
        rusqlite::TransactionBehavior::Immediate,
    );
    let transaction = transaction.unwrap();
    while forget::slice(&transaction, &retention, at(201 * DAY)).unwrap() {}
    transaction.commit().unwrap();
    let step = |from, to| file.course("phone", (from, to), 2_000).map(|course| course.step);
    assert_eq!(step(200 * DAY, 201 * DAY), Some(60));
    assert_eq!(step(150 * DAY, 151 * DAY), Some(3_600), "minutes are gone");
    assert_eq!(step(50 * DAY, 51 * DAY), Some(86_400), "hours are gone too");
    let course = file.course("phone", (50 * DAY, 51 * DAY), 2_000).unwrap();
    assert_eq!(course.cells[0].level, Some(30.0));
    let year = file.course("phone", (0, 365 * DAY), 500).unwrap();
    assert_eq!(year.cells.iter().filter(|cell| cell.reports > 0).count(), 201);
}

#[test]
fn a_report_that_is_not_rolled_up_is_not_removed() {
    let mut file = file([report("phone", ("desk", 1), 0, 50)]);
    let kept = Retention::of(Span::from_hours(24));
    let count = |file: &File| -> i64 {
        let sql = "SELECT count(*) FROM reports";
        file.store.connection().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    file.store.forget(&kept, at(100 * DAY)).unwrap();
    assert_eq!(count(&file), 1);
    file.roll();
    file.store.forget(&kept, at(100 * DAY)).unwrap();
    assert_eq!(count(&file), 0);
    let course = file.course("phone", (0, DAY), 500).unwrap();
    assert_eq!(course.cells.iter().map(|cell| cell.reports).sum::<i64>(), 1, "the hours know it");
}

#[test]
fn reports_after_all_others_are_gone_are_rolled_up_too() {
    let mut file = file([report("phone", ("desk", 1), 0, 50), report("phone", ("desk", 1), 300, 51)]);
    file.roll();
    file.store.forget(&Retention::of(Span::from_hours(24)), at(100 * DAY)).unwrap();
    file.store = Store::new(open::open(&file.path).unwrap().connection);
    file.add([report("phone", ("desk", 1), 100 * DAY, 60)]);
    file.roll();
    let sql = "SELECT sum(reports) FROM days";
    let days: i64 = file.store.connection().query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(days, 3);
    let course = file.course("phone", (100 * DAY, 101 * DAY), 500).unwrap();
    assert_eq!(course.cells[0].level, Some(60.0));
}

#[test]
fn a_file_grows_no_longer_once_as_much_goes_as_comes() {
    let mut file = file([]);
    let kept = Retention { hours: Span::from_hours(48), ..Retention::of(Span::from_hours(24)) };
    let mut sizes = Vec::new();
    for day in 0..12 {
        let reports =
            (0..1_440).map(|minute| report("phone", ("desk", 1), day * DAY + minute * 60, 20 + minute % 60));
        file.add(reports);
        file.roll();
        while file.store.forget(&kept, at((day + 1) * DAY)).unwrap() {}
        let pages: i64 =
            file.store.connection().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        sizes.push(pages);
    }
    // A row for each day stays.
    assert!(sizes[3..].iter().all(|pages| *pages <= sizes[3] + 5), "{sizes:?}");
    let count = |sql: &str| -> i64 { file.store.connection().query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(count("SELECT count(*) FROM reports"), 1_440);
    assert_eq!(count("SELECT count(*) FROM minutes"), 1_440);
    assert_eq!(count("SELECT count(*) FROM hours"), 48);
    assert_eq!(count("SELECT count(*) FROM days"), 12);
}

#[test]
fn absurd_times_are_answered() {
    let file = file([report("phone", ("desk", 1), 0, 50)]);
    assert_eq!(file.course("nobody", (0, DAY), 500), None);
    let device = DeviceName::new("phone").unwrap();
    let mut connection = open::open_read_only(&file.path).unwrap();
    let (from, to) = (Timestamp::MIN, Timestamp::MAX);
    for (points, least) in [(2, 1), (500, 100), (2_000, 1_000)] {
        let asked = SeriesAsked { device: device.clone(), from, to, now: at(0), points };
        let course = series(&mut connection, &asked).unwrap().unwrap();
        assert!((least..=usize::from(points)).contains(&course.cells.len()));
        assert_eq!(course.cells.iter().filter(|cell| cell.level == Some(50.0)).count(), 1);
    }
}

#[test]
fn while_an_old_file_is_caught_up_with_a_course_says_so() {
    let mut file = file([]);
    for part in 0..3 {
        let reports = (0..7_000).map(|number| report("phone", ("desk", 1), part * 7_000 + number, 50));
        file.add(reports);
    }
    let late = 21_000;
    file.add([report("late", ("desk", 2), late, 50)]);
    let course = file.course("phone", (0, DAY), 500).unwrap();
    assert!(course.catching_up);
    let known: i64 = course.cells.iter().map(|cell| cell.reports).sum();
    assert!((10_000..21_000).contains(&known), "{known}");
    let unknown = file.course("late", (0, DAY), 500).unwrap();
    assert!(unknown.catching_up && unknown.cells.is_empty());

    file.roll();
    let course = file.course("phone", (0, DAY), 500).unwrap();
    assert!(!course.catching_up);
    assert_eq!(course.cells.iter().map(|cell| cell.reports).sum::<i64>(), 21_000);
    assert!(!file.course("late", (0, DAY), 500).unwrap().catching_up);
    assert_eq!(file.course("nobody", (0, DAY), 500), None);
}
