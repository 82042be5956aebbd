//! Parameters in paths and queries, checked with the model's own messages.

use std::str::FromStr;

use poem::{Request, RequestBody, http::StatusCode};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};

use super::{
    problem::Problem,
    wire::{Described, Time},
};
use crate::history::MOST_POINTS;
use crate::model::{DecisionId, DeviceName, PortId, RuleName, SignalName, StationName, Version};

/// A value that can stand in an address.
pub(super) trait Parameter: Sized + Send {
    /// What is allowed.
    fn schema() -> MetaSchema;
    /// Checks the text. Fails with what is allowed.
    fn parse(text: &str) -> Result<Self, String>;
}

fn parse_model<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

macro_rules! model_parameter {
    ($($type:ty),*) => {$(
        impl Parameter for $type {
            fn schema() -> MetaSchema {
                <Self as Described>::schema()
            }
            fn parse(text: &str) -> Result<Self, String> {
                parse_model(text)
            }
        }
    )*};
}
model_parameter!(StationName, DeviceName, PortId, RuleName, SignalName);

/// The name of a rule's parameter: whether there is one of this name, the rules know.
pub(super) struct ParameterName(pub(super) String);

impl Parameter for ParameterName {
    fn schema() -> MetaSchema {
        MetaSchema { example: Some(serde_json::json!("high")), ..MetaSchema::new("string") }
    }
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > 64 {
            return Err(format!(
                "`{}` is not the name of a parameter: it has 1 to 64 characters",
                text.chars().take(40).collect::<String>()
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Parameter for bool {
    fn schema() -> MetaSchema {
        MetaSchema::new("boolean")
    }
    fn parse(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| format!("`{}` is not `true` or `false`", text.chars().take(40).collect::<String>()))
    }
}

/// The name of a token: whether there is one of this name, history knows.
pub(super) struct TokenName(pub(super) String);

impl Parameter for TokenName {
    fn schema() -> MetaSchema {
        MetaSchema { example: Some(serde_json::json!("kitchen")), ..MetaSchema::new("string") }
    }
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.chars().count() > 64 {
            return Err("the name of a token has 1 to 64 characters".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl Parameter for Time {
    fn schema() -> MetaSchema {
        <Self as Described>::schema()
    }
    fn parse(text: &str) -> Result<Self, String> {
        // In a query `+` means a blank: `…T15:05:00+01:00` unescaped arrives as `…T15:05:00 01:00`.
        Time::parse(&text.replace(' ', "+"))
    }
}

/// A day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day(pub(super) jiff::civil::Date);

impl Parameter for Day {
    fn schema() -> MetaSchema {
        MetaSchema {
            example: Some(serde_json::json!("2026-11-22")),
            ..MetaSchema::new_with_format("string", "date")
        }
    }
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!(
                "`{}` is not a day: use for example 2026-11-22",
                text.chars().take(40).collect::<String>()
            )
        })
    }
}

impl Parameter for Version {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^[0-9a-f]{12}$".to_owned()),
            example: Some(serde_json::json!("0f3a9c51d2e4")),
            ..MetaSchema::new("string")
        }
    }
    fn parse(text: &str) -> Result<Self, String> {
        let digits = text.len() == 12 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        digits.then(|| Self::new(text)).ok_or_else(|| {
            format!(
                "`{}` is not a version: it has twelve digits 0 to 9 and a to f, see GET /api/v1/versions",
                text.chars().take(40).collect::<String>()
            )
        })
    }
}

/// The number of a line in the log of versions.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogNumber(pub(super) i64);

impl Parameter for LogNumber {
    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("integer", "int64")
    }
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!(
                "`{}` is not the number of a version: use `next` of the page before",
                text.chars().take(40).collect::<String>()
            )
        })
    }
}

/// The number of a row of history.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowNumber(pub(super) i64);

impl Parameter for RowNumber {
    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("integer", "int64")
    }
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!(
                "`{}` is not the number of a row: use `next` of the page before",
                text.chars().take(40).collect::<String>()
            )
        })
    }
}

impl Parameter for DecisionId {
    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("integer", "int64")
    }
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| {
            format!("`{}` is not the number of a decision", text.chars().take(40).collect::<String>())
        })
    }
}

/// Where a page of history begins: at a time, or at a number told by the page before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Number(i64),
    Time(Time),
}

impl Parameter for Page {
    fn schema() -> MetaSchema {
        MetaSchema { example: Some(serde_json::json!("2026-11-22T14:05:00Z")), ..MetaSchema::new("string") }
    }
    fn parse(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => <Time as Parameter>::parse(text).map(Self::Time),
        }
    }
}

/// How many rows at most, 1 to 500.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(pub(super) u16);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl Parameter for Limit {
    fn schema() -> MetaSchema {
        MetaSchema {
            minimum: Some(1.0),
            maximum: Some(500.0),
            default: Some(serde_json::json!(Self::default().0)),
            ..MetaSchema::new("integer")
        }
    }
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().ok().filter(|n| (1..=500).contains(n)).map(Self).ok_or_else(|| {
            format!(
                "`{}` is not a limit: use a number from 1 to 500",
                text.chars().take(40).collect::<String>()
            )
        })
    }
}

/// How many cells of a chart at most, 2 to 2,000.
#[derive(Clone, Copy, Debug)]
pub(super) struct Points(pub(super) u16);

impl Default for Points {
    fn default() -> Self {
        Self(500)
    }
}

impl Parameter for Points {
    fn schema() -> MetaSchema {
        MetaSchema {
            minimum: Some(2.0),
            maximum: Some(f64::from(MOST_POINTS)),
            default: Some(serde_json::json!(Self::default().0)),
            ..MetaSchema::new("integer")
        }
    }
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().ok().filter(|n| (2..=MOST_POINTS).contains(n)).map(Self).ok_or_else(|| {
            format!(
                "`{}` is not a number of points: use 2 to {MOST_POINTS}",
                text.chars().take(40).collect::<String>()
            )
        })
    }
}

/// A parameter in the path. (The macro of poem-openapi knows path parameters by this name.)
pub(super) struct Path<T>(pub(super) T);

impl<'a, T: Parameter> ApiExtractor<'a> for Path<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;
    type ParamType = ();
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Path)
    }
    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(MetaSchemaRef::Inline(Box::new(T::schema())))
    }
    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let text = request.raw_path_param(options.name).unwrap_or_default();
        Ok(Self(T::parse(text).map_err(|detail| invalid(&detail))?))
    }
}

/// A parameter in the query that may be left out.
pub(super) struct Query<T>(pub(super) Option<T>);

impl<'a, T: Parameter> ApiExtractor<'a> for Query<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = ();
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Query)
    }
    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(MetaSchemaRef::Inline(Box::new(T::schema())))
    }
    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let query: Vec<(String, String)> = request.params().unwrap_or_default();
        let Some((_, text)) = query.into_iter().find(|(name, _)| name == options.name) else {
            return Ok(Self(None));
        };
        Ok(Self(Some(T::parse(&text).map_err(|detail| invalid(&detail))?)))
    }
}

fn invalid(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_parameter", detail)
}
