//! One hub as a person holds it in the hand.

use std::{collections::BTreeSet, sync::Arc};

use super::phones::{is_phone, says_phone};
use crate::{
    model::{ChipId, HubLocation, HubModel, PortId, Power, Socket, Thing},
    usb::{HubFound, SocketFound, Survey, Switching},
};

/// A hub whose ports can be switched, both sides and all its chips together.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cli) struct Unit {
    /// Where it is plugged in: its USB 2 side, or the only one.
    pub(in crate::cli) at: HubLocation,
    /// Its USB 3 side, when it has two.
    pub(in crate::cli) other: Option<HubLocation>,
    /// Its kind, if one fits.
    pub(in crate::cli) model: Option<Arc<HubModel>>,
    /// False when only its shape is that of the model, and its chips are others.
    pub(in crate::cli) certain: bool,
    /// What is known of hubs with such chips, for people.
    pub(in crate::cli) cautions: Vec<String>,
    /// Its chips on both sides.
    pub(in crate::cli) chips: BTreeSet<HubLocation>,
    /// Its ports as they are numbered: on the housing when the model is known, else one after the other.
    pub(in crate::cli) ports: Vec<UnitPort>,
    /// The socket of another hub that it is plugged into.
    pub(in crate::cli) inside: Option<Socket>,
}

/// One socket that people see.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cli) struct UnitPort {
    /// Its number.
    pub(in crate::cli) number: PortId,
    /// Where its sides are, the USB 2 side first; never empty.
    pub(in crate::cli) sides: Vec<Socket>,
}

impl Unit {
    /// What people call it.
    pub(in crate::cli) fn title(&self) -> String {
        match &self.model {
            Some(model) if self.certain => model.title.clone(),
            Some(model) => format!("a hub like the {}", model.title),
            None => format!("a hub with {} ports", self.ports.len()),
        }
    }

    /// What people call it, in the middle of a sentence.
    pub(in crate::cli) fn the(&self) -> String {
        match &self.model {
            Some(model) if self.certain => format!("the {} at {}", model.title, self.at),
            _ => format!("the hub at {}", self.at),
        }
    }

    /// True when it says of itself that it switches each port by itself; false: nobody could ask it.
    pub(in crate::cli) fn proven(&self, survey: &Survey) -> bool {
        survey.hubs.get(&self.at).is_some_and(|hub| hub.switching == Switching::Single)
    }

    /// The numbers of its chips.
    pub(in crate::cli) fn ids(&self, survey: &Survey) -> BTreeSet<ChipId> {
        self.found(survey).map(|(_, chip)| chip.id).collect()
    }

    /// Its chips as they were found.
    pub(in crate::cli) fn found<'s>(
        &'s self,
        survey: &'s Survey,
    ) -> impl Iterator<Item = (&'s HubLocation, &'s HubFound)> {
        self.chips.iter().filter_map(|at| Some((at, survey.hubs.get(at)?)))
    }

    /// The hub that is plugged into a port of it, if it is not one of its own chips.
    pub(in crate::cli) fn guest(&self, port: &UnitPort, survey: &Survey) -> Option<HubLocation> {
        port.found(survey).find_map(|(_, found)| found.hub.clone().filter(|hub| !self.chips.contains(hub)))
    }
}

impl UnitPort {
    /// The sides as they were found.
    pub(in crate::cli) fn found<'s>(
        &'s self,
        survey: &'s Survey,
    ) -> impl Iterator<Item = (&'s Socket, &'s SocketFound)> {
        self.sides
            .iter()
            .filter_map(|side| Some((side, survey.hubs.get(side.hub())?.sockets.get(&side.port())?)))
    }

    /// Its power: one side with power is enough for a device to charge.
    pub(in crate::cli) fn power(&self, survey: &Survey) -> Result<Power, String> {
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
    pub(in crate::cli) fn phone<'s>(&'s self, survey: &'s Survey) -> Option<&'s Thing> {
        let class = self.found(survey).find_map(|(_, found)| found.class);
        self.thing(survey).filter(|thing| says_phone(class).unwrap_or_else(|| is_phone(thing.id)))
    }

    /// The device in it.
    pub(in crate::cli) fn thing<'s>(&'s self, survey: &'s Survey) -> Option<&'s Thing> {
        self.found(survey).find_map(|(_, found)| found.thing.as_ref())
    }
}

/// What a device is called; never empty, may hold any printable characters.
pub(in crate::cli) fn name_of(thing: &Thing) -> String {
    let name = thing.name.trim();
    if name.is_empty() { format!("a device ({})", thing.id) } else { name.to_owned() }
}
