//! Two services on one host.

use serde_json::json;

use crate::{
    folder::{DESK, Folder},
    hub::Hub,
    service::{Service, run_to_end},
};

#[tokio::test]
async fn a_second_service_on_the_same_history_refuses_with_73() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let second = run_to_end(&folder).await;
    assert_eq!(second.code, Some(73), "{}", second.log);
    assert!(second.log.contains("another scs uses the history file `data/history.db`"), "{}", second.log);
    assert!(second.log.contains("stop it, or give this one a file of its own"), "{}", second.log);
    // The first one never noticed.
    assert_eq!(service.report("one", 85).await["verdict"], "rest");
    service.stop().await;
}

#[tokio::test]
async fn two_services_with_one_lock_never_run_two_calls_at_once() {
    let (folder, hub) = Hub::beside(Folder::new());
    let other = Folder::new();
    other.write("stations/desk.ron", &Hub::station());
    other.settings(&hub.settings());
    let first = Service::start(&folder).await;
    let second = Service::start(&other).await;
    let (of_first, of_second) = (first.events().await, second.events().await);
    // Sockets of their own, so that they do not switch against each other.
    let mut seen = (0, 0);
    for round in 0..6 {
        let mode = if round % 2 == 0 { "off" } else { "on" };
        let (a, b) =
            tokio::join!(first.set_mode(1, json!({"mode": mode})), second.set_mode(2, json!({"mode": mode})));
        assert_eq!((a.0, b.0), (200, 200));
        let power = [("power", json!(mode))];
        let found = tokio::join!(
            of_first.sees_after(seen.0, "switched", &power),
            of_second.sees_after(seen.1, "switched", &power)
        );
        seen = (found.0.0, found.1.0);
    }
    for events in [&of_first, &of_second] {
        assert_eq!(events.count_of("switch_failed"), 0);
    }
    first.stop().await;
    second.stop().await;
    let marks = hub.read("marks");
    assert!(marks.lines().count() >= 24, "{marks}");
    let right = marks.lines().zip(["start", "end"].iter().cycle()).all(|(mark, right)| mark == *right);
    assert!(right, "two calls at once:\n{marks}");
    assert!(hub.read("calls").contains("-p 1") && hub.read("calls").contains("-p 2"));
    assert_ne!(Hub::station(), DESK);
}

#[tokio::test]
async fn a_second_service_on_the_same_address_refuses_with_69() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let other = Folder::new();
    let address = service.url("").replace("http://", "");
    other.write("settings.ron", &format!("(http: (listen: \"{address}\"))"));
    let second = run_to_end(&other).await;
    assert_eq!(second.code, Some(69), "{}", second.log);
    assert!(second.log.contains(&address), "{}", second.log);
    service.stop().await;
}
