//! Bytes that nobody means, on every topic that a station listens to.

use std::{net::Ipv4Addr, sync::Arc};

use smart_charging_station::{
    controller::{Handle, View},
    model::{
        Care, DeadlinePlan, Due, Level, Pointer, PortId, PortPlan, ReportFields, ReportForm, ReportPlan,
        SignalName, SignalPlan, Station, TopicFilter,
    },
    mqtt::Link,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    PATIENCE,
    broker::Broker,
    watcher::Watcher,
    world::{World, settings, station},
};

/// Every kind of topic that a station subscribes to, but `device/set`: there any text is a name, and works.
const TOPICS: [&str; 11] = [
    "smartcharger/port/1/state/set",
    "smartcharger/port/1/mode/set",
    "smartcharger/port/1/minlevel/set",
    "smartcharger/port/1/maxlevel/set",
    "smartcharger/port/1/cycle/set",
    "smartcharger/mode/set",
    "smartcharger/report/pixel-7",
    "energy/price",
    "school/next",
    "owntracks/jane/pixel-7",
    "json/pixel-7",
];
/// What programs send that mean something else, and what breaks readers.
const PIECES: [&str; 12] = [
    "{",
    "}",
    "[",
    "\"",
    "\\u0000",
    ":",
    "1e999",
    "-",
    "null",
    "\u{1b}[31m",
    "57",
    "{\"_type\":\"location\",\"batt\":",
];

/// A station that listens to something of every kind.
fn all_ears() -> Arc<Station> {
    let mut desk = (*station("desk", "smartcharger", &["pixel-7"])).clone();
    let price = SignalPlan { topic: Some("energy/price".to_owned()) };
    desk.signals.insert(SignalName::new("price").unwrap(), price);
    let due = DeadlinePlan { due: Due::Topic("school/next".to_owned()), level: Level::new(100).unwrap() };
    for port in desk.ports.values_mut() {
        let care = Arc::new(Care { deadlines: Arc::new(vec![due.clone()]), ..(*port.care).clone() });
        *port = Arc::new(PortPlan { care, ..(**port).clone() });
    }
    let place = |text: &str| Some(Pointer::new(text).unwrap());
    let fields = ReportFields {
        level: place("/level"),
        charging: place("/charging"),
        temperature: place("/temperature"),
        measured_at: place("/at"),
        scale: 1.0,
        degrees: Default::default(),
    };
    let plan = |topic: &str, form| {
        let topic = TopicFilter::new(topic).unwrap();
        ReportPlan { topic, device: None, devices: Default::default(), form }
    };
    desk.reports = Arc::new(vec![
        plan(ReportPlan::OWNTRACKS, ReportForm::OwnTracks),
        plan("json/+", ReportForm::Fields(fields)),
    ]);
    Arc::new(desk)
}

/// Numbers by chance that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        // Knuth's MMIX generator; its upper bits are good enough to make noise.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn piece(&mut self) -> &'static str {
        let index = usize::try_from(self.below(PIECES.len() as u64)).unwrap();
        PIECES.get(index).copied().unwrap_or_default()
    }

    fn payload(&mut self) -> Vec<u8> {
        match self.below(3) {
            0 => (0..self.below(300)).map(|_| u8::try_from(self.below(256)).unwrap()).collect(),
            1 => {
                let pieces = self.below(12);
                (0..pieces).map(|_| self.piece()).collect::<String>().into()
            }
            _ => self.piece().repeat(usize::try_from(self.below(6_000)).unwrap()).into(),
        }
    }
}

async fn level(desk: &Handle, wanted: u8) {
    let mut pictures = desk.changed();
    let port = PortId::new(1).unwrap();
    let has = |view: &View| {
        view.ports
            .get(&port)
            .and_then(|port| port.memory.battery.as_ref())
            .is_some_and(|battery| battery.level.percent() == wanted)
    };
    let found = timeout(PATIENCE, pictures.wait_for(has)).await;
    found.unwrap_or_else(|_| panic!("no level {wanted}")).unwrap();
}

#[tokio::test]
async fn noise_on_every_topic_changes_nothing_and_loses_no_connection() {
    let broker = Broker::start();
    let world = World::start(settings(&broker), vec![all_ears()]);
    world.connected("desk").await;
    let desk = world.handle("desk");
    let noisy = Watcher::at(broker.port()).await;
    let mut chance = Chance(20_261_122);
    for _ in 0..60 {
        for topic in TOPICS {
            noisy.send(topic, chance.payload()).await;
        }
    }
    noisy.send("smartcharger/report/pixel-7", "42").await;
    level(&desk, 42).await;
    noisy.send("json/pixel-7", r#"{"level": 43}"#).await;
    level(&desk, 43).await;
    assert!(noisy.lines().iter().all(|(topic, text, _)| topic != "smartcharger/status" || text == "online"));
    assert_eq!(world.status.borrow().get("desk"), Some(&Link::Connected));
}

/// Publishes without a client that has limits of its own; what follows arrives behind it.
async fn publish(broker: &Broker, messages: &[(&str, Vec<u8>)]) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, broker.port())).await.unwrap();
    let mut packets = b"\x10\x0f\0\x04MQTT\x04\x02\0\x3c\0\x03big".to_vec();
    for (topic, payload) in messages {
        packets.push(0x30);
        let mut length = 2 + topic.len() + payload.len();
        while length >= 128 {
            packets.push(u8::try_from(length % 128).unwrap() | 128);
            length /= 128;
        }
        packets.push(u8::try_from(length).unwrap());
        packets.extend(u16::try_from(topic.len()).unwrap().to_be_bytes());
        packets.extend(topic.as_bytes());
        packets.extend(payload);
    }
    packets.extend([0xe0, 0]);
    stream.write_all(&packets).await.unwrap();
    stream.shutdown().await.unwrap();
    // Closed with an answer unread, the connection would be reset and the rest of what was sent be lost.
    stream.read_to_end(&mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn ten_megabytes_are_not_read_and_the_station_hears_again() {
    for topic in ["smartcharger/report/pixel-7", "smartcharger/port/1/state/set", "json/pixel-7"] {
        let broker = Broker::start();
        let mut world = World::start(settings(&broker), vec![all_ears()]);
        world.connected("desk").await;
        let desk = world.handle("desk");
        let report = |level: &str| ("smartcharger/report/pixel-7", level.as_bytes().to_vec());
        publish(&broker, &[(topic, vec![b'9'; 10 << 20]), report("41")]).await;
        // MQTT 3.1.1 cannot tell a broker how much is read, so there the connection is lost by it, and made again.
        let told = tokio::select! {
            () = level(&desk, 41) => None,
            told = world.event("broker_lost") => Some(told),
        };
        if let Some(told) = told {
            assert!(told.contains("more than is read: send reports of at most 64 KiB"), "{told}");
            world.link("desk", |link| matches!(link, Link::Down { .. })).await;
            world.connected("desk").await;
        }
        publish(&broker, &[report("42")]).await;
        level(&desk, 42).await;
    }
}
