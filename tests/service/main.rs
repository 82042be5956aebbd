//! The real program from outside: started, asked over HTTP, signalled, killed, and given bad input while it runs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a helper of tests fails by panicking, as tests do"
)]

mod a_minute;
mod broken;
#[path = "../mqtt/broker.rs"]
#[expect(dead_code, reason = "written for the tests of the bridge, which use more of it")]
mod broker;
mod brokers;
mod devices;
mod disk;
mod events;
mod first;
mod folder;
mod hostile;
mod hub;
mod identify;
mod keeping;
#[path = "../twins/play.rs"]
#[expect(dead_code, reason = "written for the tests of the tool, which use more of it")]
mod play;
mod reload;
mod restart;
mod rule_news;
mod rules;
mod saving;
mod service;
mod shadow;
mod twins;
mod two;
mod versions;
#[path = "../mqtt/watcher.rs"]
#[expect(dead_code, reason = "written for the tests of the bridge, which use more of it")]
mod watcher;

use std::time::Duration;

/// Longer than anything here takes on a busy machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(30);
/// An answer over HTTP comes within this, whatever else goes wrong; without other load it takes milliseconds.
const AT_ONCE: Duration = Duration::from_secs(1);
/// Saved files work within a second; this allows for a machine that is busy with other tests.
const RELOADED: Duration = Duration::from_secs(3);

/// Waits for a condition of a channel that always shows the newest.
async fn shows<T, F>(mut newest: tokio::sync::watch::Receiver<T>, what: &str, mut condition: F)
where
    F: FnMut(&T) -> bool,
    T: std::fmt::Debug,
{
    let found = tokio::time::timeout(PATIENCE, newest.wait_for(|value| condition(value)));
    let found = found.await.is_ok_and(|seen| seen.is_ok());
    let last = format!("{:?}", *newest.borrow());
    let last: String = last.chars().rev().take(2000).collect::<Vec<_>>().into_iter().rev().collect();
    assert!(found, "{what} did not come about; last: …{last}");
}
