//! Whatever is reported, in whichever order: the roll-ups are what the rows say, once.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*};

use super::*;

const MINUTE: i64 = 60;
const PLACES: [(&str, u16); 3] = [("desk", 1), ("desk", 2), ("drawer", 1)];

/// What happens, and how many minutes after what was before.
#[derive(Clone, Debug)]
struct Happens {
    after: i64,
    place: usize,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Reports {
        device: usize,
        level: i64,
        power: Option<bool>,
    },
    IsSwitched(bool),
    /// The program dies within a step, and is started again.
    Crashes,
    RollsUp,
}

fn happens(after: std::ops::Range<i64>) -> impl Strategy<Value = Vec<Happens>> {
    let what = prop_oneof![
        6 => (0..3_usize, 0..=100_i64, option::weighted(0.7, any::<bool>()))
            .prop_map(|(device, level, power)| What::Reports { device, level, power }),
        3 => any::<bool>().prop_map(What::IsSwitched),
        1 => Just(What::Crashes),
        1 => Just(What::RollsUp),
    ];
    let one = (after, 0..PLACES.len(), what);
    vec(one.prop_map(|(after, place, what)| Happens { after, place, what }), 1..120)
}

fn power(is_on: bool) -> Power {
    if is_on { Power::On } else { Power::Off }
}

fn record(place: usize, minute: i64, what: &What) -> Option<Record> {
    let at = minute * MINUTE;
    match what {
        What::Reports { device, level, power: is_on } => {
            let mut record = report(&format!("phone-{device}"), PLACES[place], at, *level);
            if let Record::Report { power: found, .. } = &mut record {
                *found = is_on.map(power);
            }
            Some(record)
        }
        What::IsSwitched(is_on) => Some(switch(PLACES[place], at, power(*is_on))),
        What::Crashes | What::RollsUp => None,
    }
}

/// Lives through all of it and rolls up what is left.
fn lived(all: &[Happens]) -> File {
    let mut file = file([]);
    let mut minute = 0;
    for Happens { after, place, what } in all {
        minute += after;
        file.add(record(*place, minute, what));
        match what {
            What::Reports { .. } | What::IsSwitched(_) => {}
            What::RollsUp => file.roll(),
            What::Crashes => {
                let behavior = rusqlite::TransactionBehavior::Immediate;
                let undone = rusqlite::Transaction::new_unchecked(file.store.connection(), behavior).unwrap();
                step(&undone).unwrap();
                drop(undone);
                file.store = Store::new(open::open(&file.path).unwrap().connection);
            }
        }
    }
    file.roll();
    file.roll();
    file
}

type Row = (String, i64, [Option<i64>; 10]);

fn rows(file: &File, sql: &str) -> Vec<Row> {
    let mut select = file.store.connection().prepare(sql).unwrap();
    let row = |row: &rusqlite::Row<'_>| {
        Ok((row.get(0)?, row.get(1)?, std::array::from_fn(|column| row.get(column + 2).unwrap())))
    };
    select.query_map([], row).unwrap().map(Result::unwrap).collect()
}

/// The sums of a table, and the same from single reports by a query that knows nothing of the walk.
fn told_and_true(file: &File, resolution: Resolution) -> (Vec<Row>, Vec<Row>) {
    let (table, length) = (resolution.table(), resolution.seconds());
    let told = format!(
        "SELECT device, at, reports, level_sum, level_min, level_max, level_last, temperature_sum, temperature_count,
             temperature_max, charging, charging_known
         FROM {table} JOIN series ON series.id = series WHERE reports > 0 ORDER BY device, at"
    );
    let real = format!(
        "SELECT device, at / 1000000000 / {length} * {length} AS bucket, count(*), sum(level), min(level), max(level),
             (SELECT level FROM reports AS one
              WHERE one.device = reports.device AND one.at / 1000000000 / {length} = reports.at / 1000000000 / {length}
              ORDER BY one.n DESC LIMIT 1),
             ifnull(sum(CAST(round(temperature * 100) AS INTEGER)), 0), count(temperature),
             CAST(round(max(temperature) * 100) AS INTEGER), ifnull(sum(charging), 0), count(charging)
         FROM reports GROUP BY device, bucket ORDER BY device, bucket"
    );
    (rows(file, &told), rows(file, &real))
}

/// Minutes with power, and minutes for which it is known, of each device and hour, counted minute by minute.
fn powered(all: &[Happens]) -> BTreeMap<(String, i64), (i64, i64)> {
    let mut now = 0;
    let seen: Vec<(i64, usize, &What)> = all
        .iter()
        .map(|one| {
            now += one.after;
            (now, one.place, &one.what)
        })
        .collect();
    let on_at = |place: usize, minute: i64| {
        let of_place = seen.iter().filter(|(at, of, _)| *of == place && *at <= minute);
        of_place.fold(None, |known, (_, _, what)| match what {
            What::Reports { power: Some(is_on), .. } | What::IsSwitched(is_on) => Some(*is_on),
            _ => known,
        })
    };
    let mut hours = BTreeMap::new();
    for phone in 0..3 {
        let reports: Vec<(i64, usize)> = seen
            .iter()
            .filter(|(_, _, what)| matches!(what, What::Reports { device, .. } if *device == phone))
            .map(|(at, place, _)| (*at, *place))
            .collect();
        // After the last report nothing is counted before there is news.
        for two in reports.windows(2) {
            let ((from, place), (to, _)) = (two[0], two[1]);
            for minute in from..to.min(from + 45) {
                let Some(is_on) = on_at(place, minute) else { continue };
                let hour = (BEGIN + minute * MINUTE).div_euclid(3_600) * 3_600;
                let (powered, known) = hours.entry((format!("phone-{phone}"), hour)).or_default();
                *powered += i64::from(is_on);
                *known += 1;
            }
        }
    }
    hours
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn sums_are_those_of_the_reports_whatever_clock_and_crashes_do(all in happens(-300..300)) {
        let file = lived(&all);
        for resolution in [Resolution::Minute, Resolution::Hour, Resolution::Day] {
            let (told, real) = told_and_true(&file, resolution);
            prop_assert_eq!(told, real, "{}", resolution.table());
        }
    }

    #[test]
    fn power_is_that_of_the_port_minute_by_minute(all in happens(0..50)) {
        // Each phone reports once more at the end, so that all of it is counted.
        let last = (0..3).map(|device| Happens {
            after: 100,
            place: 0,
            what: What::Reports { device, level: 50, power: None },
        });
        let all: Vec<Happens> = all.into_iter().chain(last).collect();
        let file = lived(&all);
        let sql = "SELECT device, at, powered, power_known FROM hours JOIN series ON series.id = series
                   WHERE power_known > 0";
        let mut select = file.store.connection().prepare(sql).unwrap();
        #[expect(clippy::cast_possible_truncation, reason = "minutes of some hours")]
        let minutes = |seconds: f64| (seconds / 60.0).round() as i64;
        let told: BTreeMap<(String, i64), (i64, i64)> = select
            .query_map([], |row| {
                Ok(((row.get(0)?, row.get(1)?), (minutes(row.get(2)?), minutes(row.get(3)?))))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        prop_assert_eq!(told, powered(&all));
    }
}
