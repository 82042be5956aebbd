//! Every error a client can cause, as the client reads it: one golden file.

use std::fmt::Write;

use crate::{
    golden,
    hubs::watched,
    support::{Options, TestService},
};

const JSON: &str = "application/json";

/// Method, path, content type, body.
type Case = (&'static str, &'static str, &'static str, &'static str);

const REPORTS: &[&str] = &[
    "",
    "{",
    "{\n  \"level\": NaN\n}",
    "{\"level\": 57}x",
    "[]",
    "57",
    "null",
    "{}",
    "{\"level\": 57}",
    "{\"levle\": 57, \"device\": \"pixel-7\"}",
    "{\"level\": 57, \"level\": 58}",
    "{\"device\": \"pixel-7\", \"level\": 101}",
    "{\"device\": \"pixel-7\", \"level\": -1}",
    "{\"device\": \"pixel-7\", \"level\": 57.5}",
    "{\"device\": \"pixel-7\", \"level\": \"57\"}",
    "{\"device\": \"pixel-7\", \"level\": null}",
    "{\"device\": \"pixel-7\", \"level\": [57]}",
    "{\"device\": \"pixel-7\", \"level\": 1e400}",
    "{\"device\": \"pixel-7\", \"level\": 99999999999999999999}",
    "{\"device\": \"pixel-7\", \"level\": 57, \"temperature\": 315}",
    "{\"device\": \"pixel-7\", \"level\": 57, \"temperature\": \"warm\"}",
    "{\"device\": \"pixel-7\", \"level\": 57, \"charging\": 1}",
    "{\"device\": \"pixel-7\", \"level\": 57, \"measured_at\": 1795356300}",
    "{\"device\": \"pixel-7\", \"level\": 57, \"measured_at\": \"yesterday\"}",
    "{\"device\": \"toaster\", \"level\": 57}",
    "{\"device\": \"two\\nlines\", \"level\": 57}",
    "{\"device\": \"pixel-7\", \"port\": 2, \"level\": 57}",
    "{\"port\": 0, \"level\": 57}",
    "{\"port\": \"1\", \"level\": 57}",
    "{\"port\": 70000, \"level\": 57}",
    "{\"port\": 99, \"level\": 57}",
    "{\"station\": \"attic\", \"port\": 1, \"level\": 57}",
    "{\"station\": \"My Desk\", \"port\": 1, \"level\": 57}",
];

