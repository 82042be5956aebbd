//! What a way of switching can do: list hubs, and switch ports of one side of one hub. It knows nothing of stations,
//! models or the other side; all that is the same for every way, and elsewhere.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{SocketFound, Survey, glance::Glance, sequence::Sequence};
use crate::model::{HubLocation, Socket, SwitchProblem};

/// What a look has shown.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// The hubs, with the power of their ports and what is plugged into them.
    pub(super) survey: Survey,
    /// Of which hubs the survey tells.
    pub(super) extent: Extent,
    /// Hubs whose ports could not be read, and why. Their place may be in the survey all the same.
    pub(super) unread: BTreeMap<HubLocation, SwitchProblem>,
}

/// Of which hubs a look tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Extent {
    /// Of all: what is not in it is not there.
    #[default]
    All,
    /// Of all where they are and what is plugged into them, and of none the power of its ports.
    Places,
    /// At least of those that were asked for; a look at all would show more.
    Asked,
    /// Of those that were asked for only, because all together cannot be read at the moment.
    NoMore,
}

/// A way of switching. Answers always, in bounded time.
pub(super) trait HubDriver: Send {
    /// True if hubs can be switched at the same time.
    const AT_ONCE: bool;
    /// How long further orders are waited for before a call: short against one.
    const GATHERS: Duration = Duration::ZERO;

    /// Looks at these hubs, or at where all are. A hub that is asked for and in no part of the answer is not there.
    fn look(
        &mut self,
        hubs: Option<&BTreeSet<HubLocation>>,
    ) -> impl Future<Output = Result<Look, SwitchProblem>> + Send;

    /// Sees at once, without asking them, what hubs these are now.
    fn glance(&mut self, _hubs: &BTreeSet<HubLocation>) -> impl Future<Output = Glance> + Send {
        std::future::ready(Glance::new())
    }

    /// Makes the calls of these hubs, which all go in one direction: those of one hub one after the other, and of several
    /// at the same time if it can. Each call switches its ports of its side and nothing else.
    fn set_all(&mut self, hubs: &mut [Sequence]) -> impl Future<Output = ()> + Send;

    /// Why this side of a socket could not be switched, as far as the last look tells.
    fn refuses(&self, _side: &Socket, _found: &SocketFound) -> Option<SwitchProblem> {
        None
    }

    /// Which hub this way of switching holds for the other side of a hub; an error where its looks tell all that it knows.
    /// Switches nothing.
    fn other_side(
        &mut self,
        side: &HubLocation,
    ) -> impl Future<Output = Result<Option<HubLocation>, SwitchProblem>> + Send {
        let why = format!("the other side of hub `{side}` is not known");
        std::future::ready(Err(SwitchProblem::OtherSide(why)))
    }
}
