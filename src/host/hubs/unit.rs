//! One hub as a person holds it in the hand.

use std::{collections::BTreeSet, sync::Arc};

use super::phones::{is_phone, says_phone};
use crate::{
    model::{ChipId, HubLocation, HubModel, PortId, Power, Socket, Thing},
    usb::{HubFound, SocketFound, Survey, Switching},
};

/// A hub whose ports can be switched, both sides and all its chips together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unit {
    /// Where it is plugged in: its USB 2 side, or the only one.
    pub(crate) at: HubLocation,
    /// Its USB 3 side, when it has two.
    pub(crate) other: Option<HubLocation>,
    /// Its kind, if one fits.
    pub(crate) model: Option<Arc<HubModel>>,
    /// False when only its shape is that of the model, and its chips are others.
    pub(crate) certain: bool,
    /// What is known of hubs with such chips, for people.
    pub(crate) cautions: Vec<String>,
    /// Its chips on both sides.
    pub(crate) chips: BTreeSet<HubLocation>,
    /// Its ports as they are numbered: on the housing when the model is known, else one after the other.
    pub(crate) ports: Vec<UnitPort>,
    /// The socket of another hub that it is plugged into.
    pub(crate) inside: Option<Socket>,
}

/// One socket that people see.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UnitPort {
    /// Its number.
    pub(crate) number: PortId,
    /// Where its sides are, the USB 2 side first; never empty.
    pub(crate) sides: Vec<Socket>,
}

impl Unit {
    /// What people call it.
    pub(crate) fn title(&self) -> String {
        match &self.model {
            Some(model) if self.certain => model.title.clone(),
            Some(model) => format!("a hub like the {}", model.title),
            None => format!("a hub with {} ports", self.ports.len()),
        }
    }

    /// What people call it, in the middle of a sentence.
    pub(crate) fn the(&self) -> String {
        match &self.model {
            Some(model) if self.certain => format!("the {} at {}", model.title, self.at),
            _ => format!("the hub at {}", self.at),
        }
    }

    /// The line of a station file for it, if its model is known.
    pub(crate) fn line(&self) -> Option<String> {
        let model = self.model.as_ref()?;
        Some(format!("hub: (model: \"{}\", at: \"{}\")", model.name, self.at))
    }

    /// What to know when it has two sides by its numbers and shows only one.
    pub(crate) fn half(&self, survey: &Survey) -> Option<String> {
        let model = self.model.as_ref().filter(|_| self.certain && self.other.is_none())?;
        let seen = self.ids(survey);
        if model.ids.iter().all(|id| seen.contains(id)) {
            return None;
        }
        let by_kernel = survey.hubs.keys().any(HubLocation::is_root);
        Some(match survey.hubs.get(&self.at)?.usb3 {
            true => "only its USB 3 side is seen: rights to the USB 2 side are missing".to_owned(),
            false if by_kernel => {
                "only its USB 2 side is seen: a USB 2 cable, or a USB 2 socket of the computer".to_owned()
            }
            false => "only its USB 2 side is seen: a USB 2 cable, or missing rights".to_owned(),
        })
    }

    /// What people call a side, by one of its sockets.
    fn side(&self, socket: &Socket, survey: &Survey) -> String {
        let usb3 = survey.hubs.get(socket.hub()).is_some_and(|hub| hub.usb3);
        let is_side = |at: &&HubLocation| survey.hubs.get(*at).is_some_and(|hub| hub.usb3 == usb3);
        let at = [Some(&self.at), self.other.as_ref()].into_iter().flatten().find(is_side);
        format!("USB {} side ({})", if usb3 { 3 } else { 2 }, at.unwrap_or(socket.hub()))
    }

    /// Which side of a port cannot be read, and why, as one side that can hides the other.
    pub(crate) fn unread(&self, port: &UnitPort, survey: &Survey) -> Vec<String> {
        let sides: Vec<_> = port.found(survey).collect();
        let why = |(side, found): &(&Socket, &SocketFound)| {
            let why = found.power.as_ref().err()?;
            Some(format!("its {} cannot be read: {why}", self.side(side, survey)))
        };
        let mut troubles: Vec<String> = sides.iter().filter_map(why).collect();
        if sides.len() == 1 && self.other.is_some() {
            let seen = sides.first().map(|(side, _)| self.side(side, survey)).unwrap_or_default();
            troubles.push(format!(
                "only its {seen} is seen, and other ports show two: it cannot be switched off"
            ));
        }
        troubles
    }

