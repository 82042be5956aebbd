//! Reads which topics of others tell of the batteries of a station's devices.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    document::{Field, Item, Node},
    fields::{Fields, choice, number, text},
    problems::{Problems, Wrong, warning},
    station::Draft,
    tokens::Place,
    words::{did_you_mean, shown},
};
use crate::model::{
    Degrees, DeviceName, Diagnostic, Pointer, ReportFields, ReportForm, ReportPlan, TopicFilter,
};

/// Every message is compared with all of them. Sixteen devices with a topic for each of four values need as many.
const MOST: usize = 64;
/// More than any housing has ports.
const MOST_DEVICES: usize = 256;
/// 1 for percent, 100 for levels from 0 to 1; what lies between is for odd gauges.
const SCALE: std::ops::RangeInclusive<f64> = 0.01..=1000.0;
const FIELDS: &[&str] =
    &["topic", "device", "devices", "level", "charging", "temperature", "measured_at", "scale", "degrees"];
const OWNTRACKS: &[&str] = &["topic", "device", "devices"];
/// The name of the entries that need no places.
const OWN: &str = "OwnTracks";
const EXAMPLE: &str = "for example reports: [(topic: \"phones/+/battery\", level: \"/level\"), OwnTracks()]";
const UNITS: [(&str, Degrees); 3] =
    [("Celsius", Degrees::Celsius), ("Fahrenheit", Degrees::Fahrenheit), ("Tenths", Degrees::Tenths)];

/// A device that an entry of `reports` names, and where.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    device: DeviceName,
    at: Place,
}

