//! The service itself, its tokens, and the host that it runs on.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use std::{fs, os::unix::fs::symlink, path::Path};

use serde_json::{Value, json};
use smart_charging_station::{
    config::Directories, host::HostSettings, http::Access, model::Span, usb::UsbSettings,
};

use crate::{
    support::{Options, TestService, answer},
    tree::Tree,
};

const TOKENS: &[(&str, &str)] = &[("phone", "report:pixel-7"), ("page", "operate"), ("admin", "edit")];

async fn ask(
    service: &TestService,
    who: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let secret = service.secrets.get(who).map_or(who, String::as_str);
    let request = service.request(method, path).bearer_auth(secret);
    answer(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test]
async fn whoever_asks_learns_who_they_are() {
    let options = Options { access: Access::Tokens, tokens: TOKENS, ..Options::default() };
    let service = TestService::start(options).await;
    for (who, role, device) in [
        ("phone", "report", json!("pixel-7")),
        ("page", "operate", json!(null)),
        ("admin", "edit", json!(null)),
    ] {
        let (status, told) = ask(&service, who, "GET", "/api/v1/service", None).await;
        assert_eq!(status, 200, "{told}");
        assert_eq!(told["caller"], json!({"name": who, "role": role, "device": device}));
        assert_eq!(
            (&told["speed"], &told["demo"], &told["web_api"]),
            (&json!(1.0), &json!(false), &json!(1))
        );
        assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
        assert!(told["now"].as_str() >= told["started_at"].as_str(), "{told}");
    }
    service.stop().await;
    let open = TestService::start(Options::default()).await;
    let (_, told) = open.get("/api/v1/service").await;
    assert_eq!(told["caller"], json!({"name": null, "role": "edit", "device": null}));
    open.stop().await;
}

#[tokio::test]
async fn a_token_is_made_used_and_removed() {
    let options = Options { access: Access::Tokens, tokens: TOKENS, ..Options::default() };
    let service = TestService::start(options).await;
    let tokens = "/api/v1/tokens";
    let name = "Küche/1 🔌";
    let wish = || Some(json!({"name": name, "role": "report", "device": "tablet"}));
    let (status, made) = ask(&service, "admin", "POST", tokens, wish()).await;
    assert_eq!(status, 200, "{made}");
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("scs_"));
    assert_eq!(made["token"]["device"], "tablet");
    let (_, told) = ask(&service, &secret, "GET", "/api/v1/service", None).await;
    assert_eq!(told["caller"]["name"], name, "{told}");

    let (_, all) = ask(&service, "admin", "GET", tokens, None).await;
    assert_eq!(all.as_array().unwrap().len(), 4);
    assert!(!all.to_string().contains("scs_"), "secrets are shown once");
    let own: Vec<&Value> = all.as_array().unwrap().iter().filter(|token| token["own"] == true).collect();
    assert_eq!((own.len(), &own[0]["name"]), (1, &json!("admin")));

    let (status, problem) = ask(&service, "admin", "POST", tokens, wish()).await;
    assert_eq!((status, &problem["code"]), (409, &json!("token_exists")));
    let removed = format!("{tokens}/K%C3%BCche%2F1%20%F0%9F%94%8C");
    let (status, gone) = ask(&service, "admin", "DELETE", &removed, None).await;
    assert_eq!((status, &gone["name"]), (200, &json!(name)), "{gone}");
    assert_eq!(ask(&service, &secret, "GET", "/api/v1/service", None).await.0, 401, "out at once");
    let (status, problem) = ask(&service, "admin", "DELETE", &removed, None).await;
    assert_eq!((status, &problem["code"]), (404, &json!("unknown_token")));
    service.stop().await;
}

#[tokio::test]
async fn tokens_are_for_those_who_may_edit_and_wrong_wishes_make_none() {
    let options = Options { access: Access::Tokens, tokens: TOKENS, ..Options::default() };
    let service = TestService::start(options).await;
    let tokens = "/api/v1/tokens";
    for who in ["phone", "page"] {
        for (method, path, body) in [
            ("GET", tokens, None),
            ("POST", tokens, Some(json!({"name": "x", "role": "edit"}))),
            ("DELETE", "/api/v1/tokens/admin", None),
        ] {
            assert_eq!(ask(&service, who, method, path, body).await.0, 403, "{who}: {method}");
        }
    }
    for (body, status, code) in [
        (json!({"name": "", "role": "edit"}), 422, "invalid_value"),
        (json!({"name": " x", "role": "edit"}), 422, "invalid_value"),
        (json!({"name": "x\ny", "role": "edit"}), 422, "invalid_value"),
        (json!({"name": "x".repeat(65), "role": "edit"}), 422, "invalid_value"),
        (json!({"name": "x", "role": "root"}), 422, "invalid_value"),
        (json!({"name": "x", "role": "edit", "device": "tablet"}), 422, "invalid_value"),
        (json!({"name": "x", "role": "report", "device": "a\nb"}), 422, "invalid_value"),
        (json!({"name": "x"}), 422, "invalid_value"),
        (json!({"name": "x", "role": "edit", "secret": "y"}), 422, "invalid_value"),
    ] {
        let (got, problem) = ask(&service, "admin", "POST", tokens, Some(body.clone())).await;
        assert_eq!((got, problem["code"].as_str().unwrap()), (status, code), "{body}: {problem}");
    }
    assert_eq!(service.tokens().list().unwrap().len(), TOKENS.len());
    service.stop().await;
}

