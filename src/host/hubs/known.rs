//! From a survey and the known models to hubs with numbered ports.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Unit, UnitPort};
use crate::{
    model::{HubLocation, HubModel, ModelName, PortId, Socket},
    usb::{Survey, Switching, Tree, onboard, trees, twin},
};

/// All hubs of this host.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Hubs {
    /// Those whose ports can be switched.
    pub(crate) units: Vec<Unit>,
    /// Those that are never switched.
    pub(crate) fixed: Vec<Fixed>,
    /// How many hubs the computer itself has; they are never switched.
    pub(crate) roots: usize,
}

/// A hub that is never switched.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fixed {
    /// Where it is.
    pub(crate) at: HubLocation,
    /// Its USB 3 side, when it has two.
    pub(crate) other: Option<HubLocation>,
    /// What it is.
    pub(crate) title: String,
    /// Why it is left alone.
    pub(crate) reason: String,
    /// The socket of another hub that it is plugged into.
    pub(crate) inside: Option<Socket>,
}

impl Hubs {
    /// Sorts what was found: chips into hubs, hubs into those that can switch and those that cannot.
    pub(crate) fn of(survey: &Survey, models: &BTreeMap<ModelName, Arc<HubModel>>) -> Self {
        let models: Vec<Arc<HubModel>> = models.values().cloned().collect();
        let roots = survey.hubs.keys().filter(|at| at.is_root()).count();
        let mut hubs = Self { roots, ..Self::default() };
        for tree in trees(survey, &models) {
            match why_never(&tree, survey) {
                Some(reason) => hubs.fixed.push(fixed(&tree, survey, reason)),
                None => hubs.units.push(unit(&tree, survey)),
            }
        }
        hubs
    }
}

fn why_never(tree: &Tree, survey: &Survey) -> Option<String> {
    let by_model = tree.fits.first().filter(|fit| fit.certain).and_then(|fit| fit.model.never.clone());
    let switching = survey.hubs.get(&tree.at).map(|found| found.switching);
    let itself = || match switching? {
        Switching::Ganged => Some("it switches all its ports together".to_owned()),
        Switching::Never => Some("it cannot switch its ports".to_owned()),
        Switching::Single | Switching::Unknown => None,
    };
    by_model.or_else(|| onboard(survey, &tree.at)).or_else(itself)
}

fn fixed(tree: &Tree, survey: &Survey, reason: String) -> Fixed {
    let found = survey.hubs.get(&tree.at);
    let name = found.map(|found| {
        if found.name.trim().is_empty() { format!("a hub ({})", found.id) } else { found.name.clone() }
    });
    let by_model = tree.fits.first().filter(|fit| fit.certain).map(|fit| fit.model.title.clone());
    let title = by_model.or(name).unwrap_or_default();
    Fixed { at: tree.at.clone(), other: tree.twin.clone(), title, reason, inside: inside(&tree.at, survey) }
}

fn unit(tree: &Tree, survey: &Survey) -> Unit {
    let best = tree.fits.first();
    let both = |socket: Socket| {
        let other = twin(survey, socket.hub()).and_then(|hub| Socket::new(hub, socket.port()).ok());
        std::iter::once(socket).chain(other).collect::<Vec<_>>()
    };
    let sockets: Vec<(PortId, Socket)> = match best {
        Some(fit) => {
            let ports = fit.model.ports.iter();
            ports.filter_map(|(number, place)| Some((*number, tree.at.socket(place)?))).collect()
        }
        None => numbered(tree, survey),
    };
    let chips = tree.chips.values().flat_map(|chip| [Some(chip.clone()), twin(survey, chip)]).flatten();
    Unit {
        at: tree.at.clone(),
        other: tree.twin.clone(),
        model: best.map(|fit| fit.model.clone()),
        certain: best.is_some_and(|fit| fit.certain || fit.model.ids.is_empty()),
        cautions: best.map(|fit| fit.cautions.clone()).unwrap_or_default(),
        chips: chips.collect(),
        ports: sockets.into_iter().map(|(number, socket)| UnitPort { number, sides: both(socket) }).collect(),
        inside: inside(&tree.at, survey),
    }
}

/// The sockets that lead to no chip, one after the other.
fn numbered(tree: &Tree, survey: &Survey) -> Vec<(PortId, Socket)> {
    let chips: BTreeSet<&HubLocation> = tree.chips.values().collect();
    let sockets = chips.iter().flat_map(|chip| {
        let ports = survey.hubs.get(*chip).into_iter().flat_map(|found| found.sockets.keys());
        let free = ports.filter(|port| !chips.contains(&chip.below(**port)));
        free.filter_map(|port| Socket::new((*chip).clone(), *port).ok())
    });
    (1..).filter_map(|number| PortId::new(number).ok()).zip(sockets).collect()
}

/// The socket that this hub is plugged into; `None` for one at the computer itself.
fn inside(at: &HubLocation, survey: &Survey) -> Option<Socket> {
    let (hub, port) = at.as_str().rsplit_once('.')?;
    let hub = HubLocation::new(hub).ok()?;
    survey.hubs.contains_key(&hub).then(|| Socket::new(hub, port.parse().ok()?).ok())?
}