    /// Which side of a port the kernel shows and `uhubctl` does not list, so that it cannot switch it.
    pub(crate) fn unlisted(&self, port: &UnitPort, survey: &Survey) -> Vec<String> {
        let is_unlisted =
            |side: &&Socket| survey.hubs.get(side.hub()).is_some_and(|hub| is_unlisted(hub, survey));
        let words = |side: &Socket| {
            format!("its {} is not listed by uhubctl, so it cannot be switched off", self.side(side, survey))
        };
        port.sides.iter().filter(is_unlisted).map(words).collect()
    }

    /// True when it says of itself that it switches each port by itself; false: nobody could ask it.
    pub(crate) fn proven(&self, survey: &Survey) -> bool {
        survey.hubs.get(&self.at).is_some_and(|hub| hub.switching == Switching::Single)
    }

    /// The numbers of its chips.
    pub(crate) fn ids(&self, survey: &Survey) -> BTreeSet<ChipId> {
        self.found(survey).map(|(_, chip)| chip.id).collect()
    }

    /// Its chips as they were found.
    pub(crate) fn found<'s>(
        &'s self,
        survey: &'s Survey,
    ) -> impl Iterator<Item = (&'s HubLocation, &'s HubFound)> {
        self.chips.iter().filter_map(|at| Some((at, survey.hubs.get(at)?)))
    }

    /// The hub that is plugged into a port of it, if it is not one of its own chips.
    pub(crate) fn guest(&self, port: &UnitPort, survey: &Survey) -> Option<HubLocation> {
        port.found(survey).find_map(|(_, found)| found.hub.clone().filter(|hub| !self.chips.contains(hub)))
    }
}

impl UnitPort {
    /// The sides as they were found.
    pub(crate) fn found<'s>(
        &'s self,
        survey: &'s Survey,
    ) -> impl Iterator<Item = (&'s Socket, &'s SocketFound)> {
        self.sides
            .iter()
            .filter_map(|side| Some((side, survey.hubs.get(side.hub())?.sockets.get(&side.port())?)))
    }

    /// Its power: one side with power is enough for a device to charge.
    pub(crate) fn power(&self, survey: &Survey) -> Result<Power, String> {
        let mut sides: Vec<_> = self.found(survey).map(|(_, found)| found.power.clone()).collect();
        if sides.contains(&Ok(Power::On)) {
            return Ok(Power::On);
        }
        match sides.iter().position(Result::is_err) {
            Some(at) => sides.swap_remove(at),
            None if sides.is_empty() => Err("the hub does not show it".to_owned()),
            None => Ok(Power::Off),
        }
    }

    /// The device in it, if it is a phone or tablet as far as the survey can tell.
    pub(crate) fn phone<'s>(&'s self, survey: &'s Survey) -> Option<&'s Thing> {
        let class = self.found(survey).find_map(|(_, found)| found.class);
        self.thing(survey).filter(|thing| says_phone(class).unwrap_or_else(|| is_phone(thing.id)))
    }

    /// The device in it.
    pub(crate) fn thing<'s>(&'s self, survey: &'s Survey) -> Option<&'s Thing> {
        self.found(survey).find_map(|(_, found)| found.thing.as_ref())
    }
}

/// True for a chip that `uhubctl` had to list and did not, because it could not open it.
pub(crate) fn is_unlisted(hub: &HubFound, survey: &Survey) -> bool {
    survey.without_uhubctl.is_none() && hub.switching == Switching::Unknown
}

/// What a device is called; never empty, may hold any printable characters.
pub(crate) fn name_of(thing: &Thing) -> String {
    let name = thing.name.trim();
    if name.is_empty() { format!("a device ({})", thing.id) } else { name.to_owned() }
}
