//! Reads `settings.ron`; and the checks of single values that the environment shares.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::{
    broker::{Broker, broker},
    retention,
};
use crate::{
    config::{
        document::{Item, Node, parse},
        fields::{Fields, Lengths, choice, inside_some, integer, label, length, text, yes_or_no},
        problems::{Problems, Wrong},
        words::{did_you_mean, shown},
    },
    history::Retention,
    http::Access,
    model::{Diagnostic, Span, StationName},
    mqtt::{Form, InstallationId, Protocol, Secret, TlsVersion},
};

/// What a file or the environment says; `None`: nothing.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) listen: Option<SocketAddr>,
    pub(super) access: Option<Access>,
    pub(super) mqtt: Option<SaidMqtt>,
    pub(super) history: Option<PathBuf>,
    pub(super) retention: Option<Retention>,
    pub(super) gather: Option<Span>,
    pub(super) stations_dir: Option<PathBuf>,
    pub(super) rules_dir: Option<PathBuf>,
    pub(super) hubs_dir: Option<PathBuf>,
    pub(super) stations: Vec<StationName>,
    pub(super) uhubctl: Option<PathBuf>,
    pub(super) time_limit: Option<Span>,
    pub(super) lock: Option<PathBuf>,
    pub(super) sysfs: Option<PathBuf>,
}

/// What is said of the broker.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SaidMqtt {
    pub(super) broker: Option<Broker>,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) client_id: Option<String>,
    pub(super) qos: Option<u8>,
    pub(super) retain: Option<bool>,
    pub(super) protocol: Option<Protocol>,
    pub(super) ca: Option<PathBuf>,
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
    pub(super) min_tls: Option<TlsVersion>,
    pub(super) server_name: Option<String>,
    pub(super) discovery: SaidDiscovery,
}

/// What is said of Home Assistant's discovery.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SaidDiscovery {
    pub(super) form: Option<Form>,
    pub(super) prefix: Option<String>,
    pub(super) area: Option<String>,
    pub(super) id: Option<InstallationId>,
}

const TOP: &[&str] = &["http", "mqtt", "history", "directories", "stations", "uhubctl"];
const MQTT: &[&str] = &[
    "url",
    "user",
    "password",
    "password_file",
    "client_id",
    "qos",
    "retain",
    "version",
    "ca",
    "certificate",
    "key",
    "min_tls",
    "server_name",
    "discovery",
];
/// What the variables and the file call versions of TLS.
pub(super) const TLS_VERSIONS: &[(&str, TlsVersion)] = &[("1.2", TlsVersion::V12), ("1.3", TlsVersion::V13)];
/// Longer than the most saves hardly more, and what a crash costs should be told by the next report of each device.
const GATHER: Lengths =
    Lengths { least: Span::from_secs(1), most: Span::from_mins(15), words: "1 s to 15 min" };
/// When nothing is said: sixteen devices that report every five minutes come to the disk together.
pub(super) const USUAL_GATHER: Span = Span::from_mins(5);
const TIME_LIMIT: Lengths =
    Lengths { least: Span::from_secs(1), most: Span::from_mins(2), words: "1 s to 2 min" };

/// Reads the file's text. `folder` is where its relative paths start.
pub(super) fn read(file: &str, content: &str, folder: &Path) -> (Said, Vec<Diagnostic>) {
    let node = match parse(file, content) {
        Ok(node) => node,
        Err(problem) => return (Said::default(), vec![problem]),
    };
    let mut problems = Problems::of(file);
    let mut said = Said::default();
    if let Some(top) = Fields::open(&node, "the settings", TOP, &mut problems) {
        sections(&top, folder, &mut said, &mut problems);
    }
    (said, problems.into_found())
}

