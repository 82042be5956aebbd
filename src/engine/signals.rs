//! Numbers from elsewhere that rules may ask for, for example the price of electricity.

use std::sync::Arc;

use super::core::Engine;
use crate::model::{Signal, SignalName, Station, Timestamp};

impl Engine {
    /// Takes a number. `None` when the station's file names no such signal. A new value is seen at the next look at each
    /// port, a minute later at most: a value that comes often must not keep a station busy.
    ///
    /// `kept` marks a value that somebody else kept for us and hands out again and again: one that is known already
    /// keeps its time.
    pub fn signal(&mut self, name: &SignalName, value: f64, kept: bool, now: Timestamp) -> Option<Signal> {
        self.follow_clock(now);
        if !self.view.station.signals.contains_key(name) {
            return None;
        }
        let known = self.view.signals.get(name.as_str()).copied();
        #[expect(clippy::float_cmp, reason = "the same text gives the same number")]
        let again = known.filter(|known| kept && known.value == value);
        let signal = again.unwrap_or(Signal { value, at: now });
        Arc::make_mut(&mut self.view.signals).insert(name.to_string(), signal);
        Some(signal)
    }

    /// Forgets what the file of the station does not name any more.
    pub(super) fn forget_signals(&mut self, station: &Station) {
        let named = |name: &str| station.signals.keys().any(|known| known.as_str() == name);
        if self.view.signals.keys().any(|name| !named(name)) {
            Arc::make_mut(&mut self.view.signals).retain(|name, _| named(name));
        }
    }

    pub(super) fn signals_not_later_than(&mut self, now: Timestamp) {
        if self.view.signals.values().any(|signal| signal.at > now) {
            for signal in Arc::make_mut(&mut self.view.signals).values_mut() {
                signal.at = signal.at.min(now);
            }
        }
    }
}
