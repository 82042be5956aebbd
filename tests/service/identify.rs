//! `scs identify` on the real service: with phones that report what they feel, with a person, and broken off.

use std::{process::Stdio, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    task::JoinSet,
    time::{interval, timeout},
};

use crate::{PATIENCE, folder::Folder, hub::Hub, service::Service};

/// Three ports whose devices nobody has named; no rule ever switches them.
const UNNAMED: &str = r#"(
    zone: "UTC",
    topic: "desk",
    switch: Simulated(),
    ports: {1: (), 2: (), 3: ()},
)
"#;
/// A search has at most five phases of three seconds per port here.
const SEARCH: Duration = Duration::from_secs(90);

fn unnamed() -> Folder {
    let folder = Folder::new();
    folder.write("stations/desk.ron", UNNAMED);
    folder
}

/// `scs identify` in a process of its own.
struct Identify {
    process: Child,
}

/// How it ended, and all that it printed.
struct Ended {
    code: Option<i32>,
    said: String,
}

impl Identify {
    fn start(folder: &Folder, url: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scs"));
        command.current_dir(folder.path("")).args(["identify", "--url", url]).args(arguments);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SCS_")) {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        Self { process: command.spawn().expect("scs starts") }
    }

    async fn types(&mut self, lines: &str) {
        self.process.stdin.as_mut().unwrap().write_all(lines.as_bytes()).await.unwrap();
    }

    async fn signal(&self, name: &str) {
        let id = self.process.id().expect("it runs").to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().await.unwrap().success());
    }

    /// Reads what it prints until something is in it.
    async fn says(&mut self, what: &str) -> String {
        let out = self.process.stdout.as_mut().unwrap();
        let mut said = Vec::new();
        let reading = async {
            while !String::from_utf8_lossy(&said).contains(what) {
                assert!(out.read_buf(&mut said).await.unwrap() > 0, "it ended without `{what}`");
            }
        };
        timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("it does not say `{what}`"));
        String::from_utf8(said).unwrap()
    }

    async fn ended(self) -> Ended {
        let output = timeout(SEARCH, self.process.wait_with_output()).await.expect("it ends").unwrap();
        let said = [output.stdout, output.stderr].map(|part| String::from_utf8(part).unwrap()).concat();
        Ended { code: output.status.code(), said }
    }
}

/// A phone: its name, the port that it hangs on, and whether its charging follows the power of that port.
type Phone = (&'static str, u16, bool);

/// Phones that report whenever they feel something else, and one by one otherwise; until the set is dropped.
fn phones(url: &str, phones: &'static [Phone]) -> JoinSet<()> {
    let mut lives = JoinSet::new();
    for (device, port, honest) in phones {
        let url = url.to_owned();
        lives.spawn(async move {
            let client = reqwest::Client::new();
            let mut pace = interval(Duration::from_millis(100));
            let mut last: Option<bool> = None;
            for beat in 0_u64.. {
                pace.tick().await;
                let seen = client.get(format!("{url}/api/v1/stations/desk/ports/{port}")).send().await;
                let Ok(seen) = seen else { continue };
                let port: Value = seen.json().await.unwrap_or_default();
                let charging = port["power"] != "off" || !honest;
                // Devices also report now and then without a reason, as phone apps do.
                if last != Some(charging) || beat % 10 == 0 {
                    last = Some(charging);
                    let report = json!({"device": device, "level": 50, "charging": charging});
                    let _told = client.post(format!("{url}/api/v1/reports")).json(&report).send().await;
                }
            }
        });
    }
    lives
}

/// One device says that it charges, so that a search begins.
async fn one_reports(url: &str) {
    let report = json!({"device": "somebody", "level": 50, "charging": true});
    let sent = reqwest::Client::new().post(format!("{url}/api/v1/reports")).json(&report).send();
    // It is in no port, which the answer says, and is heard all the same.
    sent.await.expect("the service answers");
}

async fn port_is(service: &Service, number: u16, power: &str) {
    let what = format!("port {number} {power}");
    service.until(&what, async |service| service.port(number).await["power"] == power).await;
}

#[tokio::test]
async fn phones_that_report_are_found_and_named_alone() {
    let folder = unnamed();
    let service = Service::start(&folder).await;
    let url = service.url("");
    let _phones = phones(&url, &[("alpha", 3, true), ("beta", 1, true), ("gamma", 9, true)]);
    let ended = Identify::start(&folder, &url, &["--auto", "--yes", "--wait", "3 s"]).ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.said.contains("port 3: `alpha` found"), "{}", ended.said);
    assert!(ended.said.contains("no device said that it stopped charging"), "{}", ended.said);
    assert!(
        ended.said.contains("1: (device: \"beta\"),\n        3: (device: \"alpha\"),\n"),
        "{}",
        ended.said
    );
    let places = [("alpha", 3), ("beta", 1)];
    for (device, port) in places {
        assert_eq!(service.get(&format!("/api/v1/devices/{device}")).await["port"], port);
    }
    for number in 1..=3 {
        let port = service.port(number).await;
        assert_eq!((&port["power"], &port["probe"]), (&json!("on"), &json!(null)), "{port}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_port_that_does_not_cut_the_power_is_found() {
    let folder = unnamed();
    folder.write("stations/desk.ron", &UNNAMED.replace("2: ()", "2: (device: \"leech\")"));
    let service = Service::start(&folder).await;
    let url = service.url("");
    let _phones = phones(&url, &[("leech", 2, false)]);
    let arguments = ["--auto", "--yes", "--wait", "3 s", "--ports", "2"];
    let ended = Identify::start(&folder, &url, &arguments).ended().await;
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.said.contains("`leech` goes on charging while its port is off"), "{}", ended.said);
    assert!(ended.said.contains("error: 1 port needs a look"), "{}", ended.said);
    port_is(&service, 2, "on").await;
    service.stop().await;
}

#[tokio::test]
async fn a_person_names_what_went_out() {
    let folder = unnamed();
    let service = Service::start(&folder).await;
    service.set_mode(2, json!({"mode": "off"})).await;
    let mut identify = Identify::start(&folder, &service.url(""), &["--seconds", "1"]);
    identify.types("y\n two\tnames \nreading lamp\nq\n").await;
    let ended = identify.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.said.contains("port 1 is off for 1 second: which lamp went out"), "{}", ended.said);
    assert!(ended.said.contains("is not a device name"), "{}", ended.said);
    assert!(ended.said.contains("port 2: not switched: a person switched it off"), "{}", ended.said);
    assert!(ended.said.contains("1: (device: \"reading lamp\"),"), "{}", ended.said);
    assert_eq!(service.port(1).await["device"], "reading lamp");
    for number in [1, 3] {
        port_is(&service, number, "on").await;
    }
    service.stop().await;
}

