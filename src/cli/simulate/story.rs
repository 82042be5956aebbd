//! What is told of a simulation, before it is text, JSON or a drawing.

use jiff::tz::TimeZone;

use super::deciders::{Decider, deciders};
use crate::{
    model::{PortId, StationName, Timestamp},
    trial::world::{DeviceModel, Figures, Known, Track},
};

/// A simulated time of one station.
pub(super) struct Story {
    pub(super) station: StationName,
    pub(super) zone: TimeZone,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) days: u16,
    pub(super) seed: u64,
    pub(super) devices: Vec<Chapter>,
    /// All who switched a port, the most often first; by their place they have a colour.
    pub(super) deciders: Vec<String>,
    /// Why nothing was learned from history, if it could not be read.
    pub(super) trouble: Option<String>,
}

/// What became of one device.
pub(super) struct Chapter {
    pub(super) port: PortId,
    pub(super) model: DeviceModel,
    pub(super) known: Known,
    pub(super) track: Track,
    pub(super) figures: Figures,
    pub(super) deciders: Vec<Decider>,
}

impl Chapter {
    pub(super) fn new(
        port: PortId,
        model: DeviceModel,
        known: Known,
        track: Track,
        deadlines: &[Timestamp],
    ) -> Self {
        let figures = track.figures(deadlines);
        let deciders = deciders(&track);
        Self { port, model, known, track, figures, deciders }
    }

    /// The lowest and the highest level at a deadline, in whole percent.
    pub(super) fn ready(&self) -> Option<(f64, f64)> {
        let levels = || self.figures.ready.iter().map(|(_, level)| level.round());
        Some((levels().reduce(f64::min)?, levels().reduce(f64::max)?))
    }
}