/// The entries of a station whose own topics begin with `root`, and the devices that they name.
pub(super) fn reports(
    node: &Node,
    root: Option<&str>,
    problems: &mut Problems<'_>,
) -> (Vec<ReportPlan>, Vec<Named>) {
    let (mut plans, mut named) = (Vec::new(), Vec::new());
    let Item::List(items) = &node.item else {
        let message = format!("reports: a list is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, EXAMPLE));
        return (plans, named);
    };
    if items.len() > MOST {
        let message = format!("{} topics of reports are too many", items.len());
        let hint = format!("at most {MOST} of one station; a `+` in a topic stands for many devices");
        problems.add(node.at, Wrong::new("out-of-range", message, hint));
        return (plans, named);
    }
    let mut seen: Vec<(ReportPlan, Place)> = Vec::new();
    for item in items {
        let Some(plan) = report(item, root, &mut named, problems) else { continue };
        match seen.iter().find(|(first, _)| is_same(first, &plan)) {
            Some((_, first)) => {
                let message = format!("`{}` is read twice for the same value", shown(plan.topic.as_str()));
                let hint = format!("the first is in line {}; keep one", first.line);
                problems.add(item.at, Wrong::new("report-twice", message, hint));
            }
            None => seen.push((plan, item.at)),
        }
    }
    plans.extend(seen.into_iter().map(|(plan, _)| plan));
    (plans, named)
}

/// Devices that no port of any station has by its file. They may have been named at run time, so that is no error.
pub(super) fn strangers(drafts: &[Draft]) -> Vec<Diagnostic> {
    let ports = drafts.iter().flat_map(|draft| draft.station.ports.values());
    let known: BTreeSet<&str> = ports.filter_map(|port| Some(port.device.as_ref()?.as_str())).collect();
    let elsewhere = |draft: &Draft, device: &str| {
        let has = |draft: &Draft| {
            let mut ports = draft.station.ports.values();
            ports.any(|port| port.device.as_ref().is_some_and(|own| own.as_str() == device))
        };
        drafts.iter().find(|other| has(other)).filter(|_| !has(draft)).map(|other| other.station.name.clone())
    };
    let mut warnings = Vec::new();
    for draft in drafts {
        for Named { device, at } in &draft.reporting {
            let (message, hint) = match elsewhere(draft, device.as_str()) {
                Some(other) => {
                    let message = format!("the device `{device}` is in the station `{other}`");
                    (message, "its reports are taken there: write this entry into that file".to_owned())
                }
                None if known.contains(device.as_str()) => continue,
                None => {
                    let message = format!("no port of any station names the device `{device}`");
                    let hint = did_you_mean(device.as_str(), known.iter().copied());
                    let hint =
                        hint.unwrap_or_else(|| "name it at its port, or with `scs identify`".to_owned());
                    (message, hint)
                }
            };
            warnings.push(warning(&draft.file, *at, "unknown-device", message, &hint));
        }
    }
    warnings
}

fn report(
    node: &Node,
    root: Option<&str>,
    named: &mut Vec<Named>,
    problems: &mut Problems<'_>,
) -> Option<ReportPlan> {
    if let Some(word) = word(node).filter(|word| *word != OWN) {
        let hint = did_you_mean(word, [OWN]).unwrap_or_else(|| format!("write `( … )` or `{OWN}( … )`"));
        let message = format!("`{}` is not known", shown(word));
        problems.add(node.at, Wrong::new("unknown-choice", message, hint));
        return None;
    }
    let owntracks = owntracks(node);
    let fields = match &owntracks {
        Some(node) => Fields::open(node, "`OwnTracks`", OWNTRACKS, problems)?,
        None => Fields::open(node, "a topic of reports", FIELDS, problems)?,
    };
    let topic = match &owntracks {
        Some(_) if fields.get("topic").is_none() => TopicFilter::new(ReportPlan::OWNTRACKS).ok(),
        _ => fields.need("topic", "topic: \"phones/+/battery\"", problems, |node| filter(node, root)),
    };
    let device = fields.get("device").and_then(|node| {
        let device = problems.take(node, name(node))?;
        named.push(Named { device: device.clone(), at: node.at });
        Some(device)
    });
    let words = fields.get("devices").map(|node| devices(node, named, problems)).unwrap_or_default();
    if let (Some(node), Some(topic)) = (fields.get("devices"), &topic) {
        unreachable(node, topic, problems);
    }
    let form = match &owntracks {
        Some(_) => Some(ReportForm::OwnTracks),
        None => places(&fields, problems).map(ReportForm::Fields),
    };
    let topic = topic?;
    whose(&fields, &topic, owntracks.is_some(), problems);
    Some(ReportPlan { topic, device, devices: words, form: form? })
}

/// The name before the brackets, if there is one.
fn word(node: &Node) -> Option<&str> {
    match &node.item {
        Item::Word(word) => Some(word),
        Item::Group(Some(word), _) if word != "Some" => Some(word),
        _ => None,
    }
}

/// The entry without its name, if it is one of OwnTracks.
fn owntracks(node: &Node) -> Option<Node> {
    word(node)?;
    let fields: &[Field] = if let Item::Group(_, fields) = &node.item { fields } else { &[] };
    Some(Node { at: node.at, item: Item::Group(None, fields.to_vec()) })
}

/// Notes where it is not said, or said twice, whose battery it is.
fn whose(fields: &Fields<'_>, topic: &TopicFilter, has_tid: bool, problems: &mut Problems<'_>) {
    let given = |name| fields.get(name).is_some();
    let (message, hint) = match (given("device"), given("devices"), topic.open_parts()) {
        (true, true, _) => ("`device` and `devices` are both given".to_owned(), "keep one"),
        (true, false, 1..) => (
            format!("`device` is one device, and `{}` are many topics", shown(topic.as_str())),
            "leave `device` out: the part at the last `+` is the device, and `devices` translates it",
        ),
        (false, words, 0) if !(has_tid && words) => (
            format!("it is not said whose battery `{}` is", shown(topic.as_str())),
            "add device: \"…\", or write `+` for the part of the topic that is the device's name",
        ),
        _ => return,
    };
    problems.add(fields.node().at, Wrong::new("wrong-value", message, hint));
}

/// Notes words of `devices` that no topic can ever have at its `+`.
fn unreachable(node: &Node, topic: &TopicFilter, problems: &mut Problems<'_>) {
    let Item::Map(entries) = &node.item else { return };
    let open = topic.open_parts();
    for (key, _) in entries {
        let Some(word) = text(key).ok().filter(|word| ![1, open].contains(&word.split('/').count())) else {
            continue;
        };
        let message = format!("`{}` can stand in no topic of `{}`", shown(word), shown(topic.as_str()));
        let hint = match open {
            0 | 1 => "a word is one part between slashes".to_owned(),
            many => format!("write what stands at the last `+`, or at all {many}, with slashes between"),
        };
        problems.add(key.at, Wrong::new("wrong-value", message, hint));
    }
}

/// Where the values stand. Without any, the whole payload is the level.
fn places(fields: &Fields<'_>, problems: &mut Problems<'_>) -> Option<ReportFields> {
    let given = |name: &&str| fields.get(name).is_some();
    let mut at = |name| fields.read(name, problems, pointer);
    let (level, charging) = (at("level"), at("charging"));
    let (temperature, measured_at) = (at("temperature"), at("measured_at"));
    let values = ["level", "charging", "temperature"].iter().filter(|name| given(name)).count();
    let level = if values == 0 { Some(Pointer::default()) } else { level };
    let all: Vec<&Pointer> = [&level, &charging, &temperature, &measured_at].into_iter().flatten().collect();
    if all.len() > 1 && all.iter().any(|pointer| pointer.is_whole()) {
        let message = "the whole payload cannot be one value and hold others too";
        let hint =
            "say where each value stands, for example level: \"/level\"; several topics need an entry each";
        problems.add(fields.node().at, Wrong::new("wrong-value", message, hint));
        return None;
    }
    for (field, of) in [("scale", "level"), ("degrees", "temperature")] {
        let is_read = given(&of) || (of == "level" && values == 0);
        if let Some(node) = fields.get(field).filter(|_| !is_read) {
            let message = format!("`{field}` says nothing without `{of}`");
            problems.add(node.at, Wrong::new("wrong-value", message, "leave it out"));
        }
    }
    let scale = fields.read("scale", problems, |node| number(node, SCALE));
    let scale = scale.unwrap_or(ReportFields::default().scale);
    let degrees = fields.read("degrees", problems, |node| choice(node, &UNITS)).unwrap_or_default();
    Some(ReportFields { level, charging, temperature, measured_at, scale, degrees })
}

fn devices(node: &Node, named: &mut Vec<Named>, problems: &mut Problems<'_>) -> BTreeMap<String, DeviceName> {
    let example = "for example devices: {\"jane/phone\": \"pixel-7\"}";
    let mut found = BTreeMap::new();
    let Item::Map(entries) = &node.item else {
        let message = format!("devices: `{{…}}` is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, example));
        return found;
    };
    if entries.len() > MOST_DEVICES {
        let message = format!("{} devices are too many", entries.len());
        problems.add(node.at, Wrong::new("out-of-range", message, format!("at most {MOST_DEVICES}")));
        return found;
    }
    for (key, value) in entries {
        let word = problems.take(key, text(key));
        let device = problems.take(value, name(value));
        let (Some(word), Some(device)) = (word, device) else { continue };
        named.push(Named { device: device.clone(), at: value.at });
        if found.insert(word.to_owned(), device).is_some() {
            let message = format!("`{}` is written twice", shown(word));
            problems.add(key.at, Wrong::new("duplicate-key", message, "keep one"));
        }
    }
    found
}

fn name(node: &Node) -> Result<DeviceName, Wrong> {
    DeviceName::new(text(node)?).map_err(|invalid| Wrong::new("wrong-value", invalid.to_string(), ""))
}

fn pointer(node: &Node) -> Result<Pointer, Wrong> {
    let place = text(node)?;
    Pointer::new(place).map_err(|hint| {
        Wrong::new("wrong-pointer", format!("`{}` is not a place in a payload", shown(place)), hint)
    })
}

/// Our own topics carry reports already, and what we publish is no report.
fn filter(node: &Node, root: Option<&str>) -> Result<TopicFilter, Wrong> {
    let topic = text(node)?;
    let filter = TopicFilter::new(topic)
        .map_err(|hint| Wrong::new("wrong-topic", format!("`{}` is not a topic", shown(topic)), hint))?;
    if root.is_some_and(|root| filter.reaches(root)) {
        let message = format!("`{}` is among the topics of this station itself", shown(topic));
        return Err(Wrong::new("wrong-topic", message, "name a topic of others"));
    }
    Ok(filter)
}

/// Two entries that would read one value of one device from one topic.
fn is_same(first: &ReportPlan, second: &ReportPlan) -> bool {
    let values = |plan: &ReportPlan| match &plan.form {
        ReportForm::OwnTracks => [true; 3],
        ReportForm::Fields(at) => [at.level.is_some(), at.charging.is_some(), at.temperature.is_some()],
    };
    let shared = values(first).into_iter().zip(values(second)).any(|(one, other)| one && other);
    shared && first.topic == second.topic && first.device == second.device
}
