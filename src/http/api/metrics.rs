//! `GET /metrics`.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::Heading;
use crate::http::{
    auth::{May, Read},
    metrics::{Exposition, Picture},
    problem::Problem,
    server::Services,
};

pub(super) struct Metrics(pub(super) Arc<Services>);

#[OpenApi(tag = "Heading::Health")]
impl Metrics {
    /// Numbers for Prometheus
    ///
    /// Calls to hubs with their times, and per station what was switched, what failed, and what is wrong now. OpenMetrics
    /// text; who must have a token sends it here too.
    #[oai(path = "/metrics", method = "get", operation_id = "metrics")]
    async fn metrics(&self, _may: May<Read>) -> Result<Exposition, Problem> {
        let tally = self.0.tally.borrow().clone();
        let stations = self.0.directory.stations();
        let views = stations.values().map(|station| station.view()).collect();
        Exposition::new(Picture { tally, views })
    }
}
