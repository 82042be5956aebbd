//! The course of a device as columns for a chart.

use poem_openapi::Object;
use serde::Serialize;

use super::super::{csv::line, wire::Time};
use crate::{
    history::{Cell, Series},
    model::{DeviceName, Timestamp},
};

/// The course of a device: one entry of each list for each cell of time, null where nothing is known.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Series")]
pub(in crate::http) struct SeriesOut {
    /// The device.
    device: DeviceName,
    /// From here on.
    from: Time,
    /// Until just before this.
    to: Time,
    /// The length of each cell, seconds.
    step_s: i64,
    /// When each cell begins, seconds since 1970. The first may begin before `from`, and the last end after `to`.
    at: Vec<i64>,
    /// Reports in it.
    reports: Vec<i64>,
    /// The mean level of its reports, percent. In cells under an hour the last level stands on for 45 minutes at most.
    level: Vec<Option<f64>>,
    /// The lowest level.
    level_min: Vec<Option<i64>>,
    /// The highest level.
    level_max: Vec<Option<i64>>,
    /// The last level.
    level_last: Vec<Option<i64>>,
    /// The mean temperature, degrees Celsius.
    temperature: Vec<Option<f64>>,
    /// The highest temperature.
    temperature_max: Vec<Option<f64>>,
    /// The share of its reports that said that it charges, 0 to 1.
    charging: Vec<Option<f64>>,
    /// The share of time for which the port in which it was had power, 0 to 1.
    power: Vec<Option<f64>>,
    /// After an update of the program its old file is rolled up: for some minutes later reports are missing.
    catching_up: bool,
}

impl SeriesOut {
    /// `None`: it never reported.
    pub(in crate::http) fn new(
        device: DeviceName,
        (from, to): (Timestamp, Timestamp),
        series: Option<&Series>,
    ) -> Self {
        let cells = series.map(|series| series.cells.as_slice()).unwrap_or_default();
        let tenths = |value: fn(&Cell) -> Option<f64>| {
            cells.iter().map(move |cell| value(cell).map(|v| rounded(v, 10.0)))
        };
        let thousandths = |value: fn(&Cell) -> Option<f64>| {
            cells.iter().map(move |cell| value(cell).map(|v| rounded(v, 1_000.0)))
        };
        Self {
            device,
            from: from.into(),
            to: to.into(),
            step_s: series.map_or(60, |series| series.step),
            at: series.map(begins).unwrap_or_default(),
            reports: cells.iter().map(|cell| cell.reports).collect(),
            level: tenths(|cell| cell.level).collect(),
            level_min: cells.iter().map(|cell| cell.level_min).collect(),
            level_max: cells.iter().map(|cell| cell.level_max).collect(),
            level_last: cells.iter().map(|cell| cell.level_last).collect(),
            temperature: tenths(|cell| cell.temperature).collect(),
            temperature_max: tenths(|cell| cell.temperature_max).collect(),
            charging: thousandths(|cell| cell.charging).collect(),
            power: thousandths(|cell| cell.power).collect(),
            catching_up: series.is_some_and(|series| series.catching_up),
        }
    }
}

fn begins(series: &Series) -> Vec<i64> {
    (0..).zip(&series.cells).map(|(number, _)| series.begin.saturating_add(series.step * number)).collect()
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}

/// The same as comma-separated values; cells of which nothing is known are left out.
pub(in crate::http) fn series_csv(series: Option<&Series>) -> String {
    const HEAD: [&str; 10] = [
        "at",
        "reports",
        "level",
        "level_min",
        "level_max",
        "level_last",
        "temperature",
        "temperature_max",
        "charging",
        "power",
    ];
    let mut text = line(HEAD);
    let Some(series) = series else { return text };
    for (at, cell) in begins(series).into_iter().zip(&series.cells) {
        if *cell == Cell::default() {
            continue;
        }
        let at = Timestamp::from_second(at).map(|at| at.to_string()).unwrap_or_default();
        let tell =
            |value: Option<f64>, parts| value.map(|v| rounded(v, parts).to_string()).unwrap_or_default();
        let whole = |value: Option<i64>| value.map(|v| v.to_string()).unwrap_or_default();
        let cells = [
            at,
            cell.reports.to_string(),
            tell(cell.level, 10.0),
            whole(cell.level_min),
            whole(cell.level_max),
            whole(cell.level_last),
            tell(cell.temperature, 10.0),
            tell(cell.temperature_max, 10.0),
            tell(cell.charging, 1_000.0),
            tell(cell.power, 1_000.0),
        ];
        text += &line(cells.iter().map(String::as_str));
    }
    text
}
