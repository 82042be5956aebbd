//! Bodies: JSON straight into the type and straight out of it.
//!
//! poem-openapi's own `Json` goes through a tree of values in both directions and loses line and column. This one
//! does neither, limits the size also of bodies without a length, and limits the time that a body may take.

use std::time::Duration;

use poem::{
    IntoResponse, Request, RequestBody, Response,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, MetaResponse, MetaResponses, Registry},
    types::Type,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{problem::Problem, squeeze::Whole};

/// The largest request has some hundred bytes.
pub(super) const BODY_LIMIT: usize = 64 * 1024;
/// A body of some hundred bytes comes with its head.
const BODY_TIME: Duration = Duration::from_secs(10);
/// The type of nearly all bodies.
pub(super) const JSON: &str = "application/json";

/// Texts of rules and stations: a rule has 16 KiB at most, and an edit may have dozens of files.
pub(super) const FILES_LIMIT: usize = 2 * 1024 * 1024;

/// A request body in JSON of so many bytes at most.
pub(super) struct Body<T, const LIMIT: usize = BODY_LIMIT>(pub(super) T);

impl<'a, T: Type + DeserializeOwned, const LIMIT: usize> ApiExtractor<'a> for Body<T, LIMIT> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType { content_type: "application/json", schema: T::schema_ref() }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let bytes = read(request, body, LIMIT).await?;
        Ok(Self(parse(&bytes)?))
    }
}

/// Parses JSON, or says where it is wrong.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.is_empty() {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid_json",
            "the body is empty: send a JSON object",
        ));
    }
    // serde would take a list for an object, its values in the order of the fields.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::unprocessable("invalid_value", "the body is a list: send a JSON object"));
    }
    serde_json::from_slice(bytes).map_err(|error| Problem::json(&error))
}

/// Reads a whole body of at most `limit` bytes within its time.
pub(super) async fn read(
    request: &Request,
    body: &mut RequestBody,
    limit: usize,
) -> Result<impl std::ops::Deref<Target = [u8]> + use<>, Problem> {
    check_type(request)?;
    read_any(request, body, limit).await
}

/// Reads a whole body of any type, up to so many bytes, within its time.
pub(super) async fn read_any(
    request: &Request,
    body: &mut RequestBody,
    limit: usize,
) -> Result<impl std::ops::Deref<Target = [u8]> + use<>, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let body = body.take().map_err(|error| unreadable(&error))?;
    let whole = async {
        match length {
            // hyper gives no more than the length says, so nothing is counted twice.
            Some(_) => body.into_bytes().await,
            None => body.into_bytes_limit(limit).await,
        }
    };
    match tokio::time::timeout(BODY_TIME, whole).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(poem::error::ReadBodyError::PayloadTooLarge)) => Err(too_large(limit)),
        Ok(Err(error)) => Err(unreadable(&error)),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_timeout",
            format!("the body did not come within {} s", BODY_TIME.as_secs()),
        )),
    }
}

/// Only JSON that is called so. This also keeps foreign web pages out, whose scripts may not send this type unasked.
fn check_type(request: &Request) -> Result<(), Problem> {
    let refused = |got: &str| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            format!("send JSON with the header `content-type: application/json`, {got}"),
        )
    };
    let Some(kind) = request.content_type() else {
        return Err(refused("there was no such header"));
    };
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(refused(&format!("not `{}`", kind.chars().take(80).collect::<String>())))
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("a body may have {limit} bytes, this one has more"),
    )
}

fn unreadable(error: &poem::error::ReadBodyError) -> Problem {
    tracing::debug!(%error, "a body could not be read");
    Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", "the body could not be read to its end")
}

/// An answer in JSON with status 200.
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize + Send> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, &self.0)
    }
}

impl<T: Type + Serialize> ApiResponse for Json<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "OK",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType { content_type: "application/json", schema: T::schema_ref() }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// Writes a value as JSON.
pub(super) fn json_response(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => {
            let whole = Whole(body.len());
            let mut response = Response::from(poem::Body::from_vec(body));
            response.extensions_mut().insert(whole);
            response.set_status(status);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal_error",
                "the answer could not be written",
            )
            .into_response()
        }
    }
}
