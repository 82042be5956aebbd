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
        let plan = self.glance(move || Plan::check(files)).await?;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::watch;

    use super::*;
    use crate::{
        config::{Directories, SourceFile},
        history::{self, HistorySettings, Retention},
        model::{Author, KeptVersion, Origin, Source, Span, Taken, Timestamp},
        workshop::changes,
    };

    fn files(limit: u8) -> Files {
        let text = format!("//! Charges.\nif battery.level < {limit} {{ charge(\"low\"); }}\n");
        let rule = SourceFile { path: "rules/low.rhai".into(), name: "low".into(), text };
        Files { rules: vec![rule], ..Files::default() }
    }

    fn kept(files: &Files) -> KeptVersion {
        let origin = Origin { source: Source::Files, by: Author::Service };
        let taken = Taken { version: files.hash(), at: Timestamp::UNIX_EPOCH, origin };
        KeptVersion { taken, files: Vec::from(files) }
    }

    #[tokio::test]
    async fn the_plan_that_decided_is_found_not_the_one_at_work() {
        let folder = tempfile::TempDir::new().unwrap();
        let settings = HistorySettings {
            path: folder.path().join("history.db"),
            retention: Retention::of(Span::from_hours(1)),
            gather: Span::from_secs(1),
        };
        let history = history::start(&settings).unwrap();
        let at_work = Arc::new(Plan::check(files(40)).unwrap());
        let directories =
            Directories { stations: "stations".into(), rules: "rules".into(), hubs: "hubs".into() };
        let plan = watch::Sender::new(Arc::clone(&at_work)).subscribe();
        let workshop = Workshop::new(plan, directories, history.reader.clone(), changes().0);

        assert!(Arc::ptr_eq(&workshop.plan_of(&at_work.version).await.unwrap(), &at_work));
        let old = files(20);
        assert_eq!(workshop.plan_of(&old.hash()).await.unwrap_err(), NoPlan::Unknown(old.hash()));
        history.reader.save_version(kept(&old)).await.unwrap();
        let found = workshop.plan_of(&old.hash()).await.unwrap();
        assert_eq!(found.files.rules, old.rules);
        assert!(Arc::ptr_eq(&workshop.plan_of(&old.hash()).await.unwrap(), &found), "kept ready");

        for limit in 50..=50 + u8::try_from(KEPT).unwrap() {
            let more = files(limit);
            history.reader.save_version(kept(&more)).await.unwrap();
            assert_eq!(workshop.plan_of(&more.hash()).await.unwrap().version, more.hash());
        }
        assert_eq!(workshop.old_plans.borrow().len(), KEPT, "only the last few are kept ready");
    }
}
