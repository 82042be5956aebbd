//! What a person or a device asks, and the answers.

use serde_json::json;

use crate::support::{Hub, Options, TestService, parts, settings};
use smart_charging_station::{
    http::{self, Access, HttpSettings},
    model::{Diagnostic, Rejected, Severity},
};

#[tokio::test]
async fn a_report_is_answered_with_the_decision() {
    let service = TestService::start(Options::default()).await;
    let (status, decision) =
        service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 85})).await;
    assert_eq!(status, 200, "{decision}");
    assert_eq!(decision["verdict"], "rest");
    assert_eq!(decision["reason"], "85% is at or over 80%");
    assert_eq!(decision["by"], "policy");
    assert_eq!(decision["rule"], "keep-between");
    assert_eq!(decision["line"], 3);
    assert_eq!(decision["station"], "desk");
    assert_eq!(decision["port"], 1);
    assert!(decision.get("facts").is_none());

    let (status, decision) = service.post("/api/v1/reports", &json!({"port": 1, "level": 15.0})).await;
    assert_eq!((status, &decision["verdict"]), (200, &json!("charge")));
    service.stop().await;
}

#[tokio::test]
async fn a_decision_is_explained_right_after_it_was_made() {
    let service = TestService::start(Options::default()).await;
    let report = json!({"device": "pixel-7", "level": 85, "temperature": 31.5});
    let (_, decision) = service.post("/api/v1/reports", &report).await;
    let path = format!("/api/v1/stations/desk/decisions/{}", decision["id"]);
    let (status, detail) = service.get(&path).await;
    assert_eq!(status, 200, "{detail}");
    assert_eq!(detail["id"], decision["id"]);
    assert_eq!(detail["facts"]["battery"]["temperature"], 31.5);
    assert_eq!(detail["facts"]["device"], "pixel-7");
    assert_eq!(detail["overruled"], json!([]));
    assert_eq!(detail["overruled_version"], "0f3a9c51d2e4");

    let (_, list) = service.get("/api/v1/decisions?station=desk&port=1&limit=1").await;
    assert_eq!(list["decisions"][0]["id"], decision["id"]);
    assert!(list["next"].is_string(), "{list}");
    let (_, list) = service.get("/api/v1/reports?device=pixel-7").await;
    assert_eq!(list["reports"][0]["battery"]["level"], 85);
    assert_eq!(list["next"], json!(null));
    service.stop().await;
}

