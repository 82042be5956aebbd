//! Whole fleets, lived through with the service and with those who charge otherwise, and the table of their figures.

use std::{fmt::Write as _, io::Write, path::Path, sync::Arc};

use serde_json::{Value, json as object};

use super::args::Simulate;
use crate::{
    cli::{
        demo::shipped_rules,
        failure::{Exit, Failure},
        look::{Look, Side, table},
    },
    config::{Files, Plan, SourceFile},
    model::Station,
    rules::RuleSet,
    settings::Settings,
    trial::fleet::{Charger, Figures, Fleet, figures, live, promises},
};

/// A fleet and its station, as they are part of the program.
pub(super) struct Shipped {
    name: &'static str,
    pub(super) fleet: &'static str,
    station: &'static str,
}

macro_rules! shipped {
    ($($name:literal),+) => {
        [$(Shipped {
            name: $name,
            fleet: include_str!(concat!("../../../fleets/", $name, ".ron")),
            station: include_str!(concat!("../../../stations/", $name, ".ron")),
        }),+]
    };
}

/// The fleets of the table in README.
pub(super) const SHIPPED: [Shipped; 3] = shipped!("home", "lab", "school");

/// All of [`SHIPPED`].
const ALL: &str = "all";

/// What came of one fleet with one charger.
pub(super) struct Outcome {
    charger: Charger,
    pub(super) figures: Figures,
}

/// What came of one fleet.
struct Compared {
    title: String,
    days: u16,
    start: jiff::civil::DateTime,
    seed: u64,
    outcomes: Vec<Outcome>,
}

/// Lives through fleets and prints a line for each charger of each.
pub(super) fn fleets(
    name: &str,
    args: &Simulate,
    settings: &Settings,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut compared = Vec::new();
    if Path::new(name).extension().is_some_and(|ending| ending == "ron") {
        compared.push(of_file(Path::new(name), settings)?);
    } else {
        let wanted: Vec<&Shipped> =
            SHIPPED.iter().filter(|shipped| name == ALL || shipped.name == name).collect();
        if wanted.is_empty() {
            let names: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
            let what = format!("there is no fleet `{name}`");
            let hint = format!("use {}, {ALL}, or the path of a file that ends with .ron", names.join(", "));
            return Err(Failure::new(Exit::Failed, what, hint));
        }
        for shipped in wanted {
            compared.push(of_program(shipped)?);
        }
    }
    if args.json {
        writeln!(out, "{:#}", Value::from(compared.iter().map(json).collect::<Vec<_>>()))?;
    } else if args.markdown {
        write!(out, "{}", markdown(&compared))?;
    } else {
        write!(out, "{}", text(&compared, look))?;
    }
    Ok(())
}

fn of_program(shipped: &Shipped) -> Result<Compared, Failure> {
    compare(shipped.name, shipped.fleet, &plan_of(shipped)?)
}

/// The station of a fleet of the program with the rules of the program: the same figures in every folder.
pub(super) fn plan_of(shipped: &Shipped) -> Result<Plan, Failure> {
    let file = |path: String, name: &str, text: &str| SourceFile {
        path,
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let rules = shipped_rules()
        .filter_map(|(path, text)| Some(file(format!("rules/{path}"), path.strip_suffix(".rhai")?, text)));
    let files = Files {
        stations: vec![file(format!("stations/{}.ron", shipped.name), shipped.name, shipped.station)],
        rules: rules.collect(),
        ..Files::default()
    };
    Plan::check(files).map_err(Failure::files)
}

/// A user's fleet, with the user's stations and rules.
fn of_file(path: &Path, settings: &Settings) -> Result<Compared, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::Configuration, format!("`{name}` cannot be read ({error})"), "name another file")
    })?;
    let files = Files::read(&settings.directories, &[]).map_err(Failure::files)?;
    let plan = Plan::check(files).map_err(Failure::files)?;
    compare(&name, &text, &plan)
}

fn compare(name: &str, text: &str, plan: &Plan) -> Result<Compared, Failure> {
    let wrong = |why: String, hint: &str| {
        Failure::new(Exit::Configuration, format!("the fleet `{name}` is not understood: {why}"), hint)
    };
    let hint = "compare with the files in fleets/, and see docs/simulate.md";
    let fleet = Fleet::read(text).map_err(|why| wrong(why, hint))?;
    let Some(station) = plan.stations.get(&fleet.station) else {
        let why = format!("there is no station `{}`", fleet.station);
        return Err(wrong(why, "name a station of the folder of stations"));
    };
    if let Some(port) = fleet.devices.keys().find(|port| !station.ports.contains_key(port)) {
        return Err(wrong(format!("station `{}` has no port {port}", fleet.station), hint));
    }
    let outcomes = outcomes(station, &plan.rules, &fleet);
    Ok(Compared { title: fleet.title, days: fleet.days, start: fleet.start, seed: fleet.seed, outcomes })
}

