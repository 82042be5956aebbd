//! The host that the service runs on: its hubs, and whether it can switch them.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::Heading;
use crate::{
    host::NotLooked,
    http::{
        auth::{May, Operate, Read},
        dto::{DoctorOut, HubsOut, Residents},
        payload::Json,
        problem::Problem,
        server::Services,
    },
    model::Severity,
};

pub(super) struct Host(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Service")]
impl Host {
    /// All hubs of the host, and what may be switched
    ///
    /// The same hubs as `scs discover` draws: their ports with power and what is plugged in, whose port each is, whether
    /// it may be switched, and why not; then the simulated hubs. Switches nothing. An answer holds for 5 s.
    #[oai(path = "/hubs", method = "get", operation_id = "hubs")]
    async fn hubs(&self, _may: May<Read>) -> Result<Json<HubsOut>, Problem> {
        let tree = self.0.inspector.hubs(self.0.workshop.plan()).await.map_err(|why| not_looked(&why))?;
        let views: Vec<_> = self.0.directory.stations().values().map(|station| station.view()).collect();
        Ok(Json(HubsOut::new(&tree, &Residents(&views), self.0.clock.now())))
    }

    /// What the doctor says
    ///
    /// The same checks as `scs doctor`, as the user that the service runs as: whether host, rights and hubs are as they
    /// should be, and what to type if not. Changes nothing. An answer holds for 5 s.
    #[oai(path = "/doctor", method = "get", operation_id = "doctor")]
    async fn doctor(&self, _may: May<Operate>) -> Result<Json<DoctorOut>, Problem> {
        let findings = self.0.inspector.findings(self.0.workshop.plan()).await;
        let findings = findings.map_err(|why| not_looked(&why))?;
        let config = Arc::clone(&self.0.config.borrow());
        let broken = config.rejected.as_ref().map(|rejected| {
            rejected.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
        });
        Ok(Json(DoctorOut::new(&findings, broken, self.0.clock.now())))
    }
}

fn not_looked(why: &NotLooked) -> Problem {
    Problem::unavailable("hubs_slow", why.to_string(), 5)
}
