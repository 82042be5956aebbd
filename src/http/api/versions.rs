//! Versions of the files: what was at work when, and bringing it back.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::OpenApi;

use super::{Heading, changes, history::unreadable};
use crate::{
    http::{
        auth::{Edit, May, Read},
        dto::{ChangedOut, VersionDetail, VersionOut, VersionsOut},
        params::{Limit, LogNumber, Path, Query},
        payload::Json,
        problem::Problem,
        server::Services,
    },
    model::{Author, KeptVersion, Origin, RuleName, Source, Version},
    workshop::{Condition, Wish},
};

pub(super) struct Versions(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Rules")]
impl Versions {
    /// What came to work, the newest first
    ///
    /// A line for each time that a version of the stations and rules came to work: who brought it, how, and what it
    /// changed.
    #[oai(path = "/versions", method = "get", operation_id = "versions")]
    async fn all(
        &self,
        _may: May<Read>,
        /// Only what changed this rule or its tests.
        rule: Query<RuleName>,
        /// Only what was before this number: `next` of the page before.
        before: Query<LogNumber>,
        /// How many at most.
        limit: Query<Limit>,
    ) -> Result<Json<VersionsOut>, Problem> {
        let limit = limit.0.unwrap_or_default().0;
        let before = before.0.map(|before| before.0);
        let found = self.0.reader.versions(before, u32::from(limit) + 1, rule.0).await;
        let mut found = found.map_err(|error| unreadable(&error))?;
        let more = found.len() > usize::from(limit);
        found.truncate(limit.into());
        let next = found.last().filter(|_| more).map(|last| last.number);
        let active = self.0.workshop.plan().version.clone();
        let versions = found.iter().map(|row| VersionOut::new(row, &active)).collect();
        Ok(Json(VersionsOut { versions, next }))
    }

    /// One version with all its files
    #[oai(path = "/versions/:version", method = "get", operation_id = "version")]
    async fn one(
        &self,
        _may: May<Read>,
        /// The version.
        version: Path<Version>,
    ) -> Result<Json<VersionDetail>, Problem> {
        let kept = self.kept(&version.0).await?;
        Ok(Json(VersionDetail::new(kept, &self.0.workshop.plan().version)))
    }

    /// Bring a version back
    ///
    /// Writes the files as they were then; rules, tests, functions and hub models that it does not have are removed,
    /// stations that it does not have stay. Checked and taken as every change; status 422 `config_rejected`: it does
    /// not fit what is there now. A text that was never at work is kept beside its file, under its name with `~`.
    #[oai(path = "/versions/:version/rollback", method = "post", operation_id = "rollback")]
    async fn rollback(
        &self,
        may: May<Edit>,
        /// The version.
        version: Path<Version>,
        /// Bring only this rule back, with its tests.
        rule: Query<RuleName>,
    ) -> Result<Json<ChangedOut>, Problem> {
        let kept = self.kept(&version.0).await?;
        let wish = match &rule.0 {
            None => Wish::version(kept),
            Some(rule) => Wish::rule_of_version(kept, rule).ok_or_else(|| {
                let detail = format!("version `{}` has no rule `{rule}`", version.0);
                Problem::not_found("unknown_rule", detail)
            })?,
        };
        let origin = Origin { source: Source::Rollback(version.0), by: Author::Rest(may.0.name) };
        let changed = self.0.workshop.change(origin, wish, Condition::None).await;
        Ok(Json(changed.map_err(|why| changes::not_changed(&why))?.into()))
    }
}

impl Versions {
    async fn kept(&self, version: &Version) -> Result<KeptVersion, Problem> {
        let found = self.0.reader.version(version).await.map_err(|error| unreadable(&error))?;
        found.ok_or_else(|| {
            let detail =
                format!("version `{version}` is not kept: GET /api/v1/versions shows those that are");
            Problem::new(StatusCode::NOT_FOUND, "unknown_version", detail)
        })
    }
}
