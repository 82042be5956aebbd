//! `GET /metrics`.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::Heading;
use crate::http::{
    auth::{May, Read},
    metrics::{Around, Exposition, Picture},
    problem::Problem,
    server::Services,
};

pub(super) struct Metrics(pub(super) Arc<Services>);

#[OpenApi(tag = "Heading::Health")]
impl Metrics {
    /// Numbers for Prometheus
    ///
    /// Calls to hubs with their times, per station what was switched, what failed and what is wrong now, the batteries of
    /// devices, and how history, files and MQTT do. OpenMetrics text; who must have a token sends it here too.
    #[oai(path = "/metrics", method = "get", operation_id = "metrics")]
    async fn metrics(&self, _may: May<Read>) -> Result<Exposition, Problem> {
        let tally = self.0.tally.borrow().clone();
        let stations = self.0.directory.stations();
        let views = stations.values().map(|station| station.view()).collect();
        let (history_ok, lost) = {
            let history = self.0.history.borrow();
            (history.ok, history.lost)
        };
        let mqtt = (self.0.mqtt)();
        let around = Around {
            history_ok,
            lost,
            mqtt_connected: (mqtt != "off").then_some(mqtt == "connected"),
            files_rejected: self.0.config.borrow().rejected.is_some(),
        };
        Exposition::new(Picture { tally, views, around })
    }
}
