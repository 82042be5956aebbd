//! Which two hubs of a survey are the two sides of one. Pure.
//!
//! Where the kernel shows the hubs, its links decide, and places never do: two hubs at the same place of two buses need
//! not be one. Never pairs hubs of buses that the kernel holds for buses of different controllers.

use std::collections::BTreeMap;

use super::{HubFound, Survey};
use crate::model::HubLocation;

/// What tells the sides of hubs.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    survey: &'a Survey,
    /// Sides that the driver itself holds for one hub.
    pairs: &'a BTreeMap<HubLocation, HubLocation>,
}

/// No driver was asked.
const NO_PAIRS: &BTreeMap<HubLocation, HubLocation> = &BTreeMap::new();

/// The other side of a hub, as far as the survey alone tells.
pub fn twin(survey: &Survey, hub: &HubLocation) -> Option<HubLocation> {
    Sides::new(survey, NO_PAIRS).twin(hub)
}

impl<'a> Sides<'a> {
    pub(super) fn new(survey: &'a Survey, pairs: &'a BTreeMap<HubLocation, HubLocation>) -> Self {
        Self { survey, pairs }
    }

    fn hub(self, at: &HubLocation) -> Option<&'a HubFound> {
        self.survey.hubs.get(at)
    }

    /// The other side: the one that the kernel names, else the one that the driver has named, else, where the kernel shows
    /// nothing, the one at the same place of the neighbouring bus, else the only one at the same place of any bus (if that
    /// has no other choice either).
    pub(super) fn twin(self, hub: &HubLocation) -> Option<HubLocation> {
        self.told(hub).or_else(|| self.by_place(hub))
    }

    /// The other side as the kernel or the driver names it.
    pub(super) fn told(self, hub: &HubLocation) -> Option<HubLocation> {
        let says_so =
            || self.survey.hubs.iter().find(|(_, other)| other.twin.as_ref() == Some(hub)).map(|(at, _)| at);
        self.hub(hub)?.twin.as_ref().or_else(says_so).or_else(|| self.pairs.get(hub)).cloned()
    }

    /// The other side as places tell it.
    pub(super) fn by_place(self, hub: &HubLocation) -> Option<HubLocation> {
        let found = self.hub(hub).filter(|_| !self.has_links(hub))?;
        let candidates = self.at_the_same_place(hub);
        let bus = hub.parts().0;
        // Linux numbers the two buses of one controller one after the other, the USB 2 side first.
        let neighbour = if found.usb3 { bus.checked_sub(1) } else { bus.checked_add(1) };
        let next_door = candidates.iter().find(|other| Some(other.parts().0) == neighbour);
        match (next_door, candidates.as_slice()) {
            (Some(twin), _) => Some((*twin).clone()),
            (None, [only]) if self.at_the_same_place(only).len() == 1 => Some((*only).clone()),
            _ => None,
        }
    }

    /// Hubs that may be the other side of a hub, at the same place of another bus.
    fn at_the_same_place(self, hub: &HubLocation) -> Vec<&'a HubLocation> {
        let path = hub.parts().1;
        let fits = |other: &&HubLocation| other.parts().1 == path && !self.has_links(other);
        self.strangers(hub).filter(fits).filter(|_| !path.is_empty()).collect()
    }

    /// True if the kernel shows the bus of a hub, so that it would name the other side.
    fn has_links(self, hub: &HubLocation) -> bool {
        self.survey.from_kernel && self.root(hub.parts().0).is_some()
    }

    fn root(self, bus: u16) -> Option<&'a HubFound> {
        self.hub(&HubLocation::new(&bus.to_string()).ok()?)
    }

    /// True if places allow that a hub is the other side of another one.
    pub(super) fn may_be(self, hub: &HubLocation, other: &HubLocation) -> bool {
        self.strangers(hub).any(|stranger| stranger == other) && self.fits_by_place(hub, other)
    }

    /// True if a hub whose other side is not known has one that is possible.
    pub(super) fn has_choice(self, hub: &HubLocation) -> bool {
        self.choices(hub).next().is_some()
    }

    /// The hubs that may be the other side of one whose other side is not known.
    pub(super) fn choices<'b>(
        self,
        hub: &'b HubLocation,
    ) -> impl Iterator<Item = &'a HubLocation> + use<'a, 'b> {
        self.strangers(hub).filter(move |other| !hub.is_root() && self.fits_by_place(hub, other))
    }

    /// Hubs of the other kind with as many ports, on another bus, that are no side of a third hub.
    fn strangers<'b>(self, hub: &'b HubLocation) -> impl Iterator<Item = &'a HubLocation> + use<'a, 'b> {
        let found = self.hub(hub);
        let fits = move |other: &HubLocation, other_found: &HubFound| {
            found.is_some_and(|found| {
                other_found.usb3 != found.usb3 && other_found.sockets.len() == found.sockets.len()
            }) && self.may_be_sisters(hub, other)
                && self.told(other).is_none_or(|twin| twin == *hub)
        };
        self.survey.hubs.iter().filter(move |(other, found)| fits(other, found)).map(|(other, _)| other)
    }

    /// Two buses that the kernel holds for the two of one controller, or of which it does not say so.
    fn may_be_sisters(self, hub: &HubLocation, other: &HubLocation) -> bool {
        let (bus, other_bus) = (hub.parts().0, other.parts().0);
        let sister = |bus: u16| Some(self.root(bus)?.twin.as_ref()?.parts().0);
        let apart = || {
            let (one, two) = (sister(bus)?, sister(other_bus)?);
            Some(one != other_bus && two != bus)
        };
        bus != other_bus && apart() != Some(true)
    }

    /// On some boards the two sides of a hub hang on ports of different numbers; then the place below is the same. But
    /// a hub that is at its right place on that bus has its twin there, and nowhere else.
    fn fits_by_place(self, hub: &HubLocation, other: &HubLocation) -> bool {
        let ((_, path), (other_bus, other_path)) = (hub.parts(), other.parts());
        let last = |path: &str| path.rsplit('.').next().map(str::to_owned);
        let better = HubLocation::new(&format!("{other_bus}-{path}"));
        !path.is_empty()
            && !other_path.is_empty()
            && self.twin(other).is_none_or(|twin| twin == *hub)
            && (path == other_path
                || (last(path) == last(other_path)
                    && better.is_ok_and(|better| !self.survey.hubs.contains_key(&better))))
    }
}
