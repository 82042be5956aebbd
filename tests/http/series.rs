//! The course of a device, and history as tables.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use serde_json::{Value, json};
use smart_charging_station::model::{Span, Timestamp};

use crate::support::{Options, TestService};

async fn text(service: &TestService, path: &str) -> (reqwest::header::HeaderMap, String) {
    let answer = service.request("GET", path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    (answer.headers().clone(), answer.text().await.unwrap())
}

#[tokio::test]
async fn the_course_of_a_device_comes_as_columns_of_one_length() {
    let service = TestService::start(Options::default()).await;
    for level in [50, 54] {
        let report = json!({"device": "pixel-7", "level": level, "temperature": 31.25, "charging": true});
        assert_eq!(service.post("/api/v1/reports", &report).await.0, 200);
    }
    let (status, course) = service.get("/api/v1/devices/pixel-7/series").await;
    assert_eq!(status, 200, "{course}");
    assert_eq!((&course["device"], &course["step_s"]), (&json!("pixel-7"), &json!(180)));
    let at = course["at"].as_array().unwrap();
    assert!(
        at.len() <= 500
            && at.windows(2).all(|two| two[1].as_i64().unwrap() - two[0].as_i64().unwrap() == 180)
    );
    let columns = [
        "level",
        "level_min",
        "level_max",
        "level_last",
        "temperature",
        "temperature_max",
        "charging",
        "power",
        "reports",
    ];
    for column in columns {
        assert_eq!(course[column].as_array().unwrap().len(), at.len(), "{column}");
    }
    assert_eq!(course["level"][0], Value::Null);
    let told: Vec<usize> =
        (0..at.len()).filter(|cell| course["reports"][cell].as_i64().unwrap() > 0).collect();
    let value = |column: &str, cell: usize| course[column][cell].as_f64();
    let (first, last) = (*told.first().unwrap(), *told.last().unwrap());
    assert_eq!((value("level_min", first), value("level_last", last)), (Some(50.0), Some(54.0)));
    assert_eq!((value("temperature_max", last), value("charging", last)), (Some(31.3), Some(1.0)));

    let (headers, table) = text(&service, "/api/v1/devices/pixel-7/series.csv?points=2000").await;
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("at,reports,level,level_min,"), "{table}");
    assert!((2..=3).contains(&lines.len()) && lines.last().unwrap().contains(",54,31.3,31.3,1"), "{table}");
    service.stop().await;
}

#[tokio::test]
async fn wrong_times_are_told_and_absurd_ones_answered() {
    let service = TestService::start(Options::default()).await;
    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 50})).await;
    let code = async |path: &str| {
        let (status, problem) = service.get(&format!("/api/v1/devices/{path}")).await;
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    };
    let told = |status, code: &str| (status, code.to_owned());
    assert_eq!(code("nobody/series").await, told(404, "unknown_device"));
    assert_eq!(code("nobody/series.csv").await, told(404, "unknown_device"));
    assert_eq!(code("nobody/sessions.csv").await, told(404, "unknown_device"));
    let backwards = "pixel-7/series?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z";
    assert_eq!(code(backwards).await, told(422, "wrong_range"));
    assert_eq!(code("pixel-7/series?from=yesterday").await, told(400, "invalid_parameter"));
    for points in ["1", "2001", "-5", "many"] {
        assert_eq!(code(&format!("pixel-7/series?points={points}")).await, told(400, "invalid_parameter"));
    }
    let all = "pixel-7/series?from=0001-01-01T00:00:00Z&to=9999-12-30T00:00:00Z&points=2000";
    let (status, course) = service.get(&format!("/api/v1/devices/{all}")).await;
    assert_eq!(status, 200, "{course}");
    let levels = course["level"].as_array().unwrap();
    assert!(
        (1_000..=2_000).contains(&levels.len())
            && levels.iter().filter(|level| !level.is_null()).count() == 1
    );
    let (status, never) = service.get("/api/v1/devices/tablet/series").await;
    assert_eq!((status, &never["at"]), (200, &json!([])), "it never reported");
    service.stop().await;
}

#[tokio::test]
async fn tables_are_sent_page_by_page_and_hold_no_formula() {
    let service = TestService::start(Options::default()).await;
    let name = "=HYPERLINK(\"http://x\")";
    let (status, told) = service.put("/api/v1/stations/desk/ports/3/device", &json!({"device": name})).await;
    assert_eq!(status, 200, "{told}");
    // More than a page of 500.
    for level in 0..600 {
        let report = json!({"device": name, "level": level % 100});
        assert_eq!(service.post("/api/v1/reports", &report).await.0, 200);
    }
    let (headers, table) = text(&service, "/api/v1/decisions.csv?station=desk&port=3").await;
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    assert!(table.starts_with("at,station,port,device,id,verdict,"), "{table}");
    assert!(table.lines().count() > 600, "{}", table.lines().count());
    assert!(table.contains(r#""'=HYPERLINK(""http://x"")""#) && !table.contains(",=HYPER"), "{table}");
    let times: Vec<&str> = table.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert!(times.is_sorted_by(|one, other| one >= other), "the newest first");

    let later = Timestamp::now().checked_add(Span::from_hours(1)).unwrap();
    let (_, none) = text(&service, &format!("/api/v1/decisions.csv?since={later}")).await;
    assert_eq!(none.lines().count(), 1, "{none}");
    let (_, switches) = text(&service, "/api/v1/switches.csv").await;
    assert!(switches.starts_with("at,station,port,wanted,seen,problem,reason\r\n"), "{switches}");
    assert!(switches.lines().skip(1).any(|line| line.contains(",desk,3,off,off,")), "{switches}");
    let (_, sessions) = text(&service, "/api/v1/devices/tablet/sessions.csv").await;
    assert!(sessions.starts_with("began_at,ended_at,plugged_at,"), "{sessions}");
    assert_eq!(service.get("/api/v1/decisions.csv?station=nowhere").await.0, 404);
    assert_eq!(service.get("/api/v1/switches.csv?port=3").await.0, 422);
    service.stop().await;
}
