//! Puts the settings together: the environment above the file, defaults below.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use super::{
    environment,
    file::{self, Said, SaidMqtt},
};
use crate::{
    config::{
        Directories,
        problems::{error, sorted},
        text,
        tokens::Place,
    },
    history::HistorySettings,
    http::HttpSettings,
    model::{Diagnostic, Span, StationName},
    mqtt::{MqttSettings, Secret},
    usb::UsbSettings,
};

/// The file that is read when none is named; it need not be there.
const DEFAULT_FILE: &str = "settings.ron";

/// Everything the service is told at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The web server.
    pub http: HttpSettings,
    /// The broker; `None`: no MQTT.
    pub mqtt: Option<MqttSettings>,
    /// The database.
    pub history: HistorySettings,
    /// `uhubctl`.
    pub usb: UsbSettings,
    /// Where stations, rules and hub models are.
    pub directories: Directories,
    /// The stations to run; empty: all that have a file.
    pub stations: Vec<StationName>,
}

impl Settings {
    /// Reads the named file, or `settings.ron` of the working directory if it is there, and the environment.
    /// Fails with every problem. Relative paths in the file start in the file's folder.
    pub fn load(
        path: Option<&Path>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let file = path.unwrap_or(Path::new(DEFAULT_FILE));
        let shown = file.display().to_string();
        let folder = file.parent().unwrap_or(Path::new(""));
        let (in_file, mut problems) = match text(file, &shown) {
            Ok(Some(content)) => file::read(&shown, &content, folder),
            Ok(None) if path.is_none() => (Said::default(), Vec::new()),
            Ok(None) => {
                let message = "the settings file does not exist".to_owned();
                let hint = "leave it out to run with the defaults";
                (Said::default(), vec![error(&shown, Place::default(), "no-file", message, hint)])
            }
            Err(problem) => (Said::default(), vec![problem]),
        };
        let (in_environment, found) = environment::read(environment);
        problems.extend(found);
        let wanted = in_file.mqtt.is_some() || in_environment.mqtt.is_some();
        let credential = if wanted { environment::credential(environment, &mut problems) } else { None };
        // A broken address has been told; that none is left would be a second problem of the same mistake.
        let complete = problems.is_empty();
        let mut settings = together(in_file, in_environment, credential, folder);
        if complete && wanted {
            problems.extend(broker_problem(&settings.mqtt, &shown));
        }
        settings.mqtt = settings.mqtt.filter(|mqtt| !mqtt.host.is_empty());
        if problems.is_empty() { Ok(settings) } else { Err(sorted(problems)) }
    }
}

fn together(file: Said, environment: Said, credential: Option<Secret>, folder: &Path) -> Settings {
    let default = |name: &str| folder.join(name);
    let mqtt = match (environment.mqtt, file.mqtt) {
        (None, None) => None,
        (above, below) => Some(mqtt(above.unwrap_or_default(), credential, below.unwrap_or_default())),
    };
    Settings {
        http: HttpSettings {
            listen: environment
                .listen
                .or(file.listen)
                .unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 5000))),
            access: environment.access.or(file.access).unwrap_or_default(),
        },
        mqtt,
        history: HistorySettings {
            path: environment.history.or(file.history).unwrap_or_else(|| default("data/history.db")),
            keep: file.keep.unwrap_or(Span::from_hours(24 * 90)),
        },
        usb: UsbSettings {
            uhubctl: file.uhubctl,
            time_limit: file.time_limit.unwrap_or(Span::from_secs(15)),
            sysfs: file.sysfs.unwrap_or_else(|| PathBuf::from("/sys")),
            lock: file.lock.unwrap_or_else(default_lock),
        },
        directories: Directories {
            stations: environment.stations_dir.or(file.stations_dir).unwrap_or_else(|| default("stations")),
            rules: environment.rules_dir.or(file.rules_dir).unwrap_or_else(|| default("rules")),
            hubs: environment.hubs_dir.or(file.hubs_dir).unwrap_or_else(|| default("hubs")),
        },
        stations: file.stations,
    }
}

/// Password: environment, then systemd's credential, then the file, then the address. An empty host: none is given.
fn mqtt(above: SaidMqtt, credential: Option<Secret>, below: SaidMqtt) -> MqttSettings {
    let (host, port, in_url) = match above.broker.or(below.broker) {
        Some(broker) => (broker.host, broker.port, (broker.user, broker.password)),
        None => (String::new(), 1883, (None, None)),
    };
    MqttSettings {
        host,
        port,
        user: above.user.or(below.user).or(in_url.0),
        password: above.password.or(credential).or(below.password).or(in_url.1),
        client_id: above.client_id.or(below.client_id).unwrap_or_else(default_client_id),
        qos: above.qos.or(below.qos).unwrap_or(1),
        retain: above.retain.or(below.retain).unwrap_or(true),
    }
}

fn broker_problem(mqtt: &Option<MqttSettings>, file: &str) -> Option<Diagnostic> {
    let mqtt = mqtt.as_ref()?;
    let problem =
        |code, message: &str, hint| Some(error(file, Place::default(), code, message.to_owned(), hint));
    if mqtt.host.is_empty() {
        let hint = "add `url: \"mqtt://127.0.0.1:1883\"` to `mqtt`, or set SCS_MQTT_URL";
        return problem("missing-field", "MQTT is set up, but the broker's address is missing", hint);
    }
    if mqtt.password.is_some() && mqtt.user.is_none() {
        let hint = "add `user` to `mqtt`, or set SCS_MQTT_USER";
        return problem("missing-field", "the broker's password is given without a user", hint);
    }
    None
}

/// Stable over restarts, so that the broker knows the service again.
fn default_client_id() -> String {
    let host = text(Path::new("/etc/hostname"), "/etc/hostname").ok().flatten().unwrap_or_default();
    let host: String = host
        .trim()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '.')
        .take(60)
        .collect();
    format!("scs-{}", if host.is_empty() { "station" } else { &host })
}

/// Where all programs of this host that use `uhubctl` can meet. Whoever may not use the file is told so when it is
/// needed: with another file two calls would run at once.
fn default_lock() -> PathBuf {
    let shared = Path::new("/run/lock");
    let folder = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    folder.join("scs-uhubctl.lock")
}
