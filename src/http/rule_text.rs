//! A rule's text as a body: in JSON with its tests, or as plain text, so that an editor or curl can get and put a file.

use poem::{
    FromRequest, IntoResponse, Request, RequestBody, Response,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions,
    registry::{MetaHeader, MetaMediaType, MetaRequest, MetaResponse, MetaResponses, Registry},
    types::Type,
};

use super::{
    dto::{RuleDetail, RuleIn},
    payload::{FILES_LIMIT, JSON, json_response, parse, read_any},
    problem::Problem,
};

const TEXT: &str = "text/plain";

/// A rule's text as it was sent.
pub(super) struct RuleBody(pub(super) RuleIn);

impl<'a> ApiExtractor<'a> for RuleBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        RuleIn::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: Some("The script with its tests, or the script alone as plain text."),
            content: vec![
                MetaMediaType { content_type: JSON, schema: RuleIn::schema_ref() },
                MetaMediaType { content_type: TEXT, schema: String::schema_ref() },
            ],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let kind = request.content_type().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != JSON && kind != TEXT {
            let detail =
                format!("send `content-type: {JSON}` with text and tests, or `{TEXT}` with the text alone");
            return Err(
                Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail).into()
            );
        }
        let bytes = read_any(request, body, FILES_LIMIT).await?;
        if kind == JSON {
            return Ok(Self(parse(&bytes)?));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, "not_utf8", "the text is not UTF-8: save it as UTF-8")
        })?;
        Ok(Self(RuleIn { text: text.to_owned(), tests: None }))
    }
}

/// True for a client that would rather have the plain text.
pub(super) struct WantsText(bool);

impl<'a> FromRequest<'a> for WantsText {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let first = accept.and_then(|accept| accept.split([',', ';']).next()).unwrap_or_default();
        Ok(Self(first.trim().eq_ignore_ascii_case(TEXT)))
    }
}

/// A rule's text as an answer, with its ETag.
pub(super) struct RuleAnswer {
    detail: RuleDetail,
    plain: bool,
}

impl RuleAnswer {
    pub(super) fn new(detail: RuleDetail, wants: &WantsText) -> Self {
        Self { detail, plain: wants.0 }
    }
}

impl IntoResponse for RuleAnswer {
    fn into_response(self) -> Response {
        let etag = self.detail.etag().and_then(|etag| HeaderValue::from_str(etag).ok());
        let mut response = match self.detail.shown().filter(|_| self.plain) {
            Some(text) => Response::builder().content_type("text/plain; charset=utf-8").body(text.to_owned()),
            None => json_response(StatusCode::OK, &self.detail),
        };
        let headers = response.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Some(etag) = etag {
            headers.insert(header::ETAG, etag);
        }
        response
    }
}

impl ApiResponse for RuleAnswer {
    fn meta() -> MetaResponses {
        let etag = MetaHeader {
            name: "ETag".to_owned(),
            description: Some("For `If-Match`: tells this text with its tests from every other.".to_owned()),
            required: false,
            deprecated: false,
            schema: String::schema_ref(),
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "OK",
                status: Some(200),
                status_range: None,
                content: vec![
                    MetaMediaType { content_type: JSON, schema: RuleDetail::schema_ref() },
                    MetaMediaType { content_type: TEXT, schema: String::schema_ref() },
                ],
                headers: vec![etag],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        RuleDetail::register(registry);
    }
}