#[tokio::test]
async fn next_leads_through_all_pages_of_every_list() {
    let service = TestService::start(Options { stations: &["desk", "lab"], ..Options::default() }).await;
    // Besides these, every port has its first decision: that nobody has reported.
    for level in [85, 15, 86, 14, 87] {
        for station in ["desk", "lab"] {
            let report = json!({"station": station, "port": 1, "level": level});
            assert_eq!(service.post("/api/v1/reports", &report).await.0, 200);
        }
    }
    for (list, query, count) in [
        ("decisions", "", 18),
        ("decisions", "&station=lab", 9),
        ("reports", "", 10),
        ("reports", "&station=desk&port=1", 5),
    ] {
        let (mut seen, mut before) = (0, String::new());
        loop {
            let (status, page) = service.get(&format!("/api/v1/{list}?limit=3{query}{before}")).await;
            assert_eq!(status, 200, "{page}");
            seen += page[list].as_array().unwrap().len();
            let Some(next) = page["next"].as_str() else { break };
            assert!(next.parse::<i64>().is_ok(), "{next}");
            before = format!("&before={next}");
        }
        assert_eq!(seen, count, "{list}{query}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_station_that_was_removed_still_has_its_past() {
    let service = TestService::start(Options::default()).await;
    service.post("/api/v1/reports", &json!({"port": 1, "level": 50})).await;
    service.directory.replace(std::collections::BTreeMap::new());
    let (status, found) = service.get("/api/v1/reports?station=desk").await;
    assert_eq!((status, found["reports"].as_array().unwrap().len()), (200, 1));
    // No switch there, but a past.
    assert_eq!(service.get("/api/v1/switches?station=desk&port=1").await.0, 200);
    let (status, problem) = service.get("/api/v1/switches?station=desk&port=99").await;
    assert_eq!((status, &problem["code"]), (404, &json!("unknown_station")));
    service.stop().await;
}

#[tokio::test]
async fn a_person_holds_a_port_and_gives_it_back() {
    let service = TestService::start(Options::default()).await;
    let (status, port) =
        service.put("/api/v1/stations/desk/ports/1/mode", &json!({"mode": "off", "for": "2 h"})).await;
    assert_eq!(status, 200, "{port}");
    assert_eq!(port["mode"]["mode"], "off");
    assert_eq!(port["mode"]["by"], "REST");
    assert!(port["mode"]["until"].is_string());
    let (_, decision) = service.post("/api/v1/reports", &json!({"port": 1, "level": 15})).await;
    assert_eq!(decision["by"], "mode");
    let (_, port) = service.put("/api/v1/stations/desk/ports/1/mode", &json!({"mode": "auto"})).await;
    assert_eq!(port["mode"]["mode"], "auto");
    let (_, port) = service.get("/api/v1/stations/desk/ports/1").await;
    assert_eq!(port["wanted"], "on");
    service.stop().await;
}

#[tokio::test]
async fn a_device_gets_a_name_and_is_found_by_it() {
    let service = TestService::start(Options::default()).await;
    let (status, port) =
        service.put("/api/v1/stations/desk/ports/3/device", &json!({"device": "Mäxchens S9+"})).await;
    assert_eq!((status, &port["device"]), (200, &json!("Mäxchens S9+")), "{port}");
    let (status, device) = service.get("/api/v1/devices/M%C3%A4xchens%20S9+").await;
    assert_eq!((status, &device["port"]), (200, &json!(3)), "{device}");
    let (_, devices) = service.get("/api/v1/devices").await;
    assert_eq!(devices.as_array().unwrap().len(), 3);
    let (_, port) = service.put("/api/v1/stations/desk/ports/3/device", &json!({"device": null})).await;
    assert_eq!(port["device"], json!(null));
    service.stop().await;
}

#[tokio::test]
async fn events_can_be_asked_for_later() {
    let service = TestService::start(Options::default()).await;
    let (_, port) = service.get("/api/v1/stations/desk/ports/1").await;
    assert!(port.as_object().unwrap().contains_key("serial"), "{port}");
    service.put("/api/v1/stations/desk/ports/3/device", &json!({"device": "visitor"})).await;
    service.put("/api/v1/stations/desk/ports/3/mode", &json!({"mode": "off"})).await;
    let (status, first) = service.get("/api/v1/events/past?station=desk&port=3&limit=1").await;
    assert_eq!(status, 200, "{first}");
    let event = &first["events"][0];
    assert_eq!((&event["code"], &event["station"]), (&json!("mode_changed"), &json!("desk")), "{event}");
    assert_eq!(
        event["mode"],
        json!({"mode": "off", "level": null, "until": null, "until_unplugged": false, "by": "REST"})
    );
    assert!(event["number"].is_i64() && event["at"].is_string(), "{event}");
    let before = first["next"].as_str().unwrap();
    let path = format!("/api/v1/events/past?station=desk&port=3&before={before}");
    let (_, second) = service.get(&path).await;
    assert_eq!(second["events"][0]["code"], "device_named");
    assert_eq!((&second["events"][0]["device"], &second["next"]), (&json!("visitor"), &json!(null)));
    assert_eq!(service.get("/api/v1/events/past?station=attic").await.0, 404);
    assert_eq!(service.get("/api/v1/events/past?port=3").await.0, 422);
    service.stop().await;
}

#[tokio::test]
async fn with_several_stations_a_port_needs_its_station() {
    let service = TestService::start(Options { stations: &["desk", "lab"], ..Options::default() }).await;
    let (status, problem) = service.post("/api/v1/reports", &json!({"port": 1, "level": 50})).await;
    assert_eq!((status, &problem["code"]), (422, &json!("station_needed")));
    let (status, decision) =
        service.post("/api/v1/reports", &json!({"station": "lab", "port": 1, "level": 50})).await;
    assert_eq!((status, &decision["station"]), (200, &json!("lab")));
    let (_, stations) = service.get("/api/v1/stations").await;
    assert_eq!(stations.as_array().unwrap().len(), 2);
    service.stop().await;
}

#[tokio::test]
async fn files_that_were_not_taken_are_told() {
    let service = TestService::start(Options::default()).await;
    let (status, config) = service.post("/api/v1/reload", &json!(null)).await;
    assert_eq!((status, &config["rejected"]), (200, &json!(null)));
    service.config.send_modify(|state| {
        let mut new = (**state).clone();
        let problem = Diagnostic {
            file: "stations/desk.ron".to_owned(),
            line: 3,
            column: 5,
            length: 0,
            severity: Severity::Error,
            code: "unknown-field".to_owned(),
            message: "unknown field `titel`".to_owned(),
            hint: "did you mean `title`?".to_owned(),
        };
        new.rejected = Some(Rejected { at: new.active.at, problems: vec![problem] });
        *state = new.into();
    });
    let (status, problem) = service.post("/api/v1/reload", &json!(null)).await;
    assert_eq!((status, &problem["code"]), (422, &json!("config_rejected")));
    assert_eq!(problem["problems"][0]["line"], 3);
    let (status, config) = service.get("/api/v1/config").await;
    assert_eq!((status, &config["rejected"]["problems"][0]["column"]), (200, &json!(5)));
    let (status, health) = service.get("/health/ready").await;
    assert_eq!((status, &health["config_rejected"]), (200, &json!(true)));
    service.stop().await;
}

#[tokio::test]
async fn pages_and_health_need_nothing_from_outside() {
    let service = TestService::start(Options::default()).await;
    let (status, page) = service.get("/docs").await;
    assert_eq!(status, 200);
    let page = page.as_str().unwrap();
    assert!(page.contains("SwaggerUIBundle"));
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http"));
    let (_, document) = service.get("/openapi.json").await;
    assert!(document["paths"]["/api/v1/reports"]["post"].is_object());
    assert!(document["paths"]["/api/v1/reports"]["get"].is_object());
    let (_, text) = service.get("/openapi.yaml").await;
    assert_eq!(text.as_str(), Some(http::spec_yaml().as_str()));
    assert_eq!(service.get("/health/live").await.1["live"], true);
    let (_, health) = service.get("/health/ready").await;
    assert_eq!(health["ready"], true);
    assert_eq!(health["history"], "healthy");
    assert_eq!(health["mqtt"], "off");
    assert_eq!(health["stations"]["desk"], true);
    assert_eq!(health["hub_problems"], json!({}));
    service.stop().await;
}

#[tokio::test]
async fn a_hub_that_cannot_be_switched_is_told_and_keeps_nobody_from_reporting() {
    let service = TestService::start(Options { hub: Hub::Missing, ..Options::default() }).await;
    let (status, health) = service.get("/health/ready").await;
    assert_eq!((status, &health["ready"]), (200, &json!(true)));
    let told = &health["hub_problems"]["desk"];
    assert_eq!((&told["ports"], &told["first_port"]), (&json!(4), &json!(1)), "{health}");
    assert_eq!(told["code"], "uhubctl_missing");
    assert!(told["message"].as_str().unwrap().starts_with("uhubctl was not found (no such file)"), "{told}");
    assert_eq!(service.post("/api/v1/reports", &json!({"port": 1, "level": 50})).await.0, 200);
    service.stop().await;
}

#[tokio::test]
async fn a_station_that_ended_makes_the_service_not_ready() {
    let service = TestService::start(Options::default()).await;
    let station = service.directory.station("desk").unwrap();
    let mut pictures = station.changed();
    station.stop(smart_charging_station::controller::Ending::Exit).await;
    while pictures.changed().await.is_ok() {}
    let (status, health) = service.get("/health/ready").await;
    assert_eq!((status, &health["stations"]["desk"]), (503, &serde_json::json!(false)));
    let (status, problem) =
        service.post("/api/v1/reports", &serde_json::json!({"port": 1, "level": 5})).await;
    assert_eq!((status, &problem["code"]), (503, &serde_json::json!("stopped")));
    service.stop().await;
}

#[tokio::test]
async fn an_open_address_without_tokens_is_refused_with_what_to_do() {
    let settings = HttpSettings { listen: ([0, 0, 0, 0], 0).into(), ..settings(Access::Auto) };
    let error = http::bind(&settings, parts(&Options::default()).services).await.err().unwrap().to_string();
    assert!(error.contains("`scs token add`") && error.contains("access: Open"), "{error}");

    let with_token = Options { tokens: &[("phone", "report")], ..Options::default() };
    assert!(http::bind(&settings, parts(&with_token).services).await.is_ok());
    // A disk in trouble is not the same as no tokens.
    let unreadable = parts(&with_token);
    std::fs::remove_file(unreadable.files.path().join("history.db")).unwrap();
    assert!(http::bind(&settings, unreadable.services).await.is_ok());
    let open = HttpSettings { access: Access::Open, ..settings };
    assert!(http::bind(&open, parts(&Options::default()).services).await.is_ok());
}
