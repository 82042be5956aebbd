//! A small HTTP/1.1 client: keep-alive connections that post reports as fast as they are answered.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What one run showed.
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    /// Microseconds.
    pub(crate) p50: f64,
    /// Microseconds.
    pub(crate) p99: f64,
    pub(crate) requests: u64,
}

/// Posts reports of `ports` devices over so many connections for so long. Panics on any answer but 200.
pub(crate) async fn run(address: SocketAddr, connections: usize, ports: u16, time: Duration) -> Measured {
    let start = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|worker| tokio::spawn(one_connection(address, worker, ports, start + time)))
        .collect();
    let mut latencies = Vec::new();
    for worker in workers {
        latencies.extend(worker.await.expect("a connection that works"));
    }
    let seconds = start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let at = |part: f64| {
        let index = (latencies.len() as f64 * part) as usize;
        latencies
            .get(index.min(latencies.len().saturating_sub(1)))
            .map_or(f64::NAN, |d| d.as_secs_f64() * 1e6)
    };
    let requests = latencies.len() as u64;
    Measured { per_second: requests as f64 / seconds, p50: at(0.5), p99: at(0.99), requests }
}

async fn one_connection(address: SocketAddr, worker: usize, ports: u16, end: Instant) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("a server that listens");
    stream.set_nodelay(true).expect("a TCP socket");
    let mut buffer = vec![0; 16 * 1024];
    let mut latencies = Vec::with_capacity(1 << 16);
    let mut count = worker * 7919;
    loop {
        let begin = Instant::now();
        if begin >= end {
            return latencies;
        }
        count += 1;
        let request = request(count % usize::from(ports) + 1, 30 + count % 40);
        stream.write_all(request.as_bytes()).await.expect("an open connection");
        read_answer(&mut stream, &mut buffer).await;
        latencies.push(begin.elapsed());
    }
}

fn request(device: usize, level: usize) -> String {
    let body =
        format!(r#"{{"device":"device-{device}","level":{level},"charging":true,"temperature":31.5}}"#);
    format!(
        "POST /api/v1/reports HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let read = stream.read(buffer.get_mut(filled..).expect("room")).await.expect("an answer");
        assert!(read > 0, "the server closed the connection");
        filled += read;
        let text = String::from_utf8_lossy(buffer.get(..filled).expect("filled"));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        assert!(head.starts_with("HTTP/1.1 200"), "unexpected answer: {text}");
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length:").map(str::trim).map(str::to_owned)
        });
        let length: usize = length.expect("a length").parse().expect("a number");
        if body.len() >= length {
            return;
        }
    }
}

/// Posts one report as soon as somebody answers; gives up after ten seconds.
pub(crate) async fn first_answer(address: SocketAddr) -> Duration {
    let start = Instant::now();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        if let Ok(mut stream) = TcpStream::connect(address).await {
            stream.write_all(request(1, 50).as_bytes()).await.expect("an open connection");
            read_answer(&mut stream, &mut buffer).await;
            return start.elapsed();
        }
        assert!(start.elapsed() < Duration::from_secs(10), "nobody listens on {address}");
        tokio::task::yield_now().await;
    }
}
