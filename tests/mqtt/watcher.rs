//! Somebody else at the broker: sees all topics and sends what a test wants to be sent.

use std::collections::BTreeMap;

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS, SubscribeFilter};
use tokio::{sync::watch, task::JoinSet};

use crate::shows;

/// One message as it came: topic, text, and whether the broker had kept it.
pub(crate) type Line = (String, String, bool);

pub(crate) struct Watcher {
    client: AsyncClient,
    lines: watch::Receiver<Vec<Line>>,
    _task: JoinSet<()>,
}

impl Watcher {
    pub(crate) async fn at(port: u16) -> Self {
        Self::connect(port, None, &["#"]).await
    }

    /// Sees these topics only.
    pub(crate) async fn on(port: u16, filters: &[&str]) -> Self {
        Self::connect(port, None, filters).await
    }

    pub(crate) async fn as_user(port: u16, user: &str, password: &str) -> Self {
        Self::connect(port, Some((user, password)), &["#"]).await
    }

    async fn connect(port: u16, login: Option<(&str, &str)>, filters: &[&str]) -> Self {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let id = format!("watcher-{}", NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let mut options = MqttOptions::new(id, "127.0.0.1", port);
        options.set_max_packet_size(16 << 20, 16 << 20);
        if let Some((user, password)) = login {
            options.set_credentials(user, password);
        }
        let (client, mut events) = AsyncClient::new(options, 100);
        events.network_options.set_tcp_nodelay(true);
        let (all, lines) = watch::channel(Vec::new());
        let (subscribed, mut is_subscribed) = watch::channel(false);
        let mut task = JoinSet::new();
        let subscriber = client.clone();
        let filter = |path: &&str| SubscribeFilter::new((*path).to_owned(), QoS::AtLeastOnce);
        let filters: Vec<SubscribeFilter> = filters.iter().map(filter).collect();
        task.spawn(async move {
            while let Ok(event) = events.poll().await {
                match event {
                    Event::Incoming(Packet::ConnAck(_)) => {
                        subscriber.try_subscribe_many(filters.clone()).unwrap();
                    }
                    Event::Incoming(Packet::SubAck(_)) => {
                        subscribed.send_replace(true);
                    }
                    Event::Incoming(Packet::Publish(message)) => {
                        let text = String::from_utf8_lossy(&message.payload).into_owned();
                        all.send_modify(|all| all.push((message.topic, text, message.retain)));
                    }
                    _ => {}
                }
            }
        });
        is_subscribed.wait_for(|done| *done).await.expect("the watcher could not subscribe");
        Self { client, lines, _task: task }
    }

    /// Waits until the last text on a topic is this.
    pub(crate) async fn sees(&self, topic: &str, payload: &str) {
        shows(self.lines.clone(), &format!("`{payload}` on `{topic}`"), |lines| {
            newest(lines).get(topic).is_some_and(|text| *text == payload)
        })
        .await;
    }

    /// Waits until a text that begins or goes on like this has come on a topic.
    pub(crate) async fn sees_part(&self, topic: &str, part: &str) {
        shows(self.lines.clone(), &format!("`{part}` within `{topic}`"), |lines| {
            lines.iter().any(|(t, p, _)| t == topic && p.contains(part))
        })
        .await;
    }

    /// Waits until the last text on a topic has this in it.
    pub(crate) async fn sees_text(&self, topic: &str, part: &str) {
        shows(self.lines.clone(), &format!("`{part}` in what is on `{topic}`"), |lines| {
            newest(lines).get(topic).is_some_and(|text| text.contains(part))
        })
        .await;
    }

    /// Waits until a text has come on a topic so often.
    pub(crate) async fn sees_times(&self, topic: &str, payload: &str, times: usize) {
        shows(self.lines.clone(), &format!("{times} times `{payload}` on `{topic}`"), |lines| {
            lines.iter().filter(|(t, p, _)| t == topic && p == payload).count() >= times
        })
        .await;
    }

    /// Everything that came so far, in order.
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.lines.borrow().clone()
    }

    /// The last text of each topic, one per line.
    pub(crate) fn picture(&self) -> String {
        newest(&self.lines.borrow()).iter().map(|(topic, text)| format!("{topic} {text}\n")).collect()
    }

    pub(crate) async fn send(&self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.client.publish(topic, QoS::AtLeastOnce, false, payload).await.unwrap();
    }

    pub(crate) async fn send_retained(&self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.client.publish(topic, QoS::AtLeastOnce, true, payload).await.unwrap();
    }
}

fn newest(lines: &[Line]) -> BTreeMap<&str, &str> {
    lines.iter().map(|(topic, text, _)| (topic.as_str(), text.as_str())).collect()
}
