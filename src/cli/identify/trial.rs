//! What a series of looks at the service means while one port is switched: which device is in it? Pure.
//!
//! The port is switched and exactly one device must say so, it is switched back and that device must say so too; a
//! second round must agree. Never names anything and never decides how long a port is held: whoever drives it does.

use std::collections::{BTreeMap, BTreeSet};

use super::picture::{Picture, Port, Said};
use crate::model::{DeviceName, PortId, Power, Span, Timestamp};

/// A port is tried so often before it is left alone.
const TRIES: u8 = 3;
/// A slow hub answers within this; the service itself gives a call at most 30 s.
pub(super) const SWITCHED_WITHIN: Span = Span::from_secs(90);
/// What a phone says so soon after a switch may still be about the time before it.
const SETTLED: Span = Span::from_secs(10);

/// What is to be done now.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Next {
    /// Nothing but looking again.
    Wait,
    /// The port is to be held so until something else is said.
    Hold(Power),
    /// The port is to be let go.
    LetGo,
    /// The port is to be let go, and this is what was found.
    Done(Finding),
}

/// What was found out of a port.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Finding {
    /// Two rounds agree on this device.
    Device(DeviceName),
    /// The port was off, and the device in it went on charging.
    KeepsCharging {
        /// Which.
        device: DeviceName,
        /// Its serial number was seen in the port; else it was only known to be here.
        proven: bool,
    },
    /// No device said anything that fits.
    Nobody(String),
    /// The port must not be switched, or could not be.
    Skipped(String),
    /// It was tried often enough, and the last time this was in the way.
    Unclear(String),
}

/// What was known when a port was switched.
#[derive(Debug)]
struct Before {
    at: Timestamp,
    said: BTreeMap<DeviceName, Said>,
    others: BTreeMap<PortId, (Option<Power>, Option<Timestamp>)>,
    /// The device whose serial number the hub showed in the port.
    proven: Option<DeviceName>,
}

#[derive(Debug)]
enum State {
    /// Nothing is asked for yet.
    Start,
    /// Waits until the hub shows the port switched.
    Switching(Before),
    /// Waits for somebody who says so; the port has been seen switched since that moment.
    Watching(Before, Timestamp),
    /// Waits until the hub shows the port switched back; `before` is from before the first switch.
    Returning { before: Before, device: DeviceName, asked: Timestamp },
    /// Waits for the device to say so.
    Recovering { before: Before, device: DeviceName, asked: Timestamp },
    /// Waits until nothing holds the port any more.
    Settling,
}

/// The search in one port.
#[derive(Debug)]
pub(super) struct Trial {
    port: PortId,
    wait: Span,
    state: State,
    /// Since when the state has lasted, in time since the search began.
    since: Span,
    /// The power that the port had at the start of this try.
    rest: Power,
    agreed: Option<DeviceName>,
    tries: u8,
}

impl Trial {
    /// Begins with a port; devices get so long to say something after each switch.
    pub(super) fn new(port: PortId, wait: Span) -> Self {
        Self { port, wait, state: State::Start, since: Span::ZERO, rest: Power::On, agreed: None, tries: 0 }
    }

    /// Takes one look, `now` after the search began.
    pub(super) fn look(&mut self, picture: &Picture, now: Span) -> Next {
        let Some(port) = picture.ports.get(&self.port) else {
            return Next::Done(Finding::Skipped("the station has no such port any more".to_owned()));
        };
        if let Some(why) = port.forbidden() {
            return Next::Done(Finding::Skipped(why));
        }
        let lasted = now.saturating_sub(self.since);
        match std::mem::replace(&mut self.state, State::Start) {
            State::Start => self.start(port, picture, lasted, now),
            State::Switching(before) => self.switching(before, port, picture, lasted, now),
            State::Watching(before, switched) => {
                self.watching((before, switched), port, picture, lasted, now)
            }
            State::Returning { before, device, asked } if port.power == Some(self.rest) => {
                self.enter(State::Recovering { before, device, asked }, now)
            }
            State::Returning { .. } if lasted > SWITCHED_WITHIN => {
                self.again(unswitched(port, self.rest), now)
            }
            state @ State::Returning { .. } => self.stay(state),
            State::Recovering { before, device, asked } => {
                self.recovering((before, device, asked), port, picture, lasted, now)
            }
            State::Settling if is_settled(port) => self.enter(State::Start, now),
            State::Settling if lasted > SWITCHED_WITHIN => Next::Done(Finding::Skipped(unsettled(port))),
            State::Settling => self.stay(State::Settling),
        }
    }