const OTHERS: &[Case] = &[
    ("POST", "/api/v1/reports", "", "{\"level\": 57}"),
    ("POST", "/api/v1/reports", "application/x-www-form-urlencoded", "level=57"),
    ("DELETE", "/api/v1/reports", "", ""),
    ("GET", "/api/v1/report", "", ""),
    ("GET", "/nothing", "", ""),
    ("POST", "/docs", JSON, "{}"),
    ("GET", "/api/v1/stations/attic", "", ""),
    ("PUT", "/api/v1/stations/desk/signals/sun", JSON, "{\"value\": 1}"),
    ("PUT", "/api/v1/stations/desk/signals/Sun", JSON, "{\"value\": 1}"),
    ("PUT", "/api/v1/stations/desk/signals/price", JSON, "{\"value\": \"0.21\"}"),
    ("PUT", "/api/v1/stations/desk/signals/price", JSON, "{\"value\": 1e400}"),
    ("PUT", "/api/v1/stations/desk/signals/price", JSON, "{\"price\": 1}"),
    ("PUT", "/api/v1/stations/attic/signals/price", JSON, "{\"value\": 1}"),
    ("GET", "/api/v1/stations/My%20Desk", "", ""),
    ("GET", "/api/v1/stations/desk/ports/99", "", ""),
    ("GET", "/api/v1/stations/desk/ports/one", "", ""),
    ("GET", "/api/v1/devices/toaster", "", ""),
    ("GET", "/api/v1/stations/desk/decisions/1", "", ""),
    ("GET", "/api/v1/stations/desk/decisions/last", "", ""),
    ("GET", "/api/v1/stations/desk/decisions/1/explanation", "", ""),
    ("GET", "/api/v1/stations/attic/ports/1/explanation", "", ""),
    ("GET", "/api/v1/stations/desk/ports/99/explanation", "", ""),
    ("GET", "/api/v1/stations/desk/decisions/1/test", "", ""),
    ("GET", "/api/v1/stations/desk/decisions/1/test?rule=Mine", "", ""),
    ("POST", "/api/v1/rules/test", JSON, "{}"),
    ("POST", "/api/v1/rules/test", JSON, "{\"rule\": \"Mine\"}"),
    ("POST", "/api/v1/rules/test", JSON, "{\"rule\": \"mine\", \"txt\": \"\"}"),
    ("GET", "/api/v1/decisions?limit=0", "", ""),
    ("GET", "/api/v1/decisions?limit=501", "", ""),
    ("GET", "/api/v1/decisions?port=1", "", ""),
    ("GET", "/api/v1/decisions?before=noon", "", ""),
    ("GET", "/api/v1/decisions?devcie=pixel-7", "", ""),
    ("GET", "/api/v1/decisions?limit=1&limit=2", "", ""),
    ("GET", "/api/v1/decisions?station=attic", "", ""),
    ("GET", "/api/v1/reports?station=desk&port=99", "", ""),
    ("GET", "/api/v1/switches?device=pixel-7", "", ""),
    ("GET", "/api/v1/switches?station=attic&port=1", "", ""),
    ("GET", "/api/v1/stations?limit=1", "", ""),
    ("POST", "/api/v1/reports?dry=1", JSON, "{\"device\": \"pixel-7\", \"level\": 57}"),
    ("PUT", "/api/v1/stations/desk/ports/4/device", JSON, "{\"device\": \"new phone\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "[]"),
    (
        "PUT",
        "/api/v1/stations/desk/ports/1/mode",
        JSON,
        "{\"mode\": \"on\", \"until\": \"9999-12-31T23:59:59Z\"}",
    ),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "{\"mode\": \"on\", \"for\": \"1000000 days\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "{\"mode\": \"maybe\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "{\"mode\": 1}"),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "{\"mode\": \"on\", \"for\": \"soon\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "{\"mode\": \"on\", \"for\": 2}"),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "{\"mode\": \"auto\", \"for\": \"2 h\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "{\"mode\": \"on\", \"until\": \"soon\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "{\"mode\": \"on\", \"level\": 50}"),
    ("PUT", "/api/v1/stations/desk/ports/1/mode", JSON, "{\"mode\": \"hold\", \"level\": 4}"),
    ("PUT", "/api/v1/stations/desk/mode", JSON, "{\"mode\": \"once\", \"until\": \"unplugged\"}"),
    ("PUT", "/api/v1/devices/nobody/mode", JSON, "{\"mode\": \"on\"}"),
    ("PUT", "/api/v1/stations/desk/ports/99/mode", JSON, "{\"mode\": \"on\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/probe", JSON, "{}"),
    ("PUT", "/api/v1/stations/desk/ports/1/probe", JSON, "{\"power\": \"off\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/probe", JSON, "{\"power\": \"dim\", \"for\": \"5 s\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/probe", JSON, "{\"power\": \"off\", \"for\": 5}"),
    ("PUT", "/api/v1/stations/desk/ports/1/probe", JSON, "{\"power\": \"off\", \"for\": \"a while\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/probe", JSON, "{\"power\": \"off\", \"for\": \"900 ms\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/probe", JSON, "{\"power\": \"off\", \"for\": \"11 min\"}"),
    ("PUT", "/api/v1/stations/desk/ports/99/probe", JSON, "{\"power\": \"off\", \"for\": \"5 s\"}"),
    ("DELETE", "/api/v1/stations/desk/ports/99/probe", "", ""),
    ("DELETE", "/api/v1/stations/attic/ports/1/probe", "", ""),
    ("POST", "/api/v1/stations/desk/ports/1/probe", JSON, "{}"),
    ("GET", "/api/v1/stations/desk/ports/99/parameters", "", ""),
    ("PUT", "/api/v1/stations/desk/ports/1/parameters/keep-between/hihg", JSON, "{\"value\": 60}"),
    ("PUT", "/api/v1/stations/desk/ports/1/parameters/keep-between/high", JSON, "{\"value\": \"much\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/parameters/ready-by/at", JSON, "{\"value\": \"07:00\"}"),
    ("PUT", "/api/v1/stations/desk/ports/1/parameters/Ready/at", JSON, "{\"value\": 1}"),
    ("PUT", "/api/v1/stations/desk/ports/1/parameters/keep-between/high", JSON, "{\"value\": null}"),
    ("PUT", "/api/v1/stations/desk/ports/1/parameters/keep-between/high", JSON, "{\"high\": 60}"),
    ("DELETE", "/api/v1/stations/desk/ports/1/parameters/keep-between/hihg", "", ""),
    ("GET", "/api/v1/unknown-devices?station=desk", "", ""),
    ("POST", "/api/v1/rules/try", JSON, "{}"),
    (
        "POST",
        "/api/v1/rules/try",
        JSON,
        "{\"edits\": [{\"kind\": \"rules\", \"name\": \"x\", \"text\": \"\"}]}",
    ),
    ("POST", "/api/v1/rules/try", JSON, "{\"edits\": [], \"days\": 29}"),
    ("POST", "/api/v1/rules/try", JSON, "{\"edits\": [], \"since\": \"a while\"}"),
    ("POST", "/api/v1/rules/try", JSON, "{\"edits\": [], \"against\": \"0f3a9c51d2e5\"}"),
    (
        "POST",
        "/api/v1/rules/try",
        JSON,
        "{\"edits\": [{\"kind\": \"rule\", \"name\": \"keep-between\", \"text\": null}], \"days\": 0}",
    ),
    ("GET", "/api/v1/replay?since=a%20while", "", ""),
    ("GET", "/api/v1/replay?since=2000%20days", "", ""),
    ("GET", "/api/v1/replay?station=attic", "", ""),
    ("POST", "/api/v1/rules/check", JSON, "{\"kind\": \"rule\", \"name\": \"../x\", \"text\": \"\"}"),
    ("POST", "/api/v1/rules/check", JSON, "{\"kind\": \"script\", \"name\": \"x\", \"text\": \"\"}"),
    ("POST", "/api/v1/rules/check", JSON, "{\"kind\": \"rule\"}"),
    ("POST", "/metrics", "", ""),
    ("PUT", "/api/v1/stations/desk/ports/1/device", JSON, "{}"),
    ("PUT", "/api/v1/stations/desk/ports/1/device", JSON, "{\"device\": \" blank \"}"),
    ("GET", "/api/v1/rules/none", "", ""),
    ("GET", "/api/v1/rules/My%20Rule", "", ""),
    ("PUT", "/api/v1/rules/keep-between", JSON, "{\"text\": \"//! x\"}"),
    ("PUT", "/api/v1/rules/keep-between", JSON, "{\"text\": \"//! x\", \"test\": \"\"}"),
    ("PUT", "/api/v1/rules/keep-between", JSON, "{}"),
    ("PUT", "/api/v1/rules/keep-between", "text/html", "//! x"),
    ("DELETE", "/api/v1/rules/keep-between", "", ""),
    ("GET", "/api/v1/versions?before=first", "", ""),
    ("GET", "/api/v1/versions/last", "", ""),
    ("GET", "/api/v1/versions/0123456789ab", "", ""),
    ("POST", "/api/v1/versions/0123456789ab/rollback", "", ""),
    ("POST", "/api/smartcharger/command/99", JSON, "{\"command\": \"ON\"}"),
    ("POST", "/api/smartcharger/command/1", JSON, "{\"command\": \"TOGGLE\"}"),
    ("POST", "/api/smartcharger/command/1", JSON, "ON"),
    ("POST", "/api/smartcharger/command/1", JSON, "{\"command\": \"ON\", \"battery_level\": 101}"),
    ("POST", "/api/smartcharger/command/1", JSON, "{\"command\": \"ON\", \"device_name\": 7}"),
    ("POST", "/api/smartcharger/command/1", "text/plain", "{\"command\": \"ON\"}"),
    ("GET", "/api/smartcharger/command/1", "", ""),
    ("GET", "/api/smartcharger/state/99", "", ""),
    ("GET", "/api/smartcharger/state/one", "", ""),
    ("GET", "/api/smartcharger/nothing", "", ""),
];

#[tokio::test]
async fn every_error_says_what_is_allowed() {
    let service = TestService::start(watched()).await;
    service.plug(3, "R5CT");
    service.port_until(3, "a thing", |port| port["shows"] == "thing").await;
    service.put("/api/v1/stations/desk/ports/3/device", &serde_json::json!({"device": "new phone"})).await;
    let mut text = String::from(
        "What the service answers to mistakes. `SCS_BLESS=1 cargo test` writes this file anew.\n",
    );
    let reports = REPORTS.iter().map(|body| ("POST", "/api/v1/reports", JSON, *body));
    for (method, path, kind, body) in reports.chain(OTHERS.iter().copied()) {
        let mut request = service.request(method, path);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        if !body.is_empty() {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        write!(text, "\n{method} {path}").unwrap();
        if kind != JSON && !kind.is_empty() {
            write!(text, " ({kind})").unwrap();
        }
        writeln!(text, " {}", body.replace('\n', " ")).unwrap();
        let status = response.status();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let allow =
            response.headers().get("allow").map(|allow| format!(" (allow: {})", allow.to_str().unwrap()));
        let answer: serde_json::Value = response.json().await.unwrap();
        if kind == "application/problem+json" {
            assert_eq!(answer["status"], status.as_u16());
            assert_eq!(
                answer["type"],
                format!("urn:smart-charging-station:{}", answer["code"].as_str().unwrap())
            );
            writeln!(
                text,
                "  {} {}{}",
                status.as_u16(),
                answer["code"].as_str().unwrap(),
                allow.unwrap_or_default()
            )
            .unwrap();
            writeln!(text, "  {}", answer["detail"].as_str().unwrap()).unwrap();
        } else {
            assert!(path.starts_with("/api/smartcharger/"), "{method} {path}: {kind}");
            writeln!(text, "  {}{}\n  {answer}", status.as_u16(), allow.unwrap_or_default()).unwrap();
        }
        assert!(status.is_client_error(), "{method} {path} {body}: {status}");
    }
    golden::assert("tests/golden/http_errors.txt", &text);
    service.stop().await;
}

#[tokio::test]
async fn reports_out_of_time_are_refused_with_the_reason() {
    let service = TestService::start(Options::default()).await;
    for (at, code) in
        [("2199-01-01T00:00:00Z", "report_from_the_future"), ("2020-01-01T00:00:00Z", "report_too_old")]
    {
        let report = serde_json::json!({"device": "pixel-7", "level": 50, "measured_at": at});
        let (status, problem) = service.post("/api/v1/reports", &report).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some(code)), "{problem}");
    }
    service.stop().await;
}
