//! The three servers that are measured.

use std::net::SocketAddr;

use poem::{EndpointExt, Route, listener::TcpListener};
use poem_openapi::{Object, OpenApi, OpenApiService, payload::Json};
use serde::{Deserialize, Serialize};

#[derive(Object, Serialize, Deserialize)]
#[oai(deny_unknown_fields)]
struct Report {
    device: Option<String>,
    station: Option<String>,
    port: Option<u16>,
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    level: i64,
    charging: Option<bool>,
    temperature: Option<f64>,
    measured_at: Option<String>,
}

#[derive(Object, Serialize)]
struct Decision {
    id: i64,
    at: String,
    station: String,
    port: u16,
    device: Option<String>,
    verdict: String,
    reason: String,
    by: String,
    rule: Option<String>,
    line: Option<u32>,
    version: String,
}

fn decide(report: &Report) -> Decision {
    Decision {
        id: 1_800_000_000_000_000,
        at: "2026-11-22T14:00:00Z".to_owned(),
        station: "bench".to_owned(),
        port: report.port.unwrap_or(1),
        device: report.device.clone(),
        verdict: "keep".to_owned(),
        reason: "no rule has an opinion".to_owned(),
        by: "nobody".to_owned(),
        rule: None,
        line: None,
        version: "000000000000".to_owned(),
    }
}

#[poem::handler]
#[expect(clippy::needless_pass_by_value, reason = "poem's extractors are taken by value")]
fn bare(report: poem::web::Json<Report>) -> poem::web::Json<Decision> {
    poem::web::Json(decide(&report.0))
}

struct Api;

#[OpenApi]
impl Api {
    #[oai(path = "/reports", method = "post")]
    async fn report(&self, report: Json<Report>) -> Json<Decision> {
        Json(decide(&report.0))
    }
}

/// Runs one server until it is killed.
pub(crate) fn serve(name: &str, ports: u16, address: SocketAddr) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        match name {
            "poem" => {
                let app = Route::new().at("/api/v1/reports", poem::post(bare)).boxed();
                poem::Server::new(TcpListener::bind(address)).run(app).await.expect("a server");
            }
            "poem-openapi" => {
                let service = OpenApiService::new(Api, "bare", "1");
                let app = Route::new().nest("/api/v1", service).boxed();
                poem::Server::new(TcpListener::bind(address)).run(app).await.expect("a server");
            }
            _ => super::service::run(ports, address).await,
        }
    });
}