#[tokio::test]
async fn a_name_is_in_one_port_and_answers_that_end_break_the_search_off() {
    let folder = unnamed();
    let service = Service::start(&folder).await;
    let mut identify = Identify::start(&folder, &service.url(""), &["--seconds", "1", "--yes"]);
    identify.types("beta\nbeta\nn\nbeta\ny\n").await;
    drop(identify.process.stdin.take());
    let ended = identify.ended().await;
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.said.contains("`beta` is in port 1 already: take it from there? [y/N]"), "{}", ended.said);
    assert!(ended.said.contains("    ports: {\n        2: (device: \"beta\"),\n    },\n"), "{}", ended.said);
    assert!(
        ended.said.contains("`beta` is in port 2, as you say") && ended.said.contains("broken off"),
        "{}",
        ended.said
    );
    for number in 1..=3 {
        port_is(&service, number, "on").await;
    }
    service.stop().await;
}

#[tokio::test]
async fn an_empty_port_that_has_a_name_is_told() {
    let folder = unnamed();
    folder.write("stations/desk.ron", &UNNAMED.replace("1: ()", "1: (device: \"alpha\")"));
    let service = Service::start(&folder).await;
    let mut identify = Identify::start(&folder, &service.url(""), &["--seconds", "1", "--yes"]);
    identify.types("\nq\n").await;
    let ended = identify.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.said.contains("take `alpha` out of port 1 in stations/desk.ron"), "{}", ended.said);
    assert!(ended.said.contains("    ports: {\n        1: (),\n    },\n"), "{}", ended.said);
    service.stop().await;
}

#[tokio::test]
async fn without_any_report_nothing_is_switched_and_a_wrong_port_is_told_at_once() {
    let folder = unnamed();
    let service = Service::start(&folder).await;
    let url = service.url("");
    let ended = Identify::start(&folder, &url, &["--auto", "--yes", "--wait", "1 s"]).ended().await;
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.said.contains("error: no device reports whether it charges"), "{}", ended.said);
    let ended = Identify::start(&folder, &url, &["--auto", "--yes", "--ports", "99"]).ended().await;
    assert_eq!((ended.code, ended.said.contains("port  device")), (Some(1), false), "{}", ended.said);
    assert_eq!(service.get("/api/v1/switches?station=desk").await["switches"], json!([]));
    let ended = Identify::start(&folder, "nonsense", &["--auto"]).ended().await;
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    service.stop().await;
}

