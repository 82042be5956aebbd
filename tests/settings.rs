//! The service's own settings: file, environment and defaults, in the right order.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use std::{collections::BTreeMap, fs, path::Path};

use smart_charging_station::{
    history::Retention,
    http::Access,
    model::Span,
    mqtt::{DiscoverySettings, Form, Protocol, TlsVersion},
    settings::Settings,
};

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
    assert_eq!(settings.history.retention, Retention::of(Span::from_hours(24 * 90)));
    assert_eq!(settings.history.gather, Span::from_mins(5));
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
        ("SCS_MQTT_DISCOVERY", "entity"),
        ("SCS_MQTT_DISCOVERY_PREFIX", "my/hass"),
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
    assert_eq!((mqtt.discovery.form, mqtt.discovery.prefix.as_str()), (Form::Entity, "my/hass"));
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
        ("SCS_MQTT_URL", "mqtt://me:hush@b/x"),
        ("SCS_MQTT_VERSION", "4"),
        ("SCS_MQTT_MIN_TLS", "1.1"),
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
    SCS_MQTT_MIN_TLS: error[unknown-choice]: `1.1` is not known
        hint: did you mean `1.2`? allowed: `1.2`, `1.3`
    SCS_MQTT_PASSWORD_FILE: error[password-twice]: SCS_MQTT_PASSWORD and SCS_MQTT_PASSWORD_FILE are both set
        hint: keep one of them
    SCS_MQTT_QOS: error[unknown-choice]: `3` is not known
        hint: allowed: `0`, `1`, `2`
    SCS_MQTT_RETAIN: error[unknown-choice]: `maybe` is not known
        hint: allowed: `true`, `false`, `1`, `0`, `yes`, `no`
    SCS_MQTT_URL: error[wrong-url]: the broker's address has something behind host and port that does not belong there
        hint: write "mqtt://192.168.1.10:1883"
    SCS_MQTT_VERSION: error[unknown-choice]: `4` is not known
        hint: allowed: `V311`, `V5`, `3.1.1`, `5`
    "#);
}

#[test]
fn an_encrypted_broker_is_set_up() {
    let text = "(mqtt: (url: \"wss://me@b/mqtt\", version: V311, min_tls: \"1.3\", server_name: \"c\"))";
    let mqtt = load(text, &[]).unwrap().0.mqtt.unwrap();
    assert_eq!(mqtt.address(), "wss://b:443");
    assert_eq!((mqtt.websocket.as_deref(), mqtt.protocol), (Some("/mqtt"), Protocol::V311));
    let tls = mqtt.tls.unwrap();
    assert_eq!((tls.minimum, tls.server_name.as_deref()), (TlsVersion::V13, Some("c")));

    let above = [
        ("SCS_MQTT_URL", "mqtts://b"),
        ("SCS_MQTT_VERSION", "5"),
        ("SCS_MQTT_MIN_TLS", "1.2"),
        ("SCS_MQTT_SERVER_NAME", "d"),
    ];
    let mqtt = load(text, &above).unwrap().0.mqtt.unwrap();
    assert_eq!(
        (mqtt.address().as_str(), mqtt.websocket, mqtt.protocol),
        ("mqtts://b:8883", None, Protocol::V5)
    );
    assert_eq!(mqtt.tls.unwrap().server_name.as_deref(), Some("d"));
}

