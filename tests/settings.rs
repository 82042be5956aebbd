//! The service's own settings: file, environment and defaults, in the right order.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use std::{collections::BTreeMap, fs, path::Path};

use smart_charging_station::{http::Access, model::Span, settings::Settings};

/// Settings from a file's text and some variables. The folder of the file stands in them as `{}`.
fn load(text: &str, variables: &[(&str, &str)]) -> Result<(Settings, tempfile::TempDir), String> {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display().to_string();
    fs::write(folder.path().join("secret"), "from the file\n").unwrap();
    fs::write(folder.path().join("mqtt-password"), "from systemd\n").unwrap();
    let file = folder.path().join("settings.ron");
    fs::write(&file, text.replace("{}", &here)).unwrap();
    let variables: BTreeMap<&str, String> =
        variables.iter().map(|(name, value)| (*name, value.replace("{}", &here))).collect();
    match Settings::load(Some(&file), &|name| variables.get(name).cloned()) {
        Ok(settings) => Ok((settings, folder)),
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Err(told.join("\n").replace(&format!("{here}/"), ""))
        }
    }
}

fn password(text: &str, variables: &[(&str, &str)]) -> Option<String> {
    load(text, variables).unwrap().0.mqtt.unwrap().password.map(|secret| secret.0)
}

#[test]
fn everything_has_a_default() {
    let (settings, folder) = load("()", &[]).unwrap();
    assert_eq!(settings.http.listen.to_string(), "127.0.0.1:5000");
    assert_eq!(settings.http.access, Access::Auto);
    assert_eq!(settings.mqtt, None);
    assert_eq!(settings.history.path, folder.path().join("data/history.db"));
    assert_eq!(settings.history.keep, Span::from_hours(24 * 90));
    assert_eq!(settings.directories.stations, folder.path().join("stations"));
    assert_eq!(settings.directories.hubs, folder.path().join("hubs"));
    assert_eq!(settings.usb.time_limit, Span::from_secs(15));
    let shared = Path::new("/run/lock");
    let place = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    assert_eq!(settings.usb.lock, place.join("scs-uhubctl.lock"));
    assert!(settings.stations.is_empty());
}

#[test]
fn a_file_that_is_named_must_be_there_and_the_default_one_need_not() {
    let problems = Settings::load(Some(Path::new("not-there.ron")), &|_| None).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "not-there.ron: error[no-file]: the settings file does not exist\n    hint: leave it out to run with the defaults"
    );
    // The working directory of tests is the package, with its settings.ron.
    let settings = Settings::load(None, &|_| None).unwrap();
    assert_eq!(settings.directories.stations, Path::new("stations"));
}

#[test]
fn the_environment_stands_above_the_file() {
    let text = "(http: (listen: \"127.0.0.1:1\", access: Open), mqtt: (url: \"mqtt://a\", qos: 0, retain: true, client_id: \"a\"))";
    let variables = [
        ("SCS_LISTEN", "0.0.0.0:2"),
        ("SCS_ACCESS", "tokens"),
        ("SCS_MQTT_URL", "mqtt://b:1884"),
        ("SCS_MQTT_QOS", "2"),
        ("SCS_MQTT_RETAIN", "false"),
        ("SCS_MQTT_CLIENT_ID", ""),
        ("SCS_HISTORY_PATH", "h.db"),
        ("SCS_STATIONS_DIR", "/s"),
        ("SCS_RULES_DIR", "/r"),
        ("SCS_HUBS_DIR", "/h"),
    ];
    let (settings, _folder) = load(text, &variables).unwrap();
    assert_eq!(settings.http.listen.to_string(), "0.0.0.0:2");
    assert_eq!(settings.http.access, Access::Tokens);
    let mqtt = settings.mqtt.unwrap();
    assert_eq!((mqtt.host.as_str(), mqtt.port, mqtt.qos, mqtt.retain), ("b", 1884, 2, false));
    assert_eq!(mqtt.client_id, "a", "an empty variable says nothing");
    assert_eq!(settings.history.path, Path::new("h.db"));
    assert_eq!(settings.directories.stations, Path::new("/s"));
    assert_eq!(settings.directories.rules, Path::new("/r"));
    assert_eq!(settings.directories.hubs, Path::new("/h"));
}

