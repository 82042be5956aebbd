//! The page as a browser is given it, and answers compressed.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use std::io::Read as _;

use flate2::read::GzDecoder;
use reqwest::{Response, header::HeaderMap};
use serde_json::Value;
use smart_charging_station::http::Access;

use crate::support::{Options, TestService};

async fn asked(service: &TestService, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = service.request(method, path);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

async fn get(service: &TestService, path: &str, headers: &[(&str, &str)]) -> Response {
    asked(service, "GET", path, headers).await
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

async fn unzipped(response: Response) -> String {
    assert_eq!(header(response.headers(), "content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(&*response.bytes().await.unwrap()).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn the_page_comes_without_a_token_and_keeps_everything_else_out() {
    let options = Options { access: Access::Tokens, tokens: &[("page", "operate")], ..Options::default() };
    let service = TestService::start(options).await;
    for path in ["/", "/index.html"] {
        let response = get(&service, path, &[]).await;
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        let policy = header(&headers, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(header(&headers, "x-content-type-options"), "nosniff");
        assert_eq!(header(&headers, "referrer-policy"), "no-referrer");
        assert_eq!(header(&headers, "cross-origin-opener-policy"), "same-origin");
        assert_eq!(header(&headers, "cache-control"), "no-cache");
        assert_eq!(header(&headers, "vary"), "accept-encoding");
        let page = response.text().await.unwrap();
        assert!(page.starts_with("<!doctype html>"), "{page}");
        assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("://"), "{page}");
    }
    assert_eq!(get(&service, "/api/v1/service", &[]).await.status(), 401);
    service.stop().await;
}

#[tokio::test]
async fn files_have_their_type_and_what_is_no_part_of_the_page_is_not_there() {
    let service = TestService::start(Options::default()).await;
    for (path, kind) in [
        ("/app/main.js", "text/javascript; charset=utf-8"),
        ("/vendor/ui.mjs", "text/javascript; charset=utf-8"),
        ("/style/base.css", "text/css; charset=utf-8"),
        ("/words/de.json", "application/json"),
        ("/icon.svg", "image/svg+xml"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/vendor/LICENSES.md", "text/markdown; charset=utf-8"),
    ] {
        let response = get(&service, path, &[]).await;
        assert_eq!(
            (response.status().as_u16(), header(response.headers(), "content-type")),
            (200, kind),
            "{path}"
        );
    }
    for path in [
        "/app",
        "/app/",
        "/app/nothing.js",
        "/vendor/package.json",
        "/vendor/ui.entry.mjs",
        "/vendor/update.sh",
        "/app/../../Cargo.toml",
        "/app/%2e%2e/%2e%2e/Cargo.toml",
        "/..%2fCargo.toml",
        "//etc/passwd",
        "/.gitignore",
        "/app/main.js/",
    ] {
        let response = get(&service, path, &[]).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(header(response.headers(), "content-type"), "application/problem+json", "{path}");
    }
    let raw =
        service.raw(b"GET /app/../Cargo.toml HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    assert!(raw.starts_with("HTTP/1.1 404"), "{raw}");
    service.stop().await;
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again() {
    let service = TestService::start(Options::default()).await;
    let plain = get(&service, "/vendor/ui.mjs", &[]).await;
    let tag = header(plain.headers(), "etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() == 34, "{tag}");
    let text = plain.text().await.unwrap();
    let zipped = get(&service, "/vendor/ui.mjs", &[("accept-encoding", "gzip, br")]).await;
    let other = header(zipped.headers(), "etag").to_owned();
    assert_ne!(tag, other, "other bytes have another tag");
    assert!(zipped.content_length().unwrap() < u64::try_from(text.len()).unwrap() / 2);
    assert_eq!(unzipped(zipped).await, text);
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = get(&service, "/vendor/ui.mjs", &[("if-none-match", &known)]).await;
        assert_eq!(again.status(), 304, "{known}");
        assert_eq!(header(again.headers(), "etag"), tag);
        assert_eq!(again.bytes().await.unwrap().len(), 0);
    }
    let zip = [("accept-encoding", "gzip"), ("if-none-match", other.as_str())];
    assert_eq!(get(&service, "/vendor/ui.mjs", &zip).await.status(), 304);
    assert_eq!(get(&service, "/vendor/ui.mjs", &[("if-none-match", "\"x\"")]).await.status(), 200);
    service.stop().await;
}

#[tokio::test]
async fn a_file_is_only_read() {
    let service = TestService::start(Options::default()).await;
    let head = asked(&service, "HEAD", "/", &[]).await;
    assert_eq!(head.status(), 200);
    assert!(header(head.headers(), "content-length").parse::<u32>().unwrap() > 100);
    assert_eq!(head.bytes().await.unwrap().len(), 0);
    for method in ["POST", "PUT", "DELETE"] {
        let refused = asked(&service, method, "/app/main.js", &[]).await;
        assert_eq!((refused.status().as_u16(), header(refused.headers(), "allow")), (405, "GET"));
    }
    service.stop().await;
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_ask() {
    let service = TestService::start(Options::default()).await;
    let zip = [("accept-encoding", "gzip")];
    let ports = get(&service, "/api/v1/stations/desk/ports", &zip).await;
    assert_eq!(header(ports.headers(), "content-type"), "application/json");
    assert!(header(ports.headers(), "vary").contains("accept-encoding"));
    let ports: Value = serde_json::from_str(&unzipped(ports).await).unwrap();
    assert_eq!(ports.as_array().unwrap().len(), 4);
    let plain = get(&service, "/api/v1/stations/desk/ports", &[]).await;
    assert_eq!(header(plain.headers(), "content-encoding"), "");
    assert_eq!(header(plain.headers(), "vary"), "accept-encoding");
    let head = asked(&service, "HEAD", "/api/v1/stations/desk/ports", &zip).await;
    assert_eq!(header(head.headers(), "content-encoding"), "");
    let wrong = asked(&service, "HEAD", "/api/v1/stations/desk/ports?x=1", &[]).await;
    assert_eq!(wrong.status(), 400, "a HEAD takes what a GET takes");
    let docs = get(&service, "/docs", &zip).await;
    assert!(unzipped(docs).await.contains("SwaggerUIBundle"));
    for path in ["/health/live", "/api/v1/rules/keep-between"] {
        let small = get(&service, path, &zip).await;
        assert_eq!(header(small.headers(), "content-encoding"), "", "{path}");
    }
    let events =
        get(&service, "/api/v1/events", &[("accept-encoding", "gzip"), ("accept", "text/event-stream")])
            .await;
    assert_eq!(header(events.headers(), "content-encoding"), "", "a stream is not held back");
    drop(events);
    service.stop().await;
}
