//! Hub models, and stations that name one.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use smart_charging_station::{
    config::{Directories, Files, Plan, SourceFile, models},
    model::{HubModel, ModelName, PortId, Span, Station, SwitchKind},
};

fn shipped() -> BTreeMap<ModelName, Arc<HubModel>> {
    models(&Files::default())
}

fn source(folder: &str, name: &str, text: &str) -> SourceFile {
    SourceFile { path: format!("{folder}/{name}.ron"), name: name.into(), text: text.into() }
}

/// The station of this text, with these hub models.
fn station(text: &str, hubs: &[(&str, &str)]) -> Arc<Station> {
    let hubs = hubs.iter().map(|(name, text)| source("hubs", name, text)).collect();
    let files = Files { stations: vec![source("stations", "desk", text)], hubs, ..Files::default() };
    Plan::check(files).unwrap().stations.remove("desk").unwrap()
}

/// `1: 5-2 port 1` and so on.
fn sockets(station: &Station) -> Vec<String> {
    station.ports.values().map(|port| format!("{}: {}", port.id, port.socket)).collect()
}

#[test]
fn the_shipped_models_know_the_hubs() {
    let models = shipped();
    let names: Vec<&str> = models.keys().map(ModelName::as_str).collect();
    insta::assert_snapshot!(names.join(" "), @"plain-4 plain-7 raspberry-pi-3b raspberry-pi-3b-plus raspberry-pi-4b raspberry-pi-5 rsh-a10 rsh-a107 rsh-a16");
    let map = |name: &str| -> String {
        let ports = models[name].ports.iter();
        let ports: Vec<_> = ports.map(|(id, at)| format!("{id}={}:{}", at.chip, at.port)).collect();
        let chain: Vec<_> = models[name].chain.iter().map(|at| format!("{}:{}", at.chip, at.port)).collect();
        format!("{} chain {}", ports.join(" "), chain.join(" "))
    };
    assert_eq!(
        map("rsh-a16"),
        "1=:1 2=:2 3=4:1 4=4:2 5=4:3 6=4:4 7=3:1 8=3:2 9=3.4:1 10=3.4:2 11=3.4:3 12=3.4:4 \
         13=3.3:1 14=3.3:2 15=3.3:3 16=3.3:4 chain :3 :4 3:3 3:4"
    );
    assert_eq!(map("rsh-a10"), "1=:1 2=:2 3=4:1 4=4:2 5=4:3 6=4:4 7=3:1 8=3:2 9=3:3 10=3:4 chain :3 :4");
    assert_eq!(map("rsh-a107"), "1=:4 2=:3 3=:2 4=1:4 5=1:3 6=1:2 7=1:1 chain :1");
    assert_eq!(map("plain-4"), "1=:1 2=:2 3=:3 4=:4 chain ");
    assert_eq!(map("plain-7"), "1=:1 2=:2 3=:3 4=4:1 5=4:2 6=4:3 7=4:4 chain :4");
    for (name, model) in &models {
        let sockets: u8 = model.chips.values().sum();
        let used = model.ports.len() + model.chain.len();
        assert!(
            model.never.is_some() || used == usize::from(sockets),
            "{name} leaves sockets without a number"
        );
        let on_board = name.as_str().starts_with("raspberry-pi");
        assert_eq!((model.never.is_some(), !model.boards.is_empty()), (on_board, on_board), "{name}");
        let known = model.cautions.iter().all(|(id, _)| model.ids.contains(id));
        assert!(known, "{name} warns of chips that are not its own");
    }
}