#[test]
fn a_broker_may_come_from_the_environment_alone() {
    let mqtt = load("()", &[("SCS_MQTT_URL", "mqtt://me:pw@b")]).unwrap().0.mqtt.unwrap();
    assert_eq!(mqtt.user.as_deref(), Some("me"));
    assert_eq!((mqtt.qos, mqtt.retain), (1, true));
    assert!(mqtt.client_id.starts_with("scs-") && mqtt.client_id.len() > 4);
    assert!(!format!("{mqtt:?}").contains("pw"));
}

#[test]
fn the_nearest_password_counts() {
    let in_url = "(mqtt: (url: \"mqtt://me:in-url@b\"))";
    let in_file = "(mqtt: (url: \"mqtt://me:in-url@b\", password_file: \"secret\"))";
    let systemd = ("CREDENTIALS_DIRECTORY", "{}");
    let named = ("SCS_MQTT_PASSWORD_FILE", "{}/secret");
    let plain = ("SCS_MQTT_PASSWORD", "from the environment");
    assert_eq!(password(in_url, &[]).as_deref(), Some("in-url"));
    assert_eq!(password(in_file, &[]).as_deref(), Some("from the file"));
    assert_eq!(password(in_file, &[systemd]).as_deref(), Some("from systemd"));
    assert_eq!(password(in_url, &[systemd, named]).as_deref(), Some("from the file"));
    assert_eq!(password(in_file, &[systemd, plain]).as_deref(), Some("from the environment"));
    assert!(load("()", &[systemd]).unwrap().0.mqtt.is_none(), "a credential alone sets up no MQTT");
}

#[test]
fn wrong_variables_are_named() {
    let variables = [
        ("SCS_LISTEN", "5000"),
        ("SCS_ACCESS", "opne"),
        ("SCS_MQTT_URL", "mqtts://me:hush@b"),
        ("SCS_MQTT_QOS", "3"),
        ("SCS_MQTT_RETAIN", "maybe"),
        ("SCS_MQTT_PASSWORD", "hush"),
        ("SCS_MQTT_PASSWORD_FILE", "{}/secret"),
    ];
    insta::assert_snapshot!(load("()", &variables).unwrap_err(), @r#"
    SCS_ACCESS: error[unknown-choice]: `opne` is not known
        hint: did you mean `open`? allowed: `auto`, `tokens`, `open`
    SCS_LISTEN: error[wrong-value]: `5000` is not an address
        hint: write an address and a port: "127.0.0.1:5000" for this host alone, "0.0.0.0:5000" for all networks
    SCS_MQTT_PASSWORD_FILE: error[password-twice]: SCS_MQTT_PASSWORD and SCS_MQTT_PASSWORD_FILE are both set
        hint: keep one of them
    SCS_MQTT_QOS: error[unknown-choice]: `3` is not known
        hint: allowed: `0`, `1`, `2`
    SCS_MQTT_RETAIN: error[unknown-choice]: `maybe` is not known
        hint: allowed: `true`, `false`, `1`, `0`, `yes`, `no`
    SCS_MQTT_URL: error[not-supported]: `mqtts://`: TLS is not supported yet
        hint: use mqtt:// in your own network, or a broker on this host that speaks TLS to others
    "#);
}

#[test]
fn the_examples_in_the_shipped_file_are_right() {
    let shipped = fs::read_to_string("settings.ron").unwrap();
    let is_code = |rest: &str| {
        let name = rest.trim_start().split(':').next().unwrap();
        rest == "),"
            || rest.contains(": ")
                && !name.is_empty()
                && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    let uncommented: Vec<&str> = shipped
        .lines()
        .map(|line| line.strip_prefix("    // ").filter(|rest| is_code(rest)).unwrap_or(line))
        .collect();
    let text = uncommented.join("\n").replace("/etc/scs/mqtt-password\"", "secret\"");
    let (settings, folder) = load(&text, &[]).unwrap();
    let defaults = load("()", &[]).unwrap();
    assert_eq!(settings.http, defaults.0.http);
    assert_eq!(settings.history.keep, defaults.0.history.keep);
    assert_eq!(settings.history.path, folder.path().join("data/history.db"));
    assert_eq!(settings.usb.time_limit, defaults.0.usb.time_limit);
    assert_eq!(settings.directories.hubs, folder.path().join("hubs"));
    let mqtt = settings.mqtt.unwrap();
    assert_eq!(
        (mqtt.host.as_str(), mqtt.port, mqtt.user.as_deref()),
        ("127.0.0.1", 1883, Some("smartcharger"))
    );
    assert_eq!((mqtt.client_id.as_str(), mqtt.qos, mqtt.retain), ("scs-office", 1, true));
}
