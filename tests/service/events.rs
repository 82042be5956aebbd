//! Reads `GET /api/v1/events` as it comes.

use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::{sync::watch, task::JoinSet};

use crate::shows;

/// All events since the stream was opened, without the snapshots.
pub(crate) struct Events {
    all: watch::Receiver<Vec<Value>>,
    _reader: JoinSet<()>,
}

impl Events {
    /// Begins to read; returns once the first snapshot has come, so that nothing after it is missed.
    pub(crate) async fn open(url: &str) -> Self {
        let answer = reqwest::get(url).await.expect("a stream of events");
        let (publish, all) = watch::channel(Vec::new());
        let (begin, mut begun) = watch::channel(false);
        let mut reader = JoinSet::new();
        reader.spawn(async move {
            let mut bytes = answer.bytes_stream();
            let mut text = Vec::new();
            while let Some(Ok(part)) = bytes.next().await {
                text.extend_from_slice(&part);
                while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                    let message: Vec<u8> = text.drain(..end + 2).collect();
                    match event(&String::from_utf8_lossy(&message)) {
                        Some(event) => publish.send_modify(|all| all.push(event)),
                        None => drop(begin.send(true)),
                    }
                }
            }
        });
        begun.wait_for(|begun| *begun).await.expect("a snapshot");
        Self { all, _reader: reader }
    }

    /// Waits for the first event with this code and these fields, and gives it.
    pub(crate) async fn sees(&self, code: &str, fields: &[(&str, Value)]) -> Value {
        self.sees_after(0, code, fields).await.1
    }

    /// As `sees`, but skips the first `from` events; also gives how many events there are up to the one found.
    pub(crate) async fn sees_after(
        &self,
        from: usize,
        code: &str,
        fields: &[(&str, Value)],
    ) -> (usize, Value) {
        let what = format!("{code} {fields:?}");
        shows(self.all.clone(), &what, |all| find(all, from, code, fields).is_some()).await;
        find(&self.all.borrow(), from, code, fields).unwrap()
    }

    /// How many have come.
    pub(crate) fn count(&self) -> usize {
        self.all.borrow().len()
    }

    /// How many with this code have come.
    pub(crate) fn count_of(&self, code: &str) -> usize {
        self.all.borrow().iter().filter(|event| event["code"] == code).count()
    }
}

fn find(all: &[Value], from: usize, code: &str, fields: &[(&str, Value)]) -> Option<(usize, Value)> {
    let fits =
        |event: &&Value| event["code"] == code && fields.iter().all(|(field, value)| event[*field] == *value);
    let at = from + all.get(from..)?.iter().position(|event| fits(&event))?;
    Some((at + 1, all[at].clone()))
}

/// The event in a message; `None` for a snapshot or a sign of life.
fn event(message: &str) -> Option<Value> {
    let kind = message.lines().find_map(|line| line.strip_prefix("event:")).map_or("", str::trim);
    let data = message.lines().find_map(|line| line.strip_prefix("data:"))?;
    (kind != "snapshot").then(|| serde_json::from_str(data).expect("an event in JSON"))
}