#[tokio::test]
async fn nobody_locks_everybody_out() {
    let options = Options { access: Access::Tokens, tokens: TOKENS, ..Options::default() };
    let service = TestService::start(options).await;
    let (admin, tokens) = ("/api/v1/tokens/admin", "/api/v1/tokens");
    let (status, problem) = ask(&service, "admin", "DELETE", admin, None).await;
    assert_eq!((status, &problem["code"]), (409, &json!("last_token")), "{problem}");
    let (_, other) =
        ask(&service, "admin", "POST", tokens, Some(json!({"name": "other", "role": "edit"}))).await;
    assert_eq!(ask(&service, "admin", "DELETE", admin, None).await.0, 200);
    let secret = other["secret"].as_str().unwrap();
    assert_eq!(ask(&service, secret, "DELETE", "/api/v1/tokens/page", None).await.0, 200);
    assert_eq!(ask(&service, secret, "DELETE", "/api/v1/tokens/other", None).await.0, 409);
    service.stop().await;
}

/// A host with an RSH-A16 of which nobody has made a station: two phones and a disk in it.
fn host() -> (Tree, HostSettings) {
    let tree = Tree::rsh_a16();
    tree.thing("5-2.1", "18d1:4ee1", Some("28021FDH2000AB"));
    tree.thing("5-2.4.2", "18d1:5e01", Some("DISK1"));
    tree.put("5-2.4.2:1.0", "bInterfaceClass", "08\n");
    let home = tree.path().join("home");
    fs::create_dir_all(home.join("tool")).unwrap();
    let tool = home.join("tool/uhubctl");
    symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bin/uhubctl"), &tool).unwrap();
    let places = ["2", "2.3", "2.4", "2.3.3", "2.3.4"];
    let sides = places.map(|place| format!("5-{place} 2.10 4\n6-{place} 3.20 4\n"));
    fs::write(home.join("tool/hubs"), sides.concat()).unwrap();
    let usb = UsbSettings {
        uhubctl: Some(tool),
        time_limit: Span::from_secs(5),
        sysfs: tree.sys(),
        lock: home.join("lock"),
    };
    let folder = |name: &str| home.join(name);
    let directories =
        Directories { stations: folder("stations"), rules: folder("rules"), hubs: folder("hubs") };
    (tree, HostSettings { usb, directories })
}

#[tokio::test]
async fn every_hub_is_shown_with_what_may_be_switched_and_why_not() {
    let (tree, settings) = host();
    let service = TestService::start(Options { host: Some(settings), ..Options::default() }).await;
    let (status, told) = service.get("/api/v1/hubs").await;
    assert_eq!(status, 200, "{told}");
    let hubs = told["hubs"].as_array().unwrap();
    assert_eq!(hubs.len(), 2, "{told:#}");
    let real = &hubs[0];
    assert_eq!((&real["kind"], &real["model"]), (&json!("switchable"), &json!("rsh-a16")));
    assert_eq!((&real["at"], &real["other_side"]), (&json!("5-2"), &json!("6-2")));
    assert_eq!(real["switching"], "single");
    let ports = real["ports"].as_array().unwrap();
    assert_eq!(ports.len(), 16);
    let with = |serial: &str| ports.iter().find(|port| port["device"]["serial"] == serial).unwrap();
    let phone = with("28021FDH2000AB");
    assert_eq!(
        (&phone["kind"], &phone["may_switch"], &phone["free"]),
        (&json!("phone"), &json!(true), &json!(false))
    );
    assert_eq!(phone["sockets"].as_array().unwrap().len(), 2);
    let disk = with("DISK1");
    assert_eq!((&disk["may_switch"], &disk["why_not"]["code"]), (&json!(false), &json!("disk")), "{disk}");
    assert_eq!(ports.iter().filter(|port| port["free"] == true).count(), 14);

    let simulated = &hubs[1];
    assert_eq!((&simulated["kind"], &simulated["at"]), (&json!("simulated"), &json!(null)));
    assert_eq!(simulated["ports"][0]["station"], json!({"station": "desk", "port": 1, "device": "pixel-7"}));
    assert_eq!(
        (&simulated["ports"][0]["free"], &simulated["ports"][2]["free"]),
        (&json!(false), &json!(true))
    );
    let calls = fs::read_to_string(tree.path().join("home/tool/calls")).unwrap_or_default();
    let asked = calls.lines().count();
    assert!(!calls.contains("-a"), "nothing is switched: {calls}");
    service.get("/api/v1/hubs").await;
    let calls = fs::read_to_string(tree.path().join("home/tool/calls")).unwrap_or_default();
    assert_eq!(calls.lines().count(), asked, "an answer holds for a while");
    service.stop().await;
}

#[tokio::test]
async fn the_doctor_speaks_over_the_api_too() {
    let (_tree, settings) = host();
    let service = TestService::start(Options { host: Some(settings), ..Options::default() }).await;
    let (status, told) = service.get("/api/v1/doctor").await;
    assert_eq!(status, 200, "{told}");
    let checks = told["checks"].as_array().unwrap();
    let of = |name: &str| checks.iter().find(|check| check["check"] == name).unwrap();
    assert_eq!(of("uhubctl")["state"], "ok", "{told:#}");
    assert_eq!(of("desk")["text"], "its hub is simulated");
    assert!(of("hub")["text"].as_str().unwrap().starts_with("RSHTECH RSH-A16"), "{told:#}");
    service.stop().await;
}

#[tokio::test]
async fn a_host_without_hubs_and_tools_says_so() {
    let service = TestService::start(Options::default()).await;
    let (status, told) = service.get("/api/v1/hubs").await;
    assert_eq!(status, 200);
    assert!(told["unseen"].as_str().is_some(), "{told}");
    assert_eq!(told["hubs"].as_array().unwrap().len(), 1, "the simulated one");
    let (status, told) = service.get("/api/v1/doctor").await;
    assert_eq!(status, 200);
    assert!(told["checks"].as_array().unwrap().iter().any(|check| check["check"] == "uhubctl"), "{told}");
    service.stop().await;
}
