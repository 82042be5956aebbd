//! Comma-separated values for spreadsheets (RFC 4180), whole or page by page.
//!
//! Names and reasons come from outside. A spreadsheet would run a cell that begins like a formula, so such a cell gets an
//! apostrophe in front.

use std::io;

use futures_util::Stream;
use poem::{
    Body, IntoResponse, Response,
    http::{HeaderValue, header},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
};

const CSV: &str = "text/csv; charset=utf-8";

/// A table.
pub(super) struct Table {
    body: Body,
    is_streamed: bool,
}

impl Table {
    /// A table that is whole.
    pub(super) fn new(text: String) -> Self {
        Self { body: Body::from_string(text), is_streamed: false }
    }

    /// A table that is sent as it is read. A page that fails breaks the connection off, so nobody takes a part for all.
    pub(super) fn streamed(pages: impl Stream<Item = io::Result<String>> + Send + 'static) -> Self {
        Self { body: Body::from_bytes_stream(pages), is_streamed: true }
    }
}

/// One line of cells that are text already.
pub(super) fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (number, text) in cells.into_iter().enumerate() {
        if number > 0 {
            line.push(',');
        }
        line.push_str(&cell(text));
    }
    line.push_str("\r\n");
    line
}

/// A number stays one, also below zero; what a spreadsheet takes for the beginning of a formula is defused.
fn cell(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    let is_formula = !is_number && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

impl IntoResponse for Table {
    fn into_response(self) -> Response {
        let mut response = Response::builder().content_type(CSV).body(self.body);
        if self.is_streamed {
            // What has no length is told from an answer that stands still by its connection, which ends with it.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl ApiResponse for Table {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Comma-separated values.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: CSV,
                    schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_defused() {
        for (text, told) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("\t=1", "'\t=1"),
            ("=\"a\",b", "\"'=\"\"a\"\",b\""),
            ("-4.5", "-4.5"),
            ("-inf", "'-inf"),
            ("pixel-7", "pixel-7"),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(cell(text), told);
        }
    }
}
