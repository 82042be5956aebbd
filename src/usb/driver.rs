//! What a way of switching can do: list hubs, and switch ports of one side of one hub. It knows nothing of stations,
//! models or the other side; all that is the same for every way, and elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::Survey;
use crate::model::{HubLocation, Power, SwitchProblem};

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
    /// At least of those that were asked for; a look at all would show more.
    Asked,
    /// Of those that were asked for only, because all together cannot be read at the moment.
    NoMore,
}

/// A way of switching. Answers always, in bounded time.
pub(super) trait HubDriver: Send {
    /// Looks at these hubs, or at all. A hub that is asked for and in no part of the answer is not there.
    fn look(
        &mut self,
        hubs: Option<&BTreeSet<HubLocation>>,
    ) -> impl Future<Output = Result<Look, SwitchProblem>> + Send;

    /// Switches these ports of one side of a hub, and of nothing else, and says what each shows afterwards. An error means
    /// that nothing was sent, except [`SwitchProblem::Timeout`] and [`SwitchProblem::Unreadable`], after which nothing is
    /// known; a port that is not in the answer is not known either.
    fn set(
        &mut self,
        side: &HubLocation,
        ports: &BTreeSet<u8>,
        power: Power,
    ) -> impl Future<Output = Result<BTreeMap<u8, Result<Power, SwitchProblem>>, SwitchProblem>> + Send;

    /// Which hub this way of switching holds for the other side of a hub, where that is more than its looks tell. Switches
    /// nothing.
    fn other_side(
        &mut self,
        _side: &HubLocation,
    ) -> impl Future<Output = Result<Option<HubLocation>, SwitchProblem>> + Send {
        std::future::ready(Ok(None))
    }
}
