//! Every error as an RFC 9457 problem document, `application/problem+json`.
//!
//! `code` is for machines and never changes its meaning; `detail` is a lowercase sentence for people that says what is
//! allowed. Must never show what is inside the service: no type names, no paths, no stack.

use poem::{
    IntoResponse, Response,
    error::ResponseError,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object,
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type,
};
use serde::Serialize;
use serde_json::error::Category;

use super::dto::DiagnosticOut;

/// The media type of all errors.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// A problem document (RFC 9457).
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Problem", read_only_all)]
pub(super) struct ProblemDocument {
    /// Names the kind of problem; the same as `code`, as a URI.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: String,
    /// The kind of problem in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened, and what to do.
    detail: String,
    /// A stable code for machines, for example `unknown_port`.
    code: String,
    /// Line in the JSON that was sent, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    line: Option<u32>,
    /// Column in that line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    column: Option<u32>,
    /// The role that a token must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    needed_role: Option<String>,
    /// What is wrong with the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    problems: Option<Vec<DiagnosticOut>>,
}

/// An error on its way to the client. Boxed: the way without errors should not carry its size.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.document.detail)]
pub(super) struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    document: ProblemDocument,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with a stable code and a sentence that says what to do.
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let document = ProblemDocument {
            kind: format!("urn:smart-charging-station:{code}"),
            title: title(code),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            line: None,
            column: None,
            needed_role: None,
            problems: None,
        };
        Self(Box::new(Inner { status, document, headers: Vec::new() }))
    }

    /// What was sent is well formed, but cannot be.
    pub(super) fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// What was asked for is not there.
    pub(super) fn not_found(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// The service cannot do it now; the client may try again after so many seconds.
    pub(super) fn unavailable(code: &'static str, detail: impl Into<String>, retry_after: u16) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from(retry_after))
    }

    /// What was sent is not JSON (400), or not the JSON that was asked for (422).
    pub(super) fn json(error: &serde_json::Error) -> Self {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let text = error.to_string();
        let what = match error.classify() {
            Category::Eof => "it ends too early",
            Category::Io | Category::Syntax | Category::Data => text.strip_suffix(&place).unwrap_or(&text),
        };
        let detail = format!("{what} (line {}, column {})", error.line(), error.column());
        let mut problem = if error.is_data() {
            Self::unprocessable("invalid_value", detail)
        } else {
            Self::new(StatusCode::BAD_REQUEST, "invalid_json", format!("the body is not JSON: {detail}"))
        };
        problem.0.document.line = u32::try_from(error.line()).ok();
        problem.0.document.column = u32::try_from(error.column()).ok();
        problem
    }

    /// Adds a header to the answer.
    pub(super) fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Says which role would have been enough.
    pub(super) fn with_needed_role(mut self, role: &str) -> Self {
        self.0.document.needed_role = Some(role.to_owned());
        self
    }

    /// Adds what is wrong with the files.
    pub(super) fn with_problems(mut self, problems: Vec<DiagnosticOut>) -> Self {
        self.0.document.problems = Some(problems);
        self
    }

    /// The sentence for people.
    #[cfg(test)]
    pub(super) fn detail(&self) -> &str {
        &self.0.document.detail
    }
}

/// `unknown_port` → `Unknown port`: the same title for the same code.
fn title(code: &str) -> String {
    let mut words = code.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // INVARIANT: a document of texts and numbers always serialises.
        let body = serde_json::to_vec(&self.0.document).unwrap_or_default();
        let mut response = Response::builder().status(self.0.status).content_type(PROBLEM_JSON).body(body);
        for (name, value) in self.0.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.0.status
    }
    fn as_response(&self) -> Response {
        self.clone().into_response()
    }
}

impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A problem document; `code` says which problem.",
                status: None,
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: PROBLEM_JSON,
                    schema: ProblemDocument::schema_ref(),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        ProblemDocument::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_json_is_told_with_its_place() {
        let error = serde_json::from_str::<serde_json::Value>("{\n  \"level\": NaN}").unwrap_err();
        let problem = Problem::json(&error);
        assert_eq!(problem.0.status, StatusCode::BAD_REQUEST);
        assert_eq!(problem.detail(), "the body is not JSON: expected value (line 2, column 12)");
    }

    #[test]
    fn a_code_has_one_title() {
        assert_eq!(title("unknown_port"), "Unknown port");
    }
}
