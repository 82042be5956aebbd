//! What people decided: modes, their ends, and what they want.

use super::core::{Engine, Step};
use super::judge::Judgement;
use super::state::PortState;
use crate::model::{Author, EventKind, Layer, Mode, ModeKind, PortId, Power, Timestamp, Verdict};

impl Engine {
    /// Ends a mode or a search whose time is over. True when a search ended, so that the port needs a decision anew.
    pub(super) fn end_what_is_over(&mut self, id: PortId, now: Timestamp, step: &mut Step) -> bool {
        let ended = self.change(id, |port| {
            let over = port.memory.mode.kind != ModeKind::Auto
                && port.memory.mode.until.is_some_and(|end| end <= now);
            if over {
                port.memory.mode = Mode { kind: ModeKind::Auto, until: None, by: Author::Service };
            }
            (over, port.end_search_in_time(now))
        });
        let (mode_ended, search_ended) = ended.unwrap_or_default();
        if mode_ended {
            self.tell(step, id, now, EventKind::ModeChanged { mode: Mode::default() });
            self.remember(id, step);
        }
        search_ended
    }

    /// What a person wants of this port.
    pub(super) fn by_person(&self, port: &PortState, _now: Timestamp) -> Option<Judgement> {
        let power = port.wanted_by_person()?;
        let zone = &self.view.station.zone;
        let mode = &port.memory.mode;
        let end = mode.until.map_or_else(
            || "until taken back".to_owned(),
            |until| format!("until {}", until.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M")),
        );
        let verdict = match power {
            Power::On => Verdict::Charge,
            Power::Off => Verdict::Rest,
        };
        Some(Judgement::plain(verdict, Layer::Mode, format!("switched {power} by {} {end}", mode.by)))
    }
}