    fn start(&mut self, port: &Port, picture: &Picture, lasted: Span, now: Span) -> Next {
        let Some(power) = port.power.filter(|_| !port.switching) else {
            if lasted > SWITCHED_WITHIN {
                return Next::Done(Finding::Skipped(unread(port)));
            }
            return self.stay(State::Start);
        };
        if let (true, Some(device)) = (port.leaks() && power == Power::Off, &port.device) {
            return Next::Done(Finding::KeepsCharging {
                device: device.clone(),
                proven: port.proven().is_some(),
            });
        }
        if self.agreed.is_none() {
            self.rest = power;
        }
        self.enter(State::Switching(before(port, picture)), now);
        Next::Hold(opposite(self.rest))
    }

    fn switching(&mut self, before: Before, port: &Port, picture: &Picture, lasted: Span, now: Span) -> Next {
        if port.power == Some(opposite(self.rest)) {
            return self.enter(State::Watching(before, picture.at), now);
        }
        if lasted > SWITCHED_WITHIN {
            return self.again(unswitched(port, opposite(self.rest)), now);
        }
        self.stay(State::Switching(before))
    }

    fn watching(
        &mut self,
        (before, switched): (Before, Timestamp),
        port: &Port,
        picture: &Picture,
        lasted: Span,
        now: Span,
    ) -> Next {
        if let Some(why) = self.disturbed(&before, port, opposite(self.rest), picture) {
            return self.again(why, now);
        }
        let mut reacted = self.reacted(&before, picture);
        match (reacted.pop_first(), reacted.is_empty()) {
            (Some(device), true) => {
                if self.agreed.as_ref().is_some_and(|agreed| *agreed != device) {
                    return self.again("two rounds found two devices".to_owned(), now);
                }
                self.enter(State::Returning { before, device, asked: picture.at }, now);
                Next::Hold(self.rest)
            }
            (Some(device), false) => {
                reacted.insert(device);
                self.again(format!("{} reacted at once", names(&reacted)), now)
            }
            (None, _) if lasted <= self.wait => self.stay(State::Watching(before, switched)),
            (None, _) if self.agreed.is_some() => {
                self.again("a device reacted in the first round only".to_owned(), now)
            }
            (None, _) => Next::Done(self.nobody(&before, switched, port, picture)),
        }
    }

    fn recovering(
        &mut self,
        (before, device, asked): (Before, DeviceName, Timestamp),
        port: &Port,
        picture: &Picture,
        lasted: Span,
        now: Span,
    ) -> Next {
        if let Some(why) = self.disturbed(&before, port, self.rest, picture) {
            return self.again(why, now);
        }
        let others: BTreeSet<_> =
            self.reacted(&before, picture).into_iter().filter(|other| *other != device).collect();
        if !others.is_empty() {
            return self.again(format!("{} reacted beside `{device}`", names(&others)), now);
        }
        let charges = Some(self.rest == Power::On);
        let said = picture.said.get(&device);
        if said.is_some_and(|said| said.measured_at > asked && said.charging == charges) {
            return match &self.agreed {
                Some(_) => Next::Done(Finding::Device(device)),
                None => {
                    self.agreed = Some(device);
                    self.enter(State::Start, now)
                }
            };
        }
        if lasted > self.wait {
            let (first, second) = match self.rest {
                Power::On => ("stopped charging", "charges again"),
                Power::Off => ("began to charge", "stopped again"),
            };
            return self.again(format!("`{device}` {first}, but did not say that it {second}"), now);
        }
        self.stay(State::Recovering { before, device, asked })
    }

    /// Why nothing can be concluded: something else than this port changed, or this port by others.
    fn disturbed(&self, before: &Before, port: &Port, held: Power, picture: &Picture) -> Option<String> {
        if port.probe.as_ref().is_none_or(|probe| probe.power != held) {
            return Some("the search was ended by somebody else".to_owned());
        }
        if port.power.is_some_and(|power| power != held) {
            return Some(format!("the port was switched {} by something else", opposite(held)));
        }
        let switched = picture.ports.values().find(|other| {
            let (power, since) = before.others.get(&other.port).copied().unwrap_or_default();
            let differs = power.zip(other.power).is_some_and(|(then, now)| then != now);
            other.port != self.port
                && (differs || (other.power_since.is_some() && since != other.power_since))
        })?;
        Some(format!("port {} was switched meanwhile", switched.port))
    }

