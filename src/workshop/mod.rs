//! Where rules are tried before they run: what the API asks about the plan at work, and about plans that might be.
//!
//! Everything here only looks, but for `change`, which hands an edit to the one who takes files. It never switches a
//! port, never writes a user's file itself, and takes so little of the machine that reports are not kept waiting.
//! The command line does the same without a service, by the same parts: `config` (check), `trial` (run).

pub mod care;
mod change;
mod check;
mod coverage;
pub mod explain;
mod plans;
mod rules;
mod shadow;
mod testing;
mod trying;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::timeout,
};

use crate::{
    config::{Directories, Plan},
    history::Reader,
};

pub use self::{
    change::{Change, Changed, Condition, NotChanged, Wish, changes, tag},
    coverage::Covered,
    plans::NoPlan,
    rules::{RuleText, RuleView},
    shadow::{NotShadowed, Shadow, ShadowAnswer, ShadowRequest, ShadowWish, Shadows, shadow_door},
    testing::Tested,
    trying::{LONGEST_PAST, Past, Tried, Trying, Untried, compare, plan_to_try},
};
pub use crate::{
    config::Edit,
    rules::RuleCoverage,
    trial::{
        difference::{Differences, NamedPort, PolicyDifference, VerdictChange},
        replay::{Decided, Otherwise, Replay},
        testing::{NotSaved, SavedCase, TestKind, TestResult},
        week::{Outlook, PortWeek, Week},
    },
};

/// Heavy questions worked on at once: one, so that the other cores stay with the stations.
const AT_ONCE: usize = 1;
/// Small questions, such as why a port is as it is, are worked on beside the heavy ones: nobody waits a minute for that
/// because somebody else simulates a week.
const SMALL_AT_ONCE: usize = 1;
/// Whoever had to wait for a turn longer than this is told to come again.
const TURN: Duration = Duration::from_secs(10);

/// Why the workshop did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// Others have asked for heavy work before.
    #[error("the workshop is busy with other questions: try again in a few seconds")]
    Busy,
    /// The work came to an unexpected end, or the service is stopping.
    #[error("the question could not be worked on: this is a defect, unless the service is stopping")]
    Failed,
}

/// Tries things out. Cheap to clone.
#[derive(Clone)]
pub struct Workshop {
    plan: watch::Receiver<Arc<Plan>>,
    directories: Directories,
    reader: Reader,
    changes: mpsc::Sender<Change>,
    turns: Arc<Semaphore>,
    small_turns: Arc<Semaphore>,
    /// Plans of versions that were asked for of late, the newest question last.
    old_plans: watch::Sender<VecDeque<Arc<Plan>>>,
    /// What the tests of the last plan that was asked for come by.
    covered: watch::Sender<Option<Arc<Covered>>>,
    covering: Arc<Semaphore>,
}

impl Workshop {
    /// A workshop for the plan at work, whose files are in these directories, and whose past `reader` tells. Changes of
    /// the files are made by whoever has the other end of `changes`.
    pub fn new(
        plan: watch::Receiver<Arc<Plan>>,
        directories: Directories,
        reader: Reader,
        changes: mpsc::Sender<Change>,
    ) -> Self {
        Self {
            plan,
            directories,
            reader,
            changes,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            small_turns: Arc::new(Semaphore::new(SMALL_AT_ONCE)),
            old_plans: watch::Sender::new(VecDeque::new()),
            covered: watch::Sender::new(None),
            covering: Arc::new(Semaphore::new(1)),
        }
    }

    /// The plan at work.
    pub fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan.borrow())
    }

    /// Where the files are.
    pub fn directories(&self) -> &Directories {
        &self.directories
    }

    /// The past.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Works on something heavy, in a thread of its own, when it is its turn. Must come to an end by itself.
    pub async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Closed> {
        in_turn(&self.turns, work).await
    }

    /// As [`Self::work`], for what takes some milliseconds: it does not wait for what is heavy.
    async fn glance<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Closed> {
        in_turn(&self.small_turns, work).await
    }
}

async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Closed> {
    let turn = timeout(TURN, Arc::clone(turns).acquire_owned()).await;
    let turn = turn.map_err(|_| Closed::Busy)?.map_err(|_| Closed::Failed)?;
    let done = tokio::task::spawn_blocking(move || {
        // Held until the work is done, also when nobody waits for it any more.
        let _turn = turn;
        work()
    });
    done.await.map_err(|_| Closed::Failed)
}
