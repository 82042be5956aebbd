//! What an edit would change, asked before it is made; and the past decided again by the rules of today.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::timeout;

use super::{Closed, NoPlan, Workshop};
use crate::{
    config::{Edit, Files, Plan},
    history::{Filter, ReadError, Scope},
    model::{Decision, Diagnostic, Span, StationName, Timestamp, Version},
    trial::{
        difference::{Differences, Setup, differences},
        replay::{Replay, Replaying},
        week::{Week, week},
    },
};

/// Decisions with their facts that are in memory at once, about 2 MB.
const PAGE: u32 = 1_000;
/// Decisions that are decided again at most, the latest: a week of sixteen devices that report every five minutes has
/// 32,000, which take seconds.
const DECISIONS: usize = 60_000;
/// Whoever asks waits so long: the connection of a client that hears nothing is closed after a minute.
const PATIENCE: Duration = Duration::from_secs(50);

/// Why nothing was compared.
#[derive(Debug, thiserror::Error)]
pub enum Untried {
    /// The files would not be taken.
    #[error("the files would not be taken")]
    Broken(Vec<Diagnostic>),
    /// The workshop did not answer.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// There is no plan of the version to compare with.
    #[error(transparent)]
    NoPlan(#[from] NoPlan),
    /// The past could not be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// It takes too long.
    #[error("there is no answer within {} s: try again when less is going on, or ask for fewer days", PATIENCE.as_secs())]
    TooLong,
}

/// Set as soon as whoever asked has gone, or has heard that it takes too long.
#[derive(Default)]
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Trying {
    /// The files as they shall be.
    pub edits: Vec<Edit>,
    /// True when `edits` are all files, so that others are gone; else the others stay as they are.
    pub complete: bool,
    /// The version to compare with; `None`: the one at work.
    pub against: Option<Version>,
    /// Decisions since then are decided again; `None`: none.
    pub since: Option<Timestamp>,
    /// The simulated days begin now.
    pub now: Timestamp,
    /// So many days are simulated; 0: none.
    pub days: u8,
}

/// What an edit would change.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The version that it was compared with.
    pub before: Version,
    /// The version that the edit would make.
    pub after: Version,
    /// What somebody should look at in the edited files. An error is a test that fails: with it they would not be taken.
    pub warnings: Vec<Diagnostic>,
    /// The situations in which the verdict would change.
    pub differences: Differences,
    /// The decisions that would have been otherwise.
    pub past: Past,
    /// The simulated days beside each other.
    pub week: Week,
}

/// Decisions that were decided again.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// What would be otherwise.
    pub replay: Replay,
    /// The earliest decision that was looked at; later than asked for when there were too many, or there is no more.
    pub reaches_to: Option<Timestamp>,
    /// True when there were more decisions than can be decided again in one go.
    pub cut: bool,
}

impl From<&Plan> for Setup {
    fn from(plan: &Plan) -> Self {
        Self { stations: plan.stations.clone(), rules: Arc::clone(&plan.rules) }
    }
}

/// The plan that these files make, and their tests that fail: what they would change can be said all the same.
pub fn plan_to_try(files: Files) -> Result<(Plan, Vec<Diagnostic>), Vec<Diagnostic>> {
    let of_a_test = |problem: &Diagnostic| files.tests.iter().any(|test| test.path == problem.file);
    let problems = match Plan::check(files.clone()) {
        Ok(plan) => return Ok((plan, Vec::new())),
        Err(problems) if problems.iter().all(of_a_test) => problems,
        Err(problems) => return Err(problems),
    };
    let version = files.hash();
    let plan = Plan::check(Files { tests: Vec::new(), ..files })?;
    Ok((Plan { version, ..plan }, problems))
}

