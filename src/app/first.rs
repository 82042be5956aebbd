//! The plan that the service starts with.
//!
//! Broken files do not keep it from starting when it knows files that once were good: batteries must be charged.

use super::{failed::Failed, reading::read_and_check};
use crate::{
    config::{Files, Plan},
    controller::Clock,
    history::Reader,
    model::{ConfigState, Loaded, Rejected},
    settings::Settings,
};

/// The plan of the files, or the last good one when they are broken, or all problems when there is none.
pub(super) async fn first_plan(
    settings: &Settings,
    reader: &Reader,
    clock: &Clock,
) -> Result<(Plan, ConfigState), Failed> {
    let now = clock.now();
    let loaded = |plan: &Plan, from_memory| Loaded {
        version: plan.version.clone(),
        at: now,
        from_memory,
        warnings: plan.warnings.clone(),
    };
    match read_and_check(settings).await {
        Ok(plan) => {
            let state = ConfigState { active: loaded(&plan, false), rejected: None };
            Ok((plan, state))
        }
        Err(problems) => {
            let fits = |plan: &Plan| {
                let mut wanted = settings.stations.iter();
                wanted.all(|name| plan.stations.contains_key(name))
                    && (settings.stations.is_empty() || plan.stations.len() == settings.stations.len())
            };
            let Some(plan) = last_good_plan(reader).await.filter(fits) else {
                return Err(Failed::Config(problems));
            };
            for problem in &problems {
                tracing::error!("{problem}");
            }
            tracing::warn!(version = %plan.version, "the files are broken: the last good plan is used");
            let rejected = Some(Rejected { at: now, problems });
            let state = ConfigState { active: loaded(&plan, true), rejected };
            Ok((plan, state))
        }
    }
}

async fn last_good_plan(reader: &Reader) -> Option<Plan> {
    let kept = reader.last_version().await.ok()??;
    let files = Files::from(kept.files);
    let plan = tokio::task::spawn_blocking(move || Plan::check(files)).await.ok()?;
    if plan.is_err() {
        tracing::warn!(version = %kept.taken.version, "the last good plan does not check any more");
    }
    plan.ok()
}