#[test]
fn the_desk_is_the_sixteen_port_hub() {
    let directories = Directories { stations: "stations".into(), rules: "rules".into(), hubs: "hubs".into() };
    let plan = Plan::check(Files::read(&directories, &["desk".parse().unwrap()]).unwrap()).unwrap();
    assert_eq!(plan.stations.len(), 1);
    let desk = &plan.stations["desk"];
    insta::assert_snapshot!(sockets(desk).join("\n"), @r"
    1: 5-2 port 1
    2: 5-2 port 2
    3: 5-2.4 port 1
    4: 5-2.4 port 2
    5: 5-2.4 port 3
    6: 5-2.4 port 4
    7: 5-2.3 port 1
    8: 5-2.3 port 2
    9: 5-2.3.4 port 1
    10: 5-2.3.4 port 2
    11: 5-2.3.4 port 3
    12: 5-2.3.4 port 4
    13: 5-2.3.3 port 1
    14: 5-2.3.3 port 2
    15: 5-2.3.3 port 3
    16: 5-2.3.3 port 4
    ");
    let chain: Vec<String> = desk.hub.as_ref().unwrap().chain().map(|socket| socket.to_string()).collect();
    assert_eq!(chain, ["5-2 port 3", "5-2 port 4", "5-2.3 port 3", "5-2.3 port 4"]);
    assert!(desk.ports.values().all(|port| port.device.is_some()));
}

#[test]
fn every_port_of_the_model_is_a_port_of_the_station() {
    let desk = station("(switch: Sysfs(), hub: (model: \"plain-7\", at: \"1-3\"), charge_per_hour: 25)", &[]);
    assert_eq!((desk.switch, desk.ports.len()), (SwitchKind::Sysfs, 7));
    let seven = &desk.ports[&PortId::new(7).unwrap()];
    assert_eq!((seven.socket.to_string().as_str(), &seven.device), ("1-3.4 port 4", &None));
    assert!((seven.care.charge_per_hour - 25.0).abs() < 1e-9);
    assert_eq!(desk.hub.as_ref().unwrap().at.as_str(), "1-3");
    assert_eq!(desk.reach().sockets.len(), 7);
}

#[test]
fn a_socket_in_the_file_stands_above_the_model() {
    let text = "(switch: Uhubctl(), hub: (model: \"plain-4\", at: \"1-3\"), ports: {
        // Two that have changed places, one elsewhere, one that says only what is in it.
        1: (socket: (hub: \"1-3\", port: 2)),
        2: (socket: (hub: \"1-3\", port: 1)),
        3: (socket: (hub: \"1-4\", port: 1)),
        4: (device: \"d\", serial: \"S4\"),
        9: (socket: (hub: \"1-4\", port: 2)),
    })";
    let desk = station(text, &[]);
    let expected = ["1: 1-3 port 2", "2: 1-3 port 1", "3: 1-4 port 1", "4: 1-3 port 4", "9: 1-4 port 2"];
    assert_eq!(sockets(&desk), expected);
    assert_eq!(desk.ports[&PortId::new(4).unwrap()].serial.as_deref(), Some("S4"));
}

#[test]
fn a_simulated_station_may_have_a_hub_and_more_ports() {
    let desk = station(
        "(switch: Simulated(), hub: (model: \"plain-4\", at: \"1-3\"), ports: {5: (device: \"e\")})",
        &[],
    );
    assert_eq!(desk.ports.len(), 5);
    assert_eq!(sockets(&desk)[0], "1: 1-3 port 1");
}

#[test]
fn a_file_of_the_same_name_takes_the_place_of_a_shipped_model() {
    let mine = "(title: \"Mine\", chips: {\"\": 2}, ports: {1: (\"\", 2), 8: (\"\", 1)})";
    let text = "(switch: Uhubctl(), hub: (model: \"plain-4\", at: \"1-3\"))";
    assert_eq!(sockets(&station(text, &[("plain-4", mine)])), ["1: 1-3 port 2", "8: 1-3 port 1"]);
    assert_eq!(station(text, &[]).ports.len(), 4);
}

#[test]
fn a_model_with_a_mistake_is_left_out_and_the_others_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let hubs = folder.path().join("hubs");
    let directories = Directories { stations: "nowhere".into(), rules: "nowhere".into(), hubs: hubs.clone() };
    let read = || models(&Files::read_hubs(&directories).unwrap());
    assert_eq!(read(), shipped(), "the folder need not be there");
    fs::create_dir(&hubs).unwrap();
    fs::write(hubs.join("mine.ron"), "(chips: {\"\": 1}, ports: {1: (\"\", 1)})").unwrap();
    fs::write(hubs.join("plain-4.ron"), "(chips: {\"\": 0})").unwrap();
    fs::write(hubs.join("plain-7.ron~"), "nonsense").unwrap();
    let models = read();
    assert_eq!(models["mine"].title, "mine");
    assert!(!models.contains_key("plain-4") && models.contains_key("plain-7"));
    assert_eq!(models.len(), shipped().len());
}

#[test]
fn the_reference_names_every_model_and_field_and_its_example_is_right() {
    let text = include_str!("../../docs/hubs.md");
    for name in shipped().keys() {
        assert!(text.contains(&format!("\n| `{name}` | ")), "docs/hubs.md does not tell of {name}");
    }
    for field in ["title", "ids", "chips", "ports", "chain", "never", "boards", "cautions"] {
        assert!(text.contains(&format!("\n| `{field}` | ")), "docs/hubs.md does not tell of {field}");
    }
    let start = text.find("\n    (\n").expect("no example");
    let end = text[start..].find("\n    )\n").expect("no end of the example");
    let model = &text[start..start + end + "\n    )".len()];
    let desk = station("(switch: Uhubctl(), hub: (model: \"mine\", at: \"5-2\"))", &[("mine", model)]);
    assert_eq!(sockets(&desk)[6], "7: 5-2.4 port 4");
    let lines = text.lines().skip_while(|line| !line.ends_with("ports: {"));
    let ports: Vec<&str> = lines.take_while(|line| line.starts_with("    ")).collect();
    let text = format!("(switch: Uhubctl(), hub: (model: \"rsh-a16\", at: \"5-2\"), {})", ports.join("\n"));
    assert_eq!(station(&text, &[]).ports.len(), 17);
}

#[test]
fn a_folder_of_hubs_that_is_no_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hubs"), "").unwrap();
    let directories =
        Directories { stations: "stations".into(), rules: "rules".into(), hubs: folder.path().join("hubs") };
    let problems = Files::read(&directories, &[]).unwrap_err();
    insta::assert_snapshot!(super::told(folder.path(), &problems), @r#"
    hubs: error[no-directory]: the directory of the hubs is no directory
        hint: name the directory of the hubs in settings.ron: directories: (hubs: "…")
    "#);
}

#[test]
fn reports_are_compared_with_the_hub_after_a_time_of_the_file() {
    let of = |text: &str| station(text, &[]).verify_after;
    assert_eq!(of("(switch: Simulated(), ports: {1: ()})"), Span::from_mins(3));
    assert_eq!(of("(switch: Simulated(), verify_after: \"1 h\", ports: {1: ()})"), Span::from_hours(1));
}

#[test]
fn any_damage_of_a_model_is_read_or_refused() {
    let text = fs::read_to_string(Path::new("hubs/rsh-a16.ron")).unwrap();
    let marks = ["", "(", ")", "{", "]", ",", ":", "\"", "\"3.9\"", "99", "-1"];
    let starts: Vec<usize> =
        text.char_indices().map(|(at, _)| at).filter(|at| text[*at..].len() > 1).collect();
    for (n, at) in starts.into_iter().enumerate().skip(600).step_by(7) {
        let rest: String = text[at..].chars().skip(n % 4).collect();
        let damaged = format!("{}{}{rest}", &text[..at], marks[n % marks.len()]);
        let files = Files { hubs: vec![source("hubs", "rsh-a16", &damaged)], ..Files::default() };
        let _ = models(&files);
        if let Err(problems) = Plan::check(files) {
            assert!(problems.iter().all(|problem| problem.line > 0), "{problems:?}");
        }
    }
}
