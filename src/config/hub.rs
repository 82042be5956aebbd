//! Reads one hub model file: the chips of a kind of hub, and which of their sockets has which number on the housing.
//!
//! Notes every problem that the file has, so that what comes out can be used without another look.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    document::{Field, Item, Node, parse},
    fields::{Fields, inside_some, integer, label, text},
    files::SourceFile,
    problems::{Problems, Wrong},
    station::port_number,
    tokens::Place,
    words::shown,
};
use crate::model::{ChipId, ChipPath, ChipSocket, Diagnostic, HubModel, InvalidChip, ModelName, PortId};

const FIELDS: &[&str] = &["title", "ids", "chips", "ports", "rows", "chain", "never", "boards", "cautions"];
const CHIPS: &str = "chips: {\"\": 4, \"4\": 4}";
const PORTS: &str = "ports: {1: (\"\", 1), 2: (\"4\", 1)}";
const ROWS: &str = "rows: [[1, 2, 3, 4], [5, 6, 7, 8]]";

/// USB allows so many hubs one behind the other below the computer's own.
pub(super) const MOST_HUBS: usize = 5;

/// USB has so many addresses on one bus.
const MOST_CHIPS: usize = 127;

/// The longest sentence of a model: it is printed in one piece.
const LONGEST: usize = 400;

/// Reads a hub model file; no model when it has a problem.
pub(super) fn read(source: &SourceFile) -> (Option<HubModel>, Vec<Diagnostic>) {
    let node = match parse(&source.path, &source.text) {
        Ok(node) => node,
        Err(problem) => return (None, vec![problem]),
    };
    let mut problems = Problems::of(&source.path);
    let name = ModelName::new(&source.name).map_err(|invalid| {
        problems.add(Place::default(), Wrong::new("file-name", invalid.to_string(), "rename the file"));
    });
    let model = Fields::open(&node, "a hub model", FIELDS, &mut problems)
        .and_then(|fields| model(&fields, name.ok(), &mut problems));
    let found = problems.into_found();
    (model.filter(|_| found.is_empty()), found)
}

fn model(fields: &Fields<'_>, name: Option<ModelName>, problems: &mut Problems<'_>) -> Option<HubModel> {
    let title = fields.read("title", problems, |node| label(node, 100));
    let never = fields.read("never", problems, |node| label(node, LONGEST));
    let ids = items(fields, "ids", "[\"0bda:5411\"]", problems, chip_id);
    let boards = items(fields, "boards", "[\"Raspberry Pi 4\"]", problems, |node| label(node, 100));
    let cautions = cautions(fields, problems);
    let chips = Chips::read(fields, problems);
    let chain = chips.chain(fields, problems);
    let ports = chips.ports(fields, &chain, problems);
    if ports.is_empty() && never.is_none() && fields.get("ports").is_none() {
        fields.missing("ports", PORTS, problems);
    }
    let rows = rows(fields, &ports, problems);
    let name = name?;
    Some(HubModel {
        title: title.unwrap_or_else(|| name.to_string()),
        name,
        chips: chips.sizes,
        ids,
        ports,
        rows,
        chain,
        never,
        cautions,
        boards,
    })
}

/// The values of a list that may be left out, each once.
fn items<T: Clone + Ord>(
    fields: &Fields<'_>,
    name: &str,
    example: &str,
    problems: &mut Problems<'_>,
    read: impl Fn(&Node) -> Result<T, Wrong>,
) -> Vec<T> {
    let Some(node) = fields.get(name) else { return Vec::new() };
    let Item::List(list) = &node.item else {
        let message = format!("{name}: a list is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, format!("write {name}: {example}")));
        return Vec::new();
    };
    let (mut items, mut seen) = (Vec::new(), BTreeSet::new());
    for node in list {
        let Some(item) = problems.take(node, read(node)) else { continue };
        if seen.insert(item.clone()) {
            items.push(item);
        } else {
            let message = format!("{name}: the same is written twice");
            problems.add(node.at, Wrong::new("duplicate-key", message, "remove one of them"));
        }
    }
    items
}

/// The entries of a map that may be left out.
fn entries<'n>(
    fields: &Fields<'n>,
    name: &str,
    example: &str,
    problems: &mut Problems<'_>,
) -> &'n [(Node, Node)] {
    let Some(node) = fields.get(name) else { return &[] };
    if let Item::Map(entries) = &node.item {
        return entries;
    }
    let message = format!("{name}: `{{…}}` is needed, this is {}", node.item.kind());
    problems.add(node.at, Wrong::new("wrong-type", message, format!("for example {example}")));
    &[]
}

