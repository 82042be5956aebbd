//! The power budget of a station.

use poem_openapi::Object;
use serde::Serialize;

use crate::{
    controller::View,
    model::{Circuit, Draw, Limit, PortId, words},
};

/// How much power a station may give at once, and what of it is taken.
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
#[oai(rename = "Budget")]
pub(in crate::http) struct BudgetOut {
    /// A port that got power keeps it for so long before another one may have its place, in words.
    turn: String,
    /// Two ports are not switched on within this time, in words.
    stagger: String,
    /// The limits, the outer ones first.
    limits: Vec<LimitOut>,
    /// The ports that want power and have to wait for it.
    waiting: Vec<PortId>,
}

/// One limit, and what of it is taken. What is not known to be off counts as on.
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
#[oai(rename = "PowerLimit")]
pub(in crate::http) struct LimitOut {
    /// What it is about: `station`, `hub`, `group`.
    of: String,
    /// Where the hub is, or the name of the group; null for the station.
    #[oai(nullable)]
    name: Option<String>,
    /// So many ports at most have power at once; null: any number.
    #[oai(nullable)]
    max_on: Option<u32>,
    /// How many have. Ports without a device do not count.
    on: u32,
    /// So many watts at most, as devices are said to take; null: any number.
    #[oai(nullable)]
    max_watts: Option<f64>,
    /// How many are taken.
    watts: f64,
}

impl BudgetOut {
    /// Shows the budget of a station, if it has one.
    pub(super) fn of(view: &View) -> Option<Self> {
        let budget = &view.station.budget;
        if budget.limits.is_empty() && budget.stagger.is_zero() {
            return None;
        }
        Some(Self {
            turn: words(budget.turn),
            stagger: words(budget.stagger),
            limits: view.circuits().into_iter().map(|(limit, draw)| LimitOut::new(limit, draw)).collect(),
            waiting: view.waiting().collect(),
        })
    }
}

impl LimitOut {
    fn new(limit: &Limit, draw: Draw) -> Self {
        let (of, name) = match &limit.circuit {
            Circuit::Station => ("station", None),
            Circuit::Hub(hub) => ("hub", Some(hub.to_string())),
            Circuit::Group(name) => ("group", Some(name.to_string())),
        };
        Self {
            of: of.to_owned(),
            name,
            max_on: limit.max_on,
            on: u32::try_from(draw.ports).unwrap_or_default(),
            max_watts: limit.watts,
            watts: draw.watts(),
        }
    }
}