fn sections(top: &Fields<'_>, folder: &Path, said: &mut Said, problems: &mut Problems<'_>) {
    let path = |node: &Node| path(text(node)?).map(|path| folder.join(path));
    if let Some(http) = section(top, "http", &["listen", "access"], problems) {
        said.listen = http.read("listen", problems, |node| listen(text(node)?));
        let accesses = [("Auto", Access::Auto), ("Tokens", Access::Tokens), ("Open", Access::Open)];
        said.access = http.read("access", problems, |node| choice(node, &accesses));
    }
    if let Some(fields) = section(top, "mqtt", MQTT, problems) {
        said.mqtt = Some(mqtt(&fields, folder, problems));
    }
    if let Some(history) = section(top, "history", &["path", "gather", "keep", "retention"], problems) {
        said.history = history.read("path", problems, path);
        said.gather = history.read("gather", problems, |node| length(node, &GATHER));
        said.retention = Some(retention::read(&history, problems));
    }
    if let Some(directories) = section(top, "directories", &["stations", "rules", "hubs"], problems) {
        said.stations_dir = directories.read("stations", problems, path);
        said.rules_dir = directories.read("rules", problems, path);
        said.hubs_dir = directories.read("hubs", problems, path);
    }
    if let Some(node) = top.get("stations") {
        said.stations = stations(node, problems);
    }
    if let Some(uhubctl) = section(top, "uhubctl", &["path", "time_limit", "lock", "sysfs"], problems) {
        said.uhubctl = uhubctl.read("path", problems, |node| {
            let path = path(node)?;
            let hint = "for example \"/usr/sbin/uhubctl\"";
            let refused = || Wrong::new("wrong-value", "the path must start with `/`", hint);
            if path.is_absolute() { Ok(path) } else { Err(refused()) }
        });
        said.time_limit = uhubctl.read("time_limit", problems, |node| length(node, &TIME_LIMIT));
        said.lock = uhubctl.read("lock", problems, path);
        said.sysfs = uhubctl.read("sysfs", problems, path);
    }
}

fn section<'n>(
    top: &Fields<'n>,
    name: &'static str,
    allowed: &[&str],
    problems: &mut Problems<'_>,
) -> Option<Fields<'n>> {
    Fields::open(top.get(name)?, name, allowed, problems)
}

fn mqtt(fields: &Fields<'_>, folder: &Path, problems: &mut Problems<'_>) -> SaidMqtt {
    let url = fields.read("url", problems, |node| broker(text(node)?));
    let password = fields.read("password", problems, |node| text(node).map(|text| Secret(text.to_owned())));
    let from_file =
        fields.read("password_file", problems, |node| password_file(&folder.join(path(text(node)?)?)));
    let file = |node: &Node| Ok(folder.join(path(text(node)?)?));
    if let (Some(_), Some(second)) = (fields.get("password"), fields.get("password_file")) {
        let message = "`password` and `password_file` are both given";
        problems.add(second.at, Wrong::new("password-twice", message, "keep one of them"));
    }
    SaidMqtt {
        broker: url,
        user: fields.read("user", problems, |node| label(node, 256)),
        password: password.or(from_file),
        client_id: fields.read("client_id", problems, |node| client_id(text(node)?)),
        qos: fields.read("qos", problems, |node| integer(node, 0..=2)).and_then(|qos| u8::try_from(qos).ok()),
        retain: fields.read("retain", problems, yes_or_no),
        protocol: fields.read("version", problems, |node| {
            choice(node, &[("V311", Protocol::V311), ("V5", Protocol::V5)])
        }),
        ca: fields.read("ca", problems, file),
        certificate: fields.read("certificate", problems, file),
        key: fields.read("key", problems, file),
        min_tls: fields.read("min_tls", problems, |node| word(text(node)?, TLS_VERSIONS)),
        server_name: fields.read("server_name", problems, |node| label(node, 253)),
        discovery: discovery(fields, problems),
    }
}

fn discovery(fields: &Fields<'_>, problems: &mut Problems<'_>) -> SaidDiscovery {
    let allowed = ["form", "prefix", "area", "id"];
    let Some(fields) = section(fields, "discovery", &allowed, problems) else {
        return SaidDiscovery::default();
    };
    let forms = [("Device", Form::Device), ("Entity", Form::Entity), ("Off", Form::Off)];
    SaidDiscovery {
        form: fields.read("form", problems, |node| choice(node, &forms)),
        prefix: fields.read("prefix", problems, |node| prefix(text(node)?)),
        area: fields.read("area", problems, |node| label(node, 100)),
        id: fields.read("id", problems, |node| installation_id(text(node)?)),
    }
}

