//! What a trial answers, as far as the page shows it.

use serde::Deserialize;

use crate::{
    cli::replay::answers::Past,
    model::{PortId, Severity},
};

#[derive(Debug, Deserialize)]
pub(super) struct Tried {
    pub(super) before: String,
    pub(super) after: String,
    pub(super) warnings: Vec<Warning>,
    pub(super) stations: Vec<String>,
    pub(super) policies: Vec<Policy>,
    pub(super) unchanged: usize,
    pub(super) left_out: usize,
    pub(super) past: Past,
    pub(super) week: Week,
}

#[derive(Debug, Deserialize)]
pub(super) struct Warning {
    pub(super) file: String,
    pub(super) line: Option<u32>,
    pub(super) severity: Severity,
    pub(super) message: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Policy {
    pub(super) station: String,
    pub(super) ports: Vec<NamedPort>,
    pub(super) changes: Vec<Change>,
    pub(super) rough: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NamedPort {
    pub(super) port: PortId,
    pub(super) device: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Change {
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Week {
    pub(super) days: u8,
    pub(super) ports: Vec<Port>,
    pub(super) same: usize,
    pub(super) left_out: usize,
}

#[derive(Debug, Deserialize)]
pub(super) struct Port {
    pub(super) station: String,
    pub(super) port: PortId,
    pub(super) device: String,
    pub(super) before: Option<Outlook>,
    pub(super) after: Option<Outlook>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Outlook {
    pub(super) switches: u32,
    pub(super) hours_above_80: f64,
    pub(super) hours_on: f64,
    pub(super) lowest: f64,
    pub(super) lowest_at_deadline: Option<f64>,
}
