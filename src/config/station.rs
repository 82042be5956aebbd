//! Reads one station file. Notes every problem that the file has by itself; what it has with others: `together`.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;

use super::{
    budget::{WATTS, budget},
    calendar::Calendars,
    deadlines::{Surroundings, deadlines},
    document::{Item, Node, parse},
    fields::{Fields, Lengths, choice, label, length, number, text},
    files::SourceFile,
    models::Models,
    plug::{Plug, has_socket},
    policy::{KnownRules, uses},
    port::{Defaults, PortSpots, port},
    problems::{Problems, Wrong},
    reports::{Named, reports},
    safety::safety,
    signals::signals,
    tokens::Place,
    words::{did_you_mean, shown},
};
use crate::model::{
    Care, Diagnostic, OnExit, Policy, PortId, PortPlan, Span, Station, StationName, SwitchKind, Version,
};

const FIELDS: &[&str] = &[
    "title",
    "zone",
    "topic",
    "switch",
    "hub",
    "min_hold",
    "silent_after",
    "poll",
    "verify_after",
    "on_exit",
    "safety",
    "budget",
    "watts",
    "signals",
    "reports",
    "deadlines",
    "charge_per_hour",
    "guards",
    "rules",
    "ports",
];

/// Percent points per hour: a tablet on a weak port gains 5, a phone with a fast charger 100.
pub(super) const CHARGE_PER_HOUR: std::ops::RangeInclusive<f64> = 1.0..=500.0;

const MIN_HOLD: Lengths = Lengths { least: Span::ZERO, most: Span::from_hours(24), words: "0 s to 24 h" };
const SILENT_AFTER: Lengths =
    Lengths { least: Span::from_mins(1), most: Span::from_hours(7 * 24), words: "1 min to 7 days" };
const POLL: Lengths = Lengths { least: Span::from_secs(5), most: Span::from_hours(1), words: "5 s to 1 h" };
const VERIFY_AFTER: Lengths = POLL;
const SWITCHES: [(&str, SwitchKind); 3] =
    [("Uhubctl", SwitchKind::Uhubctl), ("Sysfs", SwitchKind::Sysfs), ("Simulated", SwitchKind::Simulated)];

/// A station as far as its file could be read, and where its parts stand.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The file, as the user would type it.
    pub(crate) file: String,
    /// The station; where the file has problems, defaults stand in it and ports are left out.
    pub(crate) station: Station,
    /// Where the topic stands, or where it is missing.
    pub(crate) topic_at: Place,
    /// Where it stands how ports are switched, or where the file begins.
    pub(crate) switch_at: Place,
    /// Where the hub stands, or where the file begins.
    pub(crate) hub_at: Place,
    /// Where the parts of the ports stand.
    pub(crate) spots: BTreeMap<PortId, PortSpots>,
    /// The devices that its `reports` name.
    pub(crate) reporting: Vec<Named>,
}

/// What the other files hold that a station file may name.
pub(super) struct Around<'a> {
    /// The version of all files.
    pub(super) version: Version,
    /// The rules.
    pub(super) rules: KnownRules<'a>,
    /// The hub models.
    pub(super) models: Models,
    /// The calendar files.
    pub(super) calendars: Calendars,
}

/// Reads a station file.
pub(super) fn read(source: &SourceFile, around: &Around<'_>) -> (Option<Draft>, Vec<Diagnostic>) {
    let node = match parse(&source.path, &source.text) {
        Ok(node) => node,
        Err(problem) => return (None, vec![problem]),
    };
    let mut problems = Problems::of(&source.path);
    let name = StationName::new(&source.name).map_err(|invalid| {
        problems.add(Place::default(), Wrong::new("file-name", invalid.to_string(), "rename the file"));
    });
    let draft = Fields::open(&node, "a station", FIELDS, &mut problems)
        .map(|fields| draft(source, &fields, name.ok(), around, &mut problems));
    (draft.flatten(), problems.into_found())
}

