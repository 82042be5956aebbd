//! A day of sixteen ports: what the database is given to write.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use smart_charging_station::{
    engine::{Engine, Remembered, Step},
    history::Started,
    model::{
        BatteryReport, Care, Celsius, HubLocation, Level, OnExit, Order, Policy, PortId, PortPlan, Power,
        Record, RuleName, RuleUse, Safety, Seen, Socket, Span, Station, StationName, SwitchKind, Timestamp,
        Version,
    },
    rules::{RuleSet, RuleSource},
};

use crate::{BEGIN, DEVICES, at, begin, device, end, support::Table};

/// Between two reports of a device.
const EVERY: i64 = 300;
const DAY: i64 = 86_400;

/// Prints how many bytes a day takes, by how long history gathers.
pub(crate) async fn measure() {
    let mut table = Table::new(&["gathered for", "MB given to the disk", "MB more in the file", "commits"]);
    let mut told = BTreeMap::new();
    for (name, seconds) in
        [("each report alone", 0), ("1 min", 60), ("5 min", 300), ("10 min", 600), ("15 min", 900)]
    {
        let (day, cells) = day(seconds).await;
        table.row(&[[name.to_owned()].as_slice(), cells.as_slice()].concat());
        told = day;
    }
    println!("a day of {DEVICES} ports, a report every {EVERY} s:");
    for (kind, count) in told {
        println!("  {count} {kind}");
    }
    table.print();
}

async fn day(gather: i64) -> (BTreeMap<String, u32>, [String; 3]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.db");
    let history = begin(&path);
    let mut town = Town::new(gather);
    // A first day brings all tables and levels to where they are every day.
    town.live(&history, 0, DAY).await;
    let (written, kept) = (bytes_written(), size(&path));
    town.commits = 0;
    let told = town.live(&history, DAY, 2 * DAY).await;
    let written = bytes_written() - written;
    let more = size(&path) - kept;
    let cells = [written, more].map(|bytes| format!("{:.1}", bytes as f64 / 1e6));
    end(history).await;
    let [written, more] = cells;
    (told, [written, more, town.commits.to_string()])
}

/// What this process gave to the system to write: the log of the database, and the file at each checkpoint.
fn bytes_written() -> u64 {
    let text = fs::read_to_string("/proc/self/io").expect("Linux tells");
    let line = text.lines().find_map(|line| line.strip_prefix("wchar: ")).expect("it has a line");
    line.parse().expect("a number")
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).expect("it is there").len()
}

/// Batteries that do as their ports say.
struct Town {
    engine: Engine,
    levels: Vec<f64>,
    /// How long history gathers, in seconds of the town.
    gather: i64,
    /// When what waits is written.
    write_at: Option<i64>,
    commits: u32,
}

