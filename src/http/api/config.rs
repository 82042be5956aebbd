//! The files at work, and reading them again.

use std::{sync::Arc, time::Duration};

use poem::http::StatusCode;
use poem_openapi::OpenApi;
use tokio::sync::oneshot;

use super::Heading;
use crate::{
    http::{
        auth::{Edit, May, Read},
        dto::{ConfigOut, DiagnosticOut},
        payload::Json,
        problem::Problem,
        server::Services,
    },
    model::ConfigState,
};

/// Checking a thousand rules takes a second on a Raspberry Pi.
const RELOAD_LIMIT: Duration = Duration::from_secs(10);

pub(super) struct Config(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Config")]
impl Config {
    /// What is at work, and what is wrong with the files
    #[oai(path = "/config", method = "get", operation_id = "config")]
    async fn config(&self, _may: May<Read>) -> Result<Json<ConfigOut>, Problem> {
        let state = Arc::clone(&self.0.config.borrow());
        Ok(Json(ConfigOut::from(&*state)))
    }

    /// Read the files again, now
    ///
    /// The service watches its files and does this by itself; this is for file systems that cannot be watched. Status
    /// 422 `config_rejected` lists what is wrong; the files that were at work stay at work.
    #[oai(path = "/reload", method = "post", operation_id = "reload")]
    async fn reload(&self, _may: May<Edit>) -> Result<Json<ConfigOut>, Problem> {
        let asked = async {
            let (answer, state) = oneshot::channel();
            self.0.reload.send(answer).await.ok()?;
            state.await.ok()
        };
        let state = tokio::time::timeout(RELOAD_LIMIT, asked).await.map_err(|_| {
            let detail = format!(
                "the files were not read within {} s: see GET /api/v1/config",
                RELOAD_LIMIT.as_secs()
            );
            Problem::unavailable("reload_timeout", detail, 10)
        })?;
        let state = state.ok_or_else(|| Problem::unavailable("stopped", "the service is stopping", 5))?;
        match &state.rejected {
            None => Ok(Json(ConfigOut::from(&*state))),
            Some(rejected) => Err(not_taken(&state, &rejected.problems)),
        }
    }
}

fn not_taken(state: &ConfigState, problems: &[crate::model::Diagnostic]) -> Problem {
    let count = match problems.len() {
        1 => "1 problem".to_owned(),
        several => format!("{several} problems"),
    };
    let detail = format!("the files were not taken ({count}), version `{}` works on", state.active.version);
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "config_rejected", detail)
        .with_problems(problems.iter().map(DiagnosticOut::from).collect())
}
