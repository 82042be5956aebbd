//! Reads which numbers from elsewhere the rules of a station may ask for.

use std::collections::BTreeMap;

use super::{
    document::{Item, Node},
    fields::{Fields, text},
    problems::{Problems, Wrong},
    station::topic,
    tokens::Place,
    words::shown,
};
use crate::model::{SignalName, SignalPlan};

/// Every decision keeps all of them.
const MOST: usize = 16;
const EXAMPLE: &str = "for example signals: {\"price\": (topic: \"energy/price\")}";

/// The signals of a station whose own topics begin with `root`.
pub(super) fn signals(
    node: &Node,
    root: Option<&str>,
    problems: &mut Problems<'_>,
) -> BTreeMap<SignalName, SignalPlan> {
    let mut signals = BTreeMap::new();
    let Item::Map(entries) = &node.item else {
        let message = format!("signals: `{{…}}` is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, EXAMPLE));
        return signals;
    };
    if entries.len() > MOST {
        let message = format!("{} signals are too many", entries.len());
        problems.add(node.at, Wrong::new("out-of-range", message, format!("at most {MOST} of one station")));
        return signals;
    }
    let mut seen = BTreeMap::<SignalName, Place>::new();
    for (key, value) in entries {
        let Some(name) = problems.take(key, name(key)) else { continue };
        if let Some(first) = seen.insert(name.clone(), key.at) {
            let message = format!("the signal `{name}` is written twice");
            let hint = format!("the first is in line {}; keep one", first.line);
            problems.add(key.at, Wrong::new("duplicate-key", message, hint));
            continue;
        }
        let Some(fields) = Fields::open(value, "a signal", &["topic"], problems) else { continue };
        let topic = fields.read("topic", problems, |node| topic(node).and_then(|topic| foreign(topic, root)));
        signals.insert(name, SignalPlan { topic });
    }
    signals
}

fn name(key: &Node) -> Result<SignalName, Wrong> {
    let name =
        text(key).map_err(|wrong| Wrong { message: format!("a signal: {}", wrong.message), ..wrong })?;
    SignalName::new(name).map_err(|invalid| Wrong::new("wrong-value", invalid.to_string(), EXAMPLE))
}

/// The station's own topics carry commands and reports.
pub(super) fn foreign(topic: String, root: Option<&str>) -> Result<String, Wrong> {
    let below = root.and_then(|root| topic.strip_prefix(root));
    if below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        let message = format!("`{}` is a topic of this station itself", shown(&topic));
        return Err(Wrong::new("wrong-topic", message, "name a topic of others"));
    }
    Ok(topic)
}