impl Town {
    fn new(gather: i64) -> Self {
        let sources = ["cool-down", "ready-by", "keep-between"].map(|name| RuleSource {
            name: RuleName::new(name).expect("a rule name"),
            file: format!("rules/{name}.rhai"),
            text: fs::read_to_string(
                Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("rules/{name}.rhai")),
            )
            .expect("a shipped rule"),
        });
        let rules = Arc::new(RuleSet::compile(&sources).expect("the shipped rules compile"));
        let now = at(BEGIN);
        let mut engine = Engine::new(Arc::new(station()), rules, Remembered::default(), now);
        let on: Vec<Seen> = (1..=DEVICES).map(|number| seen(number, Power::On)).collect();
        engine.seen(&on, now);
        let levels = (0..DEVICES).map(|number| 20.0 + f64::from(number) * 4.0).collect();
        Self { engine, levels, gather, write_at: None, commits: 0 }
    }

    /// Lives for some seconds; how many records of each kind history was told.
    async fn live(&mut self, history: &Started, from: i64, to: i64) -> BTreeMap<String, u32> {
        let mut told = BTreeMap::new();
        let pause = EVERY / i64::from(DEVICES);
        for second in (from..to).step_by(usize::try_from(pause).expect("small")) {
            let now = at(BEGIN + second);
            let turn = second / pause;
            let number = u16::try_from(turn % i64::from(DEVICES)).expect("small") + 1;
            let steps = [self.engine.tick(now), self.report(number, now)];
            for step in steps {
                self.obey(history, step, (now, second), &mut told).await;
            }
            if self.write_at.is_some_and(|at| at <= second) {
                history.reader.flush().await.expect("it is written");
                self.commits += 1;
                self.write_at = None;
            }
        }
        told
    }

    fn report(&mut self, number: u16, now: Timestamp) -> Step {
        let is_on =
            self.engine.view().ports.get(&port(number)).is_some_and(|port| port.actual == Some(Power::On));
        let level = self.levels.get_mut(usize::from(number - 1)).expect("there is one for each");
        *level = (*level + if is_on { 3.0 } else { -0.25 }).clamp(1.0, 100.0);
        let report = BatteryReport {
            device: None,
            port: port(number),
            level: percent(*level),
            charging: Some(is_on),
            temperature: Celsius::new(if is_on { 31.5 } else { 24.25 }).ok(),
            measured_at: None,
        };
        self.engine.report(&report, now).expect("taken")
    }

    /// Writes what is to be written, and does as ordered.
    async fn obey(
        &mut self,
        history: &Started,
        step: Step,
        (now, second): (Timestamp, i64),
        told: &mut BTreeMap<String, u32>,
    ) {
        let orders: Vec<Seen> = step.orders.iter().map(answered).collect();
        let mut steps = vec![step];
        if !orders.is_empty() {
            steps.push(self.engine.seen(&orders, now));
        }
        for record in steps.into_iter().flat_map(|step| step.records) {
            // As the writer does: what is rare is written at once, and takes along what waits.
            let is_rare = matches!(record, Record::Switch { .. } | Record::Event(_) | Record::Session(_));
            let at = if is_rare { second } else { second + self.gather };
            self.write_at = Some(self.write_at.map_or(at, |before| before.min(at)));
            *told.entry(format!("{record:?}")).or_default() += 1;
            history.journal.send(record).await.expect("history takes it");
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a level lies between 1 and 100")]
fn percent(level: f64) -> Level {
    Level::new(level as i64).expect("percent")
}

fn answered(order: &Order) -> Seen {
    Seen::new(order.port, Some(order.id), Some(order.power), None)
}

fn seen(number: u16, power: Power) -> Seen {
    Seen::new(port(number), None, Some(power), None)
}

fn port(number: u16) -> PortId {
    PortId::new(number).expect("not 0")
}

/// Sixteen ports with three rules each.
fn station() -> Station {
    let used =
        |rule: &str| RuleUse { rule: RuleName::new(rule).expect("a rule name"), with: BTreeMap::new() };
    let rules = vec![used("ready-by"), used("keep-between")];
    let policy = Arc::new(Policy { guards: vec![used("cool-down")], rules });
    let plan = |number: u16| PortPlan {
        id: port(number),
        socket: Socket::new(HubLocation::new(&format!("1-{number}")).expect("a hub"), 1).expect("a port"),
        device: Some(device(number)),
        serial: None,
        care: Arc::new(Care { policy: Arc::clone(&policy), ..Care::default() }),
    };
    Station {
        name: StationName::new("bench").expect("a name"),
        title: "Bench".to_owned(),
        zone: jiff::tz::TimeZone::UTC,
        topic: "smartcharger".to_owned(),
        switch: SwitchKind::Simulated,
        hub: None,
        min_hold: Span::from_mins(3),
        silent_after: Span::from_mins(45),
        poll: Span::from_secs(60),
        verify_after: Span::from_mins(3),
        on_exit: OnExit::On,
        safety: Safety::default(),
        budget: Arc::default(),
        signals: BTreeMap::new(),
        reports: Arc::default(),
        ports: (1..=DEVICES).map(plan).map(|plan| (plan.id, Arc::new(plan))).collect(),
        version: Version::new("000000000000"),
    }
}
