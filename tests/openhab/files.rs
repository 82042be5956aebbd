//! What stands in `.things`, `.items` and `.sitemap`, read by small parsers of openHAB's grammars.

use std::collections::BTreeMap;

use crate::words::{Grammar, Word, Words};

pub(crate) type Config = BTreeMap<String, String>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thing {
    pub(crate) uid: String,
    pub(crate) is_bridge: bool,
    pub(crate) bridge: String,
    pub(crate) label: String,
    pub(crate) location: String,
    pub(crate) config: Config,
    pub(crate) channels: Vec<Channel>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) config: Config,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) kind: String,
    /// What a group's function is told.
    pub(crate) told: Vec<String>,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) icon: String,
    pub(crate) groups: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) metadata: BTreeMap<String, (String, Config)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Widget {
    pub(crate) kind: String,
    /// `item`, `label`, `step` and so on, as they stand there.
    pub(crate) said: BTreeMap<String, String>,
    /// What it can send.
    pub(crate) commands: Vec<String>,
    /// The items on which colours and visibility depend.
    pub(crate) asks: Vec<String>,
    pub(crate) children: Vec<Self>,
}

pub(crate) fn things(text: &str) -> Result<Vec<Thing>, String> {
    let mut words = Words::of(text, Grammar::Things)?;
    let mut things = Vec::new();
    while !words.is_done() {
        thing(&mut words, None, &mut things)?;
    }
    Ok(things)
}

fn thing(words: &mut Words, within: Option<&str>, all: &mut Vec<Thing>) -> Result<(), String> {
    let is_bridge = words.took_name("Bridge");
    if !is_bridge && !words.took_name("Thing") {
        return words.wrong("`Bridge` or `Thing`");
    }
    let mut parts = vec![words.name()?];
    while words.took(":") {
        parts.push(words.name()?);
    }
    let mut thing = Thing { is_bridge, bridge: within.unwrap_or_default().to_owned(), ..Thing::default() };
    thing.uid = match (parts.as_slice(), within) {
        // Within a bridge: the type and the id alone.
        ([kind], Some(bridge)) => {
            let (binding, id) =
                (bridge.split(':').next().unwrap_or(""), bridge.split(':').nth(2).unwrap_or(""));
            format!("{binding}:{kind}:{id}:{}", words.name()?)
        }
        ([_, _, _, ..], _) => parts.join(":"),
        _ => return words.wrong("a whole name with two colons"),
    };
    if matches!(words.peek(), Some(Word::Text(_))) {
        thing.label = words.text()?;
    }
    if words.took("(") {
        let mut parts = vec![words.name()?];
        while words.took(":") {
            parts.push(words.name()?);
        }
        thing.bridge = parts.join(":");
        words.sign(")")?;
    }
    if words.took("@") {
        thing.location = words.text()?;
    }
    thing.config = config(words)?;
    let mut inner = Vec::new();
    if words.took("{") {
        if words.took_name("Channels") {
            words.sign(":")?;
        }
        while !words.took("}") {
            if is_bridge {
                thing_in(words, &thing.uid, &mut inner)?;
            } else {
                thing.channels.push(channel(words)?);
            }
        }
    }
    all.push(thing);
    all.extend(inner);
    Ok(())
}

fn thing_in(words: &mut Words, bridge: &str, all: &mut Vec<Thing>) -> Result<(), String> {
    thing(words, Some(bridge), all)
}

fn channel(words: &mut Words) -> Result<Channel, String> {
    if !words.took_name("Type") {
        return words.wrong("`Type`");
    }
    let kind = words.name()?;
    words.sign(":")?;
    let id = words.name()?;
    let label = if matches!(words.peek(), Some(Word::Text(_))) { words.text()? } else { String::new() };
    Ok(Channel { kind, id, label, config: config(words)? })
}

fn config(words: &mut Words) -> Result<Config, String> {
    if !words.took("[") {
        return Ok(Config::new());
    }
    let pairs = words.list("]", |words| {
        let key = words.name()?;
        words.sign("=")?;
        let value = match words.peek() {
            Some(Word::Text(_)) => words.text()?,
            _ => words.name()?,
        };
        Ok((key, value))
    })?;
    let count = pairs.len();
    let config: Config = pairs.into_iter().collect();
    if config.len() == count { Ok(config) } else { words.wrong("every parameter once") }
}

