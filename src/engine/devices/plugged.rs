//! What the hub shows to be plugged in. Nearly always nothing has changed, and that must cost next to nothing.

use std::{borrow::Cow, sync::Arc};

use super::placing::Cause;
use crate::engine::core::{Engine, Step};
use crate::engine::layers::judge::Judgement;
use crate::engine::state::PortState;
use crate::model::{Plugged, PortId, Power, Safeguard, Seen, Span, Thing, Timestamp, Verdict};

/// A port that shows nothing for longer is empty; right after power comes on a device has yet to announce itself.
const ANNOUNCES_WITHIN: Span = Span::from_secs(10);

impl Engine {
    /// Takes what is plugged in, and lets devices follow their serial numbers.
    pub(in crate::engine) fn look_at_things(&mut self, seen: &[Seen], now: Timestamp, step: &mut Step) {
        let mut look = self.places.unsettled && seen.iter().any(|one| one.order.is_none());
        for one in seen {
            let Some(port) = self.view.ports.get(&one.port) else { continue };
            // An answer to an order that was given up may be about a socket that the port no longer is.
            let counts = one.order.is_none() || port.order.as_ref().map(|order| order.id) == one.order;
            let shown = self.with_known_serial(&one.plugged);
            if counts && port.plugged != *shown {
                look |= self.note_thing(one.port, &shown, now, step);
            }
        }
        if look {
            let before = self.view.devices.clone();
            self.place(&before, &Cause::Reading(seen), now, step);
        }
    }

    /// Where only a line of text tells what is plugged in, a short serial number cannot be told from a name: then the last
    /// word is one if somebody has it.
    fn with_known_serial<'a>(&self, plugged: &'a Plugged) -> Cow<'a, Plugged> {
        let Plugged::Thing(thing) = plugged else { return Cow::Borrowed(plugged) };
        let word = thing.name.rsplit(' ').next().filter(|_| thing.serial.is_none());
        match word.filter(|word| self.places.by_serial.contains_key(*word)) {
            Some(word) => {
                let serial = Some(word.to_owned());
                Cow::Owned(Plugged::Thing(Arc::new(Thing { serial, ..(**thing).clone() })))
            }
            None => Cow::Borrowed(plugged),
        }
    }

    /// Notes what a port shows now; true when that may say something new about which device is where.
    fn note_thing(&mut self, id: PortId, shown: &Plugged, now: Timestamp, step: &mut Step) -> bool {
        let Some(port) = self.view.ports.get(&id) else { return false };
        let (serial, last) = (shown.serial(), port.last_serial());
        let contested = port.plugged.serial().is_some_and(|serial| self.places.contested.contains(serial));
        let known = serial.and_then(|serial| self.places.by_serial.get(serial));
        let is_known = known.is_some();
        let is_device = is_known && known == port.device();
        let another = serial.is_some() && serial != last;
        let nameless_before = port.device().is_none() && last.is_some();
        let kept = self.change(id, |port| {
            port.device_seen = is_device;
            if another && nameless_before {
                port.forget_device(now);
            }
            port.note_coming(shown, now);
            port.note_thing(shown, another, now)
        });
        if kept == Some(true) {
            self.remember(id, step);
        }
        let nothing_new = |port: &Arc<PortState>| port.unknown().is_none() || port.unknown_told;
        let settled = match (serial, is_known) {
            (None, _) => true,
            (Some(_), true) => is_device,
            (Some(_), false) => self.view.ports.get(&id).is_some_and(nothing_new),
        };
        another || contested || !settled
    }
}

impl PortState {
    /// The serial number that was shown last, now or before.
    pub(in crate::engine) fn last_serial(&self) -> Option<&str> {
        self.memory.thing.as_ref().and_then(|thing| thing.serial.as_deref())
    }

    /// What the port showed last may be there yet: it is off, or a device has still to announce itself after it came on.
    pub(in crate::engine) fn may_still_have(&self, serial: &str, now: Timestamp) -> bool {
        match &self.plugged {
            Plugged::Thing(thing) => thing.serial.as_deref() == Some(serial),
            Plugged::NotShown => true,
            Plugged::Nothing => self.empty_since.is_some_and(|at| now.duration_since(at) < ANNOUNCES_WITHIN),
        }
    }

    /// Since when what is here is here: known where the hub showed an empty port before.
    fn note_coming(&mut self, shown: &Plugged, now: Timestamp) {
        let was_empty = self.is_empty(now);
        match shown {
            Plugged::Thing(_) if was_empty => self.memory.plugged_at = Some(now),
            Plugged::Thing(thing) if thing.serial.as_deref() != self.last_serial() => {
                self.memory.plugged_at = None;
            }
            Plugged::Thing(_) | Plugged::Nothing | Plugged::NotShown => {}
        }
    }

    /// True when the port has shown nothing for longer than a device needs to announce itself.
    pub(in crate::engine) fn is_empty(&self, now: Timestamp) -> bool {
        self.empty_since.is_some_and(|at| now.duration_since(at) >= ANNOUNCES_WITHIN)
    }

    /// True when what is remembered over a restart has changed.
    fn note_thing(&mut self, shown: &Plugged, another: bool, now: Timestamp) -> bool {
        let was_thing = matches!(self.plugged, Plugged::Thing(_));
        let was_empty = self.empty_since.take().is_some_and(|at| now.duration_since(at) >= ANNOUNCES_WITHIN);
        self.plugged = shown.clone();
        match shown {
            Plugged::NotShown => self.unknown_told &= !was_empty,
            Plugged::Nothing => {
                self.empty_since = Some(now);
                self.unknown_told &= !was_thing;
            }
            Plugged::Thing(thing) => {
                self.unknown_told &= !(was_empty || another);
                // A thing without a serial number proves nothing: it does not replace one that has proved something.
                let proves = thing.serial.is_some() || self.last_serial().is_none();
                if proves && self.memory.thing.as_ref() != Some(thing) {
                    self.memory.thing = Some(Arc::clone(thing));
                    return true;
                }
            }
        }
        false
    }
}

/// How the reason of a decision begins that was made about a thing that nobody knows: no rule was asked.
pub const UNKNOWN_DEVICE: &str = "an unknown device";

/// What nobody knows is charged, if this service ever switched its port; else it is left as it is.
pub(in crate::engine) fn for_unknown(port: &PortState) -> Option<Judgement> {
    let serial = port.unknown()?.serial.as_deref().unwrap_or_default();
    let who = format!("{UNKNOWN_DEVICE} (serial `{serial}`) is plugged in");
    Some(match port.memory.wanted {
        Some(Power::On | Power::Off) => {
            let reason = format!("{who}: it is charged until somebody names it");
            Judgement::safe(Verdict::Charge, Safeguard::DeviceUnknown, reason)
        }
        None => {
            let reason = format!("{who}: the port stays as it is until somebody names it");
            Judgement::safe(Verdict::Keep, Safeguard::DeviceUnknown, reason)
        }
    })
}
