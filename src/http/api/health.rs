//! Whether the process answers, and whether the service does its work. Open to everybody; says nothing private.

use std::sync::Arc;

use poem::{IntoResponse, Response, http::StatusCode};
use poem_openapi::{
    ApiResponse, OpenApi,
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type,
};

use super::Heading;
use crate::http::{
    auth::MayRead,
    dto::{HealthOut, HubProblemOut, LiveOut},
    payload::{Json, json_response},
    server::Services,
};

pub(super) struct Health(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/health", tag = "Heading::Health")]
impl Health {
    /// The process answers
    #[oai(path = "/live", method = "get", operation_id = "live")]
    async fn live(&self) -> Json<LiveOut> {
        Json(LiveOut { live: true, program: env!("CARGO_PKG_VERSION").to_owned() })
    }

    /// Whether the service works, part by part
    ///
    /// Ready when every station runs: then reports are taken and decided. A hub that cannot be switched is told in
    /// `hub_problems` and makes nothing unready, as starting the service again would not mend it. History and MQTT are
    /// told, but charging needs neither. Who needs a token and has none is told only whether each works, not why not.
    #[oai(path = "/ready", method = "get", operation_id = "ready")]
    async fn ready(&self, may: MayRead) -> Readiness {
        let config = Arc::clone(&self.0.config.borrow());
        let stations = self.0.directory.stations();
        let hub_problems = stations
            .iter()
            .filter_map(|(name, station)| {
                let problem = HubProblemOut::new(&station.changed().borrow())?;
                let problem = if may.0 { problem } else { problem.without_message() };
                Some((name.to_string(), problem))
            })
            .collect();
        let stations = stations
            .iter()
            // The picture's other end is the station's task: gone means ended.
            .map(|(name, station)| (name.to_string(), station.changed().has_changed().is_ok()))
            .collect::<std::collections::BTreeMap<_, _>>();
        let history = self.0.history.borrow().clone();
        let history = match (history.ok, history.message) {
            (true, _) if !may.0 => "ok".to_owned(),
            (false, _) if !may.0 => "trouble".to_owned(),
            (true, message) if message.is_empty() => "healthy".to_owned(),
            (true, message) => format!("healthy again; {message}"),
            (false, message) => format!("degraded: {message}"),
        };
        let mqtt = match (self.0.mqtt)() {
            reason if !may.0 && !matches!(reason.as_str(), "off" | "connected") => "down".to_owned(),
            told => told,
        };
        Readiness(HealthOut {
            ready: stations.values().all(|runs| *runs),
            config: config.active.version.as_str().to_owned(),
            config_rejected: config.rejected.is_some(),
            stations,
            hub_problems,
            history,
            mqtt,
        })
    }
}

/// 200 when ready, else 503, with the same body.
struct Readiness(HealthOut);

impl IntoResponse for Readiness {
    fn into_response(self) -> Response {
        let status = if self.0.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        json_response(status, &self.0)
    }
}

impl ApiResponse for Readiness {
    fn meta() -> MetaResponses {
        let answer = |status, description| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: HealthOut::schema_ref(),
            }],
            headers: vec![],
        };
        MetaResponses {
            responses: vec![answer(200, "Ready."), answer(503, "Not ready: a station does not run.")],
        }
    }

    fn register(registry: &mut Registry) {
        HealthOut::register(registry);
    }
}
