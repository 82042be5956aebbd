//! Conditions in headers: `If-Match` and `If-None-Match` (RFC 9110), with strong tags only.

use poem::{
    Request, RequestBody,
    http::{HeaderValue, StatusCode},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};

use super::problem::Problem;
use crate::{model::RuleName, workshop::Condition};

/// What stands in such a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// `*`: whatever is there.
    Whatever,
    /// One of these. Weak ones are left out: they do not promise the same text.
    OneOf(Vec<String>),
}

/// A header with tags that may be left out.
pub(super) struct Header(pub(super) Option<Tags>);

impl<'a> ApiExtractor<'a> for Header {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = ();
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }
    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let example = Some(serde_json::json!("\"0f3a9c51d2e4b6780f3a9c51d2e4b678\""));
        Some(MetaSchemaRef::Inline(Box::new(MetaSchema { example, ..MetaSchema::new("string") })))
    }
    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let values: Vec<&HeaderValue> = request.headers().get_all(options.name).iter().collect();
        if values.is_empty() {
            return Ok(Self(None));
        }
        let texts = values.iter().map(|value| value.to_str().ok()).collect::<Option<Vec<_>>>();
        let tags = texts.and_then(|texts| parse(&texts.join(",")));
        Ok(Self(Some(tags.ok_or_else(|| {
            let detail = format!(
                "`{}` is not understood: send `*`, or the ETag of an answer with its quotes",
                options.name
            );
            Problem::new(StatusCode::BAD_REQUEST, "invalid_parameter", detail)
        })?)))
    }
}

fn parse(text: &str) -> Option<Tags> {
    let mut rest = text.trim();
    if rest == "*" {
        return Some(Tags::Whatever);
    }
    let mut tags = Vec::new();
    while !rest.is_empty() {
        let strong = rest.strip_prefix("W/");
        let (tag, after) = strong.unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        if strong.is_none() {
            tags.push(tag.to_owned());
        }
        rest = after.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(more) => more.trim_start_matches([',', ' ', '\t']),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    (!text.trim().is_empty()).then_some(Tags::OneOf(tags))
}

/// What must be so of a rule. Without a condition nothing is changed: somebody else's edit could be lost.
pub(super) fn condition(
    rule: &RuleName,
    matches: Header,
    none_matches: Header,
) -> Result<Condition, Problem> {
    let needed = "`If-Match` with the ETag of what you have read, or `If-None-Match: *` for a new rule";
    match (matches.0, none_matches.0) {
        (Some(Tags::Whatever), None) => Ok(Condition::Rule(rule.clone())),
        (Some(Tags::OneOf(tags)), None) => Ok(Condition::RuleIs(rule.clone(), tags)),
        (None, Some(Tags::Whatever)) => Ok(Condition::NoRule(rule.clone())),
        (None, None) => {
            let detail = format!("send {needed}: so nobody's change is lost");
            Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "precondition_required", detail))
        }
        (_, _) => {
            let detail = format!("send one condition: {needed}");
            Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_parameter", detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_the_standard_writes_them() {
        let tags = |tags: &[&str]| Some(Tags::OneOf(tags.iter().map(|tag| (*tag).to_owned()).collect()));
        assert_eq!(parse(" * "), Some(Tags::Whatever));
        assert_eq!(parse("\"a\""), tags(&["a"]));
        assert_eq!(parse("\"a\" , \"b\",W/\"c\""), tags(&["a", "b"]));
        assert_eq!(parse("W/\"a\""), tags(&[]));
        for wrong in ["", "a", "\"a", "\"a\" \"b\"", "*, \"a\"", "W/a"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
