//! When devices are to be ready, and what is planned for that, over the API.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use std::sync::Arc;

use serde_json::{Value, json};
use smart_charging_station::model::{Care, DeadlinePlan, Due, Level, PortPlan, Station};

use crate::support::{Options, TestService};

/// Its ports are to be ready when others say so.
fn told_by_others(station: &Station) -> Station {
    let due = Due::Topic("school/next".to_owned());
    let deadlines = Arc::new(vec![DeadlinePlan { due, level: Level::new(90).unwrap() }]);
    let mut station = station.clone();
    for plan in station.ports.values_mut() {
        let care = Arc::new(Care { deadlines: deadlines.clone(), ..(*plan.care).clone() });
        *plan = Arc::new(PortPlan { care, ..(**plan).clone() });
    }
    station
}

#[tokio::test]
async fn the_plan_says_of_each_port_when_it_charges_or_why_not() {
    let service = TestService::start(Options::default()).await;
    let path = "/api/v1/stations/desk/plan";
    let (status, plan) = service.get(path).await;
    assert_eq!((status, plan.as_array().map(Vec::len)), (200, Some(4)));
    assert_eq!((&plan[0]["deadline"], &plan[0]["in_time"]), (&Value::Null, &Value::Null));
    assert_eq!(plan[0]["reason"], "it is not to be ready at any time");

    let handle = service.directory.station("desk").unwrap();
    let view = handle.view();
    handle.reload(Arc::new(told_by_others(&view.station)), view.rules).await.unwrap();
    let tell = "/api/v1/stations/desk/deadlines";
    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 50})).await;
    let (status, plan) = service.put(tell, &json!({"topic": "school/next", "at": "2099-01-02 07:30"})).await;
    assert_eq!(status, 200, "{plan}");
    assert_eq!(
        plan[0]["deadline"],
        json!({"at": "2099-01-02T07:30:00Z", "level": 90, "source": "topic school/next"})
    );
    let reason = plan[0]["reason"].as_str().unwrap();
    assert!(reason.ends_with("no rule of this port begins by deadlines: add `ready-by`"), "{reason}");
    assert_eq!(plan[1]["reason"], "its device has not reported yet");
    assert_eq!(service.get(path).await.1, plan, "the picture has it once it is answered");

    let (status, plan) = service.put(tell, &json!({"topic": "school/next", "at": null})).await;
    assert_eq!((status, &plan[0]["deadline"]), (200, &Value::Null), "taken back");
    let (status, problem) = service.put(tell, &json!({"topic": "school/next", "at": "soon"})).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("invalid_time")), "{problem}");
    let (status, problem) = service.put(tell, &json!({"topic": "other", "at": "07:30"})).await;
    assert_eq!((status, problem["code"].as_str()), (404, Some("unknown_topic")), "{problem}");
    service.stop().await;
}
