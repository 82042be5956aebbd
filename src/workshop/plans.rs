//! Plans of the past: what decided is shown, never a newer text.

use std::sync::Arc;

use super::{Closed, Workshop};
use crate::{
    config::{Files, Plan},
    history::ReadError,
    model::Version,
};

/// Plans of the past kept ready: people who ask why look at the decisions around one change of the files.
const KEPT: usize = 4;

/// Why there is no plan of a version.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoPlan {
    /// Nobody kept these files.
    #[error("the files of version `{0}` are not kept, and others would explain nothing")]
    Unknown(Version),
    /// They were right for another version of the program.
    #[error("the files of version `{0}` are not right for this version of the program")]
    Refused(Version),
    /// The past could not be read.
    #[error(transparent)]
    History(#[from] ReadError),
    /// There was no turn for it.
    #[error(transparent)]
    Closed(#[from] Closed),
}

impl Workshop {
    /// The plan of a version: the one at work, or one that was made from the kept files.
    pub async fn plan_of(&self, version: &Version) -> Result<Arc<Plan>, NoPlan> {
        let at_work = self.plan();
        if at_work.version == *version {
            return Ok(at_work);
        }
        if let Some(plan) = self.old_plans.borrow().iter().find(|plan| plan.version == *version) {
            return Ok(Arc::clone(plan));
        }
        let kept = self.reader().version(version).await?;
        let files = Files::from(kept.ok_or_else(|| NoPlan::Unknown(version.clone()))?.files);
        let plan = self.work(move || Plan::check(files)).await?;
        let plan = Arc::new(plan.map_err(|_| NoPlan::Refused(version.clone()))?);
        self.old_plans.send_modify(|plans| {
            plans.retain(|known| known.version != plan.version);
            plans.push_back(Arc::clone(&plan));
            if plans.len() > KEPT {
                plans.pop_front();
            }
        });
        Ok(plan)
    }
}
