//! Who may do what.

use serde_json::{Value, json};
use smart_charging_station::http::Access;

use crate::support::{Hub, Options, TestService, answer};

const TOKENS: &[(&str, &str)] =
    &[("phone", "report:pixel-7"), ("phones", "report"), ("page", "operate"), ("admin", "edit")];

async fn service() -> TestService {
    TestService::start(Options { access: Access::Tokens, tokens: TOKENS, ..Options::default() }).await
}

async fn ask(
    service: &TestService,
    who: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let mut request = service.request(method, path);
    if let Some(secret) = service.secrets.get(who) {
        request = request.bearer_auth(secret);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    answer(request).await
}

#[tokio::test]
async fn each_role_may_do_what_is_below_it() {
    let service = service().await;
    let own = || Some(json!({"device": "pixel-7", "level": 50}));
    let other = || Some(json!({"device": "tablet", "level": 50}));
    let mode = || Some(json!({"mode": "on"}));
    let probe = || Some(json!({"power": "off", "for": "1 min"}));
    let check = || Some(json!({"kind": "rule", "name": "new", "text": "//! x\nkeep(\"x\");"}));
    let command = || Some(json!({"command": "ON"}));
    let edit = || Some(json!({"edits": [], "days": 0}));
    let rule = || Some(json!({"rule": "keep-between"}));
    let cases: [(&str, &str, Option<Value>, [u16; 5]); 28] = [
        //                                                          nobody phone phones page admin
        ("GET", "/api/v1/stations", None, [401, 200, 200, 200, 200]),
        ("GET", "/api/v1/unknown-devices", None, [401, 200, 200, 200, 200]),
        ("PUT", "/api/v1/stations/desk/ports/4/probe", probe(), [401, 403, 403, 200, 200]),
        ("DELETE", "/api/v1/stations/desk/ports/4/probe", None, [401, 403, 403, 200, 200]),
        ("PUT", "/api/v1/stations/desk/signals/price", Some(json!({"value": 1})), [401, 403, 403, 200, 200]),
        ("GET", "/api/smartcharger/state/1", None, [401, 200, 200, 200, 200]),
        ("POST", "/api/v1/reports", own(), [401, 200, 200, 200, 200]),
        ("POST", "/api/v1/reports", other(), [401, 403, 200, 200, 200]),
        ("PUT", "/api/v1/stations/desk/ports/1/mode", mode(), [401, 403, 403, 200, 200]),
        ("PUT", "/api/v1/stations/desk/mode", mode(), [401, 403, 403, 200, 200]),
        ("PUT", "/api/v1/devices/pixel-7/mode", mode(), [401, 403, 403, 200, 200]),
        (
            "PUT",
            "/api/v1/stations/desk/ports/3/device",
            Some(json!({"device": "x"})),
            [401, 403, 403, 200, 200],
        ),
        ("POST", "/api/smartcharger/command/1", command(), [401, 403, 403, 200, 200]),
        ("GET", "/api/v1/rules/keep-between", None, [401, 200, 200, 200, 200]),
        ("GET", "/api/v1/versions", None, [401, 200, 200, 200, 200]),
        ("PUT", "/api/v1/rules/keep-between", Some(json!({"text": ""})), [401, 403, 403, 403, 428]),
        ("POST", "/api/v1/versions/0123456789ab/rollback", None, [401, 403, 403, 403, 404]),
        ("POST", "/api/v1/rules/check", check(), [401, 403, 403, 403, 200]),
        ("POST", "/api/v1/rules/test", rule(), [401, 403, 403, 403, 200]),
        ("POST", "/api/v1/reload", None, [401, 403, 403, 403, 200]),
        ("POST", "/api/v1/rules/try", edit(), [401, 403, 403, 403, 200]),
        ("GET", "/api/v1/replay", None, [401, 200, 200, 200, 200]),
        ("GET", "/api/v1/service", None, [401, 200, 200, 200, 200]),
        ("GET", "/api/v1/hubs", None, [401, 200, 200, 200, 200]),
        ("GET", "/api/v1/doctor", None, [401, 403, 403, 200, 200]),
        ("GET", "/api/v1/tokens", None, [401, 403, 403, 403, 200]),
        ("GET", "/", None, [200, 200, 200, 200, 200]),
        ("GET", "/health/ready", None, [200, 200, 200, 200, 200]),
    ];
    for (method, path, body, expected) in cases {
        for (who, expected) in ["nobody", "phone", "phones", "page", "admin"].into_iter().zip(expected) {
            let (status, answer) = ask(&service, who, method, path, body.clone()).await;
            assert_eq!(status, expected, "{who}: {method} {path}: {answer}");
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn a_refusal_says_what_is_needed() {
    let service = service().await;
    let (_, problem) = ask(&service, "phone", "POST", "/api/v1/reload", None).await;
    assert_eq!(problem["code"], "forbidden");
    assert_eq!(problem["needed_role"], "edit");
    assert_eq!(problem["detail"], "this token's role is `report:pixel-7`, this needs `edit`");
    let by_port = Some(json!({"port": 2, "level": 50}));
    let (_, problem) = ask(&service, "phone", "POST", "/api/v1/reports", by_port).await;
    assert_eq!(problem["code"], "other_device");

    let response = service.request("GET", "/api/v1/stations").send().await.unwrap();
    assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"scs\"");
    let wrong = service.request("GET", "/api/v1/stations").bearer_auth("scs_wrong").send().await.unwrap();
    assert_eq!(wrong.status(), 401);
    assert!(wrong.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    service.stop().await;
}

#[tokio::test]
async fn errors_of_the_old_paths_keep_their_form() {
    let service = service().await;
    let (status, error) = ask(&service, "nobody", "GET", "/api/smartcharger/state/1", None).await;
    assert_eq!(status, 401);
    assert!(error["error"].as_str().unwrap().starts_with("a token is needed"), "{error}");
    assert_eq!(error.as_object().unwrap().len(), 1);
    service.stop().await;
}

#[tokio::test]
async fn the_token_that_set_a_mode_is_named() {
    let service = service().await;
    let mode = Some(json!({"mode": "off"}));
    let (_, port) = ask(&service, "page", "PUT", "/api/v1/stations/desk/ports/1/mode", mode).await;
    assert_eq!(port["mode"]["by"], "REST (page)");
    service.stop().await;
}

#[tokio::test]
async fn on_loopback_a_foreign_name_needs_a_token() {
    let service = TestService::start(Options::default()).await;
    let (status, _) = service.get("/api/v1/stations").await;
    assert_eq!(status, 200);
    let foreign = service.request("GET", "/api/v1/stations").header("host", "evil.example");
    let (status, problem) = answer(foreign).await;
    assert_eq!((status, &problem["code"]), (401, &json!("unauthorized")));
    service.stop().await;
}

#[tokio::test]
async fn what_comes_through_a_proxy_needs_a_token() {
    let service = TestService::start(Options::default()).await;
    for (name, value) in [
        ("forwarded", "for=192.168.1.7"),
        ("x-forwarded-for", "192.168.1.7"),
        ("x-forwarded-host", "localhost"),
        ("x-real-ip", "192.168.1.7"),
        ("via", "1.1 caddy"),
        ("host", "192.168.1.5"),
    ] {
        let (status, _) = answer(service.request("GET", "/api/v1/stations").header(name, value)).await;
        assert_eq!(status, 401, "{name}: {value}");
    }
    service.stop().await;
}

#[tokio::test]
async fn strangers_learn_whether_the_service_works_and_no_more() {
    const DOWN: &str = "down: `tcp://10.0.0.7:1883` refused user `scs`";
    let options = Options {
        access: Access::Tokens,
        tokens: TOKENS,
        hub: Hub::Missing,
        mqtt: DOWN,
        ..Options::default()
    };
    let service = TestService::start(options).await;
    let (_, told) = ask(&service, "phone", "GET", "/health/ready", None).await;
    assert_eq!((&told["mqtt"], &told["history"]), (&json!(DOWN), &json!("healthy")));
    assert!(told["hub_problems"]["desk"]["message"].as_str().unwrap().contains("no such file"));
    let (status, told) = ask(&service, "nobody", "GET", "/health/ready", None).await;
    assert_eq!((status, &told["mqtt"], &told["history"]), (200, &json!("down"), &json!("ok")));
    let problem = &told["hub_problems"]["desk"];
    assert_eq!(problem["code"], "uhubctl_missing");
    assert_eq!(problem["message"], "a caller with a token is told");
    service.stop().await;
}
