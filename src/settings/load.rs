//! Puts the settings together: the environment above the file, defaults below.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use super::{
    environment,
    file::{self, Said, SaidDiscovery, SaidMqtt, USUAL_GATHER},
    retention,
};
use crate::{
    config::{
        Directories,
        problems::{error, sorted},
        text,
        tokens::Place,
    },
    history::{HistorySettings, Retention},
    host::HostSettings,
    http::HttpSettings,
    model::{Diagnostic, Span, StationName},
    mqtt::{DiscoverySettings, MqttSettings, Secret, Tls},
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
    /// What is told to whoever looks at the host.
    pub fn host(&self) -> HostSettings {
        HostSettings { usb: self.usb.clone(), directories: self.directories.clone() }
    }

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
        let handed_over = if wanted {
            HandedOver {
                password: environment::credential(environment, &mut problems),
                key: environment::key_credential(environment),
            }
        } else {
            HandedOver::default()
        };
        // A broken address has been told; that none is left would be a second problem of the same mistake.
        let complete = problems.is_empty();
        let is_encrypted = [&in_environment.mqtt, &in_file.mqtt]
            .into_iter()
            .find_map(|said| said.as_ref()?.broker.as_ref())
            .is_some_and(|broker| broker.is_encrypted);
        let mut settings = together(in_file, in_environment, handed_over, folder);
        if complete && wanted {
            problems.extend(broker_problem(settings.mqtt.as_ref(), is_encrypted, &shown));
        }
        settings.mqtt = settings.mqtt.filter(|mqtt| !mqtt.host.is_empty());
        if problems.is_empty() { Ok(settings) } else { Err(sorted(problems)) }
    }
}

/// What systemd hands over in files of its own.
#[derive(Default)]
struct HandedOver {
    password: Option<Secret>,
    key: Option<PathBuf>,
}

fn together(file: Said, environment: Said, handed_over: HandedOver, folder: &Path) -> Settings {
    let default = |name: &str| folder.join(name);
    let mqtt = match (environment.mqtt, file.mqtt) {
        (None, None) => None,
        (above, below) => Some(mqtt(above.unwrap_or_default(), handed_over, below.unwrap_or_default())),
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
            retention: file.retention.unwrap_or_else(|| Retention::of(retention::USUAL)),
            gather: file.gather.unwrap_or(USUAL_GATHER),
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

/// Secrets: environment, then systemd's credential, then the file, then the address. An empty host: none is given.
fn mqtt(above: SaidMqtt, handed_over: HandedOver, below: SaidMqtt) -> MqttSettings {
    let broker = above.broker.or(below.broker).unwrap_or_default();
    let certificate = above.certificate.or(below.certificate);
    let tls = Tls {
        ca: above.ca.or(below.ca),
        // A key alone is no mistake when systemd hands it to whoever wants it.
        key: above.key.or(handed_over.key.filter(|_| certificate.is_some())).or(below.key),
        certificate,
        minimum: above.min_tls.or(below.min_tls).unwrap_or_default(),
        server_name: above.server_name.or(below.server_name),
    };
    // Without encryption what is said of it is a mistake, which is told from what is left here.
    let says_nothing = tls == Tls::default();
    MqttSettings {
        host: broker.host,
        port: broker.port,
        websocket: broker.websocket,
        tls: (broker.is_encrypted || !says_nothing).then_some(tls),
        protocol: above.protocol.or(below.protocol).unwrap_or_default(),
        user: above.user.or(below.user).or(broker.user),
        password: above.password.or(handed_over.password).or(below.password).or(broker.password),
        client_id: above.client_id.or(below.client_id).unwrap_or_else(default_client_id),
        qos: above.qos.or(below.qos).unwrap_or(1),
        retain: above.retain.or(below.retain).unwrap_or(true),
        discovery: discovery(above.discovery, below.discovery),
    }
}

fn discovery(above: SaidDiscovery, below: SaidDiscovery) -> DiscoverySettings {
    let default = DiscoverySettings::default();
    DiscoverySettings {
        form: above.form.or(below.form).unwrap_or(default.form),
        prefix: above.prefix.or(below.prefix).unwrap_or(default.prefix),
        area: above.area.or(below.area),
        id: above.id.or(below.id),
    }
}

fn broker_problem(mqtt: Option<&MqttSettings>, is_encrypted: bool, file: &str) -> Option<Diagnostic> {
    let mqtt = mqtt?;
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
    let tls = mqtt.tls.as_ref()?;
    if !is_encrypted {
        let message = "TLS is set up, but the broker's address is one without TLS";
        return problem("wrong-url", message, "begin `url` with mqtts:// or wss://, and look at its port");
    }
    let hint = "files are PEM, the user of the service may read them, and paths start in the folder of this file; see docs/broker.md";
    tls.check().err().and_then(|message| problem("tls-file", &message, hint))
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