    /// Who said after the switch what the switch makes of a battery, and had not said so before.
    fn reacted(&self, before: &Before, picture: &Picture) -> BTreeSet<DeviceName> {
        let expected = Some(self.rest == Power::Off);
        let is_new = |device: &DeviceName| before.said.get(device).and_then(|said| said.charging) != expected;
        let reacted = picture.said.iter().filter(|(device, said)| {
            said.charging == expected && said.measured_at > before.at && is_new(device)
        });
        reacted.map(|(device, _)| device.clone()).collect()
    }

    /// What it means that nobody reacted to the port, which has been seen switched since that moment: a slow hub may take
    /// longer than a device that reports.
    fn nobody(&self, before: &Before, switched: Timestamp, port: &Port, picture: &Picture) -> Finding {
        let here = port.device.as_ref().and_then(|device| Some((device, picture.said.get(device)?)));
        let settled = switched.saturating_add(SETTLED.min(self.wait / 2)).unwrap_or(switched);
        if let Some((device, said)) = here
            && self.rest == Power::On
            && said.charging == Some(true)
            && said.measured_at > settled
        {
            let proven = before.proven.as_ref() == Some(device);
            return Finding::KeepsCharging { device: device.clone(), proven };
        }
        let expected = Some(self.rest == Power::Off);
        let late = picture.said.iter().find(|(device, said)| {
            let was = before.said.get(*device);
            said.charging == expected
                && was.is_some_and(|was| was.charging != expected)
                && said.measured_at <= before.at
        });
        Finding::Nobody(match (late, self.rest) {
            (Some((device, _)), _) => {
                format!("`{device}` reacted, but measured before the switch: is its clock right?")
            }
            (None, Power::On) => "no device said that it stopped charging".to_owned(),
            (None, Power::Off) => "no device said that it began to charge".to_owned(),
        })
    }

    /// This try came to nothing: once more, or no more.
    fn again(&mut self, why: String, now: Span) -> Next {
        self.tries += 1;
        self.agreed = None;
        if self.tries >= TRIES {
            return Next::Done(Finding::Unclear(why));
        }
        self.enter(State::Settling, now);
        Next::LetGo
    }

    fn enter(&mut self, state: State, now: Span) -> Next {
        self.state = state;
        self.since = now;
        Next::Wait
    }

    fn stay(&mut self, state: State) -> Next {
        self.state = state;
        Next::Wait
    }
}

fn before(port: &Port, picture: &Picture) -> Before {
    let others = picture.ports.values().map(|port| (port.port, (port.power, port.power_since)));
    Before {
        at: picture.at,
        said: picture.said.clone(),
        others: others.collect(),
        proven: port.proven().map(|(device, _)| device.clone()),
    }
}

/// The other power.
pub(super) fn opposite(power: Power) -> Power {
    match power {
        Power::On => Power::Off,
        Power::Off => Power::On,
    }
}

/// Why a port is not as it is held.
pub(super) fn unswitched(port: &Port, held: Power) -> String {
    match &port.problem {
        Some(problem) => format!("it was not switched {held}: {}", problem.message),
        None => format!("it was not switched {held} in time"),
    }
}

/// Why the power of a port is not known.
pub(super) fn unread(port: &Port) -> String {
    match &port.problem {
        Some(problem) => problem.message.clone(),
        None => "its power is not known".to_owned(),
    }
}

fn names(devices: &BTreeSet<DeviceName>) -> String {
    let names: Vec<String> = devices.iter().map(|device| format!("`{device}`")).collect();
    names.join(" and ")
}

/// Nothing holds the port any more, and it is as it is wanted without a search.
fn is_settled(port: &Port) -> bool {
    let as_wanted = port.wanted.is_none_or(|wanted| port.power == Some(wanted));
    port.probe.is_none() && !port.switching && as_wanted
}

fn unsettled(port: &Port) -> String {
    match (&port.probe, port.wanted) {
        (None, Some(wanted)) => unswitched(port, wanted),
        _ => "another search holds it: end that one first, or wait ten minutes".to_owned(),
    }
}
