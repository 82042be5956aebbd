//! Files that might be, checked with those at work.

use super::{Closed, Workshop};
use crate::{
    config::{Edit, Plan},
    model::Diagnostic,
};

impl Workshop {
    /// Every problem that the files at work would have after these edits; without an error they would be taken.
    pub async fn check(&self, edits: Vec<Edit>) -> Result<Vec<Diagnostic>, Closed> {
        let (plan, directories) = (self.plan(), self.directories().clone());
        self.work(move || {
            let files = plan.files.edited(&edits, &directories);
            Plan::check(files).map_or_else(|problems| problems, |plan| plan.warnings)
        })
        .await
    }
}