#[test]
fn certificates_are_looked_at_before_the_service_starts() {
    let made = rcgen::generate_simple_self_signed(vec!["b".to_owned()]).unwrap();
    let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let files = tempfile::tempdir().unwrap();
    fs::write(files.path().join("own.crt"), made.cert.pem()).unwrap();
    fs::write(files.path().join("own.key"), made.signing_key.serialize_pem()).unwrap();
    fs::write(files.path().join("other.key"), &other).unwrap();
    fs::write(files.path().join("mqtt-key"), made.signing_key.serialize_pem()).unwrap();
    let here = files.path().display().to_string();
    let tls = |fields: &str, variables: &[(&str, &str)]| {
        let text = format!("(mqtt: (url: \"mqtts://b\", {fields}))").replace("HERE", &here);
        load(&text, variables).map(|loaded| loaded.0.mqtt.unwrap().tls.unwrap())
    };
    let told = |fields: &str| tls(fields, &[]).unwrap_err().replace(&here, "HERE");

    let own = "ca: \"HERE/own.crt\", certificate: \"HERE/own.crt\"";
    let right = tls(&format!("{own}, key: \"HERE/own.key\""), &[]).unwrap();
    assert_eq!(right.key.as_deref(), Some(files.path().join("own.key").as_path()));
    let handed_over = tls(own, &[("CREDENTIALS_DIRECTORY", here.as_str())]).unwrap();
    assert_eq!(handed_over.key.as_deref(), Some(files.path().join("mqtt-key").as_path()));

    assert!(told(own).contains("error[tls-file]: `certificate` needs its `key`"), "{}", told(own));
    let wrong = told(&format!("{own}, key: \"HERE/other.key\""));
    assert!(wrong.contains("the key in `HERE/other.key` is not that of the certificate"), "{wrong}");
    let wrong = told(&format!("{own}, key: \"HERE/own.crt\""));
    assert!(wrong.contains("`HERE/own.crt` holds no key"), "{wrong}");
    assert!(told("ca: \"HERE/own.key\"").contains("`HERE/own.key` holds no certificate"));
    assert!(told("ca: \"HERE/none\"").contains("`HERE/none` cannot be read: No such file"));
    assert!(told("server_name: \"no name\"").contains("`server_name` is no host name"));

    let plain = load("(mqtt: (url: \"mqtt://b\", ca: \"x\"))", &[]).unwrap_err();
    assert!(plain.contains("TLS is set up, but the broker's address is one without TLS"), "{plain}");
}

#[test]
fn each_kind_of_row_has_its_own_time() {
    let days = |count: i64| Span::from_hours(24 * count);
    let kept = |text: &str| load(text, &[]).unwrap().0.history.retention;
    assert_eq!(kept("(history: (keep: \"10 days\"))"), Retention::of(days(10)));
    let said =
        kept("(history: (keep: \"10 days\", retention: (decisions: \"2 days\", minutes: \"40 days\")))");
    assert_eq!((said.reports, said.decisions, said.minutes), (days(10), days(2), days(40)));
    assert_eq!((said.hours, said.sessions, said.days), (days(1095), days(1095), days(3650)));
    assert_eq!(kept("(history: (retention: (minutes: \"2000 days\")))").hours, days(2000));

    let refused = |text: &str| load(text, &[]).err().unwrap();
    let short = refused("(history: (retention: (minutes: \"90 days\", hours: \"30 days\")))");
    let told = "settings.ron:1:51: error[out-of-range]: `hours` are kept for a shorter time than `minutes`";
    assert!(short.starts_with(told), "{short}");
    assert!(refused("(history: (retention: (days: \"1 h\")))").contains("allowed: 1 day to 3650 days"));
    assert!(refused("(history: (retention: (hour: \"9 days\")))").contains("hour"));
}

#[test]
fn history_gathers_for_some_minutes_at_most() {
    let gather = |text: &str| load(&format!("(history: (gather: {text}))"), &[]);
    assert_eq!(gather("\"1 s\"").unwrap().0.history.gather, Span::from_secs(1));
    assert_eq!(gather("\"15 min\"").unwrap().0.history.gather, Span::from_mins(15));
    for text in ["\"0 s\"", "\"16 min\"", "\"-1 s\"", "60", "\"soon\""] {
        let refused = gather(text).err().unwrap();
        assert!(refused.starts_with("settings.ron:1:20: error"), "{refused}");
        assert!(refused.contains("gather"), "{refused}");
    }
    let told = gather("\"1 h\"").err().unwrap();
    assert!(told.contains("`1 h` is out of range") && told.contains("allowed: 1 s to 15 min"), "{told}");
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
    assert_eq!(settings.history.retention, defaults.0.history.retention);
    assert_eq!(settings.history.gather, defaults.0.history.gather);
    assert_eq!(settings.history.path, folder.path().join("data/history.db"));
    assert_eq!(settings.usb.time_limit, defaults.0.usb.time_limit);
    assert_eq!(settings.directories.hubs, folder.path().join("hubs"));
    let mqtt = settings.mqtt.unwrap();
    assert_eq!(
        (mqtt.host.as_str(), mqtt.port, mqtt.user.as_deref()),
        ("127.0.0.1", 1883, Some("smartcharger"))
    );
    assert_eq!((mqtt.client_id.as_str(), mqtt.qos, mqtt.retain), ("scs-office", 1, true));
    let expected = DiscoverySettings { area: Some("Office".to_owned()), ..DiscoverySettings::default() };
    assert_eq!(mqtt.discovery, expected);
}