#[tokio::test]
async fn nobody_who_answers_means_that_nothing_is_switched() {
    let folder = unnamed();
    let service = Service::start(&folder).await;
    let mut identify = Identify::start(&folder, &service.url(""), &["--auto"]);
    drop(identify.process.stdin.take());
    let ended = identify.ended().await;
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.said.contains("nothing was switched") && ended.said.contains("--yes"), "{}", ended.said);
    assert_eq!(service.get("/api/v1/switches?station=desk").await["switches"], json!([]));
    service.stop().await;
}

#[tokio::test]
async fn a_search_that_is_broken_off_gives_the_port_back_and_says_what_is_known() {
    let folder = unnamed();
    let service = Service::start(&folder).await;
    one_reports(&service.url("")).await;
    let identify = Identify::start(&folder, &service.url(""), &["--auto", "--yes"]);
    port_is(&service, 1, "off").await;
    identify.signal("INT").await;
    let ended = identify.ended().await;
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.said.contains("broken off"), "{}", ended.said);
    assert_eq!(service.port(1).await["probe"], json!(null));
    port_is(&service, 1, "on").await;
    service.stop().await;
}

#[tokio::test]
async fn a_search_that_is_killed_ends_by_itself_and_by_the_next_one() {
    let folder = unnamed();
    let service = Service::start(&folder).await;
    let url = service.url("");
    one_reports(&url).await;
    let identify = Identify::start(&folder, &url, &["--auto", "--yes"]);
    port_is(&service, 1, "off").await;
    identify.signal("KILL").await;
    assert_eq!(identify.ended().await.code, None);
    let port = service.port(1).await;
    let until: jiff::Timestamp = port["probe"]["until"].as_str().unwrap().parse().unwrap();
    assert!(until.duration_since(jiff::Timestamp::now()).as_secs() <= 60, "{port}");

    let arguments = ["--auto", "--yes", "--wait", "1 s", "--ports", "3"];
    let ended = Identify::start(&folder, &url, &arguments).ended().await;
    assert!(ended.said.contains("port 1: a search that was broken off is ended"), "{}", ended.said);
    port_is(&service, 1, "on").await;
    service.stop().await;
}

#[tokio::test]
async fn a_service_that_is_killed_in_a_search_gives_every_port_its_power_at_the_next_start() {
    let (folder, hub) = Hub::beside(unnamed());
    folder.write("stations/desk.ron", &Hub::station().replace("rules: [(rule: \"keep-between\")],", ""));
    let service = Service::start(&folder).await;
    port_is(&service, 2, "on").await;
    one_reports(&service.url("")).await;
    let identify =
        Identify::start(&folder, &service.url(""), &["--auto", "--yes", "--ports", "2", "--wait", "1 h"]);
    port_is(&service, 2, "off").await;
    assert!(hub.is_off(2));
    service.kill().await;
    let ended = identify.ended().await;
    assert_eq!(ended.code, Some(69), "{}", ended.said);
    assert!(hub.is_off(2), "nobody was there to switch it on");

    let service = Service::start(&folder).await;
    service.until("power for all ports", async |_| (1..=3).all(|port| !hub.is_off(port))).await;
    port_is(&service, 2, "on").await;
    assert_eq!(service.port(2).await["probe"], json!(null));
    service.stop().await;
}

#[tokio::test]
async fn without_a_service_it_runs_one_meanwhile() {
    let (folder, hub) = Hub::beside(unnamed());
    let nobody = "http://127.0.0.1:1";
    let arguments = ["--auto", "--yes", "--wait", "1 h"];
    let mut identify = Identify::start(&folder, nobody, &arguments);
    let said = identify.says("devices report to http://127.0.0.1:").await;
    assert!(said.starts_with("No service runs, so it runs here"), "{said}");
    let url = said.split_whitespace().find(|word| word.starts_with("http://")).expect("an address");
    one_reports(url).await;
    let off = async {
        let mut pace = interval(Duration::from_millis(20));
        while !hub.is_off(1) {
            pace.tick().await;
        }
    };
    timeout(PATIENCE, off).await.expect("the first port is off");
    identify.signal("KILL").await;
    assert_eq!(identify.ended().await.code, None);

    let service = Service::start(&folder).await;
    service.until("power for the port", async |_| !hub.is_off(1)).await;
    assert_eq!(service.ask(Method::GET, "/api/v1/stations/desk", None).await.0, 200);
    service.stop().await;
}

#[tokio::test]
async fn nobody_at_an_address_elsewhere_is_69() {
    let folder = unnamed();
    // An address that is no loopback one by its text, and where nobody listens.
    let ended = Identify::start(&folder, "http://0.0.0.0:1", &["--auto", "--yes"]).ended().await;
    assert_eq!(ended.code, Some(69), "{}", ended.said);
    assert!(ended.said.contains("nobody answers at `http://0.0.0.0:1`"), "{}", ended.said);
}