pub(crate) fn items(text: &str) -> Result<Vec<Item>, String> {
    let mut words = Words::of(text, Grammar::Items)?;
    let mut items = Vec::new();
    while !words.is_done() {
        items.push(item(&mut words)?);
    }
    Ok(items)
}

fn item(words: &mut Words) -> Result<Item, String> {
    let mut kind = words.name()?;
    while words.took(":") {
        kind = format!("{kind}:{}", words.name()?);
    }
    let told = if words.took("(") { words.list(")", Words::name)? } else { Vec::new() };
    let mut item = Item { kind, told, name: words.name()?, ..Item::default() };
    if matches!(words.peek(), Some(Word::Text(_))) {
        item.label = words.text()?;
    }
    if words.took("<") {
        item.icon = words.name()?;
        words.sign(">")?;
    }
    if words.took("(") {
        item.groups = words.list(")", Words::name)?;
    }
    if words.took("[") {
        item.tags = words.list("]", Words::text)?;
    }
    if words.took("{") {
        let bound = words.list("}", |words| {
            let key = words.name()?;
            words.sign("=")?;
            Ok((key, (words.text()?, config(words)?)))
        })?;
        item.metadata = bound.into_iter().collect();
    }
    Ok(item)
}

/// The name of the sitemap, and what stands in it.
pub(crate) fn sitemap(text: &str) -> Result<(String, Vec<Widget>), String> {
    let mut words = Words::of(text, Grammar::Sitemap)?;
    if !words.took_name("sitemap") {
        return words.wrong("`sitemap`");
    }
    let name = words.name()?;
    if words.key().as_deref() != Some("label") {
        return words.wrong("`label=`");
    }
    words.text()?;
    words.sign("{")?;
    let widgets = widgets(&mut words)?;
    if words.is_done() { Ok((name, widgets)) } else { words.wrong("the end") }
}

/// At least one widget, and the closing brace.
fn widgets(words: &mut Words) -> Result<Vec<Widget>, String> {
    let mut all = vec![widget(words)?];
    while !words.took("}") {
        all.push(widget(words)?);
    }
    Ok(all)
}

fn widget(words: &mut Words) -> Result<Widget, String> {
    let mut widget = Widget { kind: words.name()?, ..Widget::default() };
    let own: &[&str] = match widget.kind.as_str() {
        "Frame" | "Text" => &[],
        "Switch" => &["mappings"],
        "Setpoint" => &["minValue", "maxValue", "step"],
        "Input" => &["inputHint"],
        _ => return words.wrong("behind a kind of widget that there is, what belongs to it"),
    };
    while let Some(key) = words.key() {
        let is_common =
            ["item", "label", "icon", "labelcolor", "valuecolor", "visibility"].contains(&key.as_str());
        if !is_common && !own.contains(&key.as_str()) {
            return words.wrong(&format!("something else than `{key}` in a {}", widget.kind));
        }
        let value = match key.as_str() {
            "labelcolor" | "valuecolor" | "visibility" => {
                words.sign("[")?;
                let asks = words.list("]", |words| condition(words, key != "visibility"))?;
                widget.asks.extend(asks.into_iter().flatten());
                continue;
            }
            "mappings" => {
                words.sign("[")?;
                widget.commands = words.list("]", |words| {
                    let command = words.name()?;
                    words.sign("=")?;
                    words.text()?;
                    Ok(command)
                })?;
                continue;
            }
            _ if matches!(words.peek(), Some(Word::Text(_))) => words.text()?,
            _ => words.name()?,
        };
        widget.said.insert(key, value);
    }
    if matches!(widget.kind.as_str(), "Frame" | "Text") && words.took("{") {
        widget.children = widgets(words)?;
    }
    Ok(widget)
}

/// `Item==ON`, `OFF="red"`, `<=20="red"` and so on; gives the item if one is named.
fn condition(words: &mut Words, is_coloured: bool) -> Result<Option<String>, String> {
    let compares = |words: &mut Words| ["==", "<=", ">=", "!=", "<", ">"].iter().any(|sign| words.took(sign));
    let mut asked = None;
    if compares(words) {
        words.name()?;
    } else {
        let first = words.name()?;
        if compares(words) {
            words.name()?;
            asked = Some(first);
        }
    }
    if is_coloured {
        words.sign("=")?;
        words.text()?;
    }
    Ok(asked)
}
