//! The hub that a station file names, where it is plugged in, and which sockets its ports have by that.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    document::{Item, Node},
    fields::{Fields, inside_some, text},
    hub::MOST_HUBS,
    models::Models,
    problems::{Problems, Wrong},
    tokens::Place,
    words::shown,
};
use crate::model::{ChipPath, ChipSocket, HubLocation, HubPlan, PortId, Socket};

const FIELDS: &[&str] = &["model", "at"];

/// What a station file says of the hub.
#[derive(Clone, Debug)]
pub(super) enum Plug {
    /// Nothing: every port has a socket of its own.
    Absent,
    /// Something that has a mistake: whether a port needs a socket is not known.
    Unreadable,
    /// This, at this place of the file.
    Hub(Arc<HubPlan>, Place),
}

impl Plug {
    /// Reads `hub: (…)`, if it is there.
    pub(super) fn read(station: &Fields<'_>, models: &Models, problems: &mut Problems<'_>) -> Self {
        let Some(node) = station.get("hub") else { return Self::Absent };
        plan(node, models, problems).map_or(Self::Unreadable, |plan| Self::Hub(Arc::new(plan), node.at))
    }

    /// The hub, if it could be read.
    pub(super) fn plan(&self) -> Option<&Arc<HubPlan>> {
        match self {
            Self::Hub(plan, _) => Some(plan),
            Self::Absent | Self::Unreadable => None,
        }
    }

    /// Why a port cannot have a socket that was written for it, if so. `moved` are the ports whose sockets are written.
    pub(super) fn refuses(&self, id: PortId, socket: &Socket, moved: &BTreeSet<PortId>) -> Option<Wrong> {
        let plan = self.plan()?;
        let place = ChipSocket { chip: ChipPath::between(&plan.at, socket.hub())?, port: socket.port() };
        let hint = plan.socket(id).map_or_else(
            || "give it a socket that is not in this hub".to_owned(),
            |own| format!("leave `socket` out: the model says `{own}`"),
        );
        let model = &plan.model;
        if model.chain.contains(&place) {
            let message = format!(
                "the socket `{socket}` connects the chips of the hub `{}` and is never switched",
                model.name
            );
            return Some(Wrong::new("daisy-chain-socket", message, hint));
        }
        let mut others = model.ports.iter().filter(|(other, _)| **other != id && !moved.contains(other));
        if let Some((other, _)) = others.find(|(_, theirs)| **theirs == place) {
            let message =
                format!("the socket `{socket}` is that of port {other} of the hub `{}`", model.name);
            let hint = format!("{hint}; or write a `socket` for port {other} too");
            return Some(Wrong::new("socket-used-twice", message, hint));
        }
        let size = model.chips.get(&place.chip).filter(|size| place.port > **size)?;
        let message = format!("the hub `{}` has {size} ports, and no port {}", socket.hub(), place.port);
        Some(Wrong::new("out-of-range", message, hint))
    }
}

/// Whether the entry of a port writes its socket, also one with mistakes.
pub(super) fn has_socket(entry: &Node) -> bool {
    let Item::Group(_, fields) = &inside_some(entry).item else { return false };
    let mut sockets = fields.iter().filter(|field| field.name.as_deref() == Some("socket"));
    sockets.any(|field| field.value.item != Item::Word("None".into()))
}

fn plan(node: &Node, models: &Models, problems: &mut Problems<'_>) -> Option<HubPlan> {
    let fields = Fields::open(node, "a hub", FIELDS, problems)?;
    let model = fields.need("model", "model: \"rsh-a16\"", problems, |node| {
        let model = models.find(text(node)?)?;
        let never = model.as_ref().and_then(|model| model.never.as_ref());
        never.map_or(Ok(model.clone()), |never| {
            let name = shown(text(node)?);
            let message = format!("the ports of `{name}` cannot be switched one by one: {never}");
            Err(Wrong::new("not-switchable", message, "plug a hub that can into it, and name that one"))
        })
    });
    let at = fields.need("at", "at: \"5-2\"", problems, at);
    let (model, at) = (model??, at?);
    let deepest = model.chips.keys().max_by_key(|chip| chip.depth())?;
    let hubs = at.parts().1.split('.').count() + deepest.depth() - 1;
    if hubs <= MOST_HUBS {
        return Some(HubPlan { model, at });
    }
    let message = format!(
        "at: with this hub at `{at}` there would be {hubs} hubs one behind the other, and USB allows {MOST_HUBS}"
    );
    let hint = "plug it in nearer to the computer, or mend `at`";
    problems.add(fields.get("at").unwrap_or(node).at, Wrong::new("too-deep", message, hint));
    None
}

/// Where a hub may be plugged in.
fn at(node: &Node) -> Result<HubLocation, Wrong> {
    let hint = "`scs discover` shows where it is plugged in";
    let at = HubLocation::new(text(node)?)
        .map_err(|invalid| Wrong::new("wrong-value", invalid.to_string(), hint))?;
    if at.is_root() {
        let message = format!("`{at}` is a root hub, the computer's own: its ports are never switched");
        let hint = format!("write where the hub is plugged in, for example `{at}-2`; {hint}");
        return Err(Wrong::new("root-hub", message, hint));
    }
    Ok(at)
}