pub(super) fn outcomes(station: &Arc<Station>, rules: &Arc<RuleSet>, fleet: &Fleet) -> Vec<Outcome> {
    let promises = promises(fleet, station, rules);
    let always_on = live(station, rules, fleet, Charger::AlwaysOn);
    let outcome = |charger| {
        let lived = match charger {
            Charger::AlwaysOn => None,
            Charger::Service | Charger::Between | Charger::Client => {
                Some(live(station, rules, fleet, charger))
            }
        };
        let life = lived.as_ref().unwrap_or(&always_on);
        Outcome { charger, figures: figures(station, &promises, life, &always_on) }
    };
    Charger::ALL.map(outcome).into()
}

pub(super) const HEAD: [&str; 9] = [
    "fleet",
    "charged by",
    "ready",
    "above 80 %",
    "above 35 °C",
    "switches",
    "lowest",
    "under floor",
    "over budget",
];

fn cells(compared: &Compared, outcome: &Outcome, first: bool) -> [String; 9] {
    let figures = &outcome.figures;
    let ready = match figures.readiness() {
        None => "–".to_owned(),
        Some(percent) => format!("{percent:.1} % of {}", figures.reachable),
    };
    [
        if first { compared.title.clone() } else { String::new() },
        outcome.charger.name().to_owned(),
        ready,
        format!("{:.1} h", figures.above_80),
        format!("{:.2} h", figures.above_35),
        format!("{:.1}", figures.switches),
        format!("{:.0} %", figures.lowest),
        format!("{:.0} min", figures.under_floor),
        format!("{:.0} min", figures.over_budget),
    ]
}

fn rows(compared: &[Compared]) -> Vec<[String; 9]> {
    let rows = compared.iter().flat_map(|fleet| {
        fleet.outcomes.iter().enumerate().map(|(n, outcome)| cells(fleet, outcome, n == 0))
    });
    rows.collect()
}

/// What the columns mean.
const MEANING: [&str; 4] = [
    "ready: deadlines at which at most 3 percent points were missing, of those that a port which is always on would have met",
    "above 80 %, above 35 °C: hours per device and day. switches: per port and day",
    "lowest: of all devices whose cable works. under floor: minutes below the floor with the port off, although it could charge",
    "over budget: minutes in which more had power than the station's power supply allows",
];

fn text(compared: &[Compared], look: Look) -> String {
    use Side::{Left, Right};
    let sides = [Left, Left, Right, Right, Right, Right, Right, Right, Right];
    let mut all = vec![HEAD.map(str::to_owned)];
    all.extend(rows(compared));
    let mut text = table(sides, &all, look);
    text.push('\n');
    for fleet in compared {
        let Compared { title, days, start, seed, .. } = fleet;
        let _ = writeln!(text, "{title}: {days} days from {}, seed {seed}", start.date());
    }
    for line in MEANING {
        text += line;
        text.push('\n');
    }
    let missed = compared.iter().flat_map(|fleet| {
        let service = fleet.outcomes.iter().filter(|outcome| outcome.charger == Charger::Service);
        service.flat_map(|outcome| &outcome.figures.missed).map(|missed| (&fleet.title, missed))
    });
    for (title, missed) in missed {
        let _ = writeln!(
            text,
            "not ready: {title}, port {}, {} at {}: {:.0} % of {:.0} %",
            missed.port, missed.device, missed.at, missed.had, missed.level
        );
    }
    text
}

fn markdown(compared: &[Compared]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&HEAD.map(str::to_owned));
    text += "|---|---|---:|---:|---:|---:|---:|---:|---:|\n";
    for row in rows(compared) {
        text += &line(&row);
    }
    text
}

fn json(compared: &Compared) -> Value {
    let outcome = |outcome: &Outcome| {
        let figures = &outcome.figures;
        let missed = figures.missed.iter().map(|missed| {
            object!({
                "port": missed.port, "device": missed.device, "at": missed.at,
                "level": missed.level, "had": hundredths(missed.had),
            })
        });
        object!({
            "charged_by": outcome.charger.name(),
            "devices": figures.devices,
            "days": hundredths(figures.days),
            "deadlines": figures.reachable,
            "ready": figures.ready,
            "missed": missed.collect::<Vec<_>>(),
            "hours_above_80": hundredths(figures.above_80),
            "hours_above_35_degrees": hundredths(figures.above_35),
            "cycles": hundredths(figures.cycles),
            "switches": hundredths(figures.switches),
            "most_switches_of_a_port_on_a_day": figures.most_switches,
            "lowest": hundredths(figures.lowest),
            "minutes_under_floor": hundredths(figures.under_floor),
            "minutes_over_budget": hundredths(figures.over_budget),
            "times_over_budget": figures.times_over,
        })
    };
    object!({
        "fleet": compared.title,
        "start": compared.start.to_string(),
        "days": compared.days,
        "seed": compared.seed,
        "outcomes": compared.outcomes.iter().map(outcome).collect::<Vec<_>>(),
    })
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
