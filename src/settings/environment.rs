//! The environment variables that stand above `settings.ron`. An empty variable says nothing.

use std::path::{Path, PathBuf};

use super::{
    broker::broker,
    file::{
        Said, SaidDiscovery, SaidMqtt, TLS_VERSIONS, client_id, listen, password_file, path, prefix, word,
    },
};
use crate::{
    config::{
        problems::{Wrong, error},
        tokens::Place,
        words::shown,
    },
    http::Access,
    model::Diagnostic,
    mqtt::{Form, Protocol, Secret},
};

/// The file of systemd's `LoadCredential=` that holds the broker's password.
const CREDENTIAL: &str = "mqtt-password";
/// The one that holds the key of our certificate.
const KEY_CREDENTIAL: &str = "mqtt-key";

/// Looks variables up and collects what is wrong with them.
struct Variables<'e> {
    get: &'e dyn Fn(&str) -> Option<String>,
    problems: Vec<Diagnostic>,
}

impl Variables<'_> {
    fn text(&self, name: &str) -> Option<String> {
        (self.get)(name).filter(|value| !value.is_empty())
    }

    fn read<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        let value = self.text(name)?;
        let wrong = match read(&value) {
            Ok(value) => return Some(value),
            Err(wrong) => wrong,
        };
        self.problems.push(error(name, Place::default(), wrong.code, wrong.message, &wrong.hint));
        None
    }
}

/// Reads all variables. Relative paths in them start in the working directory.
pub(super) fn read(get: &dyn Fn(&str) -> Option<String>) -> (Said, Vec<Diagnostic>) {
    let mut variables = Variables { get, problems: Vec::new() };
    let said = Said {
        listen: variables.read("SCS_LISTEN", listen),
        access: variables.read("SCS_ACCESS", |text| {
            word(text, &[("auto", Access::Auto), ("tokens", Access::Tokens), ("open", Access::Open)])
        }),
        mqtt: mqtt(&mut variables),
        history: variables.read("SCS_HISTORY_PATH", path),
        stations_dir: variables.read("SCS_STATIONS_DIR", path),
        rules_dir: variables.read("SCS_RULES_DIR", path),
        hubs_dir: variables.read("SCS_HUBS_DIR", path),
        ..Said::default()
    };
    (said, variables.problems)
}

fn mqtt(variables: &mut Variables<'_>) -> Option<SaidMqtt> {
    let given = variables.text("SCS_MQTT_PASSWORD").map(Secret);
    let from_file = variables.read("SCS_MQTT_PASSWORD_FILE", |text| password_file(&path(text)?));
    if let (Some(_), Some(_)) = (&given, &from_file) {
        let message = "SCS_MQTT_PASSWORD and SCS_MQTT_PASSWORD_FILE are both set".to_owned();
        let name = "SCS_MQTT_PASSWORD_FILE";
        variables.problems.push(error(name, Place::default(), "password-twice", message, "keep one of them"));
    }
    let said = SaidMqtt {
        broker: variables.read("SCS_MQTT_URL", broker),
        user: variables.text("SCS_MQTT_USER"),
        password: given.or(from_file),
        client_id: variables.read("SCS_MQTT_CLIENT_ID", client_id),
        qos: variables.read("SCS_MQTT_QOS", |text| word(text, &[("0", 0), ("1", 1), ("2", 2)])),
        retain: variables.read("SCS_MQTT_RETAIN", |text| {
            word(
                text,
                &[("true", true), ("false", false), ("1", true), ("0", false), ("yes", true), ("no", false)],
            )
        }),
        protocol: variables.read("SCS_MQTT_VERSION", |text| {
            let words = [
                ("V311", Protocol::V311),
                ("V5", Protocol::V5),
                ("3.1.1", Protocol::V311),
                ("5", Protocol::V5),
            ];
            word(text, &words)
        }),
        ca: variables.read("SCS_MQTT_CA", path),
        certificate: variables.read("SCS_MQTT_CERTIFICATE", path),
        key: variables.read("SCS_MQTT_KEY", path),
        min_tls: variables.read("SCS_MQTT_MIN_TLS", |text| word(text, TLS_VERSIONS)),
        server_name: variables.text("SCS_MQTT_SERVER_NAME"),
        discovery: SaidDiscovery {
            form: variables.read("SCS_MQTT_DISCOVERY", |text| {
                word(text, &[("device", Form::Device), ("entity", Form::Entity), ("off", Form::Off)])
            }),
            prefix: variables.read("SCS_MQTT_DISCOVERY_PREFIX", prefix),
            ..SaidDiscovery::default()
        },
    };
    if said == SaidMqtt::default() { None } else { Some(said) }
}

/// The password that systemd hands over, if it does.
pub(super) fn credential(
    get: &dyn Fn(&str) -> Option<String>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Secret> {
    let file = handed_over(get, CREDENTIAL)?;
    let result = password_file(&file);
    let name = shown(&file.display().to_string());
    let report =
        |wrong: Wrong| problems.push(error(&name, Place::default(), wrong.code, wrong.message, &wrong.hint));
    result.map_err(report).ok()
}

/// The file of our certificate's key that systemd hands over, if it does.
pub(super) fn key_credential(get: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    handed_over(get, KEY_CREDENTIAL)
}

fn handed_over(get: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<PathBuf> {
    let directory = get("CREDENTIALS_DIRECTORY").filter(|directory| !directory.is_empty())?;
    Some(Path::new(&directory).join(name)).filter(|file| file.exists())
}