/// The first part of the topics of Home Assistant's discovery.
pub(super) fn prefix(text: &str) -> Result<String, Wrong> {
    let levels_are_named = text.split('/').all(|level| !level.is_empty());
    let characters_are_right = !text.chars().any(|c| c.is_control() || "+#".contains(c));
    if levels_are_named && characters_are_right && text.len() <= 100 && !text.starts_with('$') {
        return Ok(text.to_owned());
    }
    let message = format!("`{}` cannot begin a topic", shown(text));
    Err(Wrong::new("wrong-value", message, "use the prefix that is set in Home Assistant: \"homeassistant\""))
}

/// The id by which Home Assistant knows this service.
fn installation_id(text: &str) -> Result<InstallationId, Wrong> {
    InstallationId::new(text).ok_or_else(|| {
        let message = format!("`{}` is not an id", shown(text));
        Wrong::new("wrong-value", message, "use 1 to 32 of a-z, A-Z, 0-9, - and _")
    })
}

fn stations(node: &Node, problems: &mut Problems<'_>) -> Vec<StationName> {
    let Item::List(items) = &node.item else {
        let message = format!("stations: a list of names is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, "write stations: [\"desk\"]"));
        return Vec::new();
    };
    let name = |node: &Node| {
        let name = text(inside_some(node))?;
        StationName::new(name).map_err(|invalid| {
            Wrong::new("wrong-value", invalid.to_string(), "the name of a file without `.ron`")
        })
    };
    if items.is_empty() {
        let hint = "leave `stations` out to run all of the folder, or name some: [\"desk\"]";
        problems.add(
            node.at,
            Wrong::new("no-station", "stations: the list is empty, so nothing would run", hint),
        );
    }
    let mut names = Vec::new();
    for item in items {
        let Some(name) = problems.take(item, name(item)) else { continue };
        if names.contains(&name) {
            let message = format!("stations: `{name}` is named twice");
            problems.add(item.at, Wrong::new("duplicate-station", message, "remove one of them"));
        } else {
            names.push(name);
        }
    }
    names
}

/// An address and a TCP port.
pub(super) fn listen(text: &str) -> Result<SocketAddr, Wrong> {
    let hint = "write an address and a port: \"127.0.0.1:5000\" for this host alone, \"0.0.0.0:5000\" for all networks";
    text.parse().map_err(|_| Wrong::new("wrong-value", format!("`{}` is not an address", shown(text)), hint))
}

/// A path.
pub(super) fn path(text: &str) -> Result<PathBuf, Wrong> {
    if text.is_empty() || text.contains('\0') {
        return Err(Wrong::new("wrong-value", "this is no path", "name a file or directory"));
    }
    if text.starts_with("~/") {
        let hint = "write the whole path, or one relative to the folder of the settings file";
        return Err(Wrong::new("wrong-value", format!("`~` is not understood in `{}`", shown(text)), hint));
    }
    Ok(PathBuf::from(text))
}

/// The name by which the broker knows this service.
pub(super) fn client_id(text: &str) -> Result<String, Wrong> {
    if (1..=64).contains(&text.len()) && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Ok(text.to_owned());
    }
    let message = format!("`{}` is not a client id", shown(text));
    Err(Wrong::new("wrong-value", message, "use 1 to 64 letters and digits, no blanks"))
}

/// The first line of a file that holds a password.
pub(super) fn password_file(path: &Path) -> Result<Secret, Wrong> {
    let shown = path.display().to_string();
    let content = crate::config::text(path, &shown).map_err(|problem| {
        Wrong::new("password-file", format!("`{shown}`: {}", problem.message), problem.hint)
    })?;
    let hint = "the file holds the password alone, and the user of the service may read it";
    let Some(content) = content else {
        return Err(Wrong::new("password-file", format!("the file `{shown}` does not exist"), hint));
    };
    match content.lines().next() {
        Some(line) if !line.is_empty() => Ok(Secret(line.to_owned())),
        _ => Err(Wrong::new(
            "password-file",
            format!("the file `{shown}` has no password in its first line"),
            hint,
        )),
    }
}

/// One of a few words, upper or lower case.
pub(super) fn word<T: Copy>(text: &str, words: &[(&'static str, T)]) -> Result<T, Wrong> {
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names = || words.iter().map(|(word, _)| *word);
        let guess = did_you_mean(text, names()).map(|guess| format!("{guess} ")).unwrap_or_default();
        let hint = format!("{guess}allowed: {}", crate::config::words::list(names()));
        Wrong::new("unknown-choice", format!("`{}` is not known", shown(text)), hint)
    })
}
