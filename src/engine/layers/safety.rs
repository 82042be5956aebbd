//! What keeps a device from harm, whatever people and rules say, and what is done where nothing is known of it.

use super::judge::Judgement;
use crate::engine::core::{Engine, Step};
use crate::engine::state::{PortState, View};
use crate::model::{
    Celsius, EventKind, Hot, Layer, Level, PortId, Power, Safeguard, Safety, Timestamp, Verdict, Wish,
};

/// A battery that was under the floor is charged until it is so many points over it: a port that is switched off at the
/// floor itself would be on again a few minutes later.
const FLOOR_OVER: u8 = 5;

/// A device that says so and still works does not tell degrees Celsius: lithium batteries may not be used above 60 °C, and
/// phones switch themselves off before.
const NO_CELSIUS: f64 = 60.0;

impl Engine {
    /// Notes what is too hot or too low by the last report, and what is so no longer.
    pub(in crate::engine) fn watch(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let heat = self.watch_heat(id, now, step);
        let floor = self.watch_floor(id, now, step);
        if heat || floor {
            self.remember(id, step);
        }
    }

    /// True when something changed. A temperature counts as long as a report does: a device that was hot and has said
    /// nothing since then is a silent device.
    fn watch_heat(&mut self, id: PortId, now: Timestamp, step: &mut Step) -> bool {
        let Some(port) = self.view.ports.get(&id) else { return false };
        let (safety, limit) = (&self.view.station.safety, self.view.station.silent_after);
        let fresh = |at: Timestamp| now.duration_since(at) < limit;
        let last = port.memory.battery.as_ref().filter(|battery| fresh(battery.measured_at));
        let last = last.and_then(|battery| Some((battery.temperature?, battery.measured_at)));
        let (too_hot, cool_again) = (safety.too_hot, safety.cool_again);
        let (hot, told) = match (&port.memory.safe.hot, last) {
            (None, Some((temperature, measured_at))) if temperature >= too_hot => {
                let told = EventKind::TooHot { temperature, limit: too_hot };
                let before = port.wish_before_heat();
                (Some(Hot { since: now, temperature, measured_at, before }), Some(told))
            }
            (Some(_), Some((temperature, _))) if temperature <= cool_again => {
                (None, Some(EventKind::CooledDown { temperature: Some(temperature) }))
            }
            (Some(hot), Some((temperature, measured_at))) if measured_at != hot.measured_at => {
                (Some(Hot { temperature, measured_at, ..hot.clone() }), None)
            }
            (Some(hot), None) if !fresh(hot.measured_at) => {
                (None, Some(EventKind::CooledDown { temperature: None }))
            }
            _ => return false,
        };
        self.change(id, |port| {
            let was_hot = std::mem::replace(&mut port.memory.safe.hot, hot);
            if port.memory.safe.hot.is_none() {
                was_hot.into_iter().for_each(|hot| port.wish_again(hot.before));
            }
        });
        if let Some(told) = told {
            self.tell(step, id, now, told);
        }
        true
    }

    fn watch_floor(&mut self, id: PortId, now: Timestamp, step: &mut Step) -> bool {
        let Some(port) = self.view.ports.get(&id).filter(|port| !port.silent) else { return false };
        let Some(level) = port.memory.battery.as_ref().map(|battery| battery.level) else { return false };
        let floor = self.view.station.safety.floor;
        let (since, told) = match port.memory.safe.low_since {
            None if level < floor => (Some(now), EventKind::UnderFloor { level, floor }),
            Some(_) if level >= charged_to(floor) => (None, EventKind::OverFloor { level }),
            _ => return false,
        };
        self.change(id, |port| port.memory.safe.low_since = since);
        self.tell(step, id, now, told);
        true
    }

    /// What not even a search may overrule.
    pub(in crate::engine) fn before_search(&self, port: &PortState) -> Option<Judgement> {
        if !port.care().battery {
            let reason =
                format!("it has no battery: its power is never cut{}", self.view.although(port, Power::Off));
            return Some(Judgement::safe(Verdict::Charge, Safeguard::NoBattery, reason));
        }
        let hot = port.memory.safe.hot.as_ref()?;
        let low = port.memory.battery.as_ref().map(|battery| battery.level);
        let low = low.filter(|level| *level < self.view.station.safety.floor);
        let low = low.map(|level| format!(", though it is at {level}% only")).unwrap_or_default();
        let reason = format!(
            "{}{low}{}",
            too_hot(hot.temperature, &self.view.station.safety),
            self.view.although(port, Power::On)
        );
        Some(Judgement::safe(Verdict::Rest, Safeguard::TooHot, reason))
    }

    /// What no person and no rule may overrule.
    pub(in crate::engine) fn before_people(&self, port: &PortState) -> Option<Judgement> {
        port.memory.safe.low_since.filter(|_| !port.silent)?;
        let level = port.memory.battery.as_ref()?.level;
        let floor = self.view.station.safety.floor;
        let low = if level < floor {
            format!("{level}% is under the floor of {floor}%: charged to {}%", charged_to(floor))
        } else {
            format!("it was under the floor of {floor}%: charged to {}%", charged_to(floor))
        };
        let reason = format!("{low}{}", self.view.although(port, Power::Off));
        Some(Judgement::safe(Verdict::Charge, Safeguard::Floor, reason))
    }
}

impl PortState {
    /// What is wanted again once the device has cooled down: heat is no reason to rest until the next low level.
    fn wish_before_heat(&self) -> Wish {
        let wish = Wish::of(&self.memory);
        if self.actual == Some(Power::Off) { wish } else { wish.or_power("it has cooled down") }
    }
}

impl View {
    /// What a person who wants this is to know.
    fn although(&self, port: &PortState, wanted: Power) -> String {
        match self.switched_by_person(port) {
            Some((power, mode)) if power == wanted => format!(", although switched {power} by {}", mode.by),
            _ => String::new(),
        }
    }
}

fn charged_to(floor: Level) -> Level {
    Level::saturating(floor.percent().saturating_add(FLOOR_OVER))
}

fn too_hot(temperature: Celsius, safety: &Safety) -> String {
    let (degrees, cool) = (temperature.degrees(), safety.cool_again.degrees());
    let reason = if temperature >= safety.too_hot {
        format!("{degrees} °C is too hot: not charged until it is down to {cool} °C")
    } else {
        format!("it was too hot and is at {degrees} °C: not charged until it is down to {cool} °C")
    };
    if degrees >= NO_CELSIUS {
        format!("{reason} (no battery works at that: does the device tell degrees Fahrenheit?)")
    } else {
        reason
    }
}

/// As long as the device has not reported, so that no rule can be asked.
pub(in crate::engine) fn without_report(port: &PortState) -> Judgement {
    if port.memory.wanted == Some(Power::Off) {
        let reason = "the level of this device is not known yet: charged".to_owned();
        return Judgement::safe(Verdict::Charge, Safeguard::LevelUnknown, reason);
    }
    Judgement::plain(Verdict::Keep, Layer::Nobody, "no report yet".to_owned())
}
