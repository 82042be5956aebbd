//! What the safety layer remembers of a device: over a restart, and when it is plugged in elsewhere.

use serde::{Deserialize, Serialize};

use super::{Battery, Celsius, Level, PortMemory, Power, RuleName, Span, Spells, Timestamp};

/// What keeps one device from harm. A few hundred bytes, whatever the device does: nothing in it grows with time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Safekeeping {
    /// The device became too hot and has not cooled down yet.
    pub hot: Option<Hot>,
    /// Since when the battery has been under the floor, or not far enough over it again.
    pub low_since: Option<Timestamp>,
    /// The device does not report.
    pub silence: Option<Silence>,
    /// Whether it reports while its port is off. `Some(false)`: it was silent then, and was heard once the port had power;
    /// `None`: that is not known.
    pub reports_unpowered: Option<bool>,
    /// The last report told of a level that no battery can get to in that time.
    pub doubt: Option<Box<Doubt>>,
    /// How often such a report was taken back, each time within a day of the one before.
    pub misreadings: u8,
    /// When that was last.
    pub misread_at: Option<Timestamp>,
    /// A level that is not counted unless the next report agrees, and when it was measured.
    pub set_aside: Option<(Level, Timestamp)>,
}

/// A device that is too hot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hot {
    /// Since when.
    pub since: Timestamp,
    /// Its last temperature.
    pub temperature: Celsius,
    /// When that was measured.
    pub measured_at: Timestamp,
    /// What was wanted before.
    #[serde(default)]
    pub before: Wish,
}

/// What a port should be, and who said so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wish {
    wanted: Option<Power>,
    holder: Option<RuleName>,
    because: String,
}

impl Wish {
    /// What is wanted of a port.
    pub fn of(memory: &PortMemory) -> Self {
        Self { wanted: memory.wanted, holder: memory.holder.clone(), because: memory.because.clone() }
    }

    /// The same, or power where nothing is wanted.
    #[must_use]
    pub fn or_power(self, because: &str) -> Self {
        match self.wanted {
            Some(_) => self,
            None => Self { wanted: Some(Power::On), holder: None, because: because.to_owned() },
        }
    }

    /// Wants it again. Where nothing was wanted the memory stays as it is.
    pub fn restore(self, memory: &mut PortMemory) {
        if self.wanted.is_some() {
            memory.wanted = self.wanted;
            memory.holder = self.holder;
            memory.because = self.because;
        }
    }
}

/// A device that does not report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Silence {
    /// Since when it has counted as silent.
    pub since: Timestamp,
    /// Its last reports ended when its port went off, so it was switched on first of all to be heard.
    pub called: bool,
    /// How far things have come.
    pub stage: SilenceStage,
    /// What was wanted before.
    pub before: Wish,
    /// Since when a person has kept the port off: for so long nothing can be done about the silence.
    #[serde(default)]
    pub held: Option<Timestamp>,
}

impl Silence {
    /// A person keeps the port off, or does so no longer. The time in between does not count: who could not be charged then
    /// is charged after it.
    pub fn hold(&mut self, is_held: bool, now: Timestamp) {
        match self.held {
            None if is_held => self.held = Some(now),
            Some(at) if !is_held => {
                let held = now.duration_since(at).max(Span::ZERO);
                self.since = self.since.checked_add(held).unwrap_or(now).min(now);
                self.held = None;
            }
            Some(_) | None => {}
        }
    }
}

/// What is done about a device that does not report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SilenceStage {
    /// Switched on to be heard: its reports ended when its port went off.
    Called,
    /// Charged, for it may be empty.
    Charged,
    /// It was charged for as long as it may be: off, and switched on now and then.
    Waited,
    /// Switched on for a moment, to be heard.
    Woken,
}

/// A report whose level no battery can get to in that time. It counts until the next one: if that agrees with the report
/// before, everything is as if this one had not been.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// The report before it.
    pub before: Battery,
    /// The level's history before it.
    pub level: Spells,
    /// When the device had been full before it.
    pub full_at: Option<Timestamp>,
    /// What was wanted before it.
    pub wish: Wish,
}

impl Safekeeping {
    /// The clock was set back: nothing is of the future.
    pub fn not_later_than(&mut self, now: Timestamp) {
        if let Some(hot) = &mut self.hot {
            hot.since = hot.since.min(now);
            hot.measured_at = hot.measured_at.min(now);
        }
        if let Some(silence) = &mut self.silence {
            silence.since = silence.since.min(now);
            silence.held = silence.held.map(|at| at.min(now));
        }
        if let Some(doubt) = &mut self.doubt {
            doubt.before.measured_at = doubt.before.measured_at.min(now);
        }
        for at in [&mut self.low_since, &mut self.misread_at] {
            *at = at.map(|at| at.min(now));
        }
        self.set_aside = self.set_aside.map(|(level, at)| (level, at.min(now)));
    }

    /// What goes with the device to another port: not what was wanted of the one that it left.
    #[must_use]
    pub fn without_wishes(&self) -> Self {
        let silence =
            self.silence.as_ref().map(|silence| Silence { before: Wish::default(), ..silence.clone() });
        let hot = self.hot.as_ref().map(|hot| Hot { before: Wish::default(), ..hot.clone() });
        Self { silence, hot, doubt: None, ..self.clone() }
    }
}
