//! How much power a station, its hubs and groups of its ports may give at once.

use std::{collections::BTreeMap, sync::Arc};

use super::{HubLocation, PortId, Span};

/// What one limit is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// The whole station.
    Station,
    /// One hub of it.
    Hub(HubLocation),
    /// A group of ports that the file names.
    Group(Arc<str>),
}

/// One limit of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What it is about.
    pub circuit: Circuit,
    /// So many ports at most have power at once.
    pub max_on: Option<u32>,
    /// So many watts at most, as devices are said to take.
    pub watts: Option<f64>,
}

/// The power budget of a station: a tree of limits, and how turns are taken. No limits: no budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// All limits; outer ones stand before the inner ones.
    pub limits: Vec<Limit>,
    /// By which limits each port is bound, as places in `limits`, outermost first.
    pub bound: BTreeMap<PortId, Vec<usize>>,
    /// A port that got power keeps it for so long before another one may have its place.
    pub turn: Span,
    /// Two ports of the station are not switched on within this time.
    pub stagger: Span,
}

impl Default for Budget {
    fn default() -> Self {
        Self { limits: Vec::new(), bound: BTreeMap::new(), turn: Span::from_mins(15), stagger: Span::ZERO }
    }
}