fn draft(
    source: &SourceFile,
    fields: &Fields<'_>,
    name: Option<StationName>,
    around: &Around<'_>,
    problems: &mut Problems<'_>,
) -> Option<Draft> {
    let title = fields.read("title", problems, |node| label(node, 100));
    let zone = fields.read("zone", problems, zone).unwrap_or_else(TimeZone::system);
    let topic = fields.read("topic", problems, topic);
    let topic = topic.or_else(|| Some(format!("smartcharger/{}", name.as_ref()?)));
    let switch = fields.need("switch", "switch: Uhubctl()", problems, |node| choice(node, &SWITCHES));
    let min_hold = fields.read("min_hold", problems, |node| length(node, &MIN_HOLD));
    let silent_after = fields.read("silent_after", problems, |node| length(node, &SILENT_AFTER));
    let poll = fields.read("poll", problems, |node| length(node, &POLL));
    let verify_after = fields.read("verify_after", problems, |node| length(node, &VERIFY_AFTER));
    let exits = [("On", OnExit::On), ("Keep", OnExit::Keep)];
    let on_exit = fields.read("on_exit", problems, |node| choice(node, &exits));
    let safety = safety(fields, problems);
    let signals = fields.get("signals").map(|node| signals(node, topic.as_deref(), problems));
    let signals = signals.unwrap_or_default();
    let reports = fields.get("reports").map(|node| reports(node, topic.as_deref(), problems));
    let (reports, reporting) = reports.unwrap_or_default();
    let near = Surroundings { calendars: &around.calendars, root: topic.as_deref() };
    let defaults = defaults(fields, switch, around, near, problems);
    let (ports, spots) = ports(fields, &defaults, (&around.rules, near), problems);
    let budget = fields.get("budget").map(|node| budget(node, &ports, problems)).unwrap_or_default();
    let usual = Station::new(name?, defaults.switch);
    let station = Station {
        title: title.unwrap_or(usual.title),
        topic: topic?,
        zone,
        hub: defaults.plug.plan().cloned(),
        min_hold: min_hold.unwrap_or(usual.min_hold),
        silent_after: silent_after.unwrap_or(usual.silent_after),
        poll: poll.unwrap_or(usual.poll),
        verify_after: verify_after.unwrap_or(usual.verify_after),
        on_exit: on_exit.unwrap_or(usual.on_exit),
        safety,
        budget: Arc::new(budget),
        signals,
        reports: Arc::new(reports),
        ports,
        version: around.version.clone(),
        ..usual
    };
    let at = |name| fields.get(name).unwrap_or(fields.node()).at;
    let (topic_at, switch_at, hub_at) = (at("topic"), at("switch"), at("hub"));
    Some(Draft { file: source.path.clone(), station, topic_at, switch_at, hub_at, spots, reporting })
}

