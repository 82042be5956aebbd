//! Too much, too slow, too many.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::support::{LIMIT, Options, TestService};

const REPORT: &str = "{\"device\": \"pixel-7\", \"level\": 57}";

fn post(headers: &str, body: &str) -> Vec<u8> {
    let head = "POST /api/v1/reports HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    format!("{head}{headers}\r\n{body}").into_bytes()
}

fn chunked(body: &str) -> String {
    let mut text = String::new();
    for chunk in body.as_bytes().chunks(1000) {
        text += &format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk));
    }
    text + "0\r\n\r\n"
}

#[tokio::test]
async fn a_body_of_10_mb_is_refused_in_words() {
    let service = TestService::start(Options::default()).await;
    let body = format!("{{\"device\": \"{}\"}}", "x".repeat(10_000_000));
    let answer = service.raw(&post(&format!("content-length: {}\r\n", body.len()), &body)).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("\"code\":\"body_too_large\""), "{answer}");
    assert_eq!(service.post("/api/v1/reports", &json!({"port": 1, "level": 5})).await.0, 200);
    service.stop().await;
}

#[tokio::test]
async fn a_body_without_length_works_and_is_limited_too() {
    let service = TestService::start(Options::default()).await;
    let headers = "transfer-encoding: chunked\r\nconnection: close\r\n";
    let answer = service.raw(&post(headers, &chunked(REPORT))).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let big = format!("{{\"device\": \"{}\"}}", "x".repeat(100_000));
    let answer = service.raw(&post(headers, &chunked(&big))).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    service.stop().await;
}

#[tokio::test]
async fn a_report_gets_through_beside_a_thousand_half_open_connections() {
    let service = TestService::start(Options::default()).await;
    let mut half_open = Vec::new();
    for number in 0..1_100 {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        // Every other one says nothing at all.
        if number % 2 == 0 {
            stream.write_all(b"POST /api/v1/reports HTTP/1.1\r\nhost: local").await.unwrap();
        }
        half_open.push(stream);
    }
    let report = post(&format!("content-length: {}\r\nconnection: close\r\n", REPORT.len()), REPORT);
    for _ in 0..20 {
        assert!(service.raw(&report).await.starts_with("HTTP/1.1 200 "));
    }
    drop(half_open);
    service.stop().await;
}

#[tokio::test]
async fn an_event_stream_and_a_slow_reader_survive_a_full_house() {
    let service = TestService::start(Options::default()).await;
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    stream.write_all(b"GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut some = vec![0; 65_536];
    assert!(tokio::time::timeout(LIMIT, stream.read(&mut some)).await.unwrap().unwrap() > 0);
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut slow = socket.connect(service.address).await.unwrap();
    slow.write_all(b"GET /docs HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    slow.readable().await.unwrap();

    let mut idle = Vec::new();
    for _ in 0..1_100 {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        assert!(tokio::time::timeout(LIMIT, stream.read(&mut some)).await.unwrap().unwrap() > 0);
        idle.push(stream);
    }
    service.put("/api/v1/stations/desk/ports/1/mode", &json!({"mode": "off"})).await;
    let mut told = String::new();
    while !told.contains("event: mode_changed") {
        let read = tokio::time::timeout(LIMIT, stream.read(&mut some)).await.unwrap().unwrap();
        assert!(read > 0, "the stream was cut");
        told += &String::from_utf8_lossy(&some[..read]);
    }
    let mut page = String::new();
    tokio::time::timeout(LIMIT, slow.read_to_string(&mut page)).await.unwrap().unwrap();
    assert!(page.trim_end().ends_with("</html>"), "{} bytes", page.len());
    drop(idle);
    service.stop().await;
}

#[tokio::test]
async fn slow_and_idle_connections_are_cut() {
    let service = TestService::start(Options::default()).await;
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let mut silent = TcpStream::connect(service.address).await.unwrap();
    let mut slow = TcpStream::connect(service.address).await.unwrap();
    slow.write_all(b"GET /health/live HTTP/1.1\r\nhost: ").await.unwrap();
    let mut idle = TcpStream::connect(service.address).await.unwrap();
    idle.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();

    let mut rest = Vec::new();
    silent.read_to_end(&mut rest).await.unwrap();
    slow.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"");
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(rest.starts_with(b"HTTP/1.1 200 "));
    assert!((55..75).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    service.stop().await;
}

#[tokio::test]
async fn what_is_no_http_is_cut() {
    let service = TestService::start(Options::default()).await;
    assert_eq!(service.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await, "");
    assert!(service.raw(b"\x16\x03\x01\x02\x00 nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    let (status, _) = service.get("/health/live").await;
    assert_eq!(status, 200);
    service.stop().await;
}

#[tokio::test]
async fn a_stop_waits_for_nobody_who_only_listens() {
    let service = TestService::start(Options::default()).await;
    let mut events = TcpStream::connect(service.address).await.unwrap();
    events.write_all(b"GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut some = [0; 64];
    assert!(tokio::time::timeout(LIMIT, events.read(&mut some)).await.unwrap().unwrap() > 0);
    let idle = TcpStream::connect(service.address).await.unwrap();
    service.stop().await;
    drop((events, idle));
}
