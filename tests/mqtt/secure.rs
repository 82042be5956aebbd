//! Encrypted connections and WebSockets.

use smart_charging_station::mqtt::{Link, MqttSettings, Protocol, Tls, TlsVersion};

use crate::{
    broker::Broker,
    certificates::Authority,
    watcher::Watcher,
    world::{World, at},
};

const BOTH: [Protocol; 2] = [Protocol::V311, Protocol::V5];

fn trusting(authority: &Authority) -> Tls {
    Tls { ca: Some(authority.file()), ..Tls::default() }
}

fn over(port: u16, tls: Tls) -> MqttSettings {
    MqttSettings { tls: Some(tls), ..at(port) }
}

/// Comes there, says something, and is heard.
async fn works(settings: MqttSettings, broker: &Broker, what: &str) {
    let world = World::desk(settings);
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/status", "online").await;
    watcher.send("smartcharger/report/pixel-7", "85").await;
    watcher.sees("smartcharger/port/1/state", "OFF").await;
    world.stop().await;
    watcher.sees("smartcharger/status", "offline").await;
    let log = broker.log();
    let is_rude = log.lines().any(|line| line.contains("Client scs-test") && line.contains("closed its"));
    assert!(!is_rude, "{what}: no orderly good-bye:\n{log}");
}

/// Does not come there, and says why.
async fn is_told(settings: MqttSettings, words: &str) {
    let world = World::desk(settings);
    let told = |link: &Link| link.problem().is_some_and(|reason| reason.contains(words));
    world.link("desk", told).await;
}

#[tokio::test]
async fn a_broker_with_a_certificate_of_a_known_authority_is_spoken_to() {
    let authority = Authority::new();
    let (broker, port) = Broker::start_with_second(&authority.signs("127.0.0.1").listener());
    for protocol in BOTH {
        for minimum in [TlsVersion::V12, TlsVersion::V13] {
            let tls = Tls { minimum, ..trusting(&authority) };
            works(MqttSettings { protocol, ..over(port, tls) }, &broker, "TLS").await;
        }
    }
}

#[tokio::test]
async fn websockets_work_with_and_without_tls() {
    let authority = Authority::new();
    let pair = authority.signs("127.0.0.1").listener();
    let (plain, plain_port) = Broker::start_with_second("protocol websockets");
    let (safe, safe_port) = Broker::start_with_second(&format!("protocol websockets\n{pair}"));
    let websocket = Some("/mqtt".to_owned());
    for protocol in BOTH {
        let settings = MqttSettings { protocol, websocket: websocket.clone(), ..at(plain_port) };
        works(settings, &plain, "ws").await;
        let settings =
            MqttSettings { protocol, websocket: websocket.clone(), ..over(safe_port, trusting(&authority)) };
        works(settings, &safe, "wss").await;
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_a_broker_that_wants_one() {
    let authority = Authority::new();
    let pair = authority.signs("127.0.0.1").listener();
    let wants =
        format!("{pair}cafile {}\nrequire_certificate true\ntls_version tlsv1.3", authority.file().display());
    let (broker, port) = Broker::start_with_second(&wants);
    let own = authority.signs("charger");
    let tls = Tls { certificate: Some(own.certificate), key: Some(own.key), ..trusting(&authority) };
    for protocol in BOTH {
        works(MqttSettings { protocol, ..over(port, tls.clone()) }, &broker, "certificate").await;
        is_told(
            MqttSettings { protocol, ..over(port, trusting(&authority)) },
            "it wants a certificate of ours (CertificateRequired): name `certificate` and `key`",
        )
        .await;
    }
    let other = Authority::new();
    let strange = other.signs("charger");
    let tls = Tls { certificate: Some(strange.certificate), key: Some(strange.key), ..trusting(&authority) };
    is_told(over(port, tls), "it does not accept our certificate (").await;
}

#[tokio::test]
async fn a_broker_that_cannot_prove_who_it_is_is_not_spoken_to() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (_expired, port) = Broker::start_with_second(&authority.signs_until("127.0.0.1", 2021).listener());
    is_told(over(port, trusting(&authority)), "its certificate has expired").await;

    let (named, port) = Broker::start_with_second(&authority.signs("broker.lan").listener());
    is_told(over(port, trusting(&other)), "its certificate is of an authority that is not trusted here")
        .await;
    is_told(over(port, Tls::default()), "of an authority that is not trusted here").await;
    is_told(over(port, trusting(&authority)), "its certificate is for another name").await;
    let tls = |name: &str| Tls { server_name: Some(name.to_owned()), ..trusting(&authority) };
    is_told(over(port, tls("other.lan")), "its certificate is for another name").await;
    works(over(port, tls("broker.lan")), &named, "server_name").await;
}

#[tokio::test]
async fn plain_and_encrypted_ports_are_not_confused() {
    let authority = Authority::new();
    let (broker, port) = Broker::start_with_second(&authority.signs("127.0.0.1").listener());
    is_told(at(port), "does it want `mqtts://`").await;
    is_told(over(broker.port(), trusting(&authority)), "is this its port for TLS").await;
    let websocket = MqttSettings { websocket: Some("/".to_owned()), ..at(broker.port()) };
    is_told(websocket, "no WebSocket to the broker at `ws://127.0.0.1:").await;
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_and_one_of_somebody_else_is_not() {
    let (authority, other) = (Authority::new(), Authority::new());
    let present = authority.signs("127.0.0.1");
    let (mut broker, port) = Broker::start_with_second(&present.listener());
    let world = World::desk(over(port, trusting(&authority)));
    world.connected("desk").await;
    let is_lost = |link: &Link| matches!(link, Link::Down { .. });

    broker.kill();
    world.link("desk", is_lost).await;
    present.becomes(&other.signs("127.0.0.1"));
    broker.run();
    let told = |link: &Link| link.problem().is_some_and(|why| why.contains("authority that is not trusted"));
    world.link("desk", told).await;

    broker.kill();
    present.becomes(&authority.signs_until("127.0.0.1", 2098));
    broker.run();
    world.connected("desk").await;
}
