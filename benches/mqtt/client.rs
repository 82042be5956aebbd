//! Somebody at the broker who sends and waits, on a connection for each: with one for both, Nagle's algorithm in the
//! broker would hold back what is heard, and the round trip would be that of the algorithm.

use std::time::{Duration, Instant};

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::timeout,
};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sees everything, and says what it is told.
pub(crate) struct Client {
    says: AsyncClient,
    heard: mpsc::Receiver<Heard>,
    _tasks: JoinSet<()>,
}

struct Heard {
    topic: String,
    payload: Vec<u8>,
    at: Instant,
}

/// What came until something was said.
pub(crate) struct Until {
    /// From the first message to the last.
    pub(crate) took: Duration,
    pub(crate) messages: usize,
    /// Of topics and payloads.
    pub(crate) bytes: usize,
}

impl Client {
    pub(crate) async fn connect(port: u16) -> Self {
        let (says, mut saying) = connection("bench-out", port);
        let (hears, mut events) = connection("bench-in", port);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { while saying.poll().await.is_ok() {} });
        let (inbox, heard) = mpsc::channel(100_000);
        let (is_subscribed, subscribed) = oneshot::channel();
        let mut is_subscribed = Some(is_subscribed);
        tasks.spawn(async move {
            loop {
                match events.poll().await.expect("a broker that goes on") {
                    Event::Incoming(Packet::ConnAck(_)) => {
                        hears.try_subscribe("#", QoS::AtLeastOnce).expect("room");
                    }
                    Event::Incoming(Packet::SubAck(_)) => {
                        if let Some(done) = is_subscribed.take() {
                            done.send(()).expect("somebody who waits");
                        }
                    }
                    Event::Incoming(Packet::Publish(message)) => {
                        let (topic, payload) = (message.topic, message.payload.into());
                        if inbox.try_send(Heard { topic, payload, at: Instant::now() }).is_err() {
                            return;
                        }
                    }
                    Event::Incoming(_) | Event::Outgoing(_) => {}
                }
            }
        });
        timeout(PATIENCE, subscribed).await.expect("an answer in time").expect("a subscription");
        Self { says, heard, _tasks: tasks }
    }

    /// From sending to seeing it on another topic, or on the same.
    pub(crate) async fn trip(&mut self, to: &str, shown: &str, payload: &str) -> Duration {
        let begin = Instant::now();
        self.says.publish(to, QoS::AtLeastOnce, false, payload).await.expect("a connection");
        loop {
            let heard = self.next().await;
            if heard.topic == shown && heard.payload == payload.as_bytes() {
                return heard.at.duration_since(begin);
            }
        }
    }

    /// Waits until this is said, and counts what comes before.
    pub(crate) async fn until(&mut self, topic: &str, payload: &str) -> Until {
        let (mut first, mut messages, mut bytes) = (None, 0, 0);
        loop {
            let heard = self.next().await;
            let first = *first.get_or_insert(heard.at);
            messages += 1;
            bytes += heard.topic.len() + heard.payload.len();
            if heard.topic == topic && heard.payload == payload.as_bytes() {
                return Until { took: heard.at.duration_since(first), messages, bytes };
            }
        }
    }

    /// Drops what came meanwhile, and counts it.
    pub(crate) fn forget(&mut self) -> usize {
        let mut count = 0;
        while self.heard.try_recv().is_ok() {
            count += 1;
        }
        count
    }

    async fn next(&mut self) -> Heard {
        timeout(PATIENCE, self.heard.recv()).await.expect("a message in time").expect("a connection")
    }
}

fn connection(id: &str, port: u16) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(id, "127.0.0.1", port);
    options.set_max_packet_size(1 << 20, 1 << 20);
    let (client, mut events) = AsyncClient::new(options, 100);
    events.network_options.set_tcp_nodelay(true);
    (client, events)
}
