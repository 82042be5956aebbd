//! What a way of switching can do: list hubs, and switch ports of one side of one hub. It knows nothing of stations,
//! models or the other side; all that is the same for every way, and elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::Survey;
use crate::model::{HubLocation, Power, SwitchProblem};

/// A way of switching. Answers always, in bounded time.
pub(super) trait HubDriver: Send {
    /// The hubs that are there, with the power of their ports and what is plugged into them: these, or all. A hub that is
    /// asked for and not in the answer is not there.
    fn look(
        &mut self,
        hubs: Option<&BTreeSet<HubLocation>>,
    ) -> impl Future<Output = Result<Survey, SwitchProblem>> + Send;

    /// Switches these ports of one side of a hub, and of nothing else, and says what each shows afterwards. An error means
    /// that nothing was sent, except [`SwitchProblem::Timeout`] and [`SwitchProblem::Unreadable`], after which nothing is
    /// known; a port that is not in the answer is not known either.
    fn set(
        &mut self,
        side: &HubLocation,
        ports: &BTreeSet<u8>,
        power: Power,
    ) -> impl Future<Output = Result<BTreeMap<u8, Result<Power, SwitchProblem>>, SwitchProblem>> + Send;
}
