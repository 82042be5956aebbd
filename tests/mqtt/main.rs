//! The bridge to MQTT against a real mosquitto, with real stations on a hub that does not exist.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of tests fails by panicking, as tests do"
)]

mod broker;
mod certificates;
mod commanding;
mod connecting;
mod discovering;
#[path = "../golden/mod.rs"]
mod golden;
mod hearing;
mod leaving;
mod noise;
mod openhab;
mod patience;
mod reports;
mod saying;
mod secure;
mod seed;
mod versions;
mod watcher;
mod world;

use std::time::Duration;

/// Longer than anything here takes on a busy machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for a condition of a channel that always shows the newest.
async fn shows<T, F>(mut newest: tokio::sync::watch::Receiver<T>, what: &str, mut condition: F)
where
    F: FnMut(&T) -> bool,
    T: std::fmt::Debug,
{
    let found = tokio::time::timeout(PATIENCE, newest.wait_for(|value| condition(value))).await.is_ok();
    let last = format!("{:?}", *newest.borrow());
    let last: String = last.chars().rev().take(600).collect::<Vec<_>>().into_iter().rev().collect();
    assert!(found, "{what} did not come about; last: …{last}");
}