/// What holds for every port that says nothing else.
fn defaults(
    fields: &Fields<'_>,
    switch: Option<SwitchKind>,
    around: &Around<'_>,
    near: Surroundings<'_>,
    problems: &mut Problems<'_>,
) -> Defaults {
    let plug = Plug::read(fields, &around.models, problems);
    let charge_per_hour = fields.read("charge_per_hour", problems, |node| number(node, CHARGE_PER_HOUR));
    let watts = fields.read("watts", problems, |node| number(node, WATTS)).unwrap_or(Care::WATTS);
    let mut list =
        |field| fields.get(field).map(|node| uses(node, &around.rules, problems)).unwrap_or_default();
    let policy = Policy { guards: list("guards"), rules: list("rules") };
    let deadlines = fields.get("deadlines").map(|node| deadlines(node, near, problems));
    let entries = match fields.get("ports").map(|node| &node.item) {
        Some(Item::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    let written = entries.iter().filter(|(_, entry)| has_socket(entry));
    Defaults {
        // Without knowing how ports are switched, a missing socket is no second problem.
        switch: switch.unwrap_or(SwitchKind::Simulated),
        charge_per_hour: charge_per_hour.unwrap_or(40.0),
        watts,
        policy: Arc::new(policy),
        deadlines: deadlines.unwrap_or_default(),
        plug,
        moved: written.filter_map(|(key, _)| port_number(key).ok()).collect(),
    }
}

type Ports = (BTreeMap<PortId, Arc<PortPlan>>, BTreeMap<PortId, PortSpots>);

fn ports(
    fields: &Fields<'_>,
    defaults: &Defaults,
    known: (&KnownRules<'_>, Surroundings<'_>),
    problems: &mut Problems<'_>,
) -> Ports {
    let (mut plans, mut spots) = (BTreeMap::new(), BTreeMap::new());
    let entries = port_entries(fields, &defaults.plug, problems);
    let mut seen = BTreeMap::<PortId, Place>::new();
    for (key, value) in entries {
        let Some(id) = problems.take(key, port_number(key)) else { continue };
        if let Some(first) = seen.get(&id) {
            let message = format!("port {id} is written twice");
            let hint = format!("the first is in line {}; give one of them another number", first.line);
            problems.add(key.at, Wrong::new("duplicate-port", message, hint));
            continue;
        }
        seen.insert(id, key.at);
        if let Some((plan, places)) = port(id, key.at, value, defaults, known, problems) {
            spots.insert(id, places);
            plans.insert(id, Arc::new(plan));
        }
    }
    if let Plug::Hub(hub, at) = &defaults.plug {
        for id in hub.model.ports.keys().filter(|id| !seen.contains_key(id)) {
            let Some(socket) = hub.socket(*id) else { continue };
            plans.insert(*id, Arc::new(defaults.port(*id, socket)));
            spots.insert(*id, PortSpots { number: *at, socket: None, device: None, serial: None });
        }
    }
    (plans, spots)
}

/// The entries of `ports`, which may be left out where a hub model says which ports there are.
fn port_entries<'n>(fields: &Fields<'n>, plug: &Plug, problems: &mut Problems<'_>) -> &'n [(Node, Node)] {
    let example = "ports: { 1: (device: \"pixel-7\", socket: (hub: \"5-2\", port: 1)) }";
    let alone = matches!(plug, Plug::Absent);
    let Some(node) = fields.get("ports") else {
        if alone {
            fields.missing("ports", example, problems);
        }
        return &[];
    };
    let Item::Map(entries) = &node.item else {
        let message = format!("ports: `{{…}}` is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, format!("for example {example}")));
        return &[];
    };
    if entries.is_empty() && alone {
        let hint = format!("for example {example}");
        problems.add(node.at, Wrong::new("missing-field", "a station needs a port", hint));
    }
    entries
}

/// The number of a port.
pub(super) fn port_number(key: &Node) -> Result<PortId, Wrong> {
    let hint = "ports are numbered from 1 to 65535, without quotes";
    let wrong = |code, shown: String| Err(Wrong::new(code, format!("{shown} is not a port number"), hint));
    match &key.item {
        Item::Int(number) => {
            let id = u16::try_from(*number).ok().and_then(|number| PortId::new(number).ok());
            id.map_or_else(|| wrong("out-of-range", number.to_string()), Ok)
        }
        Item::Text(text) => wrong("wrong-type", format!("the text `{}`", shown(text))),
        item => wrong("wrong-type", item.kind().to_owned()),
    }
}

fn zone(node: &Node) -> Result<TimeZone, Wrong> {
    let name = text(node)?;
    TimeZone::get(name).map_err(|_| {
        let known: Vec<String> = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
        let hint = if known.is_empty() {
            "this system knows no time zones: install the package tzdata".to_owned()
        } else {
            let guess = did_you_mean(name, known.iter().map(String::as_str));
            guess.unwrap_or_else(|| "use a name of the IANA list, for example \"Europe/Berlin\"".to_owned())
        };
        Wrong::new("unknown-zone", format!("`{}` is not a time zone", shown(name)), hint)
    })
}

/// Longer topics are cut off or refused by some brokers and clients.
const LONGEST_TOPIC: usize = 200;

/// A topic that one can publish on.
pub(super) fn topic(node: &Node) -> Result<String, Wrong> {
    let topic = text(node)?;
    let hint = if topic.is_empty() || topic.len() > LONGEST_TOPIC {
        format!("use 1 to {LONGEST_TOPIC} bytes")
    } else if topic.starts_with('/') || topic.ends_with('/') {
        "no `/` at the ends".to_owned()
    } else if topic.starts_with('$') {
        "topics that start with `$` belong to the broker".to_owned()
    } else if topic.contains(['+', '#']) {
        "`+` and `#` are wildcards and may not stand in it".to_owned()
    } else if topic.chars().any(char::is_control) {
        "no control characters".to_owned()
    } else {
        return Ok(topic.to_owned());
    };
    Err(Wrong::new("wrong-topic", format!("`{}` is not a topic", shown(topic)), hint))
}
