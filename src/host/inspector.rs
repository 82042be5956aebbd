//! Who looks at the host for the API: one look at a time, whose answer holds for some seconds, so that many readers cost
//! as much as one.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, watch},
    time::{Instant, timeout},
};

use super::{
    HostSettings,
    doctor::{Findings, Known, Stations, examine},
    hubs::look_around,
    tree::Tree,
};
use crate::{config::Plan, model::Station};

/// So long an answer holds: a person who has plugged something in looks again after a breath.
const HOLDS: Duration = Duration::from_secs(5);
/// A look takes a second, where a hub does not answer as long as `uhubctl` may take, twice at most. Nobody waits longer for
/// all of it, also for those before.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why nothing was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotLooked {
    /// It took too long.
    #[error("the hubs of this host did not answer within {} s: try again", PATIENCE.as_secs())]
    Late,
}

/// Looks at the host. Cheap to clone; the clones share their answers.
#[derive(Clone)]
pub struct Inspector {
    settings: Arc<HostSettings>,
    /// Looks at a time: they would only wait for each other's lock.
    turns: Arc<Semaphore>,
    tree: Kept<Tree>,
    findings: Kept<Findings>,
}

/// The last answer to a question, with the stations that it was for.
type Kept<T> = watch::Sender<Option<Answer<T>>>;

#[derive(Clone)]
struct Answer<T> {
    at: Instant,
    plan: Arc<Plan>,
    value: Arc<T>,
}

impl Inspector {
    /// Looks in this way.
    pub fn new(settings: HostSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            turns: Arc::new(Semaphore::new(1)),
            tree: watch::Sender::new(None),
            findings: watch::Sender::new(None),
        }
    }

    /// All hubs of this host, with these stations.
    pub(crate) async fn hubs(&self, plan: Arc<Plan>) -> Result<Arc<Tree>, NotLooked> {
        let stations = plan.stations.values().cloned().collect::<Vec<_>>();
        let look = async |settings: &HostSettings| {
            let (survey, hubs) = look_around(settings).await;
            let stations: Vec<&Station> = stations.iter().map(AsRef::as_ref).collect();
            Tree::of(&survey, &hubs, &stations)
        };
        self.look(&self.tree, &plan, look).await
    }

    /// What the doctor says, with these stations.
    pub(crate) async fn findings(&self, plan: Arc<Plan>) -> Result<Arc<Findings>, NotLooked> {
        let known: Known = match plan.stations.is_empty() {
            true => Err(Stations::None),
            false => Ok(plan.stations.values().cloned().collect()),
        };
        self.look(&self.findings, &plan, async move |settings: &HostSettings| {
            examine(settings, known, false).await
        })
        .await
    }

    async fn look<T>(
        &self,
        kept: &Kept<T>,
        plan: &Arc<Plan>,
        look: impl AsyncFnOnce(&HostSettings) -> T,
    ) -> Result<Arc<T>, NotLooked> {
        let fresh = || {
            let last = kept.borrow();
            let holds = |last: &&Answer<T>| last.at.elapsed() < HOLDS && Arc::ptr_eq(&last.plan, plan);
            last.as_ref().filter(holds).map(|last| Arc::clone(&last.value))
        };
        if let Some(value) = fresh() {
            return Ok(value);
        }
        let looked = timeout(PATIENCE, async {
            // Never closed; and were it, two looks would wait for each other's lock.
            let _turn = self.turns.acquire().await;
            if let Some(value) = fresh() {
                return value;
            }
            let value = Arc::new(look(&self.settings).await);
            let answer = Answer { at: Instant::now(), plan: Arc::clone(plan), value: Arc::clone(&value) };
            kept.send_replace(Some(answer));
            value
        });
        looked.await.map_err(|_| NotLooked::Late)
    }
}