/// A problem of something that was written before.
fn twice(what: &str, first: Place) -> Wrong {
    let hint = format!("the first is in line {}; keep one", first.line);
    Wrong::new("duplicate-key", format!("{what} is written twice"), hint)
}

fn chip_id(node: &Node) -> Result<ChipId, Wrong> {
    text(node)?.parse().map_err(|invalid: InvalidChip| Wrong::new("wrong-value", invalid.to_string(), ""))
}

fn cautions(fields: &Fields<'_>, problems: &mut Problems<'_>) -> Vec<(ChipId, String)> {
    let example = "cautions: {\"2109:2822\": \"only the first ports cut the power\"}";
    let mut first = BTreeMap::new();
    let mut cautions = Vec::new();
    for (key, value) in entries(fields, "cautions", example, problems) {
        let id = problems.take(key, chip_id(key));
        let caution = problems.take(value, label(inside_some(value), LONGEST));
        let Some(id) = id else { continue };
        if let Some(first) = first.insert(id, key.at) {
            problems.add(key.at, twice(&format!("the chip `{id}`"), first));
        }
        cautions.extend(caution.map(|caution| (id, caution)));
    }
    cautions
}

/// How the ports stand on the housing: each of them once, or nothing where that is not told.
fn rows(
    fields: &Fields<'_>,
    ports: &BTreeMap<PortId, ChipSocket>,
    problems: &mut Problems<'_>,
) -> Vec<Vec<PortId>> {
    let Some(node) = fields.get("rows") else { return Vec::new() };
    let Item::List(list) = &node.item else {
        let message = format!("rows: a list of lists is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, format!("write {ROWS}")));
        return Vec::new();
    };
    let (mut rows, mut seen) = (Vec::new(), BTreeMap::<PortId, Place>::new());
    for row in list {
        let Item::List(row_ports) = &row.item else {
            let message = format!("rows: a row is a list of ports, this is {}", row.item.kind());
            problems.add(row.at, Wrong::new("wrong-type", message, format!("write {ROWS}")));
            continue;
        };
        let mut ids = Vec::new();
        for node in row_ports {
            let Some(id) = problems.take(node, port_number(node)) else { continue };
            if let Some(first) = seen.insert(id, node.at) {
                problems.add(node.at, twice(&format!("port {id}"), first));
            } else if !ports.contains_key(&id) {
                let hint = "`rows` names ports that stand in `ports`";
                problems
                    .add(node.at, Wrong::new("missing-port", format!("rows: there is no port {id}"), hint));
            }
            ids.push(id);
        }
        rows.push(ids);
    }
    if let Some(id) = ports.keys().find(|id| !seen.contains_key(id)) {
        let hint = "put it where it is on the housing, or leave `rows` out";
        problems.add(node.at, Wrong::new("missing-port", format!("rows: port {id} is missing"), hint));
    }
    rows
}

/// The chips as far as the file could be read.
#[derive(Default)]
struct Chips {
    /// Each with the number of its ports.
    sizes: BTreeMap<ChipPath, u8>,
    /// The sockets that lead to a chip, and to which.
    ways: BTreeMap<ChipSocket, ChipPath>,
    /// False when a chip could not be read, so that one that is missing may be that one.
    complete: bool,
}

impl Chips {
    fn read(fields: &Fields<'_>, problems: &mut Problems<'_>) -> Self {
        if fields.get("chips").is_none() {
            fields.missing("chips", CHIPS, problems);
            return Self::default();
        }
        let entries = entries(fields, "chips", CHIPS, problems);
        if entries.len() > MOST_CHIPS {
            let message = format!("chips: {} are too many", entries.len());
            let hint = format!("USB has room for {MOST_CHIPS} devices on one bus");
            problems.add(fields.node().at, Wrong::new("out-of-range", message, hint));
            return Self::default();
        }
        let mut places = BTreeMap::<ChipPath, Place>::new();
        let mut chips = Self { complete: !entries.is_empty(), ..Self::default() };
        for (key, value) in entries {
            let size = integer(inside_some(value), 1..=14)
                .map_err(|wrong| Wrong { message: format!("ports of a chip: {}", wrong.message), ..wrong });
            let size = problems.take(value, size).and_then(|size| u8::try_from(size).ok());
            let Some(path) = problems.take(key, chip_path(key)) else {
                chips.complete = false;
                continue;
            };
            if let Some(first) = places.get(&path) {
                problems.add(key.at, twice(&named(&path), *first));
                continue;
            }
            places.insert(path.clone(), key.at);
            chips.ways.extend(path.way().map(|way| (way, path.clone())));
            // Without a number no port is too high.
            chips.sizes.insert(path, size.unwrap_or(14));
        }
        chips.check(fields, &places, problems);
        chips
    }

    /// Whether there is a first chip, and every other one hangs on a port of one that exists.
    fn check(&self, fields: &Fields<'_>, places: &BTreeMap<ChipPath, Place>, problems: &mut Problems<'_>) {
        if self.complete && !self.sizes.contains_key(&ChipPath::default()) {
            let at = fields.get("chips").unwrap_or(fields.node()).at;
            let hint = "add it with the number of its ports: chips: {\"\": 4, …}";
            problems.add(at, Wrong::new("missing-chip", "chips: the first chip, `\"\"`, is missing", hint));
        }
        for (path, at) in places {
            let Some(way) = path.way() else { continue };
            let Some(size) = self.sizes.get(&way.chip) else {
                // That the first one is missing has been told.
                if self.complete && way.chip != ChipPath::default() {
                    let message =
                        format!("the chip `{path}` hangs on the chip `{}`, which is not listed", way.chip);
                    let hint = format!("list every chip on the way: chips: {{\"{}\": 4, …}}", way.chip);
                    problems.add(*at, Wrong::new("missing-chip", message, hint));
                }
                continue;
            };
            if way.port > *size {
                let message = format!(
                    "the chip `{path}` hangs on port {} of {}, which has {size} ports",
                    way.port,
                    named(&way.chip)
                );
                let hint = "mend the number of ports, or the name of the chip";
                problems.add(*at, Wrong::new("out-of-range", message, hint));
            }
        }
    }

    /// `("3.4", 2)`: a port of one of the chips.
    fn socket(&self, node: &Node) -> Result<ChipSocket, Wrong> {
        let hint = "write the chip and its port: (\"3.4\", 2); the first chip is \"\"";
        let node = inside_some(node);
        let Item::Group(None, fields) = &node.item else {
            let message = format!("a socket is written (\"chip\", port), this is {}", node.item.kind());
            return Err(Wrong::new("wrong-type", message, hint));
        };
        let [Field { name: None, value: chip, .. }, Field { name: None, value: port, .. }] =
            fields.as_slice()
        else {
            let message = "a socket is written (\"chip\", port), this has other values";
            return Err(Wrong::new("wrong-type", message, hint));
        };
        let chip = chip_path(chip)?;
        let port = integer(port, 1..=14).map(u8::try_from)?.unwrap_or(u8::MAX);
        match self.sizes.get(&chip) {
            Some(size) if port > *size => {
                let message = format!("{} has {size} ports, and no port {port}", named(&chip));
                Err(Wrong::new("out-of-range", message, "mend the port, or the number of ports in `chips`"))
            }
            None if self.complete && chip != ChipPath::default() => {
                let message = format!("there is no chip `{chip}`");
                let there: Vec<String> = self.sizes.keys().map(|chip| format!("\"{chip}\"")).collect();
                let hint = format!("`chips` has {}", shown(&there.join(", ")));
                Err(Wrong::new("missing-chip", message, hint))
            }
            _ => Ok(ChipSocket { chip, port }),
        }
    }

    /// The sockets that connect the chips: as written, else all that lead to a chip.
    fn chain(&self, fields: &Fields<'_>, problems: &mut Problems<'_>) -> BTreeSet<ChipSocket> {
        let ways: BTreeSet<ChipSocket> = self.ways.keys().cloned().collect();
        let Some(node) = fields.get("chain") else { return ways };
        let written = items(fields, "chain", "[(\"\", 4)]", problems, |node| self.socket(node));
        let written: BTreeSet<ChipSocket> = written.into_iter().collect();
        let mut missing = ways.difference(&written).filter(|way| self.sizes.contains_key(&way.chip));
        if let Some(way) = missing.next().filter(|_| self.complete) {
            let behind = self.ways.get(way).cloned().unwrap_or_default();
            let message =
                format!("chain: the socket {} is missing: the chip `{behind}` hangs on it", way_of(way));
            let hint = "add it, or leave `chain` out: then it is every socket that leads to a chip";
            problems.add(node.at, Wrong::new("missing-socket", message, hint));
        }
        written.union(&ways).cloned().collect()
    }

    fn ports(
        &self,
        fields: &Fields<'_>,
        chain: &BTreeSet<ChipSocket>,
        problems: &mut Problems<'_>,
    ) -> BTreeMap<PortId, ChipSocket> {
        let mut ports = BTreeMap::new();
        let mut numbers = BTreeMap::<PortId, Place>::new();
        let mut owners = BTreeMap::<ChipSocket, (PortId, Place)>::new();
        let entries = entries(fields, "ports", PORTS, problems);
        if let Some(node) =
            fields.get("ports").filter(|node| matches!(&node.item, Item::Map(map) if map.is_empty()))
        {
            let hint = format!("for example {PORTS}");
            problems.add(node.at, Wrong::new("missing-field", "a hub model needs a port", hint));
        }
        for (key, value) in entries {
            let id = problems.take(key, port_number(key));
            let socket = problems.take(value, self.socket(value));
            let Some(id) = id else { continue };
            if let Some(first) = numbers.insert(id, key.at) {
                problems.add(key.at, twice(&format!("port {id}"), first));
                continue;
            }
            let Some(socket) = socket else { continue };
            if let Some(wrong) = not_a_port(&socket, self.ways.get(&socket), chain, owners.get(&socket)) {
                problems.add(value.at, wrong);
                continue;
            }
            owners.insert(socket.clone(), (id, key.at));
            ports.insert(id, socket);
        }
        ports
    }
}

/// Why a socket can be no port, if so.
fn not_a_port(
    socket: &ChipSocket,
    behind: Option<&ChipPath>,
    chain: &BTreeSet<ChipSocket>,
    owner: Option<&(PortId, Place)>,
) -> Option<Wrong> {
    let written = way_of(socket);
    if let Some(chip) = behind {
        let message = format!("the socket {written} leads to the chip `{chip}`, so it can be no port");
        let hint = "such a socket is never switched: all ports behind it would go off";
        return Some(Wrong::new("daisy-chain-socket", message, hint));
    }
    if chain.contains(socket) {
        let message = format!("the socket {written} stands in `chain`, so it can be no port");
        return Some(Wrong::new("daisy-chain-socket", message, "remove it from one of them"));
    }
    let (id, at) = owner?;
    let hint = format!("port {id} has it (line {}); one socket is one port", at.line);
    Some(Wrong::new(
        "socket-used-twice",
        format!("the socket {written} is already used by another port"),
        hint,
    ))
}

/// The name of a chip: the ports that lead to it.
fn chip_path(node: &Node) -> Result<ChipPath, Wrong> {
    let written = match &node.item {
        Item::Int(_) | Item::Float(_) => {
            let message = format!("a chip is named by a text, this is {}", node.item.kind());
            return Err(Wrong::new("wrong-type", message, "put it in double quotes, for example \"3.4\""));
        }
        _ => text(node)?,
    };
    let steps = written.split('.');
    let below = steps.clone().count();
    if !written.is_empty() && below >= MOST_HUBS && steps.into_iter().all(|step| step.parse::<u8>().is_ok()) {
        let message = format!("the chip `{}` would be hub number {} of a row", shown(written), below + 1);
        let hint = format!("USB allows {MOST_HUBS} hubs one behind the other, the first chip included");
        return Err(Wrong::new("too-deep", message, hint));
    }
    ChipPath::new(written).map_err(|invalid| Wrong::new("wrong-value", invalid.to_string(), ""))
}

fn named(chip: &ChipPath) -> String {
    if chip.as_str().is_empty() { "the first chip".to_owned() } else { format!("the chip `{chip}`") }
}

fn way_of(socket: &ChipSocket) -> String {
    format!("`(\"{}\", {})`", socket.chip, socket.port)
}