/// What changes in all situations, and in the simulated days. Means nothing once it is not `wanted` any more.
pub fn compare(
    before: &Setup,
    after: &Setup,
    now: Timestamp,
    days: u8,
    wanted: &dyn Fn() -> bool,
) -> (Differences, Week) {
    let simulated = if days == 0 { Week::default() } else { week(before, after, now, days, wanted) };
    (differences(before, after, wanted), simulated)
}

impl Workshop {
    /// Says what these edits would change. Nothing is changed by it.
    pub async fn attempt(&self, trying: Trying) -> Result<Tried, Untried> {
        timeout(PATIENCE, self.tried(trying)).await.unwrap_or(Err(Untried::TooLong))
    }

    async fn tried(&self, trying: Trying) -> Result<Tried, Untried> {
        let plan = self.plan();
        let files = if trying.complete {
            Files::default().edited(&trying.edits, self.directories())
        } else {
            plan.files.edited(&trying.edits, self.directories())
        };
        let checked = self.work(move || plan_to_try(files)).await?;
        let (edited, failing) = checked.map_err(Untried::Broken)?;
        let base = match trying.against {
            None => plan,
            Some(version) => self.plan_of(&version).await?,
        };
        let (before, after) = (Setup::from(&*base), Setup::from(&edited));
        let both = (before.clone(), after.clone());
        let (now, days) = (trying.now, trying.days);
        let gone = Gone::default();
        let given_up = Arc::clone(&gone.0);
        let compared =
            self.work(move || compare(&both.0, &both.1, now, days, &|| !given_up.load(Ordering::Relaxed)));
        let (differences, week) = compared.await?;
        let past = match trying.since {
            None => Past::default(),
            Some(since) => {
                let compare = move |replaying: &mut Replaying, decision: &Decision| {
                    replaying.between(decision, &before, &after);
                };
                self.past(Scope::All, since, compare).await?
            }
        };
        Ok(Tried {
            before: base.version.clone(),
            after: edited.version,
            warnings: edited.warnings.into_iter().chain(failing).collect(),
            differences,
            past,
            week,
        })
    }

    /// Decides all that was decided since then again, by the rules at work; only of one station, if one is named.
    pub async fn replay(&self, station: Option<StationName>, since: Timestamp) -> Result<Past, Untried> {
        let setup = Setup::from(&*self.plan());
        let scope = station.map_or(Scope::All, Scope::Station);
        let past = self.past(scope, since, move |replaying, decision| replaying.again(decision, &setup));
        timeout(PATIENCE, past).await.unwrap_or(Err(Untried::TooLong))
    }

    /// Goes through the past, page by page, from the latest on.
    async fn past(
        &self,
        scope: Scope,
        since: Timestamp,
        look: impl Fn(&mut Replaying, &Decision) + Send + Sync + 'static,
    ) -> Result<Past, Untried> {
        if let Err(error) = self.reader().flush().await {
            // What is on disk is looked at all the same.
            tracing::debug!(%error, "history could not be flushed before a replay");
        }
        let look = Arc::new(look);
        let (mut replaying, mut past) = (Replaying::default(), Past::default());
        let (mut seen, mut before) = (0, None);
        loop {
            let filter = Filter { scope: scope.clone(), before, limit: PAGE, ..Filter::default() };
            let page = self.reader().decisions(filter).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.number);
            let full = page.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
            let ended = last.value.at < since;
            let within: Vec<Decision> =
                page.into_iter().map(|row| row.value).filter(|decision| decision.at >= since).collect();
            seen += within.len();
            past.reaches_to = within.last().map(|decision| decision.at).or(past.reaches_to);
            let look = Arc::clone(&look);
            replaying = self
                .work(move || {
                    within.iter().for_each(|decision| look(&mut replaying, decision));
                    replaying
                })
                .await?;
            if ended || !full {
                break;
            }
            if seen >= DECISIONS {
                past.cut = true;
                break;
            }
        }
        past.replay = replaying.finish();
        Ok(past)
    }
}

/// How far back people may look: history keeps a year at most.
pub const LONGEST_PAST: Span = Span::from_hours(24 * 366);
