//! The outermost endpoint: hands every request what it needs, and gives every error its form.
//!
//! poem's own errors (no such path, wrong method, a panic) become problem documents here. On the paths of the service
//! before this one every error is an object with the one field `error`, as its clients expect.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderValue, Method, StatusCode, Uri, header},
};
use serde::Serialize;

use super::{
    auth::Admission,
    paths::Paths,
    payload::json_response,
    problem::{PROBLEM_JSON, Problem},
    seed,
    squeeze::{squeeze, takes_gzip},
};

/// An error on the paths of the service before this one.
#[derive(Serialize)]
pub(super) struct SeedError<'a> {
    pub(super) error: &'a str,
}

/// Wraps all routes.
pub(super) struct Answers<E> {
    pub(super) inner: E,
    pub(super) admission: Arc<Admission>,
    pub(super) paths: Paths,
}

impl<E: Endpoint> Endpoint for Answers<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        request.extensions_mut().insert(Arc::clone(&self.admission));
        let method = request.method().clone();
        let uri = request.uri().clone();
        let takes_gzip = takes_gzip(request.headers());
        if let Err(problem) = self.paths.check_query(&request) {
            return Ok(problem.into_response());
        }
        let answer = AssertUnwindSafe(self.inner.call(request)).catch_unwind().await;
        let response = match answer {
            Ok(answer) => answer.map_or_else(poem::Error::into_response, IntoResponse::into_response),
            Err(_) => {
                tracing::error!(%method, path = uri.path(), "a request made the service panic");
                internal().into_response()
            }
        };
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            return Ok(self.shape(response, &method, &uri).await);
        }
        // Of a HEAD the body is gone, and its length is that of the answer to a GET.
        Ok(if method == Method::HEAD { response } else { squeeze(response, takes_gzip).await })
    }
}

impl<E> Answers<E> {
    async fn shape(&self, response: Response, method: &Method, uri: &Uri) -> Response {
        let is_problem = response.content_type() == Some(PROBLEM_JSON);
        if uri.path().starts_with(seed::PREFIX) {
            return if response.content_type() == Some("application/json") {
                response
            } else {
                self.seed_error(response, is_problem, method, uri).await
            };
        }
        if is_problem || response.content_type() == Some("application/json") {
            return response;
        }
        self.problem(response.status(), method, uri).into_response()
    }

    /// A problem document for what poem found wrong.
    fn problem(&self, status: StatusCode, method: &Method, uri: &Uri) -> Problem {
        let path: String = uri.path().chars().take(80).collect();
        match status {
            StatusCode::NOT_FOUND => {
                Problem::not_found("no_such_path", format!("there is no `{path}` here: see /docs"))
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                let allowed = self.paths.methods(uri.path()).unwrap_or("GET");
                let method: String = method.as_str().chars().take(20).collect();
                let detail = format!("`{method}` is not possible here: use {allowed}");
                let problem = Problem::new(status, "method_not_allowed", detail);
                match HeaderValue::from_str(allowed) {
                    Ok(value) => problem.with_header(header::ALLOW, value),
                    Err(_) => problem,
                }
            }
            status if status.is_server_error() => internal(),
            status => Problem::new(status, "bad_request", "the request could not be understood: see /docs"),
        }
    }

    async fn seed_error(&self, response: Response, is_problem: bool, method: &Method, uri: &Uri) -> Response {
        let status = response.status();
        let mut problem =
            if is_problem { response } else { self.problem(status, method, uri).into_response() };
        let document = problem.take_body().into_vec().await.unwrap_or_default();
        let document: serde_json::Value = serde_json::from_slice(&document).unwrap_or_default();
        let error = document.get("detail").and_then(|detail| detail.as_str()).unwrap_or_default();
        let mut answer = json_response(status, &SeedError { error });
        for name in [header::WWW_AUTHENTICATE, header::ALLOW, header::RETRY_AFTER] {
            if let Some(value) = problem.headers().get(&name) {
                answer.headers_mut().insert(name, value.clone());
            }
        }
        answer
    }
}

/// The service itself made a mistake.
pub(super) fn internal() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal_error",
        "the service made a mistake while it answered; it is in its log, and charging goes on",
    )
}

#[cfg(test)]
mod tests {
    use poem::endpoint::make_sync;
    use serde_json::Value;

    use super::*;
    use crate::{
        history::{self, HistorySettings, Retention},
        http::{Access, HttpSettings},
        model::Span,
    };

    #[tokio::test]
    async fn a_panic_is_answered_in_the_form_of_its_path() {
        let files = tempfile::tempdir().unwrap();
        let kept = HistorySettings {
            path: files.path().join("history.db"),
            retention: Retention::of(Span::from_hours(1)),
            gather: Span::from_secs(1),
        };
        let settings = HttpSettings { listen: ([127, 0, 0, 1], 0).into(), access: Access::Auto };
        let reader = history::start(&kept).unwrap().reader;
        let admission = Arc::new(Admission::new(&settings, reader).await.unwrap());
        let inner = make_sync(|_| -> Response { panic!("a mistake") });
        let answers = Answers { inner, admission, paths: Paths::default() };

        for (path, field) in [("/api/v1/stations", "detail"), ("/api/smartcharger/state/1", "error")] {
            let response = answers.call(Request::builder().uri_str(path).finish()).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let body: Value = response.into_body().into_json().await.unwrap();
            let told = body[field].as_str().unwrap();
            assert!(told.starts_with("the service made a mistake"), "{told}");
        }
    }
}
