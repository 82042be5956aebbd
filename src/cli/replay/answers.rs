//! What a replay answers, as far as the page shows it.

use serde::Deserialize;

use crate::model::{PortId, Timestamp, Verdict};

#[derive(Debug, Deserialize)]
pub(in crate::cli) struct Past {
    pub(in crate::cli) decisions: usize,
    pub(in crate::cli) differing: usize,
    pub(in crate::cli) by_others: usize,
    pub(in crate::cli) passed_over: usize,
    pub(in crate::cli) otherwise: Vec<Row>,
    pub(in crate::cli) left_out: usize,
    pub(in crate::cli) reaches_to: Option<Timestamp>,
    pub(in crate::cli) cut: bool,
}

#[derive(Debug, Deserialize)]
pub(in crate::cli) struct Row {
    pub(in crate::cli) station: String,
    pub(in crate::cli) port: PortId,
    pub(in crate::cli) device: Option<String>,
    pub(in crate::cli) id: i64,
    pub(in crate::cli) from: Timestamp,
    pub(in crate::cli) to: Timestamp,
    pub(in crate::cli) decisions: usize,
    pub(in crate::cli) was: Decided,
    pub(in crate::cli) would: Decided,
}

#[derive(Debug, Deserialize)]
pub(in crate::cli) struct Decided {
    pub(in crate::cli) verdict: Verdict,
    pub(in crate::cli) reason: String,
    pub(in crate::cli) rule: Option<String>,
    pub(in crate::cli) line: Option<u32>,
}
