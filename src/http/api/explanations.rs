//! Why a port is as it is, in words and step by step.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::OpenApi;

use super::{Heading, closed, history, port, station};
use crate::{
    http::{
        auth::{May, Read},
        dto::ExplanationOut,
        params::Path,
        payload::Json,
        problem::Problem,
        server::Services,
    },
    model::{DecisionId, PortId, StationName},
    workshop::{NoPlan, explain::Unexplained},
};

pub(super) struct Explanations(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::History")]
impl Explanations {
    /// Why a decision was made
    ///
    /// What part each guard and rule had in it, and the way through each: values read, comparisons, branches taken and
    /// not taken, also of the rules that had no opinion. Computed now from the recorded facts, by the version of the
    /// files that decided. Status 404 `version_not_kept`: those are gone, and others would explain nothing.
    #[oai(
        path = "/stations/:station/decisions/:id/explanation",
        method = "get",
        operation_id = "decision_explanation"
    )]
    async fn decision(
        &self,
        _may: May<Read>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The decision's number.
        id: Path<DecisionId>,
    ) -> Result<Json<ExplanationOut>, Problem> {
        let decision = Arc::new(history::decision(&self.0, &name.0, id.0).await?);
        let explained = self.0.workshop.explain(Arc::clone(&decision)).await.map_err(unexplained)?;
        Ok(Json(ExplanationOut::new(&decision, &explained)))
    }

    /// Why a port is as it is now
    ///
    /// As for a decision, with the files at work and the values of this moment. Status 503 `undecided`: nothing was decided
    /// there yet.
    #[oai(
        path = "/stations/:station/ports/:port/explanation",
        method = "get",
        operation_id = "port_explanation"
    )]
    async fn port(
        &self,
        _may: May<Read>,
        /// The station's name.
        #[oai(name = "station")]
        name: Path<StationName>,
        /// The number on the housing.
        #[oai(name = "port")]
        number: Path<PortId>,
    ) -> Result<Json<ExplanationOut>, Problem> {
        let view = station(&self.0.directory, &name.0)?.view();
        port(&view, number.0)?;
        let now = self.0.clock.now();
        let explained = self.0.workshop.explain_now(&view, number.0, now).await.map_err(unexplained)?;
        let (decision, explained) = explained.ok_or_else(|| {
            let detail = format!("nothing was decided yet for port {} of station `{}`", number.0, name.0);
            Problem::unavailable("undecided", detail, 1)
        })?;
        Ok(Json(ExplanationOut::new(&decision, &explained)))
    }
}

/// What is wrong when something cannot be explained.
fn unexplained(reason: Unexplained) -> Problem {
    match reason {
        Unexplained::NoPlan(NoPlan::Closed(reason)) => closed(reason),
        Unexplained::NoPlan(NoPlan::History(error)) => history::unreadable(&error),
        Unexplained::NoPlan(NoPlan::Unknown(_)) | Unexplained::NoStation(_) => {
            Problem::not_found("version_not_kept", reason.to_string())
        }
        Unexplained::NoPlan(NoPlan::Refused(_)) => {
            Problem::new(StatusCode::CONFLICT, "version_refused", reason.to_string())
        }
    }
}
