//! The event stream as a browser reads it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of tests fails by panicking, as tests do"
)]

use serde_json::{Value, json};
use smart_charging_station::{
    http::Access,
    model::{Event, EventKind, Timestamp},
};

use crate::support::{LIMIT, Options, TestService};

/// Reads a stream event by event.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    async fn open(service: &TestService) -> Self {
        Self::of(service.request("GET", "/api/v1/events")).await
    }

    async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The name and data of the next event.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let found = (field("event: "), field("data: "));
                self.text = rest.to_owned();
                if let (Some(name), Some(data)) = found {
                    return Some((name, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let chunk = tokio::time::timeout(LIMIT, self.response.chunk()).await.unwrap().ok()??;
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }

    /// Reads on until an event of this name.
    async fn until(&mut self, name: &str) -> Value {
        loop {
            let (got, data) = self.next().await.expect("the stream ended");
            if got == name {
                return data;
            }
        }
    }
}

#[tokio::test]
async fn what_changed_in_the_picture_is_told_whole_to_who_wants_it() {
    let service = TestService::start(Options::default()).await;
    let mut stream = Stream::of(service.request("GET", "/api/v1/events?changes=true")).await;
    stream.until("snapshot").await;
    service.put("/api/v1/stations/desk/ports/1/mode", &json!({"mode": "off"})).await;
    let mut changes = stream.until("changed").await;
    while changes["ports"][0]["power"] != "off" {
        let ports = changes["ports"].as_array().unwrap();
        assert!(ports.iter().all(|port| port["port"] == 1), "only what changed: {changes}");
        changes = stream.until("changed").await;
    }
    assert_eq!(changes["ports"][0], service.get("/api/v1/stations/desk/ports/1").await.1);
    // The number of ports with power shows at the station.
    assert_eq!(changes["stations"][0], service.get("/api/v1/stations/desk").await.1);

    let (status, problem) = service.get("/api/v1/events?changes=perhaps").await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid_parameter")));
}

#[tokio::test]
async fn the_picture_comes_first_then_what_happens() {
    let service = TestService::start(Options::default()).await;
    let mut stream = Stream::open(&service).await;
    let (name, picture) = stream.next().await.unwrap();
    assert_eq!(name, "snapshot");
    assert_eq!(picture["stations"][0]["station"], "desk");
    assert_eq!(picture["ports"].as_array().unwrap().len(), 4);

    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 85})).await;
    let reported = stream.until("reported").await;
    assert_eq!((&reported["port"], &reported["level"]), (&json!(1), &json!(85)));
    let switched = stream.until("switched").await;
    assert_eq!((&switched["code"], &switched["power"]), (&json!("switched"), &json!("off")));
    service.put("/api/v1/stations/desk/ports/1/mode", &json!({"mode": "on"})).await;
    let changed = stream.until("mode_changed").await;
    assert_eq!(
        changed["mode"],
        json!({"mode": "on", "level": null, "until": null, "until_unplugged": false, "by": "REST"})
    );
    service.stop().await;
}

#[tokio::test]
async fn who_reads_too_slowly_gets_the_picture_again() {
    let service = TestService::start(Options::default()).await;
    let mut stream = Stream::open(&service).await;
    assert_eq!(stream.next().await.unwrap().0, "snapshot");
    // Told in one go, on the only thread: the stream has no turn to take any of them.
    for n in 0..5_000 {
        let kind = EventKind::RuleFailed { rule: "x".to_owned(), message: format!("number {n}") };
        service.directory.tell(Event { at: Timestamp::now(), station: None, port: None, kind });
    }
    let (name, picture) = stream.next().await.unwrap();
    assert_eq!(name, "snapshot");
    assert_eq!(picture["ports"].as_array().unwrap().len(), 4);
    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 50})).await;
    assert_eq!(stream.next().await.unwrap().0, "reported");
    service.stop().await;
}

#[tokio::test]
async fn the_stream_ends_when_the_service_stops() {
    let service = TestService::start(Options::default()).await;
    let mut stream = Stream::open(&service).await;
    assert_eq!(stream.next().await.unwrap().0, "snapshot");
    let stopped = tokio::spawn(service.stop());
    while stream.next().await.is_some() {}
    stopped.await.unwrap();
}

#[tokio::test]
async fn the_stream_of_a_removed_token_ends_with_the_next_keep_alive() {
    let tokens = &[("page", "operate"), ("phone", "report")];
    let service = TestService::start(Options { access: Access::Tokens, tokens, ..Options::default() }).await;
    let open = async |name: &str| {
        let request = service.request("GET", "/api/v1/events").bearer_auth(&service.secrets[name]);
        let mut stream = Stream::of(request).await;
        assert_eq!(stream.next().await.unwrap().0, "snapshot");
        stream
    };
    let (mut removed, mut kept) = (open("page").await, open("phone").await);
    service.tokens().remove("page").unwrap();
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(16)).await;
    tokio::time::resume();
    assert_eq!(removed.next().await, None);
    let kind = EventKind::HistoryBack;
    service.directory.tell(Event { at: Timestamp::now(), station: None, port: None, kind });
    assert_eq!(kept.next().await.unwrap().0, "history_back");
    service.stop().await;
}
